# make demo           see braid plan an example county
# make test           every check: lint, types, rooms, tests
# make test-pythons   the core tests, on each other Python that braid is for and that is found here
# make pythons        only set these up
# make lint           the quick ones only
# make bench          measure it
# make clean          remove what these made
#
# Needs make and a Python 3.11, 3.12 or 3.13 with venv. Another one: make demo PYTHON=python3.12

PYTHON ?= python3
BIN := .venv/bin
# Python compiles what is imported when it first is: to compile all that is installed takes half of the installing.
PIP_INSTALL := -m pip install --quiet --quiet --disable-pip-version-check --no-compile -c constraints.txt
INSTALL := $(BIN)/python $(PIP_INSTALL)

PYTHONS := 3.11 3.12 3.13
# What may differ by the version of Python or of PuLP: syntax, arithmetic, dates, text, YAML, the order of sets, the way
# to a solver. Every example of the docstrings, and one case of each file of cases, whose others differ in the law alone.
CORE := src/braid $(patsubst %,tests/test_%.py,plan program solvers cases reading money fiscal nodes) -m "not alike"

.PHONY: help demo test pythons test-pythons $(PYTHONS:%=test-%) lint bench clean
.NOTPARALLEL:

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

demo: .venv/.installed
	@$(BIN)/braid demo

test: lint
	@said=$$(mktemp) && trap 'rm -f "$$said"' EXIT; \
	$(BIN)/pyright >"$$said" & types=$$!; \
	$(BIN)/python -m pytest -q -n auto --dist worksteal; tests=$$?; \
	wait $$types; types=$$?; \
	cat "$$said"; test $$tests = 0 && test $$types = 0

pythons: .venv/.created
	@for version in $(PYTHONS); do \
	  test -e $(BIN)/python$$version || $(MAKE) --no-print-directory .venv-$$version/.installed || failed=1; \
	done; \
	test -z "$$failed"

test-pythons: .venv/.created
	@for version in $(PYTHONS); do \
	  test -e $(BIN)/python$$version || $(MAKE) --no-print-directory test-$$version || failed=1; \
	done; \
	test -z "$$failed"

$(PYTHONS:%=test-%): test-%: .venv-%/.installed
	@test ! -e $< || .venv-$*/bin/python -c 'import platform, pulp; print("Python", platform.python_version(), "with PuLP", pulp.__version__)'
	@test ! -e $< || .venv-$*/bin/python -m pytest -q -n 2 --dist worksteal $(CORE)

lint: .venv/.installed-dev
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@said=$$($(BIN)/lint-imports --no-logo) || { echo "$$said"; exit 1; }

bench: .venv/.installed-dev
	@test -e benchmarks/run.py || { echo "There is no benchmarks/run.py to run." >&2; exit 1; }
	@$(BIN)/python benchmarks/run.py
	@$(BIN)/python benchmarks/tidiness.py

clean:
	@rm -rf .venv .venv-3.* build dist .cache .hypothesis .import_linter_cache .pytest_cache .ruff_cache
	@find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps say what is installed, so that it is not done twice.

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

# Another Python has an environment of its own. It is looked for on the PATH and in pyenv; one that is not there is
# named as left out and has no stamps, but with BRAID_TEST_ALL=1 it is a failure.

$(PYTHONS:%=.venv-%/.created): .venv-%/.created:
	@pyenv=$$(pyenv root 2>/dev/null) || pyenv=$${PYENV_ROOT:-$$HOME/.pyenv}; \
	for python in python$* "$$pyenv"/versions/$*.*/bin/python$*; do \
	  "$$python" -c 'import ensurepip, sys; sys.exit("%d.%d" % sys.version_info[:2] != "$*")' 2>/dev/null || continue; \
	  "$$python" -m venv $(@D) && touch $@; exit; \
	done; \
	echo "left out for want of an interpreter: the core tests on Python $*" >&2; \
	test "$$BRAID_TEST_ALL" != 1

$(PYTHONS:%=.venv-%/.installed): .venv-%/.installed: .venv-%/.created pyproject.toml constraints.txt
	@test ! -e $< || { .venv-$*/bin/python $(PIP_INSTALL) -e . hypothesis pytest pytest-xdist && touch $@; }
