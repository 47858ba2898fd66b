# The two commands that matter: `make lab` and `make test`. Both do all of their own set-up.

PYTHON ?= python3
VENV ?= .venv
ROOT ?= .local
PORT ?= 8888
WORKERS ?= 3
JOBS ?= 2
PYTHONS ?=
SOAK ?= 600
SECONDS ?= 60
SEED ?=
MODULES ?=
VERSION ?=

PY := $(VENV)/bin/python
INSTALLED := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help lab test matrix lint format workflows docs pictures dist release bench soak fuzz mutants clean

help:  ## Show this help
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 8
	@echo "Variables: PYTHON=$(PYTHON) VENV=$(VENV); for lab also PORT=$(PORT) ROOT=$(ROOT); for test WORKERS=$(WORKERS); for matrix JOBS=$(JOBS) PYTHONS=$(PYTHONS); for soak SOAK=$(SOAK) SEED=$(SEED); for fuzz SECONDS=$(SECONDS) SEED=$(SEED); for mutants MODULES=$(MODULES); for dist PYTHONS=$(PYTHONS); for release VERSION=$(VERSION)"

lab: $(INSTALLED)  ## Embedded ModelArts, an example training job, JupyterLab; Ctrl-C ends all
	@exec $(PY) scripts/lab.py --root '$(ROOT)' --port '$(PORT)'

# Hundreds of processes that the tests start import the package: it is compiled once, wherever Python is told not to keep that.
test mutants: export PYTHONDONTWRITEBYTECODE =
test: $(INSTALLED) lint  ## Lint, types and all tests, the ones in a browser included
	@$(PY) scripts/find_browser.py --install || test "$$CI" != true
	$(PY) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

matrix: $(INSTALLED)  ## The tests that need no browser on every Python from 3.9 on that is here
	$(PY) scripts/matrix.py --jobs $(JOBS) $(PYTHONS)

lint: $(INSTALLED)  ## ruff and mypy
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) -m mypy scripts notebooks/training benchmarks

format: $(INSTALLED)  ## Let ruff fix and format, take outputs out of notebooks
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .
	$(PY) -m nbconvert --log-level WARN --clear-output --inplace notebooks/*.ipynb

workflows: $(INSTALLED)  ## actionlint for .github/workflows
	$(PY) scripts/lint_workflows.py

docs: $(VENV)/.docs  ## The pages of docs/ as a site in build/docs; a warning is an error
	$(PY) -m sphinx --fail-on-warning --keep-going --fresh-env --quiet docs build/docs
	@echo "build/docs/index.html"

pictures: $(INSTALLED)  ## The pictures of the READMEs, anew, out of a real JupyterLab
	@$(PY) scripts/find_browser.py --install
	$(PY) scripts/pictures.py

dist: $(VENV)/.dist  ## Wheel and sdist in dist/, each tried: without Node, network, compiler, on every Python
	$(PY) scripts/packages.py $(PYTHONS)

release: $(VENV)/.dist  ## Commit, tag and packages of VERSION=1.2.3, checked, up to the upload
	$(PY) scripts/release.py '$(VERSION)'

bench: $(INSTALLED)  ## All benchmarks, side by side with what they compare to
	@for benchmark in benchmarks/*.py; do echo "== $$benchmark"; $(PY) $$benchmark || exit 1; done

soak: $(INSTALLED)  ## Read for ten minutes from a service in trouble: every byte exact, and nothing grows
	$(PY) scripts/soak.py --seconds $(SOAK) $(if $(SEED),--seed $(SEED))

fuzz: $(INSTALLED)  ## Hostile input for what reads logs, event files, JSON and XML: no crash, no hang, no growth
	$(PY) scripts/fuzz.py --seconds $(SECONDS) $(if $(SEED),--seed $(SEED))

mutants: $(INSTALLED)  ## Change the code in small ways and see whether its tests notice; MODULES= chooses
	nice -n 15 $(PY) scripts/mutants.py $(MODULES)

clean:  ## Remove what the commands above made, the virtual environment too
	rm -rf $(VENV) .matrix build dist test-results .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Once made, made again only when the dependencies or the sources of the log view have changed.
$(INSTALLED): pyproject.toml hatch_build.py scripts/make_venv.py $(shell find js -type f -not -path '*/node_modules/*') $(shell find modelarts_magics -name '*.json')
	$(PYTHON) scripts/make_venv.py $(VENV)
	@touch $@

# What only these commands need.
$(VENV)/.docs $(VENV)/.dist: $(INSTALLED)
	$(PY) -m pip install --disable-pip-version-check --quiet --editable '.[$(@F:.%=%)]'
	@touch $@
