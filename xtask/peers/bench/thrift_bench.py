#!/usr/bin/env python3
"""thrift_bench.py: what the client of the package thrift_sasl costs over pure-sasl, with PLAIN; told by lines.

`data OCTETS` or `connect PORT`, between tabs, prepares a case; `run COUNT PORT` does it, and is answered by the
nanoseconds of CPU time. The server is whoever listens at the port; a login before octets is not counted.
"""

import sys
import time

from puresasl.client import SASLClient
from thrift.transport import TSocket
from thrift_sasl import TSaslClientTransport


class Client:
    """pure-sasl in the words that thrift_sasl has for a mechanism."""

    def __init__(self):
        self.sasl = SASLClient("localhost", "hive", "PLAIN", username="user", password="password")

    def start(self, mechanism):
        return True, mechanism, self.sasl.process()

    def step(self, challenge):
        return True, self.sasl.process(challenge)

    def encode(self, octets):
        return True, self.sasl.wrap(octets)

    def decode(self, octets):
        return True, self.sasl.unwrap(octets)

    def getError(self):
        return "refused"


def log_in(port):
    transport = TSaslClientTransport(Client, "PLAIN", TSocket.TSocket("127.0.0.1", port))
    transport.open()
    return transport


def data(octets):
    message = bytes(octets)

    def deed(count, port):
        transport = log_in(port)
        start = time.thread_time_ns()
        for _ in range(count):
            transport.write(message)
            transport.flush()
        spent = time.thread_time_ns() - start
        transport.close()
        return spent

    return deed


def connect(port):
    def deed(count, *_):
        start = time.thread_time_ns()
        for _ in range(count):
            log_in(port).close()
        return time.thread_time_ns() - start

    return deed


def main():
    deed = None
    for line in sys.stdin:
        head, *numbers = line.split()
        try:
            numbers = [int(number) for number in numbers]
            if head == "run":
                print(f"spent\t{deed(*numbers)}", flush=True)
            else:
                deed = {"data": data, "connect": connect}[head](*numbers)
                print("ready", flush=True)
        except Exception as fault:  # Whatever a library raises is how it went.
            print(f"no\t{type(fault).__name__}: {' '.join(str(fault).split())}", flush=True)


if __name__ == "__main__":
    main()
