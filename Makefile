# satispy: `make demo` runs the main job, `make test` passes the tests; both set up what they need.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo test check bench image image-check audit lock clean

HERE := $(patsubst %/,%,$(dir $(abspath $(lastword $(MAKEFILE_LIST)))))
override MAKEFLAGS += --no-print-directory
PY := $(HERE)/.venv/bin/python
LOCALSTACK := $(HERE)/.venv-localstack/.installed

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(HERE)/Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 14

demo: $(HERE)/.venv/.app $(LOCALSTACK) ## run the main job: three uploads, three retrains, predictions, charts (DATA=folder of CSVs)
	@cd $(HERE) && $(PY) -m satispy.cli demo $(if $(DATA),--data "$(abspath $(DATA))")

test: $(HERE)/.venv/.dev $(LOCALSTACK) ## run every test (ARGS='-m "not e2e"' for the quick ones)
	@cd $(HERE) && $(PY) -m pytest $(ARGS)

check: $(HERE)/.venv/.dev ## lint, types, import contracts, template
	@cd $(HERE) && bash infra/check.sh

bench: $(HERE)/.venv/.dev $(LOCALSTACK) ## list the benchmarks, or run one: NAME=retrain [JSON=file]
	@cd $(HERE) && $(PY) -m benchmarks $(NAME) $(if $(JSON),--json "$(abspath $(JSON))")

image: $(HERE)/.venv/.app ## make satispy:latest, a lean image of the service and the promoted models (needs Docker)
	@cd $(HERE) && $(PY) -m infra.image.build

image-check: $(HERE)/.venv/.dev ## make an image, call every route of it, print what fills it (needs Docker)
	@cd $(HERE) && $(PY) -m benchmarks image $(if $(JSON),--json "$(abspath $(JSON))")

audit: $(HERE)/.venv/.dev ## known vulnerabilities of what the service ships (needs PyPI's advisories)
	@cd $(HERE) && .venv/bin/pip-audit --strict --no-deps --disable-pip -r requirements/service.txt

# ---- set-up: each environment is installed once, and again when its lock changes ----
$(HERE)/.venv/.app: $(HERE)/requirements/app.txt $(HERE)/pyproject.toml
	@bash $(HERE)/infra/install.sh $(HERE)/.venv app

$(HERE)/.venv/.dev: $(HERE)/requirements/dev.txt $(HERE)/.venv/.app
	@bash $(HERE)/infra/install.sh $(HERE)/.venv dev

$(LOCALSTACK): $(HERE)/requirements/localstack.txt $(wildcard $(HERE)/infra/localstack/pyproject.toml $(HERE)/infra/localstack/*/*.py)
	@bash $(HERE)/infra/install.sh $(HERE)/.venv-localstack localstack

lock: $(HERE)/.venv/.app ## compile requirements/*.in again (UPGRADE=1 takes newer versions)
	@cd $(HERE)/requirements && bash ../infra/lock.sh $(if $(UPGRADE),--upgrade)

clean: ## remove the environments and the local state
	@rm -rf $(HERE)/.venv $(HERE)/.venv-localstack $(HERE)/.satispy
