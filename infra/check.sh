#!/usr/bin/env bash
# Everything that is checked before a merge; CI calls the same.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export PATH="$PWD/.venv/bin:$PATH"
ruff check .
ruff format --check .
mypy
lint-imports
# What `sam validate --lint` runs, and nothing else; then what SAM makes of the template, in which a
# circle or a name that is nowhere may hide.
cfn-lint template.yaml infra/cloud/*.yaml
.venv-lint/bin/python -m infra.translate | cfn-lint --ignore-checks W2001
.venv-lint/bin/checkov --config-file infra/cloud/.checkov.yaml
.venv-lint/bin/zizmor --offline --quiet .github/workflows
