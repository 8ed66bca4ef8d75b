# Needs make and Python 3.11 or newer, nothing else: the first target that needs it makes the virtual environment .venv.
#
#   make                        lists the targets
#   make test PYTHON=python3.12 with another Python
#   make test ARGS="-k conv"    further arguments for pytest

PYTHON ?= python3
ARGS ?=
ON_TORCH := $(foreach name,backends recovery trace convert equivalence,tests/runtime/test_$(name).py)
WORKERS := --numprocesses auto --maxprocesses 4 --dist worksteal
VENV := .venv
STATIC := .venv-static
TORCH := .venv-torch
SITE := .venv-site
MUTANTS := .venv-mutants
BIN := $(VENV)/bin
READY := $(VENV)/.ready
STATIC_READY := $(STATIC)/.ready
TORCH_READY := $(TORCH)/.ready
SITE_READY := $(SITE)/.ready
MUTANTS_READY := $(MUTANTS)/.ready
PIP := -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

export TF_CPP_MIN_LOG_LEVEL ?= 3

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test test-static test-torch test-long test-kills test-pairs mutants lint format bench docs site dist clean

help: ## print this list
	@echo 'layerctl: check, summarize, build, train and compare Keras models written as YAML specs'; echo
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(firstword $(MAKEFILE_LIST)) | while IFS='|' read -r target text; do \
		printf '  make %-12s  %s\n' "$$target" "$$text"; done

# Shows a command as it would be typed, then runs it.
run = @printf '\n$$ %s\n' '$(1)'; PATH="$(CURDIR)/$(BIN):$$PATH" $(1)

demo: $(READY) ## set up, check all specs, build and train the cnn, compare dense with conv2d
	$(call run,layerctl check specs)
	$(call run,layerctl build specs/cnn.yaml)
	$(call run,layerctl train specs/cnn.yaml)
	$(call run,layerctl compare dense conv2d)

test: $(READY) ## all tests
	$(BIN)/python -m pytest $(WORKERS) $(ARGS)

test-static: $(STATIC_READY) ## the tests that need no framework, in an environment that has none
	$(STATIC)/bin/python -m pytest $(WORKERS) -m 'not keras' $(ARGS)

test-torch: $(TORCH_READY) ## training, trace and convert on PyTorch, in an environment that has no other framework
	KERAS_BACKEND=torch $(TORCH)/bin/python -m pytest $(WORKERS) $(ON_TORCH) $(ARGS)

test-long: $(READY) ## 52,000 generated cases against Keras, half an hour on 2 CPUs; ARGS="--shard 1/4 --record done.jsonl"
	$(BIN)/python -m tests.judge.long $(ARGS)

test-kills: $(READY) ## 50 signals and 20 full disks at random moments: nothing is damaged, every result exact; 15 minutes on 2 CPUs
	$(BIN)/python -m tests.hostile.kills $(ARGS)

fuzz: $(READY) ## 200,000 damaged and made-up inputs; ARGS="--seed 2 --runs 10000"
	$(BIN)/python -m tests.fuzz --runs 200000 $(ARGS)

test-pairs: $(READY) ## 300 generated pairs of specs against `compare --equivalence`; ARGS="--count 20"
	$(BIN)/python -m tests.judge.pairs $(ARGS)

mutants: $(MUTANTS_READY) ## break the code that decides, place by place; a test must notice; ARGS="'*.statistics.*'" for one file
	OPENBLAS_NUM_THREADS=1 $(MUTANTS)/bin/python tools/mutants.py $(ARGS)

lint: $(STATIC_READY) ## ruff, formatting, types
	$(STATIC)/bin/ruff check .
	$(STATIC)/bin/ruff format --check .
	$(STATIC)/bin/mypy

format: $(STATIC_READY) ## format the code
	$(STATIC)/bin/ruff check --fix .
	$(STATIC)/bin/ruff format .

bench: $(READY) ## how fast check, comparison and training are, as ratios; ARGS="--data-dir DIR" for MNIST
	$(BIN)/python tests/benchmarks/static.py
	$(BIN)/python tests/benchmarks/comparing.py
	-@$(MAKE) --no-print-directory $(TORCH_READY)  # where that fails, the rows of PyTorch say "not measured"
	$(BIN)/python tests/benchmarks/training.py --torch-python $(TORCH)/bin/python $(ARGS)

docs: $(STATIC_READY) ## write the generated pages of docs/
	$(STATIC)/bin/python tools/make_docs.py

site: $(SITE_READY) ## the documentation as a site, in build/site; every link is checked
	NO_MKDOCS_2_WARNING=1 $(SITE)/bin/mkdocs build --strict
	@echo 'wrote build/site; look at it: $(SITE)/bin/mkdocs serve'

# Builds the wheel from the source archive and tries it in a new environment, outside the checkout: first with its own dependencies
# alone, then with the packages of $(VENV) added, which saves a second copy of TensorFlow. tools/try_wheel.py checks that the
# layerctl that runs is the one from the wheel.
dist: $(STATIC_READY) $(READY) ## wheel and source archive in dist/; the wheel is installed and run outside the checkout
	rm -rf dist
	$(STATIC)/bin/python -m build --no-isolation --outdir dist
	$(STATIC)/bin/python tools/try_wheel.py dist/*.whl --framework-of $(VENV)

clean: ## remove the environments, caches and build outputs
	rm -rf $(VENV) $(STATIC) $(TORCH) $(SITE) $(MUTANTS) mutants .pytest_cache .mypy_cache .ruff_cache .hypothesis .cache dist build

$(READY): pyproject.toml constraints.txt
	@$(call new_venv,$(VENV))
	@echo 'installing layerctl, TensorFlow and the tools into $(VENV) (once; about 2.5 GB)'
	@$(BIN)/python $(PIP) --editable '.[tensorflow,jax,dev]'
	@$(BIN)/python -m compileall -q layerctl  # as a regular installation does
	@touch $@

$(STATIC_READY): pyproject.toml constraints.txt
	@$(call new_venv,$(STATIC))
	@echo 'installing layerctl and the tools, without a framework, into $(STATIC) (once; under 200 MB)'
	@$(STATIC)/bin/python $(PIP) --editable '.[dev]'
	@touch $@

$(TORCH_READY): pyproject.toml constraints.txt
	@$(call new_venv,$(TORCH))
	@echo 'installing layerctl, PyTorch and what the tests need into $(TORCH) (once; several GB with CUDA)'
	@$(TORCH)/bin/python $(PIP) --editable '.[torch,dev]'
	@touch $@

$(SITE_READY): pyproject.toml constraints.txt
	@$(call new_venv,$(SITE))
	@echo 'installing what makes the site into $(SITE) (once; about 200 MB)'
	@$(SITE)/bin/python $(PIP) --editable '.[site]'
	@touch $@

$(MUTANTS_READY): pyproject.toml constraints.txt
	@$(call new_venv,$(MUTANTS))
	@echo 'installing layerctl and mutmut, without a framework, into $(MUTANTS) (once)'
	@$(MUTANTS)/bin/python $(PIP) --editable '.[mutants]'
	@touch $@

define new_venv
$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "layerctl needs Python 3.11 or newer; this is " \
	+ sys.version.split()[0] + ". Name another: make PYTHON=python3.12")' && $(PYTHON) -m venv $(1)
endef
