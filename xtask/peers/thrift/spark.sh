#!/bin/sh
# spark.sh: the Thrift server of Apache Spark, from the Python package pyspark, as a peer that users really connect to.
#
#   usage: spark.sh start STATE_DIR CACHE_DIR PORT none|kerberos
#          spark.sh stop STATE_DIR
#
# It speaks the protocol of HiveServer2. With `none` it asks for PLAIN and takes any user and password; with `kerberos`
# it asks for GSSAPI and nothing below confidentiality, as the service hive/localhost of the realm whose environment
# `kdc.sh start` has printed. `start` returns when the port answers, about half a minute later. Everything that it
# keeps is in STATE_DIR; it needs 1 GB of memory.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
. "$here/lib.sh"

# The packages of the platform that Spark reaches into, as its own start script opens them.
OPENED="java.base/java.lang java.base/java.lang.invoke java.base/java.lang.reflect java.base/java.io java.base/java.net
java.base/java.nio java.base/java.util java.base/java.util.concurrent java.base/java.util.concurrent.atomic
java.base/jdk.internal.ref java.base/sun.nio.ch java.base/sun.nio.cs java.base/sun.security.action
java.base/sun.util.calendar java.security.jgss/sun.security.krb5"

# java_words KIND, spark_words KIND, hive_words KIND PORT: print the words that make each of them do what is wanted.
java_words() {
    for package in $OPENED; do echo "--add-opens=$package=ALL-UNNAMED"; done
    echo "-Xmx1g -XX:+UseSerialGC -XX:+IgnoreUnrecognizedVMOptions"
    echo "-Djava.io.tmpdir=$state/tmp -Dderby.system.home=$state"
    [ "$1" = none ] || echo "-Djava.security.krb5.conf=$KRB5_CONFIG"
}

spark_words() {
    echo "--master local[1]"
    for setting in spark.driver.bindAddress=127.0.0.1 spark.driver.host=localhost spark.ui.enabled=false \
        spark.sql.warehouse.dir="$state/warehouse" spark.local.dir="$state/tmp"; do
        echo "--conf $setting"
    done
    [ "$1" = none ] || echo "--conf spark.hadoop.hadoop.security.authentication=kerberos"
}

hive_words() {
    set -- "$1" "$2" hive.server2.thrift.bind.host=localhost hive.server2.thrift.port="$2" \
        hive.exec.scratchdir="$state/tmp/hive" hive.exec.local.scratchdir="$state/tmp/hive-local" \
        hive.server2.logging.operation.log.location="$state/tmp/operations"
    case $1 in
    none) set -- "$@" hive.server2.authentication=NONE ;;
    kerberos)
        set -- "$@" hive.server2.authentication=KERBEROS hive.server2.thrift.sasl.qop=auth-conf \
            hive.server2.authentication.kerberos.principal=hive/localhost@XIOM.TEST \
            hive.server2.authentication.kerberos.keytab="$XIOM_KDC/hive.keytab"
        ;;
    esac
    shift 2
    for setting in "$@"; do echo "--hiveconf $setting"; done
}

abandon() { end "$state/pid" 10; }

answers() {
    "$cache/spark/bin/python" -c 'import socket, sys; socket.create_connection(("127.0.0.1", int(sys.argv[1])), 1)' "$1"
}

start() {
    mkdir -p "$state/tmp"
    rm -rf "$state/metastore_db"
    jars=$(find "$cache/spark" -type d -path '*/pyspark/jars')
    export SPARK_HOME="${jars%/jars}" SPARK_LOCAL_IP=127.0.0.1
    # Its logs and its database go where it runs.
    cd "$state"
    # shellcheck disable=SC2046 # One word each; a state directory has no spaces in its name.
    launch "$state/pid" "$state/spark.log" java $(java_words "$2") -cp "$jars/*" org.apache.spark.deploy.SparkSubmit \
        $(spark_words "$2") --class org.apache.spark.sql.hive.thriftserver.HiveThriftServer2 spark-internal \
        $(hive_words "$2" "$1")
    await_peer "$state/pid" "$state/spark.log" 120 answers "$1"
}

case ${1:-} in
start)
    [ $# -eq 5 ] || die "usage: spark.sh start STATE_DIR CACHE_DIR PORT none|kerberos"
    state=$(absolute "$2") cache=$(absolute "$3")
    [ -x "$cache/spark/bin/python" ] || die "$cache holds no Spark: run install.sh $cache spark"
    case $5 in
    none) ;;
    kerberos) [ -n "${XIOM_KDC:-}" ] || die "no realm: run kdc.sh start, and this in the environment that it prints" ;;
    *) die "usage: spark.sh start STATE_DIR CACHE_DIR PORT none|kerberos" ;;
    esac
    ! alive "$state/pid" || die "$state already holds a running server"
    undo abandon
    start "$4" "$5"
    started
    ;;
stop)
    [ $# -eq 2 ] || die "usage: spark.sh stop STATE_DIR"
    end "$2/pid" 10
    ;;
*) die "usage: spark.sh start|stop STATE_DIR ..." ;;
esac
