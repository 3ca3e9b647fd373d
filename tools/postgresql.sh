#!/bin/sh
# The server on which the tests of a shared store run, each run on one of its own: Debian's postgresql. Root
# installs it where it is missing; anyone else is told the one line to run, and it ends with 1.
set -eu
for found in /usr/lib/postgresql/*/bin/initdb; do
    [ ! -x "$found" ] || exit 0
done
! command -v initdb >/dev/null || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -q
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends postgresql
else
    echo "The tests of a store on a server need PostgreSQL. Run: sudo apt-get install --no-install-recommends postgresql" >&2
    exit 1
fi
