#!/usr/bin/env bash
# Make a stand-in for python:3.11-slim where no registry can be reached: Debian's own Python 3.11.
# Needs root, debootstrap and a Docker engine. Usage: base.sh [TAG [PACKAGES]]; with packages of its
# own it is a plain Debian with these and nothing else.
set -euo pipefail
tag=${1:-python:3.11-slim} packages=${2:-python3,python3-venv,python3-pip,ca-certificates}
if docker image inspect "$tag" >/dev/null 2>&1; then
    echo "$tag is here already" >&2
    exit
fi
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
echo "Making $tag from Debian packages ..." >&2
debootstrap --variant=minbase --include="$packages" \
    bookworm "$root" >"$root.log" 2>&1 || { tail -20 "$root.log" >&2; exit 1; }

if [ $# -lt 2 ]; then
    # What the -slim images leave out as well.
    rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/usr/share/{doc,man,info,locale} \
        "$root"/var/log/* "$root"/usr/lib/python3*/{EXTERNALLY-MANAGED,test}
    ln -sf python3 "$root/usr/bin/python"
fi
# The certificates this machine trusts: behind a proxy, PyPI speaks with another authority's.
cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
tar -C "$root" --numeric-owner --exclude=./proc --exclude=./sys --exclude=./dev -c . |
    docker import --change "ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt" \
        --change 'CMD ["python3"]' - "$tag"
rm -f "$root.log"
