# reeline: everything a newcomer needs, with nothing but Python 3.11-3.13, pip and make.
# `make demo` and `make test` set everything up themselves; a second run starts in seconds.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEMO_DATA ?= .demo

.DEFAULT_GOAL := help
.PHONY: help install demo up down test lint eval bench lock clean

help:  ## Show the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 10

install: $(STAMP)  ## Make .venv and install the locked packages and reeline into it

# The lock is complete, so pip's resolver (which fails on some extras in old versions) stays out.
$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
		|| { echo "reeline needs Python 3.11, 3.12 or 3.13; set PYTHON=python3.12" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-compile \
		--require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-compile \
		--no-build-isolation --editable .
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m compileall -q -j 0 $(VENV)/lib >/dev/null || true
	@touch $@

demo: $(STAMP)  ## Build a timeline from the local news site and show it
	@$(BIN)/reeline demo --data $(DEMO_DATA)

up: $(STAMP)  ## Start server, worker and deployments of this machine (http://127.0.0.1:4200)
	@$(BIN)/python -m flows.up start

down: $(STAMP)  ## Stop what `make up` started
	@$(BIN)/python -m flows.up stop

test: $(STAMP)  ## Run the tests
	@$(BIN)/python -m pytest -n 2 --dist loadgroup

lint: $(STAMP)  ## Check style, types and the import rule
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

eval: $(STAMP)  ## Measure extraction quality and compare with the pinned floors
	@$(BIN)/python tests/eval/run.py

bench: $(STAMP)  ## Measure speed, side by side in one run
	@$(BIN)/python tests/bench/run.py
	@$(BIN)/python tests/bench/store.py
	@$(BIN)/python tests/bench/pages.py
	@$(BIN)/python tests/bench/crawl.py
	@$(BIN)/python tests/bench/archive.py
	@$(BIN)/python tests/bench/report.py
	@$(BIN)/python tests/bench/backfill.py

lock:  ## Rewrite requirements.lock (needs uv)
	uv pip compile pyproject.toml --extra dev --extra scale --extra notebook --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --constraint tests/constraints.txt \
		--output-file requirements.lock

clean:  ## Remove the environment, caches and demo data
	rm -rf $(VENV) $(DEMO_DATA) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache dist build
