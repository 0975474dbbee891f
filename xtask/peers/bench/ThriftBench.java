import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.Provider;
import java.security.Security;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
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
 * What the SASL transports of Apache Thrift for Java cost over loopback, with the rows and the JSON of Xiom's benchmarks.
 *
 * <p>Client and server are a thread each, and their CPU time counts; what the virtual machine does beside them does not.
 * Everything runs until it is compiled before it counts.
 */
public final class ThriftBench {
    private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();
    private static final ExecutorService SERVER = Executors.newSingleThreadExecutor(ThriftBench::daemon);
    private static final List<String> FIGURES = new ArrayList<>();
    private static int rounds;
    private static long octetsOfRound;

    public static void main(String[] words) throws Exception {
        boolean isQuick = words[1].equals("quick");
        rounds = isQuick ? 3 : 5;
        octetsOfRound = isQuick ? 16L << 20 : 64L << 20;
        Security.addProvider(new PlainProvider());
        String[] names = {"64", "4 KiB", "64 KiB", "1 MiB"};
        int[] sizes = {64, 4 << 10, 64 << 10, 1 << 20};
        for (int index = 0; index < sizes.length; index++) {
            data("none, " + names[index], "PLAIN", "auth", sizes[index]);
        }
        for (String protection : new String[] {"auth-int", "auth-conf 3des", "auth-conf rc4"}) {
            for (int index = 1; index < 3; index++) {
                data("DIGEST-MD5 " + protection + ", " + names[index], "DIGEST-MD5", protection, sizes[index]);
            }
        }
        connections("PLAIN", isQuick ? 500 : 2000);
        connections("DIGEST-MD5", isQuick ? 500 : 2000);
        try (PrintStream out = new PrintStream(words[0], StandardCharsets.UTF_8)) {
            out.println("[" + String.join(",\n", FIGURES) + "]");
        }
        System.exit(0);
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        return thread;
    }

    /** Seconds of CPU time of both ends for a gigabyte, one frame for each write. */
    private static void data(String row, String mechanism, String protection, int size) throws Exception {
        long count = Math.max(2, Math.min(octetsOfRound / size, 50_000));
        if (protection.startsWith("auth-conf")) {
            count = Math.max(2, count / (protection.endsWith("3des") ? 40 : 4));
        }
        try (ServerSocket listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))) {
            Future<TSaslServerTransport> accepted = SERVER.submit(() -> accept(listener));
            TSaslClientTransport client = client(listener.getLocalPort(), mechanism, protection);
            TSaslServerTransport server = accepted.get();
            byte[] message = new byte[size];
            double[] values = new double[rounds];
            // The first rounds warm up.
            for (int round = -2; round < rounds; round++) {
                long total = count * size;
                Future<Long> reader = SERVER.submit(() -> read(server, total));
                long start = CPU.getCurrentThreadCpuTime();
                for (long sent = 0; sent < count; sent++) {
                    client.write(message, 0, size);
                    client.flush();
                }
                long spent = CPU.getCurrentThreadCpuTime() - start + reader.get();
                if (0 <= round) {
                    values[round] = (double) spent / total;
                }
            }
            note("thrift-data/" + row, values, "s/GB");
            client.close();
            server.close();
        }
    }

    private static long read(TSaslServerTransport server, long total) throws Exception {
        byte[] room = new byte[128 << 10];
        long start = CPU.getCurrentThreadCpuTime();
        for (long got = 0; got < total;) {
            got += server.read(room, 0, room.length);
        }
        return CPU.getCurrentThreadCpuTime() - start;
    }

    /** Microseconds of CPU time of the client for connect, login and close. */
    private static void connections(String mechanism, int count) throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))) {
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
            double[] values = new double[rounds];
            for (int round = -2; round < rounds; round++) {
                long start = CPU.getCurrentThreadCpuTime();
                for (int done = 0; done < count; done++) {
                    client(listener.getLocalPort(), mechanism, "auth").close();
                }
                if (0 <= round) {
                    values[round] = (CPU.getCurrentThreadCpuTime() - start) / 1e3 / count;
                }
            }
            note("thrift-connect/" + mechanism, values, "us");
        }
    }

    private static void note(String row, double[] values, String unit) {
        Arrays.sort(values);
        double median = values[values.length / 2];
        FIGURES.add(String.format(Locale.ROOT,
                "{\"row\": \"%s\", \"who\": \"Java\", \"value\": %f, \"low\": %f, \"high\": %f, \"unit\": \"%s\","
                        + " \"allocations\": null, \"reason\": null}",
                row, median, values[0], values[values.length - 1], unit));
        System.out.printf(Locale.ROOT, "%-44s Java %22.3f %s%n", row, median, unit);
    }

    private static TSaslServerTransport accept(ServerSocket listener) throws Exception {
        Socket socket = listener.accept();
        socket.setTcpNoDelay(true);
        TSaslServerTransport server = new TSaslServerTransport(new TSocket(socket));
        Map<String, String> properties = Map.of(Sasl.QOP, "auth-conf,auth-int,auth", Sasl.MAX_BUFFER, "16777215");
        for (String mechanism : new String[] {"PLAIN", "DIGEST-MD5"}) {
            server.addServerDefinition(mechanism, "hive", "localhost", properties, ACCOUNT);
        }
        server.open();
        return server;
    }

    private static TSaslClientTransport client(int port, String mechanism, String protection) throws Exception {
        String[] words = protection.split(" ");
        Map<String, String> properties = new HashMap<>(Map.of(Sasl.QOP, words[0], Sasl.MAX_BUFFER, "16777215"));
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
