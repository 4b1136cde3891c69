# satispy: `make demo` runs the main job, `make test` passes the tests; both set up what they need.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
TARGETS := help demo test check bench translations screenshots image image-check fresh-check audit lock clean
.PHONY: $(TARGETS)

override MAKEFLAGS += --no-print-directory --jobs=2
# The folder of this file. Make's own functions would cut it at spaces, and so would targets with
# it in their names: the recipes run in it, and all names are relative.
THIS := $(subst ','\'',$(MAKEFILE_LIST))
HERE := $(shell f='$(THIS)'; cd "$$(dirname "$${f# }")" && pwd -P)
ifneq ($(HERE),$(shell pwd -P))
# make -f folder/Makefile: what is given is relative to where it was typed.
$(TARGETS):
	@$(MAKE) -C "$(HERE)" $@ $(foreach name,DATA JSON,$(if $($(name)),$(name)="$$(realpath -m "$($(name))")"))
else
PY := .venv/bin/python
LOCALSTACK := .venv-localstack/.installed
LINT := .venv-lint/.installed

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 14

demo: .venv/.app $(LOCALSTACK) ## run the main job: three uploads, three retrains, predictions, charts (DATA=folder of CSVs)
	@$(PY) -m satispy.cli demo $(if $(DATA),--data "$(DATA)")

test: .venv/.dev $(LOCALSTACK) ## run every test (ARGS='-m "not e2e"' for the quick ones)
	@$(PY) -m pytest -n 2 --no-loadscope-reorder $(ARGS)

check: .venv/.dev $(LINT) ## lint, types, import contracts, templates, workflows
	@bash infra/check.sh

bench: .venv/.dev $(LOCALSTACK) ## list the benchmarks, or run one: NAME=retrain [JSON=file]
	@$(PY) -m benchmarks $(NAME) $(if $(JSON),--json "$(JSON)")

translations: .venv/.app ## bring the catalogues up to the sentences in the code; names those without translation
	@$(PY) -m infra.translations

screenshots: .venv/.dev $(LOCALSTACK) ## take the pictures of README and docs anew, of the demo's reviews (some minutes)
	@$(PY) -m infra.screenshots

image: .venv/.app ## make satispy:latest, a lean image of the service and the promoted models (needs Docker)
	@$(PY) -m infra.image.build

image-check: .venv/.dev ## make the images, use each as AWS does, print what fills them (needs Docker)
	@$(PY) -m benchmarks image $(if $(JSON),--json "$(JSON)")

fresh-check: .venv/.dev ## demo and tests on a fresh Debian, as root and as a user, with times (needs Docker)
	@$(PY) -m benchmarks fresh $(if $(JSON),--json "$(JSON)")

audit: .venv/.dev ## known vulnerabilities of what the service ships (needs PyPI's advisories)
	@.venv/bin/pip-audit --strict --no-deps --disable-pip -r requirements/service.txt

# ---- set-up: each environment is installed once, and again when its lock changes; two at a time ----
.venv/.app: requirements/app.txt requirements/setup.txt infra/openmp.py pyproject.toml
	@bash infra/install.sh .venv app

.venv/.dev: requirements/dev.txt .venv/.app
	@bash infra/install.sh .venv dev

$(LOCALSTACK): requirements/localstack.txt $(wildcard infra/localstack/pyproject.toml infra/localstack/*/*.py)
	@bash infra/install.sh .venv-localstack localstack

$(LINT): requirements/lint.txt
	@bash infra/install.sh .venv-lint lint

lock: .venv/.app ## compile requirements/*.in again (UPGRADE=1 takes newer versions)
	@cd requirements && bash ../infra/lock.sh $(if $(UPGRADE),--upgrade)

clean: ## remove the environments and the local state
	@rm -rf .venv .venv-localstack .venv-lint .satispy
endif
