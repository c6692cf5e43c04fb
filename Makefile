# The only way in. Each target makes .venv and installs what it needs, once.
PYTHON ?= python3
DATA ?= sample
TASK ?= image-classification
ENGINE ?= local
SEED ?=
SECTION ?=
PAGE ?=
PORT ?= 8000
NAME =
MUTANTS ?=
BOOK_LANGUAGE ?=
# Versions to install; empty, the newest allowed. Others than these want a VENV= of their own.
CONSTRAINTS ?= constraints.txt

VENV := .venv
BIN := $(VENV)/bin
RUN := PYTHONPATH=code $(BIN)/python -P
# One more than cores, up to four: a worker often waits for a browser or for another process.
WORKERS = --numprocesses $(shell $(PYTHON) -c 'import os; print(min(os.cpu_count() + 1, 4))')
.DEFAULT_GOAL := help
.PHONY: help html test coverage mutants pdf epub notebooks data reference release serve check sync bench clean distclean

help: ## list the targets
	@echo "Machine Learning in Keras: Review and Outlook"
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

# One stamp a dependency group: a group is installed when pyproject.toml or the constraints changed.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed. Received: PYTHON=$(PYTHON) ($$($(PYTHON) --version 2>&1)). Try: make PYTHON=python3.12 ..." >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'

$(VENV)/installed-%: pyproject.toml $(CONSTRAINTS) | $(VENV)/bin/python
	@echo "installing the packages of group '$*' (once) ..."
	$(BIN)/python -m pip install --quiet $(addprefix --constraint ,$(CONSTRAINTS)) --group $*
	@touch $@

html: $(VENV)/installed-book ## build both languages into _build/html (DATA=sample or full; PAGE= runs one page alone)
	$(RUN) -m bookkit build html --data $(DATA) $(if $(PAGE),--page $(PAGE))

notebooks: $(VENV)/installed-book ## executed notebooks and scripts into _build/notebooks
	$(RUN) -m bookkit build notebooks --data $(DATA)

pdf: $(VENV)/installed-book ## both languages as PDF into _build/pdf (needs TeX)
	$(RUN) -m bookkit build pdf --data $(DATA)

epub: $(VENV)/installed-book ## both languages as EPUB into _build/epub
	$(RUN) -m bookkit build epub --data $(DATA)

test: $(VENV)/installed-test html ## run the tests, those of the built book included (the slow ones that rarely fail: make coverage)
	$(BIN)/python -m pytest $(WORKERS) --durations 40 --durations-min 5

coverage: $(VENV)/installed-test html ## run all tests and measure what of bookkit and kerasbook they reach
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -m "" $(WORKERS) --durations 40 --durations-min 10
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --include 'code/bookkit/*,code/recipes/*' --fail-under 95
	$(BIN)/coverage report --include 'code/kerasbook/*' --fail-under 98

# mutmut takes the folder for a part of a module's name, but for one that is called `src`.
mutants: $(VENV)/installed-mutants ## change code in thousands of ways, to see what no test notices (an hour, goes on where it was; MUTANTS= for some)
	@mkdir -p _build/mutants/mutants
	@cd _build/mutants && ln -sfn ../../code src && ln -sfn src mutants/code && ln -sfn ../../book ../../conf.py ../../pyproject.toml ../../tests .
	cd _build/mutants && nice ../../$(BIN)/mutmut run $(MUTANTS)
	$(RUN) -m bench.mutants

data: $(VENV)/installed-book ## fetch the full datasets into data/ (NAME= for one)
	$(RUN) -m bookkit data fetch $(NAME)

reference: $(VENV)/installed-book $(if $(filter ray,$(ENGINE)),$(VENV)/installed-ray) ## train on full data into book/results (TASK=, SEED=; ENGINE=ray: on a Ray cluster)
	$(RUN) -m bookkit reference $(TASK) $(if $(SEED),--seed $(SEED)) --engine $(ENGINE)

release: $(VENV)/installed-release ## site, books, notebooks and package of what is committed, with hashes, into _build/release (needs TeX)
	$(RUN) -m bookkit release

serve: $(VENV)/installed-serve ## live preview of one language (BOOK_LANGUAGE=, PORT=)
	$(RUN) -m bookkit serve $(BOOK_LANGUAGE) --port $(PORT)

check: $(VENV)/installed-book $(VENV)/installed-check ## style, spelling, types, page contracts, both languages in step
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/codespell
	$(BIN)/mypy
	$(RUN) -m bookkit check

sync: $(VENV)/installed-book ## record that both languages of SECTION were read again (SECTION=all for every one)
	$(RUN) -m bookkit sync $(SECTION)

bench: $(VENV)/installed-test html ## measure builds, AP and what a reader waits for, on this machine
	$(RUN) -m bench

clean: ## remove what was built, but for executed pages
	[ ! -d _build ] || find _build -mindepth 1 -maxdepth 1 ! -name cache ! -name matplotlib -exec rm -rf {} +

distclean: ## remove executed pages too; the data and .venv stay
	rm -rf _build
