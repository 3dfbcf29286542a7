# Everything here works on a bare machine with Python 3.11 or newer: the first call makes .venv, later calls find it made.
# `make` alone prints this help.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help pictures demo test check fix bench chaos servers play media lock clean

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
PARALLEL ?= 3
FLOORS := campaigns content scheduler reports main.py

help: ## Print this help
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: .venv/run.stamp ## Play a joint campaign from script to report, on this machine alone
	$(BIN)/python -m compileall -q $(FLOORS)
	$(BIN)/cordiale demo

test: .venv/dev.stamp ## Run the tests
	$(BIN)/pytest -n $(PARALLEL) --dist worksteal

check: .venv/dev.stamp ## Run everything that a change must pass
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n $(PARALLEL) --dist worksteal

fix: .venv/dev.stamp ## Format, and mend what the linter can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

chaos: .venv/dev.stamp ## Kill, cut and flood, and look for what was lost or doubled (slow)
	$(BIN)/pytest -m chaos --timeout 3600 $(CHAOS)

servers: .venv/dev.stamp build/servers/synapse.stamp build/servers/pds.stamp ## Try the channels on real servers (WordPress and MariaDB: Debian packages)
	$(BIN)/pytest -m servers tests/scheduler tests/stories

play: .venv/dev.stamp ## Start those servers for a person, say where they are, and stop them with Ctrl-C
	$(BIN)/python tests/servers/play.py $(PLAY)

bench: .venv/dev.stamp ## Measure side by side (slow)
	$(BIN)/pytest -m bench -s --timeout 3600

pictures: ## Take the pictures of the README anew, from what the demo wrote (needs Chromium)
	$(BIN)/python tests/stories/take_pictures.py demo-workspace reports/pictures

clean: ## Remove what the other targets made
	rm -rf .venv build dist .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis demo-workspace
	find $(FLOORS) tests -name __pycache__ -type d -prune -exec rm -rf {} +

media: .venv/dev.stamp ## Add what compares pictures with lists of known ones (compiled here: needs a C++ compiler)
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement requirements-media.lock

lock: ## Pin anew what pyproject.toml asks for
	$(PYTHON) -m venv build/lock
	build/lock/bin/pip install --quiet --disable-pip-version-check uv
	$(PYTHON) -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['build-system']['requires'])" > build/lock/build.in
	build/lock/bin/uv pip compile $(PIN) --extra demo --output-file requirements.lock pyproject.toml build/lock/build.in
	build/lock/bin/uv pip compile $(PIN) --extra postgres --extra demo --extra stats --extra pdf --extra archive --extra cluster --extra apprise --group dev --output-file requirements-dev.lock pyproject.toml
	$(PYTHON) -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['optional-dependencies']['media'])" > build/lock/media.in
	build/lock/bin/uv pip compile $(PIN) --no-deps --output-file requirements-media.lock build/lock/media.in
	echo matrix-synapse > build/lock/synapse.in
	build/lock/bin/uv pip compile $(PIN) --output-file tests/servers/synapse.lock build/lock/synapse.in

PIN := --quiet --universal --python-version 3.11 --no-header --no-annotate --generate-hashes

# A stamp says from which lock .venv was filled; a newer lock fills it again. What development needs holds all that
# running needs, so its stamp answers for both.
.venv/run.stamp: requirements.lock pyproject.toml | .venv/bin/python
	@$(call install,requirements.lock)
	@touch $@

.venv/dev.stamp: requirements-dev.lock pyproject.toml | .venv/bin/python
	@$(call install,requirements-dev.lock)
	@touch $@ .venv/run.stamp

# A server whose packages are not ours to have has an environment of its own.
build/servers/synapse.stamp: tests/servers/synapse.lock
	$(PYTHON) -m venv build/servers/synapse
	build/servers/synapse/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@touch $@

# Of its packages one is compiled; no script of any other runs.
build/servers/pds.stamp: tests/servers/pds/package.json tests/servers/pds/package-lock.json
	mkdir -p build/servers/pds
	cp $^ build/servers/pds/
	npm ci --prefix build/servers/pds --no-audit --no-fund --ignore-scripts --loglevel=error
	npm_config_build_from_source=true npm rebuild --prefix build/servers/pds better-sqlite3
	@touch $@

.venv/bin/python:
	@command -v "$(PYTHON)" >/dev/null || { echo "Cordiale needs Python 3.11 or newer, and there is no '$(or $(PYTHON),python3)' here. Install it, or name it: make PYTHON=/path/to/python3.11" >&2; exit 3; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Cordiale needs Python 3.11 or newer, and $(PYTHON) is $$($(PYTHON) --version 2>&1). Name a newer one: make PYTHON=/path/to/python3.11" >&2; exit 3; }
	$(PYTHON) -m venv .venv || { rm -rf .venv; echo "On Debian and Ubuntu the package python3-venv makes virtual environments." >&2; exit 3; }

# Every file is checked against the hash in the lock; our own code is installed in place and compiled, so that no command
# spends its start-up on that.
define install
echo "Installing $(1) into .venv" && \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1) && \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . && \
	$(BIN)/python -m compileall -q $(FLOORS)
endef
