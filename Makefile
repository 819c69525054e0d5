# One command does set-up and the main job, one does set-up and passes the tests.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PEERS  := .venv-bench
STAMP  := $(VENV)/.installed
DEV    := $(VENV)/.installed-dev
# with peers where `make bench-peers` was made, else without
BENCHER = $(if $(wildcard $(PEERS)/.installed),$(PEERS),$(VENV))/bin/python

.PHONY: help demo test test-servers neo4j chromium lint bench bench-page bench-peers gds reference lock clean

help:  ## say what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 16

demo: $(STAMP)  ## set up, then simulate 5,000 accounts, score them and explain two
	$(BIN)/renmai demo
	@echo; echo "The command is $(BIN)/renmai; '. $(BIN)/activate' makes it plain 'renmai'."

test: $(DEV) lint neo4j chromium  ## set up, then lint, type-check and run the test suite
	$(BIN)/python -m pytest -n 2 --dist loadgroup -rs

test-servers: $(DEV) neo4j  ## cut and kill both database servers as often as can be asked for (up to an hour)
	$(BIN)/python -m pytest -n 2 --dist loadgroup -rs --full-faults tests/servers

neo4j:  ## fetch a Neo4j to test against into a cache folder, once; needs Java 17 and Maven
	@sh tests/servers/fetch_neo4j.sh

chromium:  ## install Debian's Chromium for the tests of pages, where we may
	@if command -v chromium >/dev/null || [ -x /usr/bin/chromium ]; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "installing Debian package chromium for the tests of pages"; \
	  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium >/dev/null; } \
	    || echo "chromium could not be installed; the tests of pages will be skipped and say so" >&2; \
	else echo "Debian package chromium is missing (apt-get install chromium); the tests of pages will be skipped and say so" >&2; fi

lint: $(DEV)  ## ruff and mypy alone
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(DEV)  ## measure every table and render docs/benchmarks.md; BENCH="--rounds 5 --scales 20" sets flags
	$(BENCHER) -m benchmarks all $(BENCH)

bench-page: $(DEV)  ## render docs/benchmarks.md from benchmarks/results again
	$(BENCHER) -m benchmarks render

reference: $(DEV)  ## write docs/reference.md again from the docstrings
	$(BIN)/python -m scoring.desk.reference docs/reference.md

bench-peers: $(PEERS)/.installed gds  ## set up an environment with the peers beside us; `make bench` takes it when it is there

gds: neo4j  ## fetch Neo4j's graph data science library into a cache folder, once; needs Java 17 and Maven
	@sh benchmarks/peers/fetch_gds.sh

lock: $(DEV)  ## resolve pyproject.toml again into the two hash-locked files
	$(BIN)/uv pip compile pyproject.toml --extra build --universal --generate-hashes --no-emit-index-url --no-header -q -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --extra build --extra dev --universal --generate-hashes --no-emit-index-url --no-header -q -o requirements-dev.lock

clean:  ## remove what the other targets made
	rm -rf $(VENV) $(PEERS) .renmai demo runs report.html ego.html .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Renmai needs Python 3.11 or newer; $(PYTHON) is older. Name another: make PYTHON=python3.12 …" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)

# Hashes make the install the same everywhere; the build backend comes from the lock too, so nothing else is fetched.
$(STAMP): $(BIN)/python requirements.lock pyproject.toml
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(STAMP)

$(DEV): $(BIN)/python requirements-dev.lock pyproject.toml
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(DEV) $(STAMP)

# Our locked libraries first, so that everybody in the benchmark shares them; then the peers of the extra `bench`.
$(PEERS)/.installed: pyproject.toml requirements.lock
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["bench"], sep="\n")' > $(PEERS)/requirements.txt
	$(PEERS)/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(PEERS)/bin/python -m pip install -q --disable-pip-version-check -r $(PEERS)/requirements.txt
	$(PEERS)/bin/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@
