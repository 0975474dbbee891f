#!/bin/sh
# Installs what the peers of `cargo xtask bench` need: the headers of OpenSSL, and what the interoperability
# tests of Thrift install (a JDK, libthrift). Needs root for packages that are missing.
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
exec sh "$here/../install.sh" "$1" thrift
