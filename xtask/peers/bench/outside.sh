#!/bin/sh
# Peers of `cargo xtask bench` that run in processes of their own: builds one below CACHE_DIR, or runs it.
#
#   usage: outside.sh fetch CACHE_DIR uamqp|proton
#          outside.sh build CACHE_DIR java|python|gss|uamqp|proton
#          outside.sh run CACHE_DIR NAME
#
# `fetch` gets the sources of a library in C, which are those of its Python package; the others come with install.sh.
# A peer reads lines and answers them: benches/peers/src/outside.rs says how. One that was not built answers the first
# line by `no` and the reason.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../lib.sh"

# With a logger that says nothing.
JARS=/usr/share/java/thrift.jar:/usr/share/java/slf4j-api.jar:/usr/share/java/slf4j-nop.jar
CC=${CC-cc}
UAMQP=uamqp-1.6.11
PROTON=python_qpid_proton-0.40.0
ASK="run 'cargo xtask bench --peers --install'"

[ $# -eq 3 ] || die "usage: outside.sh fetch|build|run CACHE_DIR NAME"
cache=$(absolute "$2")
folder=$(absolute "$2/bench")
name=$3

# compile SOURCE ARGUMENT...: makes the program of that peer.
compile() {
    source=$1
    shift
    command -v "$CC" >/dev/null 2>&1 || die "no compiler for C: $ASK"
    # What others warn of is theirs.
    "$CC" -O2 -std=gnu11 -w -o "$folder/$name" "$here/$source" "$@"
}

# fetch PACKAGE FOLDER: unpacks the sources of a Python package, of which nothing is built.
fetch() {
    [ -d "$folder/$2" ] && return 0
    "$cache/thrift/bin/python" -m pip download --quiet --no-deps --no-binary "$1" --dest "$folder" "$1==${2##*-}"
    tar -xzf "$folder/$2.tar.gz" -C "$folder"
}

fetch_uamqp() { fetch uamqp "$UAMQP"; }

fetch_proton() { fetch python-qpid-proton "$PROTON"; }

build_java() {
    command -v javac >/dev/null 2>&1 || die "no javac: $ASK"
    [ -e /usr/share/java/thrift.jar ] || die "no libthrift for Java: $ASK"
    javac -nowarn -cp "$JARS" -d "$folder" "$here/ThriftBench.java"
}

build_python() {
    "$cache/thrift/bin/python" -c 'import puresasl, thrift_sasl' 2>/dev/null || die "no thrift_sasl: $ASK"
}

build_gss() {
    [ -e /usr/include/gssapi/gssapi.h ] || die "no headers of MIT Kerberos: $ASK"
    compile gss.c -lgssapi_krb5 -lpthread
}

build_uamqp() {
    uamqp=$folder/$UAMQP/src/vendor/azure-uamqp-c
    [ -d "$uamqp" ] || die "no sources of azure-uamqp-c: $ASK"
    shared=$uamqp/deps/azure-c-shared-utility
    set --
    for part in amqp_definitions amqpvalue amqpvalue_to_string frame_codec sasl_frame_codec saslclientio \
        sasl_mechanism sasl_plain sasl_anonymous; do
        set -- "$@" "$uamqp/src/$part.c"
    done
    for part in buffer crt_abstractions dns_resolver_sync doublylinkedlist gballoc map optionhandler \
        singlylinkedlist strings uuid vector xio xlogging; do
        set -- "$@" "$shared/src/$part.c"
    done
    for part in socketio_berkeley tlsio_openssl x509_openssl platform_linux lock_pthreads threadapi_pthreads \
        uniqueid_stub; do
        set -- "$@" "$shared/adapters/$part.c"
    done
    for include in "$uamqp/inc" "$shared/inc" "$shared/pal/inc" "$shared/pal/linux" \
        "$uamqp/deps/umock-c/inc" "$uamqp/deps/azure-macro-utils-c/inc"; do
        set -- "$@" -isystem "$include"
    done
    # Without its log, which costs it time.
    compile uamqp.c -DUSE_OPENSSL -DNO_LOGGING "$@" "$shared/pal/socket_async.c" "$shared/pal/tlsio_options.c" \
        -fno-strict-aliasing -lssl -lcrypto -lpthread -lm
}

build_proton() {
    proton=$folder/$PROTON
    [ -d "$proton" ] || die "no sources of Qpid Proton: $ASK"
    compile proton.c -DPROTON_DECLARE_STATIC -isystem "$proton/include" -isystem "$proton/src" \
        "$proton"/src/core/*.c "$proton"/src/core/object/*.c "$proton/src/compiler/gcc/start.c" \
        "$proton/src/platform/platform.c" "$proton/src/sasl/sasl.c" "$proton/src/sasl/default_sasl.c" \
        "$proton/src/sasl/cyrus_stub.c" "$proton/src/ssl/openssl.c" -lssl -lcrypto
}

run_java() {
    # One collector thread: what it does is not counted, and it should not disturb.
    exec java -XX:+UseSerialGC -cp "$folder:$JARS" ThriftBench
}

run_python() { exec "$cache/thrift/bin/python" -B "$here/thrift_bench.py"; }

run_gss() { exec "$folder/gss"; }

# It would load all certificates of the system for each connection.
run_uamqp() { SSL_CERT_FILE=/dev/null SSL_CERT_DIR=/dev/null exec "$folder/uamqp"; }

run_proton() { exec "$folder/proton"; }

case $name in
java | python | gss | uamqp | proton) ;;
*) die "unknown: $name" ;;
esac
case $1 in
fetch) "fetch_$name" ;;
build)
    rm -f "$folder/$name.built"
    # The last line says what went wrong.
    if ("build_$name") >"$folder/$name.log" 2>&1; then
        : >"$folder/$name.built"
    else
        cat "$folder/$name.log" >&2
        exit 1
    fi
    ;;
run)
    if ! [ -e "$folder/$name.built" ]; then
        printf 'no\tit could not be built: %s\n' "$(tail -n 1 "$folder/$name.log" 2>/dev/null | tr '\t' ' ')"
        exit 0
    fi
    "run_$name"
    ;;
*) die "unknown: $1" ;;
esac
