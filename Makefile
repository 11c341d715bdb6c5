# `make demo` and `make test` do everything on a machine that has Python 3.11 or newer.
PYTHON ?= python3
BIN = .venv/bin
PORT ?= 8000

.PHONY: demo test check fast slow bench docs clean

demo: .venv/ready
	$(BIN)/rollbook demo --port $(PORT)

test: check fast slow

check: .venv/ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/pyright

fast: .venv/ready
	$(BIN)/pytest -m "not slow"

slow: .venv/ready
	$(BIN)/pytest -m slow

bench: .venv/ready
	$(BIN)/python -m bench

docs: .venv/ready
	$(BIN)/python docs/build.py

clean:
	rm -rf .venv

.venv/ready: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --editable ".[dev]"
	touch $@
