#!/bin/sh
# kdc.sh: a throw-away Kerberos realm XIOM.TEST (MIT krb5kdc), for the mechanism GSSAPI.
#
#   usage: kdc.sh start STATE_DIR PORT
#          kdc.sh stop STATE_DIR
#
# Principals: user@XIOM.TEST, password "password"; the services amqp/localhost and hive/localhost. STATE_DIR holds
# krb5.conf, client.keytab (user), service.keytab (amqp), hive.keytab, and ccache with a ticket of user. `start`
# prints the environment under which Kerberos programs use the realm, one NAME=VALUE a line; nothing outside of
# STATE_DIR is read or written. The user's keytab is not in it, so that "no ticket" can be tried.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"

REALM=XIOM.TEST
# Debian keeps these out of a user's path.
PATH=$PATH:/usr/sbin:/sbin

environment() {
    cat <<ENV
XIOM_KDC=$state
KRB5_CONFIG=$state/krb5.conf
KRB5_KDC_PROFILE=$state/kdc.conf
KRB5CCNAME=FILE:$state/ccache
KRB5_KTNAME=FILE:$state/service.keytab
KRB5RCACHENAME=file2:$state/rcache
ENV
}

# quietly COMMAND...: runs COMMAND with its output in the log, shows the end of it on failure.
quietly() {
    echo "+ $*" >>"$state/setup.log"
    "$@" </dev/null >>"$state/setup.log" 2>&1 || { tail -n 20 "$state/setup.log" >&2; die "failed: $*"; }
}

configure() {
    cat >"$state/krb5.conf" <<CONF
[libdefaults]
    default_realm = $REALM
    dns_lookup_realm = false
    dns_lookup_kdc = false
    dns_canonicalize_hostname = false
    rdns = false
    udp_preference_limit = 1
[realms]
    $REALM = {
        kdc = 127.0.0.1:$1
    }
[domain_realm]
    localhost = $REALM
CONF
    cat >"$state/kdc.conf" <<CONF
[kdcdefaults]
    kdc_listen = 127.0.0.1:$1
    kdc_tcp_listen = 127.0.0.1:$1
[realms]
    $REALM = {
        database_name = $state/principal
        key_stash_file = $state/stash
        acl_file = $state/acl
    }
[logging]
    default = FILE:$state/requests.log
CONF
}

# service NAME KEYTAB: a service with a key that nobody types.
service() {
    quietly kadmin.local -r "$REALM" addprinc -randkey "$1/localhost@$REALM"
    quietly kadmin.local -r "$REALM" ktadd -k "$state/$2" "$1/localhost@$REALM"
}

populate() {
    quietly kdb5_util create -r "$REALM" -s -P master
    quietly kadmin.local -r "$REALM" addprinc -pw password "user@$REALM"
    # The key stays that of the password.
    quietly kadmin.local -r "$REALM" ktadd -norandkey -k "$state/client.keytab" "user@$REALM"
    service amqp service.keytab
    service hive hive.keytab
}

abandon() { end "$state/pid" 5; }

start() {
    umask 077
    rm -f "$state"/principal* "$state"/*.keytab "$state/ccache" "$state/rcache" "$state/setup.log" "$state/stash"
    configure "$1"
    populate
    launch "$state/pid" "$state/kdc.log" krb5kdc -n -r "$REALM"
    await_peer "$state/pid" "$state/kdc.log" 20 kinit -k -t "$state/client.keytab" "user@$REALM" >/dev/null
    environment
}

case ${1:-} in
start)
    [ $# -eq 3 ] || die "usage: kdc.sh start STATE_DIR PORT"
    for command in krb5kdc kdb5_util kadmin.local kinit; do
        command -v "$command" >/dev/null || die "no $command here: run install.sh"
    done
    state=$(absolute "$2")
    ! alive "$state/pid" || die "$state already holds a running realm"
    # shellcheck disable=SC2046 # One word for each variable; a state directory has no spaces in its name.
    export $(environment)
    undo abandon
    start "$3"
    started
    ;;
stop)
    [ $# -eq 2 ] || die "usage: kdc.sh stop STATE_DIR"
    end "$2/pid" 5
    ;;
*) die "usage: kdc.sh start|stop STATE_DIR ..." ;;
esac
