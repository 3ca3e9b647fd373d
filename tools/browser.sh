#!/bin/sh
# The browser that the tests of the pages drive: Debian's chromium. Root installs it where it is missing; anyone
# else is told the one line to run, and it ends with 1.
set -eu
command -v chromium >/dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -q
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends chromium
else
    echo "The tests of the pages need a browser. Run: sudo apt-get install --no-install-recommends chromium" >&2
    exit 1
fi
