#!/bin/sh
# proton.sh: the Qpid Proton broker (proton_broker.py) with a user database of its own.
#
#   usage: proton.sh start STATE_DIR CACHE_DIR AMQP_PORT AMQPS_PORT [UPGRADE_PORT]
#          proton.sh stop STATE_DIR
#
# User user@proton, password "password", in SCRAM-SHA-512, -256, -1, DIGEST-MD5, CRAM-MD5 and PLAIN; ANONYMOUS; with
# the client certificate (compulsory on AMQPS_PORT) EXTERNAL. UPGRADE_PORT speaks plain text, TLS, and TLS behind
# the AMQP TLS header. $PROTON_MECHS replaces the list of mechanisms, $PROTON_ARGS adds options of the broker.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"

MECHS="SCRAM-SHA-512 SCRAM-SHA-256 SCRAM-SHA-1 DIGEST-MD5 CRAM-MD5 PLAIN ANONYMOUS EXTERNAL"

abandon() { end "$state/pid" 5; }

start() {
    mkdir -p "$state/sasl"
    "$here/certs.sh" "$state/certs"
    cat >"$state/sasl/proton-server.conf" <<CONF
pwcheck_method: auxprop
auxprop_plugin: sasldb
sasldb_path: $state/sasl/users.sasldb
mech_list: $mechs
CONF
    printf password | saslpasswd2 -c -p -f "$state/sasl/users.sasldb" -u proton user
    # shellcheck disable=SC2086 # PROTON_ARGS holds several words.
    PN_SASL_CONFIG_PATH="$state/sasl" launch "$state/pid" "$state/out.log" "$cache/venv/bin/python" \
        "$here/proton_broker.py" --amqp "$1" --amqps "$2" ${3:+--upgrade "$3"} --certs "$state/certs" \
        --mechs "$mechs" ${PROTON_ARGS:-}
    await_peer "$state/pid" "$state/out.log" 20 describe proton "$state/certs" \
        "$1" "$2" "${3:-0}" user@proton password xiom
}

case ${1:-} in
start)
    [ $# -eq 5 ] || [ $# -eq 6 ] ||
        die "usage: proton.sh start STATE_DIR CACHE_DIR AMQP_PORT AMQPS_PORT [UPGRADE_PORT]"
    state=$(absolute "$2") cache=$(absolute "$3") mechs=${PROTON_MECHS:-$MECHS}
    installed "$cache"
    ! alive "$state/pid" || die "$state already holds a running peer"
    shift 3
    undo abandon
    start "$@"
    started
    ;;
stop)
    [ $# -eq 2 ] || die "usage: proton.sh stop STATE_DIR"
    end "$2/pid" 5
    ;;
*) die "usage: proton.sh start|stop STATE_DIR ..." ;;
esac
