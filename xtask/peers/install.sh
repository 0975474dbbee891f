#!/bin/sh
# install.sh: installs what the peers of a group need, on Debian 12 or a system like it.
#
#   usage: install.sh CACHE_DIR [amqp|sasl|thrift|spark]
#
# System packages come from apt (only those that are missing, which needs root); the Python and Node parts go
# under CACHE_DIR: for amqp venv/ (python-qpid-proton with Cyrus SASL) and node/ (rhea), for sasl sasl/ (scramp), for
# thrift thrift/ (thrift, thrift_sasl, pure-sasl), for spark spark/ (pyspark, 350 MB, for its jars). A second run finds
# the stamp of the group and returns at once; what was done is in install.log. No question is asked, no service that a
# package brings along is started, and no package is ever removed.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"

PROTON=python-qpid-proton==0.40.0
RHEA=rhea@3.0.5
SCRAMP="scramp==1.5.0 asn1crypto==1.5.1"
THRIFT="thrift==0.25.0 thrift_sasl==0.4.3 pure-sasl==0.6.2 kerberos==1.3.1 six==1.17.0"
SPARK=pyspark==3.5.3
THRIFT_JAR=/usr/share/java/thrift.jar
LOG_JAR=/usr/share/java/slf4j-api.jar

group=${2:-amqp}
case $#-$group in
1-amqp | 2-amqp | 2-sasl | 2-thrift | 2-spark) ;;
*) die "usage: install.sh CACHE_DIR [amqp|sasl|thrift|spark]" ;;
esac
cache=$(absolute "$1")
log=$cache/install.log
stamp=$cache/stamp
[ "$group" = amqp ] || stamp=$cache/stamp-$group
wanted="$(cksum <"$here/install.sh") $cache"

have() { command -v "$1" >/dev/null 2>&1; }

# quietly COMMAND...: runs COMMAND with its output in the log, shows the end of it on failure.
quietly() {
    echo "+ $*" >>"$log"
    "$@" </dev/null >>"$log" 2>&1 || { tail -n 30 "$log" >&2; die "failed: $* (all of it: $log)"; }
}

is_complete() { "is_complete_$group"; }

is_complete_amqp() {
    [ -x "$cache/venv/bin/python" ] && [ -d "$cache/node/node_modules/rhea" ] &&
        [ -e /usr/lib/rabbitmq/bin/rabbitmq-server ] && have saslpasswd2 && have openssl && have node
}

is_complete_sasl() {
    "$cache/sasl/bin/python" -c 'import ctypes, scramp; ctypes.CDLL("libgsasl.so.18"); ctypes.CDLL("libsasl2.so.2")' \
        2>/dev/null && have_saslpasswd && is_complete_realm
}

is_complete_thrift() {
    "$cache/thrift/bin/python" -c 'import ctypes, kerberos, puresasl, thrift, thrift_sasl; ctypes.CDLL("libsasl2.so.2")' \
        2>/dev/null && [ -e "$THRIFT_JAR" ] && [ -e "$LOG_JAR" ] && have_saslpasswd && is_complete_realm
}

is_complete_spark() { [ -n "$(find "$cache/spark" -name 'spark-hive-thriftserver_*.jar' 2>/dev/null)" ] && is_complete_realm; }

is_complete_realm() { have javac && [ -x /usr/sbin/krb5kdc ] && have kinit; }

have_saslpasswd() { have saslpasswd2 || [ -x /usr/sbin/saslpasswd2 ]; }

# lacking PACKAGE...: prints those that are not installed.
lacking() {
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q ' installed$' || echo "$package"
    done
}

# missing_packages: prints the apt packages that this machine still lacks. Node, Python and Java may come from elsewhere.
missing_packages() {
    have python3 || echo python3
    have python3 && python3 -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
    "missing_$group"
}

missing_sasl() {
    lacking libgsasl18
    missing_cyrus
    missing_realm
}

missing_thrift() {
    lacking libthrift-java libslf4j-java libkrb5-dev gcc
    missing_cyrus
    missing_realm
    missing_headers
}

missing_spark() { missing_realm; }

missing_cyrus() {
    lacking sasl2-bin libsasl2-2 libsasl2-modules libsasl2-modules-db libsasl2-modules-gssapi-mit
}

# missing_realm: what a realm of Kerberos and the peers in Java need.
missing_realm() {
    lacking krb5-kdc krb5-admin-server krb5-user libgssapi-krb5-2
    have javac || echo default-jdk-headless
}

missing_amqp() {
    lacking rabbitmq-server sasl2-bin libsasl2-2 libsasl2-modules libsasl2-modules-db libsasl2-dev \
        libssl-dev openssl pkg-config gcc
    have node || echo nodejs
    have npm || echo npm
    missing_headers
}

# missing_headers: for packages of Python that are compiled here.
missing_headers() {
    have python3 && python3 - 2>/dev/null <<'PY' || echo python3-dev
import os, sys, sysconfig
sys.exit(not os.path.exists(os.path.join(sysconfig.get_paths()["include"], "Python.h")))
PY
}

# /usr/sbin/policy-rc.d may forbid the start of services while a package is being set up. One that is there is
# never replaced: either it forbids what we want forbidden, or the user decides.
policy=/usr/sbin/policy-rc.d
forbid_services() {
    if [ -e "$policy" ]; then
        verdict=0
        "$policy" "$2" start >/dev/null 2>&1 || verdict=$?
        [ "$verdict" -eq 101 ] || die "$policy would let $2 start as a service; install by hand: $1"
        return 0
    fi
    trap 'rm -f "$policy"' EXIT
    trap 'exit 1' HUP INT TERM
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
}

install_packages() {
    packages=$(missing_packages | tr '\n' ' ')
    [ -n "$packages" ] || return 0
    have apt-get || die "no apt-get here; install by hand: $packages"
    [ "$(id -u)" -eq 0 ] || die "not root; as root: apt-get install --no-install-recommends $packages"
    case $group in
    amqp) forbid_services "$packages" rabbitmq-server ;;
    sasl | thrift | spark) forbid_services "$packages" krb5-kdc ;;
    esac
    export DEBIAN_FRONTEND=noninteractive
    quietly apt-get -o DPkg::Lock::Timeout=600 update
    # shellcheck disable=SC2086 # One word for each package.
    quietly apt-get -o DPkg::Lock::Timeout=600 install -y --no-install-recommends --no-remove $packages
    # A service that came along for the tests does not start with the machine, either.
    for service in rabbitmq-server krb5-kdc krb5-admin-server; do
        case " $packages" in *" $service "*)
            update-rc.d "$service" disable >>"$log" 2>&1 || true
            ;;
        esac
    done
}

install_proton() {
    rm -rf "$cache/venv"
    quietly python3 -m venv "$cache/venv"
    # Built here, since only a build that sees libsasl2-dev has SCRAM; without it pip leaves SCRAM out silently.
    quietly "$cache/venv/bin/python" -m pip install --no-cache-dir --no-binary python-qpid-proton "$PROTON"
    "$cache/venv/bin/python" -c 'import sys; from proton import SASL; sys.exit(not SASL.extended())' ||
        die "proton was built without Cyrus SASL: is libsasl2-dev installed? See $log"
}

# install_python NAME PACKAGE...: a Python environment of that name, with these packages and nothing else.
install_python() {
    folder=$cache/$1
    shift
    rm -rf "$folder"
    quietly python3 -m venv "$folder"
    quietly "$folder/bin/python" -m pip install --no-cache-dir "$@"
}

install_rhea() {
    mkdir -p "$cache/node"
    quietly npm install --prefix "$cache/node" --no-audit --no-fund "$RHEA"
}

if [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && is_complete; then
    exit 0
fi
: >"$log"
install_packages
case $group in
amqp)
    install_proton
    install_rhea
    ;;
# shellcheck disable=SC2086 # One word for each package.
sasl) install_python sasl $SCRAMP ;;
# shellcheck disable=SC2086 # One word for each package.
thrift) install_python thrift $THRIFT ;;
spark) install_python spark "$SPARK" ;;
esac
is_complete || die "something is still missing, see $log"
echo "$wanted" >"$stamp"
echo "$group peers installed in $cache" >&2
