#!/usr/bin/env python3
"""probe.py: what does an AMQP 1.0 peer answer to each protocol header, on the wire?

    usage: probe.py PORT [--tls CA [--cert CERT --key KEY]] [--host HOST]

A raw socket and the standard library, no AMQP library in between. One connection for each header: SASL (id 3),
AMQP (id 0) and TLS (id 2), inside of TLS with --tls. Prints one JSON object; what follows the TLS header is tried
too: does the peer answer it with the same header, and does a TLS handshake work behind it?
"""

import argparse
import json
import socket
import ssl
import struct
import sys

SASL, TLS, AMQP = (b"AMQP" + bytes([protocol, 1, 0, 0]) for protocol in (3, 2, 0))
LIST8, LIST32, ARRAY8, ARRAY32, SYM8, SYM32 = 0xC0, 0xD0, 0xE0, 0xF0, 0xA3, 0xB3
SECONDS = 5


def client_context(ca, cert=None, key=None):
    """A TLS client that trusts `ca` alone."""
    context = ssl.create_default_context(cafile=ca)
    if cert:
        context.load_cert_chain(cert, key)
    return context


def connect(host, port, context=None):
    """A connected socket, inside of TLS if there is a context."""
    sock = socket.create_connection((host, port), SECONDS)
    sock.settimeout(SECONDS)
    return context.wrap_socket(sock, server_hostname="localhost") if context else sock


def read(sock, size):
    """Exactly `size` octets, or fewer if the peer closes."""
    octets = b""
    while len(octets) < size and (more := sock.recv(size - len(octets))):
        octets += more
    return octets


def header_name(octets):
    """A protocol header in words."""
    if not octets:
        return "closed"
    return {SASL: "SASL", TLS: "TLS", AMQP: "AMQP"}.get(octets, octets.hex())


def symbol(octets, code):
    """One symbol without its constructor, and the rest."""
    if code == SYM8:
        return octets[1:1 + octets[0]].decode(), octets[1 + octets[0]:]
    size = struct.unpack_from(">I", octets)[0]
    return octets[4:4 + size].decode(), octets[4 + size:]


def mechanisms(body):
    """The names in a sasl-mechanisms body, and how they were encoded."""
    if body[:3] != b"\x00\x53\x40":
        raise ValueError("not sasl-mechanisms: " + body.hex())
    body = body[3 + {LIST8: 3, LIST32: 9}[body[3]]:]
    code = body[0]
    if code in (SYM8, SYM32):
        return [symbol(body[1:], code)[0]], "symbol"
    if code == ARRAY8:
        count, item, rest = body[2], body[3], body[4:]
    else:
        count, item, rest = struct.unpack_from(">I", body, 5)[0], body[9], body[10:]
    names = []
    for _ in range(count):
        name, rest = symbol(rest, item)
        names.append(name)
    return names, {SYM8: "array<sym8>", SYM32: "array<sym32>"}[item]


def probe_sasl(sock):
    sock.sendall(SASL)
    answer = read(sock, 8)
    if answer != SASL:
        return {"answer": header_name(answer)}
    size = struct.unpack(">I", read(sock, 4))[0]
    frame = read(sock, size - 4)
    names, encoding = mechanisms(frame[4 * frame[0] - 4:])
    return {"answer": "SASL", "mechanisms": names, "encoding": encoding}


def probe_amqp(sock):
    sock.sendall(AMQP)
    return {"answer": header_name(read(sock, 8))}


def probe_tls(sock, context):
    """The TLS header. A peer that says nothing may still want a ClientHello, so one follows in any case."""
    sock.sendall(TLS)
    sock.settimeout(1)
    try:
        answer = header_name(read(sock, 8))
    except TimeoutError:
        answer = "silence"
    if context is None or answer not in ("TLS", "silence"):
        return {"answer": answer}
    sock.settimeout(SECONDS)
    inside = context.wrap_socket(sock, server_hostname="localhost")
    return {"answer": answer, "handshake": inside.version(), "inside": probe_sasl(inside)}


def attempt(probe, host, port, context, *arguments):
    """The result of `probe` on a fresh connection; a broken connection is a result too."""
    try:
        with connect(host, port, context) as sock:
            return probe(sock, *arguments)
    except (OSError, ValueError, IndexError, KeyError, struct.error) as error:
        return {"error": f"{type(error).__name__}: {error}"}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("port", type=int)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--tls", metavar="CA", help="direct TLS: everything inside of it")
    parser.add_argument("--ca", help="no direct TLS, but a handshake behind the TLS header")
    parser.add_argument("--cert")
    parser.add_argument("--key")
    options = parser.parse_args()
    outer = client_context(options.tls, options.cert, options.key) if options.tls else None
    inner = client_context(options.ca, options.cert, options.key) if options.ca else None
    peer = options.host, options.port, outer
    result = {
        "sasl": attempt(probe_sasl, *peer),
        "amqp": attempt(probe_amqp, *peer),
        "tls": attempt(probe_tls, *peer, inner),
    }
    print(json.dumps(result))
    return 1 if "error" in result["sasl"] else 0


if __name__ == "__main__":
    sys.exit(main())
