#!/usr/bin/env python3
"""scramp_peer.py: the scramp package, SCRAM in Python, as a peer, client or server; see lines.py for the words."""

import sys

import lines
from scramp import ScramClient, ScramException, ScramMechanism


class Client:
    def __init__(self, options):
        self.name = options["user"]
        names = [options["mechanism"]]
        self.scram = ScramClient(names, self.name, options["password"], channel_binding=lines.binding(options))
        self.messages = 0

    def step(self, octets):
        self.messages += 1
        if self.messages == 1:
            return self.scram.get_client_first().encode(), False
        if self.messages == 2:
            self.scram.set_server_first(octets.decode())
            return self.scram.get_client_final().encode(), False
        self.scram.set_server_final(octets.decode())
        return b"", True


class Server:
    client_first, additional = True, True

    def __init__(self, options):
        self.name = options["user"]
        mechanism = ScramMechanism(options["mechanism"])
        keys = mechanism.make_auth_info(options["password"], iteration_count=4096)
        self.scram = mechanism.make_server(lambda _: keys, channel_binding=lines.binding(options))
        self.messages = 0

    def step(self, octets):
        self.messages += 1
        if self.messages == 1:
            self.scram.set_client_first(octets.decode())
            return self.scram.get_server_first().encode(), False
        self.scram.set_client_final(octets.decode())
        return self.scram.get_server_final().encode(), True


def make(options):
    """The side, whose errors are refusals; it has no security layer."""
    side = (Client if options["role"] == "client" else Server)(options)
    step = side.step

    def checked(octets):
        try:
            return step(octets)
        except ScramException as error:
            raise lines.Refused(str(error)) from error

    side.step, side.user, side.protection = checked, lambda: side.name, lambda: "none"
    return side


if __name__ == "__main__":
    sys.exit(lines.run(make))
