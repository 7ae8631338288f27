# Everything is made in .venv/ of the checkout. `make` says what there is.

PYTHON ?= python3
# How torch is installed. Its wheel from PyPI runs everywhere but brings CUDA along on Linux; an index of CPU wheels, if
# yours has one, makes it a tenth of the size: make demo TORCH="torch==2.13.0 --index-url INDEX"
TORCH ?= torch==2.13.0
PROMPT ?= a red ball bounces on the ground
SEED ?= 1
TESTS ?=

BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# Test workers share the cores; threads in each of them would only get in each other's way.
ONE_THREAD := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 NUMBA_NUM_THREADS=1
# Each worker has a stretch of the rooms to itself, and takes from the other's when it is through: what a room's tests
# share (a cluster, an engine, the compiled ray caster) is mostly made once.
SHARED_OUT := --dist worksteal
# Tests start a hundred processes: without bytecode each would compile all that it imports.
BYTECODE := PYTHONDONTWRITEBYTECODE=

.PHONY: help demo test clients studio studio-pictures check setup

help:
	@echo "make demo    set up what is needed, then make a film from a sentence: build/demo.mp4"
	@echo "             (another one: make demo PROMPT='كرة خضراء تتدحرج نحو اليمين' SEED=2)"
	@echo "make test    set up what is needed, then run the tests (some: make test TESTS=tests/cli)"
	@echo "make clients the official clients that cannot share an environment, each in its own (fetched; needs node)"
	@echo "make studio  check the studio's browser side and build its pages (needs node 20.19 or newer)"
	@echo "make studio-pictures  look at every place of the studio, and picture it in docs/studio/"
	@echo "make check   set up what is needed, then style, types and the order of the rooms"

demo: .venv/.can-run
	@mkdir -p build
	@$(BIN)/manazir generate "$(PROMPT)" --seed $(SEED) -o build/demo.mp4 --sheet build/demo.png
	@echo "The film is build/demo.mp4; its frames and its sound at a glance are build/demo.png."
	@echo "Another one: $(BIN)/manazir generate \"a blue cube slides to the left\" -o build/blue.mp4"
	@echo "The studio, in a browser: $(BIN)/manazir serve    (it tells the address at which it opens)"

test: .venv/.can-test
	$(ONE_THREAD) $(BYTECODE) $(BIN)/pytest -q -n auto $(SHARED_OUT) $(TESTS)

clients: .venv/.can-test
	$(ONE_THREAD) $(BYTECODE) $(BIN)/pytest -q -m network $(CLIENTS) tests/contract

studio:
	cd studio && npm ci --no-audit --no-fund && npm run check && npm run build

studio-pictures: .venv/.can-test
	cd studio && npm ci --no-audit --no-fund
	STUDIO_PICTURES=docs/studio $(ONE_THREAD) $(BIN)/pytest -q tests/studio/test_places.py

check: .venv/.can-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

setup: .venv/.can-test

.venv/.can-run: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Manazir needs Python 3.11 or newer; make demo PYTHON=python3.12")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Setting up .venv: torch, then Manazir and what it stands on (some minutes, once)."
	@$(PIP) $(TORCH)
	@$(PIP) -c constraints.txt -e ".[worlds,server]"
	@touch $@

.venv/.can-test: .venv/.can-run
	@echo "Setting up .venv: what the tests need."
	@$(PIP) -c constraints.txt -e ".[dev]"
	@command -v chromium >/dev/null || $(BIN)/playwright install chromium
	@touch $@
