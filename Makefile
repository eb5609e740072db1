# Everything that is run in this checkout. Needs Python 3.11 or newer and make; the rest goes into .venv.
# On Windows without make: make.cmd.

VENV := .venv
ifeq ($(OS),Windows_NT)
PYTHON ?= py -3
BIN := $(VENV)/Scripts
else
PYTHON ?= python3
BIN := $(VENV)/bin
endif
# Quoted, because cmd.exe takes an unquoted slash for an option.
PY := "$(BIN)/python"
INSTALL := $(PY) -m pip install -qq --disable-pip-version-check
LOCK := uv --no-config pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes --no-header
JOBS ?= 2

.DEFAULT_GOAL := help
.PHONY: help demo desk test lint format extras samples docs bench bundle mutations fuzz lock clean

help: ## List the targets
	@$(PYTHON) -c "import re;[print(f'  make {m[1]:<10}{m[2]}') for m in re.finditer(r'(?m)^([a-z]+):.*## (.*)$$',open('Makefile',encoding='utf-8').read())]"

# One stamp for what the lock says and one for this checkout: a change of pyproject.toml costs a second, not a minute.
$(VENV)/.locked: requirements/dev.txt
	@$(PYTHON) -c "import sys;sys.exit('Python 3.11 or newer is needed: make PYTHON=python3.11 ...' if sys.version_info<(3,11) else 0)"
	@echo "Installing the pinned dependencies into $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@$(INSTALL) --require-hashes -r requirements/dev.txt
	@$(PY) -c "open('$@','w').close()"

$(VENV)/.ready: $(VENV)/.locked pyproject.toml
	@$(INSTALL) --no-index --no-deps --no-build-isolation -e .
	@$(PY) -c "open('$@','w').close()"

$(VENV)/.extras: $(VENV)/.ready requirements/extras.txt
	@echo "Installing the optional packages into $(VENV)"
	@$(INSTALL) --require-hashes -r requirements/extras.txt
	@$(PY) -c "open('$@','w').close()"

DEMO := run samples/city samples/published -o out/demo --roster samples/city/roster.csv

demo: $(VENV)/.ready ## Check the samples; writes returns, the citywide workbook and findings into out/demo
	@echo "jixiao $(DEMO)"
	@$(PY) -c "import subprocess,sys;sys.exit(subprocess.call([sys.executable,'-m','jixiao',*sys.argv[1:]]) not in (0,1))" $(DEMO)

desk: $(VENV)/.extras ## Serve the desk on this machine, the samples checked in it (out/desk)
	@$(PY) -m jixiao desk --home out/desk --open --hand-in samples/city

test: lint ## Lint, then run all tests
	$(PY) -m pytest -n $(JOBS) --dist worksteal

lint: $(VENV)/.ready ## Check style, types and the import contracts
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	"$(BIN)/lint-imports"

format: $(VENV)/.ready ## Bring the code into its normal form
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

extras: $(VENV)/.extras ## Add the optional packages (Parquet, DuckDB, Dask), whose tests are skipped without them

samples: $(VENV)/.ready ## Draw samples/ and templates_xlsx/ again from their data
	$(PY) -m samples.build

docs: $(VENV)/.ready ## Draw the handbook, the command reference and the transcripts of the READMEs again
	$(PY) -m docs.draw

bench: $(VENV)/.ready ## Measure the pipeline beside a plain one and beside the bound
	$(PY) -m bench.pipeline

bundle: $(VENV)/.ready ## Make the portable Windows bundle and the wheelhouses in dist/
	$(PY) -m bundle.build

mutations: $(VENV)/.ready ## Plant slips in random forms and print what is found
	$(PY) -m bench.mutations

MINUTES ?= 5
fuzz: $(VENV)/.ready ## Bend workbooks at random for MINUTES and keep what does not hold in tests/found
	$(PY) -m bench.fuzz $(MINUTES)

# A change of pyproject.toml or of requirements/*.in; pins that still fit stay. `make lock UPGRADE=--upgrade` takes the newest.
lock: ## Pin the dependencies again for every system (needs uv)
	$(LOCK) $(UPGRADE) -o requirements/dev.txt pyproject.toml requirements/dev.in
	$(LOCK) $(UPGRADE) -o requirements/extras.txt --all-extras -c requirements/dev.txt pyproject.toml requirements/extras.in
	$(LOCK) -o requirements/run.txt --extra desk -c requirements/dev.txt -c requirements/extras.txt pyproject.toml

clean: ## Remove the environment and everything made by running
	$(PYTHON) -c "import shutil;[shutil.rmtree(p,True) for p in '$(VENV) out build dist jixiao.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache'.split()]"
