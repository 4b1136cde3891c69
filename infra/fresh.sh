#!/usr/bin/env bash
# On a fresh Debian or Ubuntu, as root: fresh.sh TREE USER RESULTS [ARGS of pytest]
# Takes the tree as a newcomer would (USER is made; root is root), in a folder with spaces and
# accents, and runs the README's two commands from elsewhere, the demo twice. Each adds a line
# "what exit-status seconds" to RESULTS; the status is the worst.
set -uo pipefail
tree=$1 user=$2 results=$3 arguments=${4:-}

if [ "$user" != root ]; then useradd --create-home --shell /bin/bash "$user"; fi
home=$(getent passwd "$user" | cut -d: -f6)
folder="$home/l'été à Paris/satispy"
mkdir -p "$folder"
if [ -d "$tree" ]; then tar -C "$tree" -c --exclude=.git --exclude='./.venv*' --exclude=.satispy .; else cat "$tree"; fi |
    tar -C "$folder" -x
chown -R "$user:" "$home"
: >"$results"

worst=0
run() {
    local what=$1 begin=$SECONDS status=0
    shift
    echo "== $user: $*"
    # A newcomer is no continuous integration, has no terminal to answer on, and stands anywhere.
    (cd / && env -u CI -u GITHUB_ACTIONS su -p -s /bin/bash "$user" -c "export HOME='$home'; $*" </dev/null) || status=$?
    echo "$what $status $((SECONDS - begin))" >>"$results"
    [ "$status" -le "$worst" ] || worst=$status
}
make="make --no-print-directory -C \"${folder}\""
run demo-with-set-up "$make demo"
run demo-again "$make demo"
run test "$make test ARGS='$arguments'"

echo "== $user, $(. /etc/os-release && echo "$PRETTY_NAME"): exit status and seconds, set-up of what is needed included"
cat "$results"
exit "$worst"
