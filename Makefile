# Every target installs what it needs: a fresh machine with Python, Node, npm and git is enough.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CLI := promote_tui/demo/serverless
PICTURES := scripts/pictures
JOBS ?= 4
# Tests start Python hundreds of times: each start would compile the program anew, and each worker the tests.
unexport PYTHONDONTWRITEBYTECODE
# What runs side by side prints as a whole once it has ended, where this make can (macOS comes with an older one).
SYNC := $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help: ## what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

.PHONY: demo
demo: tools-python tools-node tools-git $(VENV)/.program $(CLI)/node_modules/.installed ## open the program on an embedded sandbox
	@$(BIN)/promote-tui demo

.PHONY: test
test: tools-python tools-node tools-git lint $(CLI)/node_modules/.installed ## every test
	@$(MAKE) --no-print-directory --jobs=2 types everything

.PHONY: everything
everything: $(VENV)/.development
	$(BIN)/pytest -q -n $(JOBS) --dist worksteal

.PHONY: check
check: $(VENV)/.development ## the fast part: lint, types, imports, unit tests
	@$(MAKE) --no-print-directory --jobs=2 $(SYNC) lint types unit

.PHONY: check-code
check-code: lint types

# They run side by side in `make check`: mypy takes one core only.
.PHONY: lint types unit
lint: $(VENV)/.development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(VENV)/.development
	$(BIN)/mypy

unit: $(VENV)/.development
	$(BIN)/pytest -q -n logical tests/unit

.PHONY: screenshots
screenshots: $(VENV)/.development $(CLI)/node_modules/.installed $(PICTURES)/node_modules/.installed ## draw screenshots/ from the real program
	$(BIN)/python scripts/screenshots.py

.PHONY: schemas
schemas: $(VENV)/.development ## write docs/schemas from the values that are printed
	$(BIN)/python scripts/schemas.py

.PHONY: bench
bench: $(VENV)/.development $(CLI)/node_modules/.installed ## measure the program beside the least that does the same
	@missed=0; for one in first_frame log record prepared promoted releases synced; do \
		$(BIN)/python benchmarks/$$one.py || missed=1; echo; \
	done; $(BIN)/python -m benchmarks.guided || missed=1; exit $$missed

.PHONY: mutants
mutants: $(VENV)/.development ## change the decisions one place at a time: unit tests must notice (half an hour)
	$(BIN)/python scripts/mutants.py

.PHONY: clean
clean: ## remove everything that was installed here
	rm -rf $(VENV) $(CLI)/node_modules $(PICTURES)/node_modules mutants

$(VENV)/.python: | tools-python
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.program: requirements.lock pyproject.toml $(VENV)/.python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.development: requirements-dev.lock $(VENV)/.program | tools-git
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

%/node_modules/.installed: %/package-lock.json | tools-node tools-git
	npm ci --prefix $* --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

# One line for each tool that is missing, with what to install.
.PHONY: tools-python tools-node tools-git
tools-python:
	@command -v $(PYTHON) >/dev/null || { echo "python3 is missing: install Python 3.11 or newer" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$$($(PYTHON) --version) is too old: install Python 3.11 or newer, or name it: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
		{ echo "Python's venv module is missing: install your system's python3-venv package" >&2; exit 1; }

tools-node:
	@command -v node >/dev/null || { echo "node is missing: install Node.js 20.19 or newer" >&2; exit 1; }
	@node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' || \
		{ echo "node $$(node --version) is too old: install Node.js 20.19 or newer" >&2; exit 1; }
	@command -v npm >/dev/null || { echo "npm is missing: install Node.js 20.19 or newer with npm" >&2; exit 1; }

tools-git:
	@command -v git >/dev/null || { echo "git is missing: install git 2.31 or newer" >&2; exit 1; }
