# Loket's front door. `make help` lists what it can do.
.DEFAULT_GOAL := help
.PHONY: help dev run test check format lint types imports templates structure bench seed model up down
MAKEFLAGS += --no-print-directory
BIN := .venv/bin
CODE := libs/common services/intake services/routing services/notifications deploy/embedded tests

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## install what is missing and start everything on this machine; Ctrl-C stops it, the data stays
	@deploy/install
	@exec $(BIN)/loket run

test: dev ## the whole suite on a real PostgreSQL and a real Kafka (ARGS="tests/flows -k leak" for a part)
	@$(BIN)/pytest -n auto --maxprocesses=8 --dist loadgroup $(ARGS)

check: format lint types imports templates structure ## format, lint, types, import contracts, templates, shape of the code

format lint types imports templates structure: dev

dev:
	@deploy/install dev

format:
	@echo "format"; $(BIN)/ruff format --quiet --check . || { echo "Not in the house format. Mend it with: $(BIN)/ruff format ."; exit 1; }

lint:
	@echo "lint"; $(BIN)/ruff check --quiet .

types:
	@echo "types"; $(BIN)/mypy --no-error-summary $(CODE)

imports:
	@echo "import contracts"; said=$$($(BIN)/lint-imports 2>&1) || { echo "$$said"; exit 1; }

templates:
	@echo "templates"; $(BIN)/djlint --quiet --lint --profile=jinja --extension=html libs services

structure:
	@echo "structure"; $(BIN)/pytest --quiet --no-header tests/architecture

bench: dev ## the benchmarks, each figure beside its limit measured in the same run
	@PYTHONPATH=tests $(BIN)/python -m bench $(ARGS)

seed: ## a believable town of demo data and an hour of traffic, into the Loket that `make run` runs
	@deploy/install
	@$(BIN)/loket seed $(ARGS)

model: ## train the classifier anew from services/intake/data and print how good it is
	@deploy/install
	@$(BIN)/loket train $(ARGS)

up: ## the production shape on this host: Docker with Kafka, PostgreSQL, the three services and a proxy
	@deploy/docker/up

down: ## stop what `make up` started; the data stays
	@deploy/docker/up down
