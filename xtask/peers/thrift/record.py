#!/usr/bin/env python3
"""record.py: records what foreign SASL clients and servers for Thrift say to each other.

    CACHE_DIR/thrift/bin/python -B record.py OUT_DIR [SPARK_PORT HOW]

runs in the environment that `kdc.sh start` prints, starts the servers of ThriftPeer.java, and lets each client of this
folder talk to them through a tap, once for each mechanism and protection, and once with a wrong password. With a port,
the client is beeline instead, from the jars of $SPARK_JARS, and the server is the one of `spark.sh start` with HOW.
One connection is one file of OUT_DIR, in the form that the README beside the recordings explains.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
STATUSES = {1: "START", 2: "OK", 3: "BAD", 4: "ERROR", 5: "COMPLETE"}
LAST_WORDS = ("BAD", "ERROR", "COMPLETE")
JARS = "/usr/share/java/thrift.jar:/usr/share/java/slf4j-api.jar:/usr/share/java/slf4j-nop.jar"
SIZES = "5,40"
CASES = [("PLAIN", "none"), ("CRAM-MD5", "none"), ("DIGEST-MD5", "none"), ("DIGEST-MD5", "integrity"),
         ("DIGEST-MD5", "confidentiality"), ("GSSAPI", "none"), ("GSSAPI", "integrity"), ("GSSAPI", "confidentiality")]


class Tap:
    """Forwards one connection to `target`, and keeps its messages and at most `frames` frames of each side."""

    def __init__(self, target, frames=8):
        self.target, self.frames = target, frames
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.kept, self.negotiated, self.lock = [], threading.Event(), threading.Lock()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        client, _ = self.listener.accept()
        self.listener.close()
        with client, socket.create_connection(("127.0.0.1", self.target)) as server:
            back = threading.Thread(target=self.forward, args=("server", server, client))
            back.start()
            self.forward("client", client, server)
            back.join()

    def keep(self, **entry):
        with self.lock:
            self.kept.append(entry)

    def forward(self, side, source, sink):
        frames = 0
        try:
            while first := source.recv(1):
                # The server ends the negotiation, so its last word is through before a client's first frame.
                if self.negotiated.is_set():
                    head = first + exactly(source, 3)
                    octets = exactly(source, int.from_bytes(head, "big"))
                    frames += 1
                    if frames <= self.frames:
                        self.keep(**{"from": side, "frame": octets.hex()})
                else:
                    head = first + exactly(source, 4)
                    octets = exactly(source, int.from_bytes(head[1:], "big"))
                    status = STATUSES[head[0]]
                    self.keep(**{"from": side, "status": status, "payload": octets.hex()})
                    if side == "server" and status in LAST_WORDS:
                        self.negotiated.set()
                sink.sendall(head + octets)
        except ConnectionError:
            pass
        self.keep(**{"from": side, "end": True})
        try:
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            # The other side has closed already.
            pass

    def write(self, path, head):
        self.thread.join()
        with open(path, "w", encoding="ascii") as file:
            for line in [head, *self.kept]:
                file.write(json.dumps(line, separators=(",", ":")) + "\n")


def exactly(source, count):
    octets = b""
    while len(octets) < count:
        part = source.recv(count - len(octets))
        if not part:
            raise ConnectionError("cut short")
        octets += part
    return octets


def spawn(command, **environment):
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                            text=True, env={**os.environ, **environment})


def record(out, name, client, server, target, mechanism, protection, account="user=user password=password"):
    tap = Tap(target)
    words = f"port={tap.port} mechanism={mechanism} protection={protection} sizes={SIZES} {account}"
    client.stdin.write(words + "\n")
    client.stdin.flush()
    answer = client.stdout.readline().split()
    is_right = "wrong" not in account
    if (answer[0] == "ok") != is_right:
        sys.exit(f"{name}, {words}: {answer}")
    layer = "" if protection == "none" else "-" + protection
    end = "" if is_right else "-refused"
    path = os.path.join(out, f"{name}-to-{server}-{mechanism.lower()}{layer}{end}.jsonl")
    tap.write(path, {"client": name, "server": server, "mechanism": mechanism, "protection": protection,
                     "outcome": "open" if is_right else "refused"})


def record_all(out):
    with tempfile.TemporaryDirectory() as classes:
        subprocess.run(["javac", "-cp", JARS, "-d", classes, os.path.join(HERE, "ThriftPeer.java")], check=True)
        java = ["java", "-cp", f"{classes}:{JARS}", "ThriftPeer"]
        keytab = os.path.join(os.environ["XIOM_KDC"], "hive.keytab")
        server = spawn([*java, "role=server", "user=user", "password=password"], KRB5_KTNAME=keytab)
        ports = server.stdout.readline().split()[1:]
        targets = dict(zip(("java-blocking", "java-nonblocking"), map(int, ports)))
        script = os.path.join(HERE, "python_peer.py")
        clients = {"java": spawn([*java, "role=client"]), "python-pure": spawn([sys.executable, "-B", script, "pure"]),
                   "python-cyrus": spawn([sys.executable, "-B", script, "cyrus"])}
        for name, client in clients.items():
            for mechanism, protection in CASES:
                # The pure client has this mechanism without its layers.
                if name != "python-pure" or mechanism != "DIGEST-MD5" or protection == "none":
                    record(out, name, client, "java-blocking", targets["java-blocking"], mechanism, protection)
        for mechanism in ("PLAIN", "CRAM-MD5", "DIGEST-MD5"):
            for server_name, port in targets.items():
                record(out, "java", clients["java"], server_name, port, mechanism, "none", "user=user password=wrong")
        record(out, "java", clients["java"], "java-nonblocking", targets["java-nonblocking"], "PLAIN", "none")
        for process in [*clients.values(), server]:
            process.stdin.close()
            process.wait()


def record_spark(out, port, how):
    is_none = how == "none"
    tap = Tap(port, frames=0)
    url = f"jdbc:hive2://localhost:{tap.port}/default" + ("" if is_none else
                                                          ";principal=hive/localhost@XIOM.TEST;saslQop=auth-conf")
    subprocess.run(["java", f"-Djava.security.krb5.conf={os.environ['KRB5_CONFIG']}",
                    "-Djavax.security.auth.useSubjectCredsOnly=false", f"-Duser.home={os.environ['XIOM_KDC']}",
                    "-cp", os.environ["SPARK_JARS"], "org.apache.hive.beeline.BeeLine", "-u", url, "-n", "user",
                    "-p", "password", "-e", "select 1"],
                   check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    mechanism, protection = ("PLAIN", "none") if is_none else ("GSSAPI", "confidentiality")
    layer = "" if is_none else "-confidentiality"
    tap.write(os.path.join(out, f"beeline-to-spark-{mechanism.lower()}{layer}.jsonl"),
              {"client": "beeline", "server": "spark", "mechanism": mechanism, "protection": protection,
               "outcome": "open"})


if __name__ == "__main__":
    if len(sys.argv) == 2:
        record_all(sys.argv[1])
    else:
        record_spark(sys.argv[1], int(sys.argv[2]), sys.argv[3])
