#!/usr/bin/env python3
"""describe.py: waits for nothing, asks a started peer what it offers, prints the JSON line that `start` promises.

    usage: describe.py NAME CERT_DIR AMQP_PORT AMQPS_PORT UPGRADE_PORT USER PASSWORD ADDRESS

The mechanism lists are those on the wire, so the exit status is 0 only when every port (0: none) answers.
"""

import json
import sys

import probe


def offered(port, context):
    with probe.connect("127.0.0.1", port, context) as sock:
        return probe.probe_sasl(sock)["mechanisms"]


def upgraded(port, context):
    with probe.connect("127.0.0.1", port) as sock:
        return probe.probe_tls(sock, context)["inside"]["mechanisms"]


def main():
    name, certs, amqp, amqps, upgrade, user, password, address = sys.argv[1:]
    amqp, amqps, upgrade = int(amqp), int(amqps), int(upgrade)
    ca, cert, key = f"{certs}/ca.pem", f"{certs}/client.pem", f"{certs}/client.key"
    context = probe.client_context(ca, cert, key)
    mechanisms = {"tcp": offered(amqp, None), "tls": offered(amqps, context)}
    if upgrade:
        mechanisms["upgrade"] = upgraded(upgrade, context)
    print(json.dumps({
        "name": name,
        "host": "127.0.0.1",
        "server_name": "localhost",
        "amqp": amqp,
        "amqps": amqps,
        "upgrade": upgrade or None,
        "ca": ca,
        "client_cert": cert,
        "client_key": key,
        "user": user,
        "password": password,
        "address": address,
        "mechanisms": mechanisms,
    }))


if __name__ == "__main__":
    main()
