# jixiao: everything a developer or a curious clerk runs. Needs Python 3.11 or newer and make, nothing else.

PYTHON ?= python3
VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
READY := $(VENV)/.ready
JOBS ?= 2

.DEFAULT_GOAL := help
.PHONY: help demo test lint format samples docs lock clean

help: ## List the targets
	@$(PYTHON) -c "import re;[print(f'  {m[1]:<10}{m[2]}') for m in re.finditer(r'(?m)^([a-z]+):[^#\n]*## (.*)$$',open('Makefile',encoding='utf-8').read())]"

$(READY): requirements/dev.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@$(BIN)/python -c "open('$(READY)','w').close()"

demo: $(READY) ## Check samples/ and write returns and the citywide workbook into out/demo
	-$(BIN)/python -m etl run samples/city samples/published -o out/demo --roster samples/city/roster.csv
	@echo "out/demo: returns/, citywide.xlsx, findings.csv, findings.json"

test: lint ## Lint, check types and import contracts, and run all tests
	$(BIN)/python -m pytest -n $(JOBS)

lint: $(READY) ## Check style, types and the import contracts
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy
	$(BIN)/lint-imports

format: $(READY) ## Bring the code into its normal form
	$(BIN)/python -m ruff check --fix .
	$(BIN)/python -m ruff format .

samples: $(READY) ## Draw samples/ and templates_xlsx/ again from their data
	$(BIN)/python -m samples.build

docs: $(READY) ## Draw checks/RULES.md, the command reference and the README transcript again
	$(BIN)/python -m docs.draw

lock: ## Pin the dependencies again, with hashes (needs pip-tools)
	$(PYTHON) -m piptools compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header --no-annotate \
	  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options \
	  -o requirements/dev.txt pyproject.toml requirements/dev.in

clean: ## Remove the environment and everything made by running
	$(PYTHON) -c "import shutil;[shutil.rmtree(p,ignore_errors=True) for p in ('$(VENV)','out','build','dist','.pytest_cache','.mypy_cache','.ruff_cache','.hypothesis','.import_linter_cache')]"
