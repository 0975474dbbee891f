#!/usr/bin/env python3
"""proton_client.py: opens an AMQP connection with python-qpid-proton, and says how it went.

    usage: proton_client.py URL [--mech MECHANISM] [--user U --password P] [--ca FILE [--cert FILE --key FILE]]
                            [--roundtrip ADDRESS] [--size OCTETS] [--timeout SECONDS]

URL is amqp://HOST:PORT or amqps://HOST:PORT (direct TLS; HOST must be a name in the server's certificate). Without
--mech proton chooses among what is offered; NONE means no SASL layer. With --roundtrip one message goes out to ADDRESS
and must come back from it. Prints one JSON object: ok, mechanism (null until the server said OK), encrypted, error
(null on success). Exit status 0 or 1.
"""

import argparse
import json
import os
import sys
import threading

from proton import Message, SSLDomain
from proton.handlers import MessagingHandler
from proton.reactor import Container


def connect_options(options):
    """The arguments of the command line as proton wants them."""
    words = {"reconnect": False, "allow_insecure_mechs": True, "sasl_enabled": options.mech != "NONE"}
    if options.user is not None:
        words["user"] = options.user
    if options.password is not None:
        words["password"] = options.password
    if options.mech not in (None, "NONE"):
        words["allowed_mechs"] = options.mech
    if options.ca:
        domain = SSLDomain(SSLDomain.MODE_CLIENT)
        domain.set_trusted_ca_db(options.ca)
        domain.set_peer_authentication(SSLDomain.VERIFY_PEER_NAME)
        if options.cert:
            domain.set_credentials(options.cert, options.key, None)
        words["ssl_domain"] = domain
    return words


class Client(MessagingHandler):
    """Open, and perhaps one message there and back; the first error is the one that is kept."""

    def __init__(self, options):
        super().__init__()
        self.options = options
        self.opened = self.returned = self.sent = False
        self.encrypted, self.mechanism, self.error = False, None, None
        self.body = "x" * options.size

    def on_start(self, event):
        options, container = self.options, event.container
        self.connection = container.connect(options.url, **connect_options(options))
        self.container = container
        self.timer = container.schedule(options.timeout, self)
        if options.roundtrip:
            # Two names, because some servers tell links apart by the name alone.
            container.create_receiver(self.connection, options.roundtrip, name="receiver")
            container.create_sender(self.connection, options.roundtrip, name="sender")

    def on_connection_opened(self, event):
        self.opened = True
        self.encrypted = event.transport.encrypted
        if self.options.mech != "NONE":
            self.mechanism = event.transport.sasl().mech
        if not self.options.roundtrip:
            self.finish()

    def on_sendable(self, event):
        if not self.sent:
            self.sent = True
            event.sender.send(Message(body=self.body))

    def on_message(self, event):
        self.returned = event.message.body == self.body
        self.finish(None if self.returned else "another message came back")

    def on_transport_error(self, event):
        self.encrypted = self.encrypted or event.transport.encrypted
        self.fail("transport", event.transport.condition)

    def on_connection_error(self, event):
        self.fail("connection", event.connection.remote_condition)

    def on_session_error(self, event):
        self.fail("session", event.session.remote_condition)

    def on_link_error(self, event):
        self.fail("link", event.link.remote_condition)

    def on_rejected(self, event):
        self.finish("the message was rejected")

    def on_disconnected(self, event):
        if not self.ok():
            self.fail("disconnected", event.transport and event.transport.condition)

    def on_timer_task(self, event):
        self.finish("timeout")

    def fail(self, layer, condition):
        words = (layer, getattr(condition, "name", None), getattr(condition, "description", None))
        self.finish(": ".join(word for word in words if word))

    def finish(self, error=None):
        self.error = self.error or error
        self.timer.cancel()
        self.connection.close()
        if error:
            self.container.stop()  # Where something failed already, nobody may be left to answer the close.

    def ok(self):
        return self.opened and (self.returned or not self.options.roundtrip) and self.error is None


def report(client):
    """Prints the result; returns the exit status."""
    ok = client.ok()
    result = {"ok": ok, "mechanism": client.mechanism, "encrypted": client.encrypted}
    print(json.dumps({**result, "error": None if ok else client.error or "nothing happened"}), flush=True)
    return 0 if ok else 1


def give_up(client):
    """Proton can get stuck on malformed frames, where its own timer does not help."""
    client.error = client.error or "timeout"
    os._exit(report(client))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url")
    for name in ("mech", "user", "password", "ca", "cert", "key", "roundtrip"):
        parser.add_argument("--" + name)
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--timeout", type=float, default=10)
    options = parser.parse_args()
    client = Client(options)
    watchdog = threading.Timer(options.timeout + 1, give_up, (client,))
    watchdog.daemon = True
    watchdog.start()
    try:
        Container(client).run()
    except Exception as error:  # A bad argument, for example.
        client.error = client.error or f"{type(error).__name__}: {error}"
    watchdog.cancel()
    return report(client)


if __name__ == "__main__":
    sys.exit(main())
