# The project's commands. `make help` lists them; every target that needs the environment makes it first.

PYTHON       ?= python3
EXTRAS       ?= k8s,dev
PIP_FLAGS    ?=
TORCH_INDEX  ?=
PYTEST_FLAGS ?=
WORKERS      ?= 2
BROWSER      ?= /usr/bin/chromium
VIDGEN_HOME  ?= $(CURDIR)/.vidgen

export VIDGEN_HOME
export GX_ANALYTICS_ENABLED := False

VENV := .venv
BIN  := $(VENV)/bin
# Newer than this stamp, either file has the environment filled again; an interrupted install leaves no stamp.
STAMP := $(VENV)/.filled
PLAYERS := tests/browser/node_modules/.package-lock.json
PIP := $(BIN)/python -m pip --disable-pip-version-check
INSTALL_FLAGS = $(PIP_FLAGS) $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX))
PACKAGES := vidgen_assets resources quality_checks
SOURCES  := $(wildcard $(PACKAGES) tests benchmarks examples)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help venv test unit lint types format demo ui test-drills test-s3 test-postgres test-browser lock clean

help: ## List the targets
	@echo "Targets:"
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-18s %s\n", $$1, $$2}'
	@echo
	@echo "Variables:"
	@echo "  PYTHON=python3.11      the interpreter to make .venv with: 3.11 or 3.12"
	@echo "  TORCH_INDEX=URL        a further index, to take another build of torch from (CPU wheels, or your driver's)"
	@echo "  PIP_FLAGS='...'        for pip install, e.g. '--find-links DIR' with a folder of wheels"
	@echo "  EXTRAS=k8s,dev         what to install beside the project; a GPU host adds gpu"
	@echo "  PYTEST_FLAGS='...'     for pytest, e.g. '-k gate'"
	@echo "  WORKERS=2              processes that 'make test' shares the tests out to"
	@echo
	@echo "The public index has torch for Linux as a CUDA build: 3.3 GB to download in all, 7 GB of .venv. With CPU wheels"
	@echo "of torch it's 0.7 GB and 3.2 GB, and nothing but a GPU needs more."

venv: $(STAMP) ## Make .venv and fill it (minutes at first, nothing to do after that)

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' || \
	  { echo "Python 3.11 or 3.12 is needed, and $(PYTHON) is not one of them. Name another: make venv PYTHON=python3.11"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) install $(INSTALL_FLAGS) --constraint constraints.txt --editable '.[$(EXTRAS)]'
	@touch $@

test: lint types unit ## Lint, types and all tests that need nothing but pip
	@echo "make test: lint, types and the tests above passed. Not part of it, and not run:"
	@echo "  make test-drills (kills and canaries, for some minutes), make test-s3 (wants an S3 server), make test-postgres (wants PostgreSQL),"
	@echo "  make test-browser (wants Chromium and npm), make demo (the factory end to end)"

unit: $(STAMP) ## The tests alone
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder $(PYTEST_FLAGS)

lint: $(STAMP) ## ruff: rules and formatting
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)

types: $(STAMP) ## Static types
	$(BIN)/basedpyright --pythonpath $(BIN)/python $(SOURCES)

format: $(STAMP) ## Write the formatting that lint asks for
	$(BIN)/ruff check --fix $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

demo: $(STAMP) ## Turn the sample catalog into released clips (home: VIDGEN_HOME, .vidgen by default)
	$(BIN)/vidgen demo

ui: $(STAMP) ## Dagster's pages and daemon on the same home
	$(BIN)/vidgen ui

test-drills: $(STAMP) ## The drills: processes killed again and again, canaries that go wrong, a retrained model
	VIDGEN_TEST_DRILLS=1 $(BIN)/python -m pytest -m drill --numprocesses $(WORKERS) --no-loadscope-reorder $(PYTEST_FLAGS)

test-s3: $(STAMP) ## The tests against an S3 server: Ceph's radosgw where installed, else moto's emulator
	tests/servers/with_s3.sh $(BIN)/python -m pytest -m needs_s3 $(PYTEST_FLAGS)

test-postgres: $(STAMP) ## The tests against PostgreSQL (needs its server programs, e.g. Debian's postgresql)
	tests/servers/with_postgres.sh $(BIN)/python -m pytest -m needs_postgres $(PYTEST_FLAGS)

# hls.js, shaka-player and dash.js, by the lock beside their list.
$(PLAYERS): tests/browser/package-lock.json
	cd tests/browser && npm ci --ignore-scripts
	@touch $@

test-browser: $(STAMP) $(PLAYERS) ## Streams and pages in a real browser (wants npm; BROWSER=/usr/bin/chromium)
	VIDGEN_TEST_BROWSER=$(BROWSER) $(BIN)/python -m pytest -m needs_browser $(PYTEST_FLAGS)

# Keeps the pins of constraints.txt and adds or drops what pyproject.toml asks; UPGRADE=1 keeps torch's alone. The local
# part of a version (+cpu) and the CUDA packages go, so that the lock fits every build of that torch.
lock: ## Write constraints.txt anew from a clean environment (UPGRADE=1: newest versions that fit)
	rm -rf .venv-lock
	$(PYTHON) -m venv .venv-lock
	grep $(if $(UPGRADE),'^torch==','==') constraints.txt > .venv-lock/kept.txt
	.venv-lock/bin/python -m pip install $(INSTALL_FLAGS) --constraint .venv-lock/kept.txt --editable '.[k8s,gpu,dev]'
	@{ echo "# Written by 'make lock': the versions that the tests ran with."; \
	   .venv-lock/bin/python -m pip freeze --exclude-editable | sed -E 's/\+[a-z0-9.]+$$//' \
	     | grep -viE '^(nvidia-(cu|nccl|nvjitlink|nvshmem|nvtx)|cuda-|triton)'; } > .venv-lock/constraints.txt
	mv .venv-lock/constraints.txt constraints.txt
	rm -rf .venv-lock

clean: ## Remove .venv and caches; catalogs, clips and keys in .vidgen stay
	rm -rf $(VENV) .venv-lock .pytest_cache .ruff_cache .hypothesis build dist
	find $(SOURCES) -name __pycache__ -type d -prune -exec rm -rf {} +
