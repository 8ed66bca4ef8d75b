# Needs make and Python 3.11 or newer, nothing else: the first target that needs it makes the virtual environment .venv.
#
#   make                        what there is
#   make test PYTHON=python3.12 with another Python
#   make test ARGS="-k conv"    further arguments for pytest

PYTHON ?= python3
ARGS ?=
WORKERS := --numprocesses auto --maxprocesses 4
VENV := .venv
STATIC := .venv-static
TORCH := .venv-torch
BIN := $(VENV)/bin
READY := $(VENV)/.ready
STATIC_READY := $(STATIC)/.ready
TORCH_READY := $(TORCH)/.ready
PIP := -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

export TF_CPP_MIN_LOG_LEVEL ?= 3

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test test-static test-long lint format bench docs clean

help: ## this list
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

test-long: $(READY) ## 52,000 generated cases against Keras, half an hour on 2 CPUs; ARGS="--shard 1/4 --record done.jsonl"
	$(BIN)/python -m tests.judge.long $(ARGS)

lint: $(READY) ## ruff, formatting, types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(READY) ## put the code into its form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY) $(TORCH_READY) ## how fast check, comparison and training are, as ratios; ARGS="--data-dir DIR" for MNIST
	$(BIN)/python tests/benchmarks/static.py
	$(BIN)/python tests/benchmarks/comparing.py
	$(BIN)/python tests/benchmarks/training.py --torch-python $(TORCH)/bin/python $(ARGS)

docs: $(READY) ## write the generated pages of docs/
	$(BIN)/python tools/make_docs.py

clean: ## remove the environments and what tools leave behind
	rm -rf $(VENV) $(STATIC) $(TORCH) .pytest_cache .mypy_cache .ruff_cache .hypothesis .cache dist build

$(READY): pyproject.toml constraints.txt
	@$(call new_venv,$(VENV))
	@echo 'installing layerctl, TensorFlow and the tools into $(VENV) (once; about 2.5 GB)'
	@$(BIN)/python $(PIP) --editable '.[tensorflow,jax,dev]'
	@$(BIN)/python -m compileall -q layerctl  # as an installation that is not editable would
	@touch $@

$(STATIC_READY): pyproject.toml constraints.txt
	@$(call new_venv,$(STATIC))
	@echo 'installing layerctl without a framework into $(STATIC)'
	@$(STATIC)/bin/python $(PIP) --editable . pytest pytest-xdist hypothesis jsonschema
	@touch $@

# PyTorch apart from TensorFlow: the wheels for CPUs, from the index that has them; without it the benchmark measures the rest.
$(TORCH_READY): pyproject.toml constraints.txt
	@$(call new_venv,$(TORCH))
	@echo 'installing PyTorch into $(TORCH) (once; about 1 GB)'
	@$(TORCH)/bin/python $(PIP) --extra-index-url https://download.pytorch.org/whl/cpu --editable '.[torch]' \
		&& touch $@ || echo 'PyTorch cannot be installed here; the benchmark goes without it'

define new_venv
$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "layerctl needs Python 3.11 or newer; this is " \
	+ sys.version.split()[0] + ". Name another: make PYTHON=python3.12")' && $(PYTHON) -m venv $(1)
endef
