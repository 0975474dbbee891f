#!/bin/sh
# install.sh: installs what the AMQP peers need, on Debian 12 or a system like it.
#
#   usage: install.sh CACHE_DIR
#
# System packages come from apt (only those that are missing, which needs root); the Python and Node parts go
# under CACHE_DIR: venv/ (python-qpid-proton with Cyrus SASL), node/ (rhea), install.log. A second run finds the
# stamp and returns at once. The broker that the rabbitmq-server package would start by itself is kept from it, and
# no package is ever removed.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"

PROTON=python-qpid-proton==0.40.0
RHEA=rhea@3.0.5

[ $# -eq 1 ] || die "usage: install.sh CACHE_DIR"
cache=$(absolute "$1")
log=$cache/install.log
stamp=$cache/stamp
wanted="$(cksum <"$here/install.sh") $cache"

have() { command -v "$1" >/dev/null 2>&1; }

# quietly COMMAND...: runs COMMAND with its output in the log, shows the end of it on failure.
quietly() {
    echo "+ $*" >>"$log"
    "$@" </dev/null >>"$log" 2>&1 || { tail -n 30 "$log" >&2; die "failed: $* (all of it: $log)"; }
}

is_complete() {
    [ -x "$cache/venv/bin/python" ] && [ -d "$cache/node/node_modules/rhea" ] &&
        [ -e /usr/lib/rabbitmq/bin/rabbitmq-server ] && have saslpasswd2 && have openssl && have node
}

# missing_packages: prints the apt packages that this machine still lacks. Node and Python may come from elsewhere.
missing_packages() {
    for package in rabbitmq-server sasl2-bin libsasl2-2 libsasl2-modules libsasl2-modules-db libsasl2-dev \
        libssl-dev openssl pkg-config gcc; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q ' installed$' || echo "$package"
    done
    have node || echo nodejs
    have npm || echo npm
    have python3 || echo python3
    have python3 && python3 -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
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
        "$policy" rabbitmq-server start >/dev/null 2>&1 || verdict=$?
        [ "$verdict" -eq 101 ] || die "$policy would let a system broker start; install by hand: $1"
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
    forbid_services "$packages"
    export DEBIAN_FRONTEND=noninteractive
    quietly apt-get -o DPkg::Lock::Timeout=600 update
    # shellcheck disable=SC2086 # One word for each package.
    quietly apt-get -o DPkg::Lock::Timeout=600 install -y --no-install-recommends --no-remove $packages
    # A broker that came along for the tests does not start with the machine, either.
    case " $packages" in *" rabbitmq-server "*)
        update-rc.d rabbitmq-server disable >>"$log" 2>&1 || true
        ;;
    esac
}

install_proton() {
    rm -rf "$cache/venv"
    quietly python3 -m venv "$cache/venv"
    # Built here, since only a build that sees libsasl2-dev has SCRAM; without it pip leaves SCRAM out silently.
    quietly "$cache/venv/bin/python" -m pip install --no-cache-dir --no-binary python-qpid-proton "$PROTON"
    "$cache/venv/bin/python" -c 'import sys; from proton import SASL; sys.exit(not SASL.extended())' ||
        die "proton was built without Cyrus SASL: is libsasl2-dev installed? See $log"
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
install_proton
install_rhea
is_complete || die "something is still missing, see $log"
echo "$wanted" >"$stamp"
echo "peers installed in $cache" >&2
