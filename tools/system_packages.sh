#!/bin/sh
# What Dorsi needs of the system before anything is built: the libraries that OpenCV and MediaPipe load, and a
# Python. On Debian root installs what is missing; anyone else is told the one line to run, and it ends with 1.
# Elsewhere it says which libraries are missing and ends well.
set -eu
[ "$(uname -s)" = Linux ] || exit 0
PATH=$PATH:/usr/sbin:/sbin # ldconfig is not on the search path of an ordinary Debian user
if ! present=$(ldconfig -p 2>/dev/null); then
    exit 0 # no such list: what is missing shows when it is loaded
fi

libraries= packages=
while read -r library debian _; do
    case $library in '#'*) continue ;; esac
    case $present in
    *"$library "*) ;;
    *) libraries="$libraries $library" packages="$packages $debian" ;;
    esac
done <"$(dirname "$0")/../src/dorsi/system_libraries.txt"

if ! command -v apt-get >/dev/null; then
    [ -z "$libraries" ] || echo "Dorsi needs these libraries, install what holds them:$libraries" >&2
    exit 0
fi

python=
command -v uv >/dev/null && python=uv
for name in ${PYTHON:-} .venv/bin/python python3 python3.13 python3.12 python3.11; do
    [ -n "$python" ] || ! "$name" -c 'import ensurepip, venv' 2>/dev/null || python=$name
done
[ -n "$python" ] || packages="$packages python3 python3-venv"

[ -n "$packages" ] || exit 0
# Word by word: $packages is a list.
if [ "$(id -u)" = 0 ]; then
    apt-get update -q
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $packages
else
    echo "Dorsi needs packages of the system that are missing. Run this line, then the same again:" >&2
    echo "    sudo apt-get install --no-install-recommends$packages" >&2
    exit 1
fi
