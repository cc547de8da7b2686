# Everything a person or CI does here. `make help` lists it.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STUDY  ?= studies/example

.DEFAULT_GOAL := help
# Many tests start the command in a process of its own: without byte code each would compile every module anew.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: help install study test check check-long docs bench lock wheel clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

$(VENV)/.run: requirements/run.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Longwall needs Python 3.11 or newer; say PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "Python cannot make a virtual environment: apt-get install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

$(VENV)/.dev: requirements/dev.lock $(VENV)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	@sh scripts/install-for-tests.sh
	@touch $@

install: $(VENV)/.run ## create .venv from the lock file

study: install ## run the whole loop on the example and say where the report is
	@$(BIN)/longwall example $(STUDY)

test: $(VENV)/.dev ## all checks and tests, with whatever they need installed
	@# Compiling takes one processor for minutes on a new machine: the checks have the other one.
	$(BIN)/longwall warm & warm=$$!; \
	if $(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/lint-imports && $(BIN)/mypy; \
	then wait $$warm; else kill $$warm 2>/dev/null; exit 1; fi
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not long"

check-long: $(VENV)/.dev ## what takes longer than ten minutes
	$(BIN)/pytest -m long -o faulthandler_timeout=0

docs: $(VENV)/.dev ## build the documentation site into site/
	$(BIN)/mkdocs build --strict

bench: $(VENV)/.dev ## the figures of benchmarks/, one JSON object a line
	$(BIN)/python -m pip install --quiet --editable '.[benchmarks]'
	$(BIN)/python benchmarks/spine.py

lock: ## resolve the lock files anew
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml -o requirements/run.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --extra dev --extra docs pyproject.toml -o requirements/dev.lock

wheel: install ## build the wheel into dist/
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .

clean: ## remove what can be made again
	rm -rf build dist site .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
