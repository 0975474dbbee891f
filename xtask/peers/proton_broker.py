#!/usr/bin/env python3
"""proton_broker.py: a small queue broker on python-qpid-proton, loopback only, for interoperability tests.

    usage: proton_broker.py --amqp PORT [--amqps PORT] [--upgrade PORT] --certs DIR [--mechs "M ..."] [--require-auth]

Queues are made on first use and live in memory. Users come from the sasldb that proton-server.conf in
$PN_SASL_CONFIG_PATH names (see proton.sh). Prints a line for each connection and each transport error.

--amqps    direct TLS; the client must show a certificate, since proton has no optional one.
--upgrade  plain text, direct TLS, or TLS behind the AMQP TLS header (protocol id 2), without a client certificate.
           Proton itself understands that header but never answers it, as section 5.2.1 of AMQP wants; so the
           answer is written here, before proton sees the connection.
"""

import argparse
import collections
import os
import select
import signal
import socket
import time

from proton import SASL, SSLDomain
from proton.handlers import MessagingHandler
from proton.reactor import Container

TLS_HEADER = b"AMQP\x02\x01\x00\x00"
HEADER_SECONDS = 2


def server_domain(certs, verify):
    """TLS with the server's certificate; with `verify` the client needs one, too."""
    ca = certs + "/ca.pem"
    domain = SSLDomain(SSLDomain.MODE_SERVER)
    domain.set_credentials(certs + "/server.pem", certs + "/server.key", None)
    domain.set_trusted_ca_db(ca)
    if verify:
        domain.set_peer_authentication(SSLDomain.VERIFY_PEER, ca)
    else:
        domain.set_peer_authentication(SSLDomain.ANONYMOUS_PEER)
        domain.allow_unsecured_client()
    return domain


def answer_tls_header(sock):
    """Writes the TLS header back if the client began with it. Nothing is consumed: proton reads it again."""
    deadline = time.monotonic() + HEADER_SECONDS
    while (left := deadline - time.monotonic()) > 0:
        if not select.select([sock], [], [], left)[0]:
            return
        start = sock.recv(len(TLS_HEADER), socket.MSG_PEEK)
        if start == TLS_HEADER:
            sock.sendall(TLS_HEADER)
        if start == TLS_HEADER or not start or not TLS_HEADER.startswith(start):
            return
        time.sleep(0.01)  # The header is not complete, and a peek would return at once.


class Broker(MessagingHandler):
    """Moves every message from the links that send it to the first link that wants it."""

    def __init__(self, options):
        super().__init__()
        self.options = options
        self.upgrade = None
        self.queues = collections.defaultdict(collections.deque)
        self.consumers = collections.defaultdict(list)

    def on_start(self, event):
        options, container = self.options, event.container
        container.listen(f"127.0.0.1:{options.amqp}")
        if options.amqps:
            container.listen(f"127.0.0.1:{options.amqps}", ssl_domain=server_domain(options.certs, True))
        if options.upgrade:
            domain = server_domain(options.certs, False)
            self.upgrade = container.listen(f"127.0.0.1:{options.upgrade}", ssl_domain=domain)
        print(f"listening, cyrus={SASL.extended()}", flush=True)

    def on_connection_bound(self, event):
        transport = event.transport
        if self.upgrade is not None and getattr(event.connection, "_acceptor", None) is self.upgrade:
            answer_tls_header(transport._selectable._delegate)
        if self.options.require_auth:
            transport.require_auth(True)
        sasl = transport.sasl()
        sasl.allow_insecure_mechs = True
        if self.options.mechs:
            sasl.allowed_mechs(self.options.mechs)

    def on_connection_opened(self, event):
        transport = event.transport
        print(f"open user={transport.user} mech={transport.sasl().mech} encrypted={transport.encrypted}", flush=True)

    def on_link_opening(self, event):
        link = event.link
        link.source.copy(link.remote_source)
        link.target.copy(link.remote_target)
        if link.is_sender:
            self.consumers[link.source.address].append(link)
            self.pump(link.source.address)

    def on_sendable(self, event):
        self.pump(event.link.source.address)

    def on_message(self, event):
        address = event.link.target.address
        self.queues[address].append(event.message)
        self.pump(address)

    def on_link_closing(self, event):
        self.forget(lambda link: link == event.link)

    def on_connection_closing(self, event):
        self.forget(lambda link: link.connection == event.connection)

    def on_disconnected(self, event):
        self.on_connection_closing(event)

    def on_transport_error(self, event):
        print("transport error:", event.transport.condition, flush=True)

    def pump(self, address):
        for link in self.consumers[address]:
            while link.credit > 0 and self.queues[address]:
                link.send(self.queues[address].popleft())

    def forget(self, gone):
        for links in self.consumers.values():
            links[:] = [link for link in links if not gone(link)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--amqp", type=int, required=True)
    parser.add_argument("--amqps", type=int)
    parser.add_argument("--upgrade", type=int)
    parser.add_argument("--certs", required=True)
    parser.add_argument("--mechs")
    parser.add_argument("--require-auth", action="store_true")
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    Container(Broker(parser.parse_args())).run()


if __name__ == "__main__":
    main()
