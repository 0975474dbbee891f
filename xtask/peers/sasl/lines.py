"""lines.py: one SASL exchange in lines of words on the standard streams; what the Python peers of this folder share.

A peer is started as `PROGRAM NAME=VALUE...` with these names:

    role        client or server
    mechanism   as on the wire
    user, password, authzid, token, realm, service, host
    protection  none, integrity or confidentiality: what must be negotiated, no less and no more
    cipher      of DIGEST-MD5, as on the wire
    buffer      octets of the longest protected buffer that the peer may send here
    binding     kind of channel binding and its octets in Base64, separated by a colon
    state       an empty folder for what the peer wants to keep

The lines, each ended by a newline; DATA is Base64, `=` stands for no octets:

    ready               of the peer, when its library is there
    init [DATA]         the client's first word, without an initial response if there is none
    challenge DATA      of the server
    response DATA       of the client
    ok [DATA]           the server's outcome, with additional data if there is any
    fail WORDS          either side gives up
    established PROTECTION USER   of the peer, after ok was written or read; `-` is nobody
    data DATA           protected octets, each buffer after its length; the peer unwraps, wraps and sends them back

The peer ends when its input does. Without a role it only tells, by its status, whether its library is there.
"""

import base64
import sys


class Refused(Exception):
    """The exchange ends badly, for this reason."""


def arguments(words):
    """The NAME=VALUE words as a dictionary, with the defaults of what may be left out."""
    options = {"service": "amqp", "host": "localhost", "protection": "none", "buffer": "65536"}
    options.update(word.split("=", 1) for word in words)
    return options


def binding(options):
    """The channel binding as (kind, octets), or None."""
    kind, _, octets = options.get("binding", "").partition(":")
    return (kind, base64.b64decode(octets)) if kind else None


def say(word, *rest):
    print(word, *rest, flush=True)


def encode(octets):
    return base64.b64encode(octets).decode() if octets else "="


def decode(text):
    return b"" if text == "=" else base64.b64decode(text, validate=True)


def hear(*expected):
    """The next line as a word and its octets or None."""
    words = sys.stdin.readline().split()
    if not words:
        raise Refused("the other side hung up")
    if words[0] == "fail":
        raise Refused("told so: " + " ".join(words[1:]))
    if words[0] not in expected:
        raise Refused(f"{words[0]} out of turn")
    return words[0], decode(words[1]) if len(words) > 1 else None


def client(side):
    """Drives `side.step(octets or None) -> (octets or None, is it done)` as a client."""
    out, done = side.step(None)
    say("init", *([] if out is None else [encode(out)]))
    while True:
        word, octets = hear("challenge", "ok")
        if word == "challenge":
            out, done = side.step(octets)
            say("response", encode(out))
            continue
        if octets is not None and not done:
            _, done = side.step(octets)
        if not done:
            raise Refused("the server said ok, and has not said all")
        return


def server(side):
    """The same as a server; a last word goes with the outcome if `side.additional`, else as a challenge."""
    _, octets = hear("init")
    if octets is None and side.client_first:
        say("challenge", encode(b""))
        _, octets = hear("response")
    while True:
        out, done = side.step(octets)
        if done:
            break
        say("challenge", encode(out))
        _, octets = hear("response")
    if out and side.additional:
        return say("ok", encode(out))
    if out:
        say("challenge", encode(out))
        hear("response")
    say("ok")


def echo(side):
    """Sends back what comes, through the security layer."""
    for line in sys.stdin:
        word, octets = line.split()
        if word != "data":
            raise Refused(f"{word} out of turn")
        say("data", encode(side.wrap(side.unwrap(decode(octets)))))


def run(make):
    """The program: `make(options)` gives the side. Returns the exit status."""
    options = arguments(sys.argv[1:])
    if "role" not in options:
        return 0
    try:
        side = make(options)
        say("ready")
        (client if options["role"] == "client" else server)(side)
        say("established", side.protection(), side.user() or "-")
        echo(side)
    except Refused as refused:
        say("fail", refused)
        return 1
    return 0
