#!/bin/sh
# What Thrift for Java costs: builds or runs the program beside this file, below CACHE_DIR.
#
#   usage: java.sh build CACHE_DIR
#          java.sh run CACHE_DIR OUT.json [quick|full]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../lib.sh"

JARS=/usr/share/java/thrift.jar:/usr/share/java/slf4j-api.jar

[ $# -ge 2 ] || die "usage: java.sh build CACHE_DIR | java.sh run CACHE_DIR OUT.json [quick|full]"
mkdir -p "$2/bench"
classes=$(absolute "$2")/bench
case $1 in
build)
    command -v javac >/dev/null 2>&1 || die "no javac: run 'cargo xtask bench --peers --install'"
    [ -e /usr/share/java/thrift.jar ] || die "no libthrift for Java: run 'cargo xtask bench --peers --install'"
    exec javac -nowarn -cp "$JARS" -d "$classes" "$here/ThriftBench.java"
    ;;
run)
    [ -e "$classes/ThriftBench.class" ] || die "libthrift for Java is not built"
    # One collector thread: what it does is not counted, and it should not disturb.
    exec java -XX:+UseSerialGC -cp "$classes:$JARS" ThriftBench "$3" "${4-full}"
    ;;
*) die "unknown: $1" ;;
esac
