#!/bin/sh
# certs.sh: throw-away certificates for the peers: a CA, a server (localhost, 127.0.0.1, ::1), a client (CN=client1).
#
#   usage: certs.sh DIR
#
# Writes ca.pem, server.pem, server.key, client.pem and client.key (EC P-256, valid for 30 days) into DIR. What is
# there already, and good for another day, stays.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"

[ $# -eq 1 ] || die "usage: certs.sh DIR"
command -v openssl >/dev/null || die "the openssl command is missing"
dir=$(absolute "$1")
cd "$dir"
openssl x509 -in client.pem -noout -checkend 86400 >/dev/null 2>&1 && exit 0
umask 077

# request NAME SUBJECT: a new key, and a certificate signing request for it.
request() {
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -subj "$2" -out "$1.csr" \
        2>>openssl.log || die "openssl failed, see $dir/openssl.log"
}

# sign NAME EXTENSION... [-- OPTION...]: turns the request into a certificate.
sign() {
    name=$1
    shift
    : >"$name.ext"
    while [ $# -gt 0 ] && [ "$1" != -- ]; do
        echo "$1" >>"$name.ext"
        shift
    done
    [ $# -eq 0 ] || shift
    openssl x509 -req -in "$name.csr" -extfile "$name.ext" -days 30 -sha256 -out "$name.pem" "$@" \
        2>>openssl.log || die "openssl failed, see $dir/openssl.log"
    rm -f "$name.csr" "$name.ext"
}

: >openssl.log
request ca "/CN=Xiom interop CA"
sign ca basicConstraints=critical,CA:TRUE keyUsage=critical,keyCertSign,cRLSign subjectKeyIdentifier=hash \
    -- -signkey ca.key
request server /CN=localhost
sign server basicConstraints=CA:FALSE keyUsage=digitalSignature extendedKeyUsage=serverAuth \
    subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1 -- -CA ca.pem -CAkey ca.key -CAcreateserial
request client /CN=client1
sign client basicConstraints=CA:FALSE keyUsage=digitalSignature extendedKeyUsage=clientAuth \
    -- -CA ca.pem -CAkey ca.key -CAcreateserial
rm -f openssl.log
