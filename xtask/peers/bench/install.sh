#!/bin/sh
# Installs what the peers of `cargo xtask bench` need: the headers of OpenSSL, what the interoperability tests of Thrift
# install (a JDK, libthrift, a realm, a Python environment), and the sources of two libraries in C. Needs root for packages
# that are missing.
#
#   usage: install.sh CACHE_DIR
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../lib.sh"

[ $# -eq 1 ] || die "usage: install.sh CACHE_DIR"
mkdir -p "$1"
if ! [ -e /usr/include/openssl/ssl.h ] || ! command -v pkg-config >/dev/null 2>&1; then
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends libssl-dev pkg-config
fi
sh "$here/../install.sh" "$1" thrift
# Without one of them its rows tell the reason.
for name in uamqp proton; do
    sh "$here/outside.sh" fetch "$1" "$name" || echo "no sources of $name" >&2
done
