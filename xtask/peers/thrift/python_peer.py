#!/usr/bin/env python3
"""python_peer.py: the SASL clients for Thrift in Python as peers; README.md has the words.

    python_peer.py pure    thrift's own transport (package thrift) over pure-sasl
    python_peer.py cyrus   the transport of package thrift_sasl over Cyrus SASL, as clients of Hive and Impala use it

Each line of the standard input is tried on a connection of its own, and answered by a line that tells how it went.
"""

import os
import random
import sys

from thrift.transport import TSocket, TTransport

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "sasl"))

QOPS = {"none": "auth", "integrity": "auth-int", "confidentiality": "auth-conf"}
SILENCE_MILLIS = 10_000


def pure(options, socket):
    """The client, and what tells its protection."""
    account = {}
    if options["mechanism"] != "GSSAPI" and "password" in options:
        account = {"username": options["user"], "password": options["password"]}
    transport = TTransport.TSaslClientTransport(
        socket, options["host"], options["service"], options["mechanism"],
        qops=[QOPS[options["protection"]].encode()], **account)
    return transport, lambda: next(word for word, qop in QOPS.items() if qop.encode() == transport.sasl.qop)


def cyrus(options, socket):
    """The same; the client of Cyrus SASL is that of ../sasl, in the words of thrift_sasl."""
    import cyrus_peer
    import lines
    from thrift_sasl import TSaslClientTransport

    class Client:
        def __init__(self):
            self.side = cyrus_peer.Side(lines.arguments(["role=client", *(f"{k}={v}" for k, v in options.items())]))
            self.fault = None

        def start(self, mechanism):
            done, response = self.guarded(lambda: self.side.step(None)[0] or b"")
            return done, mechanism, response

        def step(self, challenge):
            # The transport gives a text where there are no octets.
            return self.guarded(lambda: self.side.step(challenge or b"")[0] or b"")

        def encode(self, octets):
            return self.guarded(lambda: self.side.wrap(octets))

        def decode(self, octets):
            return self.guarded(lambda: self.side.unwrap(octets))

        def guarded(self, work):
            try:
                return True, work()
            except lines.Refused as fault:
                self.fault = fault
                return False, b""

        def getError(self):
            return self.fault

    transport = TSaslClientTransport(Client, options["mechanism"], socket)
    return transport, lambda: transport.sasl.side.protection()


def exchange(transport, size):
    """Writes a frame of `size` octets, and expects as many of the same."""
    there = random.Random(size).randbytes(size)
    transport.write(there)
    transport.flush()
    back = b""
    while len(back) < size:
        # Not readAll, which takes an empty frame for the end.
        back += transport.read(size - len(back))
    if back != there:
        raise ValueError("other octets came back")


def attempt(make, line):
    options = {"service": "hive", "host": "localhost"}
    options.update(word.split("=", 1) for word in line.split())
    socket = TSocket.TSocket("127.0.0.1", int(options["port"]))
    socket.setTimeout(SILENCE_MILLIS)
    try:
        transport, protection = make(options, socket)
        transport.open()
        for size in options.get("sizes", "5").split(","):
            exchange(transport, int(size))
        return f"ok {protection()}"
    except Exception as fault:  # Whatever a library raises is how the attempt went.
        return f"fail {type(fault).__name__}: {' '.join(str(fault).split())}"
    finally:
        socket.close()


def main():
    make = {"pure": pure, "cyrus": cyrus}[sys.argv[1]]
    for line in sys.stdin:
        print(attempt(make, line), flush=True)


if __name__ == "__main__":
    main()
