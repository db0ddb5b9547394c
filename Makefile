# The front door of the repository: `make help` lists it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python -m
SOURCES := services libs deploy tests
LOCKS := goals checkins notifier gateway dev mongod
PYTEST_ARGS ?=

.PHONY: help install lock system-packages

help: ## List what can be asked of this file
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / { printf "  \033[1m%-18s\033[0m %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: ## Make .venv and install the locked development requirements (quick when nothing changed)
	@$(PYTHON) -m deploy.native.environment

lock: install ## Resolve the dependency groups of pyproject.toml into requirements/*.txt with hashes
	@for group in dev $(filter-out dev,$(LOCKS)); do \
	  constraint=$$([ $$group = dev ] && echo requirements/.empty || echo requirements/dev.txt); \
	  echo "requirements/$$group.txt"; \
	done
