import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.Provider;
import java.security.Security;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.Configuration;
import javax.security.sasl.AuthorizeCallback;
import javax.security.sasl.RealmCallback;
import javax.security.sasl.Sasl;
import javax.security.sasl.SaslException;
import javax.security.sasl.SaslServer;
import javax.security.sasl.SaslServerFactory;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TProtocol;
import org.apache.thrift.server.TSaslNonblockingServer;
import org.apache.thrift.transport.TNonblockingServerSocket;
import org.apache.thrift.transport.TSaslClientTransport;
import org.apache.thrift.transport.TSaslServerTransport;
import org.apache.thrift.transport.TSocket;
import org.apache.thrift.transport.TTransport;
import org.apache.thrift.transport.TTransportException;

/**
 * The SASL transports of Apache Thrift for Java as a peer; README.md has the words.
 *
 * <p>As a server it answers frames on two ports of the loopback interface, one for each of Thrift's two servers. As a
 * client it tries what the lines of its standard input say, each on a connection of its own.
 */
public final class ThriftPeer {
    private static final Map<String, String> QOPS =
            Map.of("none", "auth", "integrity", "auth-int", "confidentiality", "auth-conf");
    private static final String[] MECHANISMS = {"PLAIN", "CRAM-MD5", "DIGEST-MD5", "GSSAPI"};
    private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    public static void main(String[] words) throws Exception {
        Map<String, String> options = parse(words);
        boolean isServer = options.get("role").equals("server");
        useKerberos(isServer);
        if (isServer) {
            serve(options);
        } else {
            lines().lines().forEach(line -> OUT.println(attempt(line)));
        }
        // The threads of the servers end with the program.
        System.exit(0);
    }

    private static Map<String, String> parse(String[] words) {
        Map<String, String> options = new HashMap<>(Map.of("service", "hive", "host", "localhost"));
        for (String word : words) {
            String[] pair = word.split("=", 2);
            options.put(pair[0], pair[1]);
        }
        return options;
    }

    private static BufferedReader lines() {
        return new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    }

    /** Kerberos as the environment has it: $KRB5_CONFIG, $KRB5CCNAME of a client, $KRB5_KTNAME of a server. */
    private static void useKerberos(boolean isServer) {
        Map<String, String> environment = System.getenv();
        if (!environment.containsKey("KRB5_CONFIG")) {
            return;
        }
        System.setProperty("java.security.krb5.conf", environment.get("KRB5_CONFIG"));
        System.setProperty("javax.security.auth.useSubjectCredsOnly", "false");
        Map<String, String> login = isServer
                ? Map.of("useKeyTab", "true", "keyTab", withoutType(environment.get("KRB5_KTNAME")), "storeKey", "true",
                        "principal", "*", "isInitiator", "false")
                : Map.of("useTicketCache", "true", "ticketCache", withoutType(environment.get("KRB5CCNAME")),
                        "doNotPrompt", "true");
        Configuration.setConfiguration(new Configuration() {
            @Override
            public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
                return new AppConfigurationEntry[] {new AppConfigurationEntry(
                        "com.sun.security.auth.module.Krb5LoginModule",
                        AppConfigurationEntry.LoginModuleControlFlag.REQUIRED, login)};
            }
        });
    }

    private static String withoutType(String file) {
        return file.startsWith("FILE:") ? file.substring("FILE:".length()) : file;
    }

    private static void serve(Map<String, String> options) throws Exception {
        Security.addProvider(new PlainProvider());
        CallbackHandler account = callbacks -> tell(callbacks, options, true);
        Map<String, String> properties = Map.of(Sasl.QOP, "auth-conf,auth-int,auth");
        InetAddress loopback = InetAddress.getByName("127.0.0.1");

        ServerSocket blocking = new ServerSocket(0, 50, loopback);
        start(() -> {
            while (true) {
                Socket socket = blocking.accept();
                start(() -> answerAll(socket, options, properties, account));
            }
        });

        TNonblockingServerSocket nonblocking = new TNonblockingServerSocket(new InetSocketAddress(loopback, 0));
        TSaslNonblockingServer.Args arguments = new TSaslNonblockingServer.Args(nonblocking)
                .networkThreads(1)
                .saslThreads(1)
                .processingThreads(1)
                .processor(ThriftPeer::answerRequest);
        for (String mechanism : MECHANISMS) {
            arguments.addSaslMechanism(mechanism, options.get("service"), options.get("host"), properties, account);
        }
        TSaslNonblockingServer server = new TSaslNonblockingServer(arguments);
        start(server::serve);

        OUT.println("ready " + blocking.getLocalPort() + " " + nonblocking.getPort());
        while (System.in.read() != -1) {
            // Nothing is said to a server.
        }
    }

    private interface Work {
        void run() throws Exception;
    }

    private static void start(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (Exception fault) {
                OUT.println("fail " + words(fault));
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    /** The answer to a frame: as many octets as it asks for, if it says so, else its echo. */
    private static byte[] answer(byte[] frame) {
        String text = new String(frame, 0, Math.min(frame.length, 32), StandardCharsets.ISO_8859_1);
        return text.matches("octets \\d+") ? new byte[Integer.parseInt(text.split(" ")[1])] : frame;
    }

    /** The blocking server: each frame is answered by one frame. */
    private static void answerAll(Socket socket, Map<String, String> options, Map<String, String> properties,
            CallbackHandler account) throws Exception {
        try (socket) {
            TSaslServerTransport transport = new TSaslServerTransport(new TSocket(socket));
            for (String mechanism : MECHANISMS) {
                transport.addServerDefinition(
                        mechanism, options.get("service"), options.get("host"), properties, account);
            }
            transport.open();
            SaslServer server = transport.getSaslServer();
            OUT.println("established " + protection(server.getNegotiatedProperty(Sasl.QOP)) + " "
                    + server.getAuthorizationID());
            byte[] buffer = new byte[LARGEST];
            while (true) {
                // One read ends with the frame at the latest.
                int length = transport.read(buffer, 0, buffer.length);
                transport.write(answer(Arrays.copyOf(buffer, length)));
                transport.flush();
            }
        } catch (TTransportException end) {
            if (end.getType() != TTransportException.END_OF_FILE) {
                throw end;
            }
        }
    }

    /** The other server's: a frame is a request, and its answer the response; nothing is sent for an empty one. */
    private static void answerRequest(TProtocol in, TProtocol out) throws TException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        byte[] octet = new byte[1];
        try {
            while (true) {
                in.getTransport().readAll(octet, 0, 1);
                frame.write(octet[0]);
            }
        } catch (TTransportException end) {
            // The transport of a request tells its end in this way alone.
            if (end.getType() != TTransportException.END_OF_FILE) {
                throw end;
            }
        }
        out.getTransport().write(answer(frame.toByteArray()));
    }

    /** Tries what a line says, and tells in one line how it went. */
    private static String attempt(String line) {
        Map<String, String> options = parse(line.split(" "));
        Map<String, String> properties = new HashMap<>();
        properties.put(Sasl.QOP, QOPS.get(options.get("protection")));
        properties.put(Sasl.SERVER_AUTH, options.getOrDefault("mutual", "true"));
        if (options.containsKey("cipher")) {
            properties.put("com.sun.security.sasl.digest.cipher", options.get("cipher"));
        }
        try (TTransport socket = new TSocket("127.0.0.1", Integer.parseInt(options.get("port")), SILENCE)) {
            TSaslClientTransport transport = new TSaslClientTransport(options.get("mechanism"), null,
                    options.get("service"), options.get("host"), properties,
                    callbacks -> tell(callbacks, options, false), socket);
            transport.open();
            String established = protection(transport.getSaslClient().getNegotiatedProperty(Sasl.QOP));
            for (String size : options.getOrDefault("sizes", "5").split(",")) {
                exchange(transport, Integer.parseInt(size));
            }
            return "ok " + established;
        } catch (IOException | TException | RuntimeException fault) {
            return "fail " + words(fault);
        }
    }

    /** Writes a frame of some octets, and expects as many of the same. */
    private static void exchange(TTransport transport, int size) throws IOException, TException {
        byte[] there = new byte[size];
        new Random(size).nextBytes(there);
        transport.write(there);
        transport.flush();
        byte[] back = new byte[size];
        // Not readAll, which takes an empty frame for the end.
        for (int at = 0; at < size;) {
            at += transport.read(back, at, size - at);
        }
        if (!Arrays.equals(there, back)) {
            throw new IOException("other octets came back");
        }
    }

    private static String protection(Object qop) {
        return QOPS.entrySet().stream()
                .filter(entry -> entry.getValue().equals(qop == null ? "auth" : qop))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    private static String words(Throwable fault) {
        String cause = fault.getCause() == null ? "" : " / " + fault.getCause();
        return (fault + cause).replaceAll("\\s+", " ");
    }

    /** Tells a mechanism who the user is, and lets each user act as itself alone. */
    private static void tell(Callback[] callbacks, Map<String, String> options, boolean isServer)
            throws UnsupportedCallbackException {
        boolean isKnown = true;
        for (Callback callback : callbacks) {
            if (callback instanceof NameCallback name) {
                isKnown = !isServer || options.get("user").equals(name.getDefaultName());
                name.setName(isServer ? name.getDefaultName() : options.get("user"));
            } else if (callback instanceof PasswordCallback password) {
                password.setPassword(isKnown ? options.get("password").toCharArray() : null);
            } else if (callback instanceof RealmCallback realm) {
                realm.setText(realm.getDefaultText());
            } else if (callback instanceof AuthorizeCallback authorize) {
                authorize.setAuthorized(authorize.getAuthenticationID().equals(authorize.getAuthorizationID()));
            } else {
                throw new UnsupportedCallbackException(callback);
            }
        }
    }

    /** PLAIN for servers, which the Java platform does not have. */
    private static final class PlainProvider extends Provider {
        PlainProvider() {
            super("XiomPeer", "1", "PLAIN for servers");
            put("SaslServerFactory.PLAIN", PlainFactory.class.getName());
        }
    }

    /** Makes {@link PlainServer}; public for the platform to find it. */
    public static final class PlainFactory implements SaslServerFactory {
        @Override
        public SaslServer createSaslServer(String mechanism, String service, String host, Map<String, ?> properties,
                CallbackHandler account) {
            return new PlainServer(account);
        }

        @Override
        public String[] getMechanismNames(Map<String, ?> properties) {
            return new String[] {"PLAIN"};
        }
    }

    private static final class PlainServer implements SaslServer {
        private final CallbackHandler account;
        private String user;

        PlainServer(CallbackHandler account) {
            this.account = account;
        }

        @Override
        public byte[] evaluateResponse(byte[] response) throws SaslException {
            List<String> parts = List.of(new String(response, StandardCharsets.UTF_8).split("\0", -1));
            if (parts.size() != 3) {
                throw new SaslException("this is not PLAIN");
            }
            NameCallback name = new NameCallback("user", parts.get(1));
            PasswordCallback password = new PasswordCallback("password", false);
            try {
                account.handle(new Callback[] {name, password});
            } catch (IOException | UnsupportedCallbackException fault) {
                throw new SaslException("no answer", fault);
            }
            boolean isRight = Arrays.equals(parts.get(2).toCharArray(), password.getPassword());
            if (!isRight || !(parts.get(0).isEmpty() || parts.get(0).equals(parts.get(1)))) {
                throw new SaslException("no such user, or another password");
            }
            user = parts.get(1);
            return null;
        }

        @Override
        public String getMechanismName() {
            return "PLAIN";
        }

        @Override
        public boolean isComplete() {
            return user != null;
        }

        @Override
        public String getAuthorizationID() {
            return user;
        }

        @Override
        public byte[] unwrap(byte[] incoming, int offset, int length) {
            throw new IllegalStateException("no layer");
        }

        @Override
        public byte[] wrap(byte[] outgoing, int offset, int length) {
            throw new IllegalStateException("no layer");
        }

        @Override
        public Object getNegotiatedProperty(String name) {
            return name.equals(Sasl.QOP) ? "auth" : null;
        }

        @Override
        public void dispose() {
            user = null;
        }
    }

    /** Octets of the longest frame that the blocking server takes. */
    private static final int LARGEST = 1 << 23;

    /** Milliseconds that a client waits for octets. */
    private static final int SILENCE = 10_000;
}
