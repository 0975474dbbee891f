#!/usr/bin/env python3
"""cyrus_peer.py: Cyrus SASL (libsasl2) as a peer, client or server; see lines.py for the words.

The library is called directly, since its sample programs ask a terminal for the password and wrap nothing. A server
keeps its user in a database that saslpasswd2 writes into the folder `state`.
"""

import ctypes
import os
import shutil
import subprocess
import sys

import lines

OK, CONTINUE, FAIL, BADPARAM = 0, 1, -1, -7
LIST_END, GETOPT, LOG, USER, AUTHNAME, PASS, GETREALM, PROXY_POLICY = 0, 1, 2, 0x4001, 0x4002, 0x4004, 0x4008, 0x8001
USERNAME, SSF, MAXOUTBUF, CHANNEL_BINDING, SSF_EXTERNAL, SEC_PROPS, AUTH_EXTERNAL = 0, 1, 2, 21, 100, 101, 102
SUCCESS_DATA = 4
# Least and most strength factor for a protection; the ciphers of DIGEST-MD5 are told apart by theirs.
STRENGTHS = {"none": (0, 0), "integrity": (1, 1), "confidentiality": (2, 256)}
CIPHERS = {"rc4": (128, 128), "3des": (112, 112), "rc4-56": (56, 56), "des": (55, 55), "rc4-40": (40, 40)}

SASLPASSWD = shutil.which("saslpasswd2") or shutil.which("/usr/sbin/saslpasswd2") or sys.exit("no saslpasswd2")

sasl = ctypes.CDLL("libsasl2.so.2")
sasl.sasl_errdetail.restype = sasl.sasl_errstring.restype = ctypes.c_char_p
String = ctypes.POINTER(ctypes.c_char_p)
Simple = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, String, ctypes.POINTER(ctypes.c_uint))
Hidden = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int,
                          ctypes.POINTER(ctypes.c_void_p))
Realm = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, String, String)
Option = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p, String,
                          ctypes.POINTER(ctypes.c_uint))
Log = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p)


class Entry(ctypes.Structure):
    """sasl_callback_t"""

    _fields_ = [("id", ctypes.c_ulong), ("proc", ctypes.c_void_p), ("context", ctypes.c_void_p)]


class Properties(ctypes.Structure):
    """sasl_security_properties_t"""

    _fields_ = [("min_ssf", ctypes.c_uint), ("max_ssf", ctypes.c_uint), ("maxbufsize", ctypes.c_uint),
                ("flags", ctypes.c_uint), ("names", ctypes.c_void_p), ("values", ctypes.c_void_p)]


class Binding(ctypes.Structure):
    """sasl_channel_binding_t"""

    _fields_ = [("name", ctypes.c_char_p), ("critical", ctypes.c_int), ("len", ctypes.c_ulong),
                ("data", ctypes.c_char_p)]


class Side:
    additional = False
    client_first = True

    def __init__(self, options):
        self.options, self.started = options, False
        self.is_client = options["role"] == "client"
        self.mechanism = options["mechanism"].encode()
        if self.mechanism in (b"CRAM-MD5", b"DIGEST-MD5"):
            self.client_first = False
        self.realm = options.get("realm", "xiom").encode()
        self.connection = ctypes.c_void_p()
        self.callbacks = self.answers()
        if self.is_client:
            self.check(sasl.sasl_client_init(None))
            self.check(sasl.sasl_client_new(options["service"].encode(), options["host"].encode(), None, None,
                                            self.callbacks, SUCCESS_DATA, ctypes.byref(self.connection)))
        else:
            self.store_user()
            self.check(sasl.sasl_server_init(None, b"xiom"))
            self.check(sasl.sasl_server_new(options["service"].encode(), options["host"].encode(), self.realm, None,
                                            None, self.callbacks, 0, ctypes.byref(self.connection)))
        self.set_properties()

    def answers(self):
        """The callbacks, kept for as long as the connection."""
        options = self.options
        self.values = {USER: options.get("authzid", "").encode(), AUTHNAME: options.get("user", "").encode()}
        if self.mechanism == b"ANONYMOUS":
            self.values[AUTHNAME] = options.get("token", "").encode()
        self.settings = {
            b"sasldb_path": os.fsencode(options.get("state", "") + "/users.sasldb"),
            b"auxprop_plugin": b"sasldb",
            b"pwcheck_method": b"auxprop",
            b"mech_list": self.mechanism.removesuffix(b"-PLUS"),
            b"log_level": b"0",
        }
        password = options.get("password", "").encode()
        self.secret = ctypes.create_string_buffer(
            len(password).to_bytes(ctypes.sizeof(ctypes.c_ulong), sys.byteorder) + password)
        self.kept = [(GETOPT, Option(self.option)), (LOG, Log(lambda *_: OK))]
        if self.is_client:
            self.kept += [(USER, Simple(self.simple)), (AUTHNAME, Simple(self.simple)), (PASS, Hidden(self.hidden)),
                          (GETREALM, Realm(self.choose))]
        entries = [Entry(id, ctypes.cast(call, ctypes.c_void_p), None) for id, call in self.kept]
        return (Entry * (len(entries) + 1))(*entries, Entry(LIST_END, None, None))

    def option(self, _, plugin, name, result, size):
        if name not in self.settings:
            return FAIL
        result[0] = self.settings[name]
        if size:
            size[0] = len(self.settings[name])
        return OK

    def simple(self, _, what, result, size):
        result[0] = self.values[what]
        if size:
            size[0] = len(self.values[what])
        return OK

    def hidden(self, _connection, _context, _, secret):
        secret[0] = ctypes.addressof(self.secret)
        return OK

    def choose(self, _, __, available, result):
        result[0] = self.options["realm"].encode() if "realm" in self.options else available[0]
        return OK

    def store_user(self):
        if "password" in self.options:
            command = [SASLPASSWD, "-c", "-p", "-f", self.settings[b"sasldb_path"], "-u", self.realm,
                       self.options["user"]]
            subprocess.run(command, input=self.options["password"].encode(), check=True)

    def set_properties(self):
        options = self.options
        least, most = CIPHERS.get(options.get("cipher")) or STRENGTHS[options["protection"]]
        self.properties = Properties(least, most, int(options["buffer"]), 0, None, None)
        self.set(SEC_PROPS, ctypes.byref(self.properties))
        if self.mechanism == b"EXTERNAL":
            self.set(SSF_EXTERNAL, ctypes.byref(ctypes.c_uint(256)))
            self.set(AUTH_EXTERNAL, options["user"].encode())
        if binding := lines.binding(options):
            self.binding = Binding(binding[0].encode(), 1, len(binding[1]), binding[1])
            self.set(CHANNEL_BINDING, ctypes.byref(self.binding))

    def set(self, what, value):
        self.check(sasl.sasl_setprop(self.connection, what, value))

    def check(self, code):
        if code not in (OK, CONTINUE):
            detail = sasl.sasl_errdetail(self.connection) if self.connection else None
            words = detail or sasl.sasl_errstring(code, None, None)
            raise lines.Refused(words.decode().replace("\n", " "))
        return code

    def step(self, octets):
        out, size = ctypes.c_void_p(), ctypes.c_uint()
        result = ctypes.byref(out), ctypes.byref(size)
        given = (octets, ctypes.c_uint(len(octets or b"")))
        if self.started:
            step = sasl.sasl_client_step if self.is_client else sasl.sasl_server_step
            code = step(self.connection, *given, *((None,) if self.is_client else ()), *result)
        elif self.is_client:
            code = sasl.sasl_client_start(self.connection, self.mechanism, None, *result, None)
        else:
            code = sasl.sasl_server_start(self.connection, self.mechanism, *given, *result)
        self.started = True
        done = self.check(code) == OK
        answer = ctypes.string_at(out, size.value) if out else None
        # A client's step without output is an empty response, except at the start, where it means none.
        return answer if answer is not None or octets is None else b"", done

    def number(self, what):
        value = ctypes.POINTER(ctypes.c_uint)()
        self.check(sasl.sasl_getprop(self.connection, what, ctypes.byref(value)))
        return value[0]

    def user(self):
        if self.is_client:
            return self.options.get("user")
        name = ctypes.c_char_p()
        self.check(sasl.sasl_getprop(self.connection, USERNAME, ctypes.byref(name)))
        return name.value.decode().removesuffix("@" + self.realm.decode())

    def protection(self):
        return {0: "none", 1: "integrity"}.get(self.number(SSF), "confidentiality")

    def call(self, function, octets):
        out, size = ctypes.c_void_p(), ctypes.c_uint()
        self.check(function(self.connection, octets, ctypes.c_uint(len(octets)), ctypes.byref(out),
                            ctypes.byref(size)))
        return ctypes.string_at(out, size.value) if size.value else b""

    def wrap(self, octets):
        most = self.number(MAXOUTBUF)
        parts = [octets[start:start + most] for start in range(0, len(octets), most)]
        return b"".join(self.call(sasl.sasl_encode, part) for part in parts)

    def unwrap(self, octets):
        return self.call(sasl.sasl_decode, octets)


if __name__ == "__main__":
    sys.exit(lines.run(Side))
