#!/usr/bin/env python3
"""gnu_peer.py: GNU SASL (libgsasl) as a peer, client or server; see lines.py for the words.

The library is called directly, since its program takes no channel binding from outside and no server of its own
shows whom it let in.
"""

import base64
import ctypes
import sys

import lines

OK, NEEDS_MORE = 0, 1
NO_CALLBACK, AUTHENTICATION_ERROR = 51, 31
AUTHID, AUTHZID, PASSWORD, ANONYMOUS_TOKEN, SERVICE, HOSTNAME, GSSAPI_DISPLAY_NAME = 1, 2, 3, 4, 5, 6, 7
REALM, QOPS, QOP, SCRAM_ITER, CB_TLS_EXPORTER = 11, 13, 14, 15, 25
VALIDATE_SIMPLE, VALIDATE_EXTERNAL, VALIDATE_ANONYMOUS, VALIDATE_GSSAPI = 500, 501, 502, 503
QOP_NAMES = {"none": "qop-auth", "integrity": "qop-int", "confidentiality": "qop-conf"}

gsasl = ctypes.CDLL("libgsasl.so.18")
for name in ("gsasl_property_get", "gsasl_property_fast", "gsasl_strerror"):
    getattr(gsasl, name).restype = ctypes.c_char_p
Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)


def check(code):
    if code not in (OK, NEEDS_MORE):
        raise lines.Refused(gsasl.gsasl_strerror(code).decode())
    return code


class Side:
    additional = True

    def __init__(self, options):
        self.options = options
        self.client_first = options["mechanism"] not in ("CRAM-MD5", "DIGEST-MD5")
        self.is_client = options["role"] == "client"
        self.name = None
        self.context, self.session = ctypes.c_void_p(), ctypes.c_void_p()
        self.callback = Callback(self.asked)  # Kept, since the library does not.
        check(gsasl.gsasl_init(ctypes.byref(self.context)))
        gsasl.gsasl_callback_set(self.context, self.callback)
        start = gsasl.gsasl_client_start if self.is_client else gsasl.gsasl_server_start
        check(start(self.context, options["mechanism"].encode(), ctypes.byref(self.session)))

    def asked(self, _, session, what):
        """What the library wants to know."""
        session = ctypes.c_void_p(session)
        if what in (VALIDATE_SIMPLE, VALIDATE_EXTERNAL, VALIDATE_ANONYMOUS, VALIDATE_GSSAPI):
            return self.judge(session, what)
        options, protection = self.options, QOP_NAMES[self.options["protection"]]
        answers = {
            AUTHZID: options.get("authzid"),
            ANONYMOUS_TOKEN: options.get("token"),
            PASSWORD: options.get("password"),
            SERVICE: options["service"],
            HOSTNAME: options["host"],
            REALM: options.get("realm"),
            QOPS: protection,
            QOP: protection,
            SCRAM_ITER: "4096",
        }
        if self.is_client:
            answers[AUTHID] = options.get("user")
        elif what == PASSWORD and self.property(session, AUTHID) != options.get("user"):
            return NO_CALLBACK
        if (binding := lines.binding(options)) and binding[0] == "tls-exporter":
            answers[CB_TLS_EXPORTER] = base64.b64encode(binding[1]).decode()
        if (answer := answers.get(what)) is None:
            return NO_CALLBACK
        return gsasl.gsasl_property_set(session, what, answer.encode())

    def judge(self, session, what):
        """Whether a client is let in, where the mechanism leaves that to the application."""
        user, password = self.property(session, AUTHID), self.property(session, PASSWORD)
        if what == VALIDATE_SIMPLE:
            good = (user, password) == (self.options.get("user"), self.options.get("password"))
        elif what == VALIDATE_EXTERNAL:
            user = self.options.get("user")
            good = self.property(session, AUTHZID) in (None, "", user) and user is not None
        elif what == VALIDATE_ANONYMOUS:
            good, user = True, None
        else:
            user, good = self.property(session, GSSAPI_DISPLAY_NAME), True
        self.name = user
        return OK if good else AUTHENTICATION_ERROR

    def property(self, session, what):
        value = gsasl.gsasl_property_fast(session, what)
        return None if value is None else value.decode()

    def call(self, function, octets):
        """`function` of the session, with octets in and octets out."""
        out, size = ctypes.c_void_p(), ctypes.c_size_t()
        octets = octets or b""
        code = check(function(self.session, octets, ctypes.c_size_t(len(octets)),
                              ctypes.byref(out), ctypes.byref(size)))
        answer = ctypes.string_at(out, size.value) if out else b""
        gsasl.gsasl_free(out)
        return answer, code == OK

    def step(self, octets):
        if octets is None and not self.client_first and self.is_client:
            return None, False
        return self.call(gsasl.gsasl_step, octets)

    def user(self):
        if self.is_client:
            return self.options.get("user")
        return self.name or self.property(self.session, AUTHID)

    def protection(self):
        # The mechanism has got what it was asked for, or it would have failed: the wrapped octets show it.
        return self.options["protection"]

    def wrap(self, octets):
        return self.call(gsasl.gsasl_encode, octets)[0]

    def unwrap(self, octets):
        return self.call(gsasl.gsasl_decode, octets)[0]


if __name__ == "__main__":
    sys.exit(lines.run(Side))
