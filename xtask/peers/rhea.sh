#!/bin/sh
# rhea.sh: the rhea broker (rhea_broker.js).
#
#   usage: rhea.sh start STATE_DIR CACHE_DIR AMQP_PORT AMQPS_PORT
#          rhea.sh stop STATE_DIR
#
# User user, password "password", in PLAIN; ANONYMOUS; with the client certificate EXTERNAL. $RHEA_ARGS adds options
# of the broker.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"

abandon() { end "$state/pid" 5; }

start() {
    "$here/certs.sh" "$state/certs"
    # shellcheck disable=SC2086 # RHEA_ARGS holds several words.
    NODE_PATH="$cache/node/node_modules" launch "$state/pid" "$state/out.log" node "$here/rhea_broker.js" \
        --amqp "$1" --amqps "$2" --certs "$state/certs" ${RHEA_ARGS:-}
    await_peer "$state/pid" "$state/out.log" 20 describe rhea "$state/certs" "$1" "$2" 0 user password xiom
}

case ${1:-} in
start)
    [ $# -eq 5 ] || die "usage: rhea.sh start STATE_DIR CACHE_DIR AMQP_PORT AMQPS_PORT"
    state=$(absolute "$2") cache=$(absolute "$3")
    installed "$cache"
    ! alive "$state/pid" || die "$state already holds a running peer"
    shift 3
    undo abandon
    start "$@"
    started
    ;;
stop)
    [ $# -eq 2 ] || die "usage: rhea.sh stop STATE_DIR"
    end "$2/pid" 5
    ;;
*) die "usage: rhea.sh start|stop STATE_DIR ..." ;;
esac
