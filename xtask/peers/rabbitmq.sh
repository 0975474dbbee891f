#!/bin/sh
# rabbitmq.sh: a RabbitMQ 3.10 node (Debian's) with the amqp1_0 plug-in and everything of its own.
#
#   usage: rabbitmq.sh start STATE_DIR CACHE_DIR AMQP_PORT AMQPS_PORT [EPMD_PORT DISTRIBUTION_PORT]
#          rabbitmq.sh stop STATE_DIR
#
# User guest, password "guest", in PLAIN; with the client certificate EXTERNAL (user client1, no password); ANONYMOUS
# and a bare AMQP header are guest. The node has its own epmd, database, log and Erlang cookie under STATE_DIR; the
# two ports that Erlang needs besides are free ones unless they are given. A start takes some seconds: start once for
# many tests.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"

SERVER=/usr/lib/rabbitmq/bin/rabbitmq-server

configure() {
    echo '[rabbitmq_amqp1_0,rabbitmq_auth_mechanism_ssl].' >"$state/enabled_plugins"
    cat >"$state/rabbitmq.conf" <<CONF
listeners.tcp.1 = 127.0.0.1:$1
listeners.ssl.1 = 127.0.0.1:$2
ssl_options.cacertfile = $state/certs/ca.pem
ssl_options.certfile = $state/certs/server.pem
ssl_options.keyfile = $state/certs/server.key
ssl_options.verify = verify_peer
ssl_options.fail_if_no_peer_cert = false
ssl_cert_login_from = common_name
auth_mechanisms.1 = PLAIN
auth_mechanisms.2 = EXTERNAL
amqp1_0.default_user = guest
amqp1_0.default_vhost = /
load_definitions = $state/definitions.json
CONF
    # A user with an empty hash cannot log in with any password.
    cat >"$state/definitions.json" <<'JSON'
{
  "users": [
    {"name": "guest", "password": "guest", "tags": []},
    {"name": "client1", "password_hash": "", "tags": []}
  ],
  "vhosts": [{"name": "/"}],
  "permissions": [
    {"user": "guest", "vhost": "/", "configure": ".*", "write": ".*", "read": ".*"},
    {"user": "client1", "vhost": "/", "configure": ".*", "write": ".*", "read": ".*"}
  ]
}
JSON
}

# environment EPMD_PORT DISTRIBUTION_PORT
environment() {
    export HOME="$state/home" ERL_EPMD_ADDRESS=127.0.0.1 ERL_EPMD_PORT="$1"
    export RABBITMQ_CONF_ENV_FILE=/dev/null RABBITMQ_NODENAME=xiom@localhost RABBITMQ_DIST_PORT="$2"
    export RABBITMQ_MNESIA_BASE="$state/mnesia" RABBITMQ_LOG_BASE="$state/log" RABBITMQ_LOGS=-
    export RABBITMQ_CONFIG_FILE="$state/rabbitmq.conf" RABBITMQ_ENABLED_PLUGINS_FILE="$state/enabled_plugins"
    # "Allow input" makes the script become the Erlang machine, so that the pid we know is the node's; -noinput then
    # keeps it away from the standard input after all. Busy waiting would only take the tests' processor time.
    export RABBITMQ_ALLOW_INPUT=true
    export RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-noinput -start_epmd false \
-kernel inet_dist_use_interface {127,0,0,1} +S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none"
}

# free_ports COUNT: ports that nobody listened on a moment ago.
free_ports() {
    "$cache/venv/bin/python" - "$1" <<'PY'
import socket, sys
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(int(sys.argv[1]))]
print(*(s.getsockname()[1] for s in sockets))
PY
}

# start AMQP_PORT AMQPS_PORT EPMD_PORT DISTRIBUTION_PORT
start() {
    rm -rf "$state/mnesia" # Every start is a first one: no queue survives.
    mkdir -p "$state/home" "$state/log" "$state/mnesia"
    "$here/certs.sh" "$state/certs"
    configure "$1" "$2"
    environment "$3" "$4"
    launch "$state/epmd.pid" "$state/epmd.log" epmd -port "$3" -address 127.0.0.1
    launch "$state/pid" "$state/out.log" "$SERVER"
    await_peer "$state/pid" "$state/out.log" 120 describe rabbitmq "$state/certs" "$1" "$2" 0 guest guest /queue/xiom
}

stop() {
    end "$1/pid" 20
    end "$1/epmd.pid" 5
}

abandon() { stop "$state"; }

case ${1:-} in
start)
    [ $# -eq 5 ] || [ $# -eq 7 ] ||
        die "usage: rabbitmq.sh start STATE_DIR CACHE_DIR AMQP_PORT AMQPS_PORT [EPMD_PORT DISTRIBUTION_PORT]"
    state=$(absolute "$2") cache=$(absolute "$3")
    installed "$cache"
    [ -e "$SERVER" ] || die "$SERVER is missing: run install.sh"
    ! alive "$state/pid" || die "$state already holds a running peer"
    undo abandon
    # shellcheck disable=SC2046 # Two words.
    [ $# -eq 7 ] || set -- "$@" $(free_ports 2)
    shift 3
    start "$@"
    started
    ;;
stop)
    [ $# -eq 2 ] || die "usage: rabbitmq.sh stop STATE_DIR"
    stop "$2"
    ;;
*) die "usage: rabbitmq.sh start|stop STATE_DIR ..." ;;
esac
