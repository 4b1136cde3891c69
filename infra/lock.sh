#!/usr/bin/env bash
# Compile requirements/*.in into locks with versions and hashes and without a registry's address.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../requirements"
compile() {
    ../.venv/bin/uv pip compile -q --python-version 3.11 --generate-hashes --no-emit-index-url \
        --no-header --no-annotate "$@"
}
compile "$@" app.in -o app.txt
compile "$@" -c app.txt dev.in -o dev.txt
compile "$@" -c app.txt service.in -o service.txt
# Panel and Bokeh ask for what tables and pictures need; the app has neither.
compile "$@" -c app.txt dashboard.in -o dashboard.txt --no-emit-package pandas --no-emit-package pillow
compile "$@" -c app.txt functions.in -o functions.txt
# wikipedia2vec asks for jieba, which cuts Chinese words, is used by nothing of ours and is no wheel.
compile "$@" -c app.txt training.in -o training.txt --no-emit-package jieba
# Beside training.txt, and in the environment of the tests.
compile "$@" -c app.txt scale.in -o scale.txt
compile "$@" -c localstack-constraints.txt localstack.in -o localstack.txt
compile "$@" lint.in -o lint.txt
compile "$@" sam.in -o sam.txt
compile "$@" setup.in -o setup.txt
