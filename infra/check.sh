#!/usr/bin/env bash
# Everything that is checked before a merge; CI calls the same.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export PATH="$PWD/.venv/bin:$PATH"
ruff check .
ruff format --check .
mypy
lint-imports
cfn-lint template.yaml infra/cloud/*.yaml
