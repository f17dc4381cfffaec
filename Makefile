# make demo    see braid plan an example county
# make test    every check: lint, types, rooms, tests
# make lint    the quick ones only
# make bench   measure it
# make clean   remove what these made
#
# Needs make and a Python 3.11, 3.12 or 3.13 with venv. Another one: make demo PYTHON=python3.12

PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check -c constraints.txt

.PHONY: help demo test lint bench clean
.NOTPARALLEL:

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

demo: .venv/.installed
	@$(BIN)/braid demo

test: lint
	@$(BIN)/pyright
	@$(BIN)/python -m pytest -q -n auto

lint: .venv/.installed-dev
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@said=$$($(BIN)/lint-imports --no-logo) || { echo "$$said"; exit 1; }

bench: .venv/.installed-dev
	@test -e benchmarks/run.py || { echo "There is no benchmarks/run.py to run." >&2; exit 1; }
	@$(BIN)/python benchmarks/run.py

clean:
	@rm -rf .venv build dist .cache .hypothesis .import_linter_cache .pytest_cache .ruff_cache
	@find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps below say what is installed, so that it is not done twice.

.venv/.created:
	@version=$$("$(PYTHON)" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || version="not there"; \
	case "$$version" in \
	  3.11|3.12|3.13) ;; \
	  *) echo "braid needs Python 3.11, 3.12 or 3.13, but $(PYTHON) is $$version: name another, as in 'make demo PYTHON=python3.12'." >&2; exit 1 ;; \
	esac
	@"$(PYTHON)" -m venv .venv
	@touch $@

.venv/.installed: .venv/.created pyproject.toml constraints.txt
	@$(INSTALL) -e .
	@touch $@

.venv/.installed-dev: .venv/.created pyproject.toml constraints.txt
	@$(INSTALL) -e '.[dev,plot]'
	@touch .venv/.installed $@
