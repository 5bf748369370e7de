# Two commands matter: `make run` and `make test`. `make help` lists the rest.
SHELL := /bin/bash
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
NODE := tests/node/node_modules/.installed
PORT ?= 8501
export STREAMLIT_BROWSER_GATHER_USAGE_STATS := false
# Where it is set, as in many containers, every process compiles all that it imports anew: seconds for each command.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test test-full test-real lint docs screenshots bench lock clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

$(VENV)/.installed: requirements.lock pyproject.toml
	@echo "Creating the environment in $(VENV) (once, from requirements.lock)" >&2
	@if command -v uv >/dev/null 2>&1; then \
		uv venv -q --allow-existing --python $(PYTHON) $(VENV) && \
		uv pip install -q --python $(BIN)/python --require-hashes -r requirements.lock && \
		uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e . ; \
	else \
		$(PYTHON) -m venv $(VENV) && \
		$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock && \
		$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e . ; \
	fi
	@touch $@

$(NODE): tests/node/package-lock.json
	@echo "Installing what the tests check against in tests/node (once, from package-lock.json)" >&2
	@npm ci --prefix tests/node --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

run: $(VENV)/.installed ## build the demo world (first time only) and serve the dashboard
	@$(BIN)/payoff serve --port $(PORT)

test: $(VENV)/.installed $(NODE) ## lint, types, import rules, docs drift and all fast tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q -n 3 --dist loadgroup -m "not full and not real"

test-full: $(VENV)/.installed $(NODE) ## everything, many kills and all pages in all widths too
	$(BIN)/pytest -q -m "not real"

test-real: $(VENV)/.installed ## against real servers; each module in tests/real says what it needs
	$(BIN)/pytest -q -m real tests/real

lint: $(VENV)/.installed ## mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/.installed ## write the generated pages in docs/ again
	$(BIN)/python -m service.docs

screenshots: $(VENV)/.installed ## take the pictures in docs/images again (needs Chromium)
	$(BIN)/python -m tests.browser.screenshots

bench: $(VENV)/.installed ## load, link, publish and all five keys at size S (SIZE=L for the large one)
	$(BIN)/python -m benchmarks $(or $(SIZE),S)

lock: ## write requirements.lock again from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --extra dev --extra mcp --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header -q -o requirements.lock

clean: ## remove the environment and the caches (not data/)
	rm -rf $(VENV) tests/node/node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
