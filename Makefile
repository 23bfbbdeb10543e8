# Everything runs in .venv, which the first command makes. Say `make` to see what there is.

# A Python of 3.11 or newer; name another one with `make setup PYTHON=...`.
PYTHON ?= $(shell for each in python3.13 python3.12 python3.11 python3 python; do \
	$$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$each && break; done)
BIN := .venv/bin
READY := .venv/.ready
# make bench NAME=turns: one benchmark, ARGS: what it is told. make test ARGS="-k vote": what pytest is told besides.
NAME ?=
ARGS ?=
# How many processes run the tests: a file's tests stay together in one, as they share what they start.
WORKERS ?= 2
# Benchmarks that take longer than a coffee: only by their name.
LONG := growth export marks
BENCHMARKS = $(if $(NAME),$(NAME),$(filter-out $(LONG),$(sort $(patsubst benchmarks/%.py,%,$(filter-out benchmarks/_%,$(wildcard benchmarks/*.py))))))

.PHONY: help setup demo test torture vllm test-vllm check bench lock clean

help:
	@echo "make demo      the arena with demo models at http://127.0.0.1:7860, its data in ./data"
	@echo "make test      all tests, but for the long ones"
	@echo "make torture   the long ones"
	@echo "make vllm      vLLM in an environment of its own, .venv-vllm: for CUDA where a GPU is, else for CPUs"
	@echo "make test-vllm the tests with a real vLLM"
	@echo "make check     formatting, lint, types, arrows, lock file"
	@echo "make bench     all benchmarks but the long ones ($(LONG)), or one: make bench NAME=..."
	@echo "make setup     only make .venv"
	@echo "make lock      write requirements.lock anew, after a change of dependencies in pyproject.toml"
	@echo "make clean     remove .venv and caches, never ./data"

setup: $(READY)

$(READY): pyproject.toml requirements.lock
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed, and none was found: install it, or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python" >&2; exit 2; }
	@$(BIN)/python -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "setting up .venv with $(PYTHON)"; \
		$(PYTHON) -m venv --clear .venv || { echo "$(PYTHON) has no venv module: on Debian and Ubuntu, apt-get install python3-venv" >&2; exit 2; }; }
	@echo "installing packages from requirements.lock"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

demo: setup
	@$(BIN)/arena up

test: setup
	@.ci/test-tools
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(ARGS)

torture: setup
	@$(BIN)/python -m pytest -m torture $(ARGS)

vllm:
	@PYTHON="$(PYTHON)" deploy/vllm/install

test-vllm: setup vllm
	@$(BIN)/python -m pytest -m vllm tests/vllm $(ARGS)

check: setup
	@$(BIN)/ruff format --check --quiet || { $(BIN)/ruff format --check; exit 1; }
	@$(BIN)/ruff check
	@$(BIN)/basedpyright
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest --quiet tests/house/test_lock.py

bench: setup
	@set -e; for name in $(BENCHMARKS); do echo "== $$name"; $(BIN)/python -m benchmarks.$$name $(if $(NAME),$(ARGS)); done

lock: setup
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 --extra dev pyproject.toml -o requirements.lock
	@echo "requirements.lock is written: look at the difference, then make test"

clean:
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis .import_linter_cache dist build tests/out benchmarks/out
