# `make help` lists every command. Needs Python >= 3.11; everything else is installed into .venv.

SHELL := /bin/bash
.DEFAULT_GOAL := help
PORT ?= 8000
DATA ?= var
N ?= 20
# Of each game and each kind of seeds: about ten minutes of two cores.
ROUNDS ?= 20000000
SECONDS_OF_SOAK ?= 600
# A seed for each day, unless one is named.
SEED := $(or $(SEED),$(shell date +%Y%m%d))
PART ?= 1

# The first interpreter that is new enough; PYTHON=/path/to/python overrides the search.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	2>/dev/null && { echo $$p; break; }; done)

# What the icon sprite, the catalogues and the compressed files are built from.
BROWSER_SOURCES := $(shell find src/lanhouse -name '*.html' -o -name '*.po' \
	-o -path '*/static/css/*.css' -o -path '*/static/js/*.js' -o -path '*/static/img/*.svg') \
	src/lanhouse/web/assets.py src/lanhouse/cli/assets.py

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q

.PHONY: help run install install-dev assets test test-long check check-rules check-types fmt bench crash soak rtp screenshots texts reference lock clean

help: ## List the commands.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Byte code in advance: a start takes a third less time, also where Python may not write any itself.
COMPILE := $(BIN)/python -m compileall -q src/lanhouse

run: install assets ## Start a demo centre on http://127.0.0.1:8000 and print its log-ins.
	@$(COMPILE)
	@exec $(BIN)/lanhouse demo --data-dir $(DATA) --port $(PORT)

install: .venv/.installed ## Create .venv and install the program (exact versions, hashes checked).

install-dev: .venv/.installed-dev ## Add what developers need.

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and was not found. Install it, or name it: make run PYTHON=/path/to/python3.11" >&2; exit 1; }
	@echo "Creating .venv with $(PYTHON) ..."
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "Python could not make a virtual environment. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }

.venv/.installed: requirements.lock pyproject.toml | .venv/bin/python
	@echo "Installing the program's packages ..."
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@$(COMPILE)
	@touch $@

.venv/.installed-dev: requirements-dev.lock .venv/.installed
	@echo "Installing the developer's packages ..."
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

assets: .venv/.assets ## Fetch the front-end packages and build the browser's files (only when something changed).

.venv/.assets: package.json package-lock.json $(BROWSER_SOURCES) .venv/.installed
	@command -v npm >/dev/null 2>&1 || { echo "Installing npm into .venv ..."; \
		$(PIP) install --require-hashes -r requirements-assets.lock; }
	@$(BIN)/lanhouse assets
	@touch $@

test: install-dev assets ## Run the tests; says what it left out because a service is missing.
	@$(BIN)/python -m tools.test_services
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile

test-long: install-dev assets ## Run what can go on for ever much further: make test-long PART=10 SEED=7.
	@$(BIN)/python -m tools.test_services
	@echo "test-long: seed $(SEED), one part of $(PART); again: make test-long PART=$(PART) SEED=$(SEED)"
	@LANHOUSE_TEST_LONG=1 LANHOUSE_TEST_SEED=$(SEED) $(BIN)/python -m pytest -q -n 2 --dist load \
		-m long -o timeout=1800 --part $(PART) --hypothesis-seed=$(SEED)

check: check-rules check-types ## Lint, types, house rules, scripts, generated pages.

check-rules: install-dev assets
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/python -m tools.house_lint
	@$(BIN)/python -m tools.check_scripts
	@$(BIN)/python -m tools.gen_reference --check

check-types: install-dev assets
	@$(BIN)/pyright

fmt: install-dev ## Format the code and mend what can be mended.
	@$(BIN)/ruff check --fix -q . ; $(BIN)/ruff format .

bench: install-dev assets ## Measure this machine and print the table of figures.
	@$(BIN)/python -m tests.bench

crash: install-dev assets ## Kill the server N times under load and check the money: make crash N=1000.
	@$(BIN)/python -m tests.crash --rounds $(N)

soak: install-dev assets ## Load the server for SECONDS_OF_SOAK and check money, memory and errors.
	@$(BIN)/python -m tests.bench.soak --seconds $(SECONDS_OF_SOAK)

rtp: install ## Count every House game's return, play ROUNDS against it on fixed and on fresh seeds.
	@$(BIN)/lanhouse rtp --sheet --rounds $(ROUNDS)
	@$(BIN)/lanhouse rtp --fresh --rounds $(ROUNDS)

screenshots: install-dev assets ## Take pictures of every screen into screenshots/ and the README's: make screenshots ONLY=computers.
	@$(BIN)/python -m tools.screenshots $(ONLY)

texts: install-dev ## Sort the translations into the catalogues of their nouns; say what lacks one.
	@$(BIN)/python -m tools.catalogues

reference: install-dev ## Write docs/reference from the code.
	@$(BIN)/python -m tools.gen_reference

lock: install-dev ## Write the lock files after a change of dependencies.
	@tools/lock.sh

clean: ## Remove the environment and the fetched packages; data in var stays.
	rm -rf .venv node_modules src/lanhouse/web/static/vendor src/lanhouse/web/compressed
