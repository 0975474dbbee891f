import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.Provider;
import java.security.Security;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.Configuration;
import javax.security.sasl.AuthorizeCallback;
import javax.security.sasl.RealmCallback;
import javax.security.sasl.Sasl;
import javax.security.sasl.SaslException;
import javax.security.sasl.SaslServer;
import javax.security.sasl.SaslServerFactory;
import org.apache.thrift.transport.TSaslClientTransport;
import org.apache.thrift.transport.TSaslServerTransport;
import org.apache.thrift.transport.TSocket;
import org.apache.thrift.transport.TTransportException;

/**
 * What the SASL transports of Apache Thrift for Java cost over loopback: a peer of Xiom's benchmarks, told by lines.
 *
 * <p>{@code data MECHANISM PROTECTION OCTETS} or {@code connect MECHANISM}, between tabs, prepares a case; everything runs
 * until it is compiled. {@code run COUNT} does so much and tells the nanoseconds. Client and server are a thread each, and
 * their CPU time counts, of connections the client's; what the virtual machine does beside them does not.
 */
public final class ThriftBench {
    private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();
    private static final ExecutorService SERVER = Executors.newSingleThreadExecutor(ThriftBench::daemon);
    private static final String[] MECHANISMS = {"PLAIN", "DIGEST-MD5", "GSSAPI"};

    public static void main(String[] words) throws Exception {
        Security.addProvider(new PlainProvider());
        useKerberos();
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        Deed deed = null;
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] fields = line.split("\t");
            try {
                if (fields[0].equals("run")) {
                    out.println("spent\t" + deed.nanoseconds(Long.parseLong(fields[1])));
                } else {
                    deed = fields[0].equals("data")
                            ? data(fields[1], fields[2], Integer.parseInt(fields[3]))
                            : connections(fields[1]);
                    out.println("ready");
                }
            } catch (Exception fault) {
                out.println("no\t" + fault.toString().replaceAll("\\s+", " "));
            }
        }
        // The threads of the servers end with the program.
        System.exit(0);
    }

    /** Does something so many times, and tells what that cost. */
    private interface Deed {
        long nanoseconds(long count) throws Exception;
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        return thread;
    }

    private static ServerSocket listen() throws Exception {
        return new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    }

    /** Octets one way, one frame for each write. */
    private static Deed data(String mechanism, String protection, int size) throws Exception {
        ServerSocket listener = listen();
        Future<TSaslServerTransport> accepted = SERVER.submit(() -> accept(listener));
        TSaslClientTransport client = client(listener.getLocalPort(), mechanism, protection);
        TSaslServerTransport server = accepted.get();
        byte[] message = new byte[size];
        Deed deed = count -> {
            Future<Long> reader = SERVER.submit(() -> read(server, count * size));
            long start = CPU.getCurrentThreadCpuTime();
            for (long sent = 0; sent < count; sent++) {
                client.write(message, 0, size);
                client.flush();
            }
            return CPU.getCurrentThreadCpuTime() - start + reader.get();
        };
        int part = protection.endsWith("3des") ? 40 : protection.startsWith("auth-conf") ? 4 : 1;
        long warm = Math.max(2, Math.min((32L << 20) / size, 50_000) / part);
        deed.nanoseconds(warm);
        deed.nanoseconds(warm);
        return deed;
    }

    private static long read(TSaslServerTransport server, long total) throws Exception {
        byte[] room = new byte[128 << 10];
        long start = CPU.getCurrentThreadCpuTime();
        for (long got = 0; got < total;) {
            got += server.read(room, 0, room.length);
        }
        return CPU.getCurrentThreadCpuTime() - start;
    }

    /** Connect, login and close. */
    private static Deed connections(String mechanism) throws Exception {
        ServerSocket listener = listen();
        SERVER.submit(() -> {
            while (true) {
                TSaslServerTransport server = accept(listener);
                try {
                    // Until the client has gone.
                    server.getUnderlyingTransport().read(new byte[1], 0, 1);
                } catch (TTransportException end) {
                    server.close();
                }
            }
        });
        String protection = mechanism.equals("GSSAPI") ? "auth-conf" : "auth";
        Deed deed = count -> {
            long start = CPU.getCurrentThreadCpuTime();
            for (long done = 0; done < count; done++) {
                client(listener.getLocalPort(), mechanism, protection).close();
            }
            return CPU.getCurrentThreadCpuTime() - start;
        };
        deed.nanoseconds(1000);
        deed.nanoseconds(1000);
        return deed;
    }

    /** Kerberos as the environment has it, if it has: $KRB5_CONFIG, $KRB5CCNAME of the client, $KRB5_KTNAME of the server. */
    private static void useKerberos() {
        Map<String, String> environment = System.getenv();
        if (!environment.containsKey("XIOM_KDC")) {
            return;
        }
        System.setProperty("java.security.krb5.conf", environment.get("KRB5_CONFIG"));
        System.setProperty("javax.security.auth.useSubjectCredsOnly", "false");
        Map<String, String> server = Map.of("useKeyTab", "true", "keyTab", withoutType(environment.get("KRB5_KTNAME")),
                "storeKey", "true", "principal", "*", "isInitiator", "false");
        Map<String, String> client = Map.of("useTicketCache", "true", "ticketCache",
                withoutType(environment.get("KRB5CCNAME")), "doNotPrompt", "true");
        Configuration.setConfiguration(new Configuration() {
            @Override
            public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
                return new AppConfigurationEntry[] {new AppConfigurationEntry(
                        "com.sun.security.auth.module.Krb5LoginModule",
                        AppConfigurationEntry.LoginModuleControlFlag.REQUIRED, name.endsWith("accept") ? server : client)};
            }
        });
    }

    private static String withoutType(String file) {
        return file.startsWith("FILE:") ? file.substring("FILE:".length()) : file;
    }

    private static TSaslServerTransport accept(ServerSocket listener) throws Exception {
        Socket socket = listener.accept();
        socket.setTcpNoDelay(true);
        TSaslServerTransport server = new TSaslServerTransport(new TSocket(socket));
        Map<String, String> properties = Map.of(Sasl.QOP, "auth-conf,auth-int,auth", Sasl.MAX_BUFFER, "16777215");
        for (String mechanism : MECHANISMS) {
            server.addServerDefinition(mechanism, "hive", "localhost", properties, ACCOUNT);
        }
        server.open();
        return server;
    }

    private static TSaslClientTransport client(int port, String mechanism, String protection) throws Exception {
        String[] words = protection.split(" ");
        String qop = words[0].equals("none") ? "auth" : words[0];
        Map<String, String> properties = new HashMap<>(Map.of(Sasl.QOP, qop, Sasl.MAX_BUFFER, "16777215"));
        if (words.length == 2) {
            properties.put("com.sun.security.sasl.digest.cipher", words[1]);
        }
        TSaslClientTransport client = new TSaslClientTransport(
                mechanism, null, "hive", "localhost", properties, ACCOUNT, new TSocket("127.0.0.1", port));
        client.open();
        return client;
    }

    private static final CallbackHandler ACCOUNT = callbacks -> {
        for (Callback callback : callbacks) {
            if (callback instanceof NameCallback name) {
                name.setName("user");
            } else if (callback instanceof PasswordCallback password) {
                password.setPassword("password".toCharArray());
            } else if (callback instanceof RealmCallback realm) {
                realm.setText(realm.getDefaultText());
            } else if (callback instanceof AuthorizeCallback authorize) {
                authorize.setAuthorized(true);
            }
        }
    };

    /** PLAIN for servers, which the JDK has for clients only. */
    public static final class PlainProvider extends Provider {
        PlainProvider() {
            super("Plain", "1", "PLAIN for servers");
            put("SaslServerFactory.PLAIN", PlainFactory.class.getName());
        }
    }

    /** Makes servers of PLAIN. */
    public static final class PlainFactory implements SaslServerFactory {
        @Override
        public SaslServer createSaslServer(String mechanism, String protocol, String serverName, Map<String, ?> properties,
                CallbackHandler account) {
            return new PlainServer();
        }

        @Override
        public String[] getMechanismNames(Map<String, ?> properties) {
            return new String[] {"PLAIN"};
        }
    }

    /** Looks at user and password. */
    private static final class PlainServer implements SaslServer {
        private boolean isComplete;

        @Override
        public byte[] evaluateResponse(byte[] response) throws SaslException {
            isComplete = new String(response, StandardCharsets.UTF_8).equals("\0user\0password");
            if (!isComplete) {
                throw new SaslException("refused");
            }
            return null;
        }

        @Override
        public String getMechanismName() {
            return "PLAIN";
        }

        @Override
        public boolean isComplete() {
            return isComplete;
        }

        @Override
        public String getAuthorizationID() {
            return "user";
        }

        @Override
        public byte[] unwrap(byte[] octets, int start, int length) throws SaslException {
            throw new SaslException("no layer");
        }

        @Override
        public byte[] wrap(byte[] octets, int start, int length) throws SaslException {
            throw new SaslException("no layer");
        }

        @Override
        public Object getNegotiatedProperty(String name) {
            return null;
        }

        @Override
        public void dispose() {
            // Nothing is held.
        }
    }

    private ThriftBench() {}
}
