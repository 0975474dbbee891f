import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.Configuration;
import javax.security.sasl.AuthorizeCallback;
import javax.security.sasl.RealmCallback;
import javax.security.sasl.Sasl;
import javax.security.sasl.SaslClient;
import javax.security.sasl.SaslException;
import javax.security.sasl.SaslServer;

/**
 * The mechanisms of the Java platform (javax.security.sasl) as a peer, client or server; lines.py has the words.
 *
 * <p>Java's wrap gives a token without its length, and leaves it to the caller to stay below the peer's buffer.
 */
public final class JavaPeer {
    private static final Map<String, String> QOPS =
            Map.of("none", "auth", "integrity", "auth-int", "confidentiality", "auth-conf");

    private final Map<String, String> options = new HashMap<>();
    private final BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.US_ASCII);
    private SaslClient client;
    private SaslServer server;

    public static void main(String[] words) throws IOException {
        JavaPeer peer = new JavaPeer();
        peer.options.putAll(Map.of("service", "amqp", "host", "localhost", "protection", "none", "buffer", "65536"));
        for (String word : words) {
            String[] pair = word.split("=", 2);
            peer.options.put(pair[0], pair[1]);
        }
        useKerberos();
        try {
            peer.run();
        } catch (SaslException fault) {
            peer.out.println("fail " + fault.toString().replace('\n', ' '));
            System.exit(1);
        }
    }

    /** Kerberos as the environment has it: $KRB5_CONFIG, $KRB5CCNAME of a client, $KRB5_KTNAME of a server. */
    private static void useKerberos() {
        Map<String, String> environment = System.getenv();
        if (!environment.containsKey("KRB5_CONFIG")) {
            return;
        }
        System.setProperty("java.security.krb5.conf", environment.get("KRB5_CONFIG"));
        System.setProperty("javax.security.auth.useSubjectCredsOnly", "false");
        Map<String, String> login = environment.containsKey("KRB5_KTNAME")
                ? Map.of("useKeyTab", "true", "keyTab", withoutType(environment.get("KRB5_KTNAME")), "storeKey", "true",
                        "principal", "*", "isInitiator", "false")
                : Map.of("useTicketCache", "true", "doNotPrompt", "true");
        Configuration.setConfiguration(new Configuration() {
            @Override
            public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
                return new AppConfigurationEntry[] {new AppConfigurationEntry("com.sun.security.auth.module.Krb5LoginModule",
                        AppConfigurationEntry.LoginModuleControlFlag.REQUIRED, login)};
            }
        });
    }

    private static String withoutType(String keytab) {
        return keytab.startsWith("FILE:") ? keytab.substring("FILE:".length()) : keytab;
    }

    private void run() throws IOException {
        String user;
        out.println("ready");
        if (options.get("role").equals("client")) {
            runClient();
            user = options.get("user");
        } else {
            runServer();
            user = server.getAuthorizationID();
        }
        String qop = (String) negotiated(Sasl.QOP);
        String protection = QOPS.entrySet().stream()
                .filter(entry -> entry.getValue().equals(qop == null ? "auth" : qop))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(qop);
        out.println("established " + protection + " " + (user == null ? "-" : user));
        echo();
    }

    private void runClient() throws IOException {
        String mechanism = options.get("mechanism");
        client = Sasl.createSaslClient(new String[] {mechanism}, options.get("authzid"), options.get("service"),
                options.get("host"), properties(), this::answer);
        if (client == null) {
            throw new SaslException("no such client");
        }
        out.println("init" + (client.hasInitialResponse() ? " " + encode(client.evaluateChallenge(new byte[0])) : ""));
        while (true) {
            String[] words = hear("challenge", "ok");
            byte[] octets = words.length == 1 ? null : decode(words[1]);
            if (words[0].equals("challenge")) {
                out.println("response " + encode(client.evaluateChallenge(octets)));
                continue;
            }
            if (octets != null && !client.isComplete()) {
                client.evaluateChallenge(octets);
            }
            if (!client.isComplete()) {
                throw new SaslException("the server said ok, and has not said all");
            }
            return;
        }
    }

    private void runServer() throws IOException {
        server = Sasl.createSaslServer(options.get("mechanism"), options.get("service"), options.get("host"),
                properties(), this::answer);
        if (server == null) {
            throw new SaslException("no such server");
        }
        String[] words = hear("init");
        byte[] octets = words.length == 1 ? new byte[0] : decode(words[1]);
        while (true) {
            byte[] challenge = server.evaluateResponse(octets);
            if (server.isComplete()) {
                // What is left to say goes with the outcome.
                out.println(challenge == null ? "ok" : "ok " + encode(challenge));
                return;
            }
            out.println("challenge " + encode(challenge));
            octets = decode(hear("response")[1]);
        }
    }

    private Map<String, Object> properties() {
        Map<String, Object> properties = new HashMap<>();
        properties.put(Sasl.QOP, QOPS.get(options.get("protection")));
        properties.put(Sasl.MAX_BUFFER, options.get("buffer"));
        properties.put(Sasl.SERVER_AUTH, "true");
        if (options.containsKey("cipher")) {
            properties.put("com.sun.security.sasl.digest.cipher", options.get("cipher"));
        }
        if (options.containsKey("realm")) {
            properties.put("com.sun.security.sasl.digest.realm", options.get("realm"));
        }
        return properties;
    }

    /** Tells a mechanism who the user is, and lets each user act as itself alone. */
    private void answer(Callback[] callbacks) throws IOException, UnsupportedCallbackException {
        boolean isKnown = true;
        for (Callback callback : callbacks) {
            if (callback instanceof NameCallback name) {
                isKnown = server == null || options.get("user").equals(name.getDefaultName());
                name.setName(server == null ? options.get("user") : name.getDefaultName());
            } else if (callback instanceof PasswordCallback password) {
                password.setPassword(isKnown ? options.get("password").toCharArray() : null);
            } else if (callback instanceof RealmCallback realm) {
                realm.setText(options.getOrDefault("realm", realm.getDefaultText()));
            } else if (callback instanceof AuthorizeCallback authorize) {
                authorize.setAuthorized(authorize.getAuthenticationID().equals(authorize.getAuthorizationID()));
            } else {
                throw new UnsupportedCallbackException(callback);
            }
        }
    }

    private void echo() throws IOException {
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            ByteBuffer wire = ByteBuffer.wrap(decode(line.split(" ")[1]));
            ByteArrayOutputStream plain = new ByteArrayOutputStream();
            while (wire.hasRemaining()) {
                byte[] token = new byte[wire.getInt()];
                wire.get(token);
                plain.writeBytes(client == null ? server.unwrap(token, 0, token.length)
                        : client.unwrap(token, 0, token.length));
            }
            out.println("data " + encode(wrap(plain.toByteArray())));
        }
    }

    private byte[] wrap(byte[] plain) throws IOException {
        int most = Integer.parseInt(negotiated(Sasl.RAW_SEND_SIZE).toString());
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        for (int start = 0; start < plain.length; start += most) {
            int length = Math.min(most, plain.length - start);
            byte[] token = client == null ? server.wrap(plain, start, length) : client.wrap(plain, start, length);
            wire.writeBytes(ByteBuffer.allocate(4).putInt(token.length).array());
            wire.writeBytes(token);
        }
        return wire.toByteArray();
    }

    private Object negotiated(String name) {
        return client == null ? server.getNegotiatedProperty(name) : client.getNegotiatedProperty(name);
    }

    private String[] hear(String... expected) throws IOException {
        String line = in.readLine();
        if (line == null) {
            throw new SaslException("the other side hung up");
        }
        String[] words = line.split(" ");
        if (!List.of(expected).contains(words[0])) {
            throw new SaslException("told so: " + line);
        }
        return words;
    }

    private static String encode(byte[] octets) {
        return octets == null || octets.length == 0 ? "=" : Base64.getEncoder().encodeToString(octets);
    }

    private static byte[] decode(String text) {
        return text.equals("=") ? new byte[0] : Base64.getDecoder().decode(text);
    }
}
