#!/bin/sh
# Peers of `cargo xtask bench` that run in processes of their own: builds one below CACHE_DIR, or runs it.
#
#   usage: outside.sh build CACHE_DIR java|python|gss|uamqp|proton
#          outside.sh run CACHE_DIR NAME
#
# A peer reads lines and answers them: benches/peers/src/outside.rs says how. One that was not built answers the first
# line by `no` and the reason.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../lib.sh"

# With a logger that says nothing.
JARS=/usr/share/java/thrift.jar:/usr/share/java/slf4j-api.jar:/usr/share/java/slf4j-nop.jar
CC=${CC-cc}
ASK="run 'cargo xtask bench --peers --install'"

[ $# -eq 3 ] || die "usage: outside.sh build|run CACHE_DIR NAME"
cache=$(absolute "$2")
folder=$(absolute "$2/bench")
name=$3

# compile SOURCE ARGUMENT...: makes the program of that peer.
compile() {
    source=$1
    shift
    command -v "$CC" >/dev/null 2>&1 || die "no compiler for C: $ASK"
    "$CC" -O2 -std=gnu11 -Wall -Wextra -o "$folder/$name" "$here/$source" "$@"
}

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

run_java() {
    # One collector thread: what it does is not counted, and it should not disturb.
    exec java -XX:+UseSerialGC -cp "$folder:$JARS" ThriftBench
}

run_python() { exec "$cache/thrift/bin/python" -B "$here/thrift_bench.py"; }

run_gss() { exec "$folder/gss"; }

case $name in
java | python | gss | uamqp | proton) ;;
*) die "unknown: $name" ;;
esac
case $1 in
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
