# `make` alone lists the targets. Every target first sets up what it needs (.ci/setup), in .venv.
# Needed on the machine: Python 3.12 or newer, pip, make.

python  := .venv/bin/python
setup   := @sh .ci/setup
compile := @$(python) -m routing.solver.compile
# Everything but the map works without; only in CI that is a failure.
pages   := @sh .ci/pages || test -z "$$CI"

.DEFAULT_GOAL := help
.PHONY: help demo serve roads test faults random-problems coverage bench lint format openapi lock pages setup setup-test setup-bench tools clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# ---- run ----

demo: setup ## the crisis night, planned and published, then served on TOURNEE_PORT (8080); once=1 stops after printing
	$(python) -m service demo $(if $(once),--once)

serve: setup ## serve the database of TOURNEE_DATABASE_URL (an SQLite file under var/) on TOURNEE_PORT (8080)
	$(python) -m api serve

roads: ## build the road graph of an OpenStreetMap extract: fetched, or pbf=FILE; box=S,W,N,E speeds="17:00-18:30=FILE.csv" again=1
	$(setup) requirements.txt
	$(python) -m service roads build $(if $(pbf),'$(pbf)') $(if $(box),'--box=$(box)') $(addprefix --speeds=,$(speeds)) $(if $(collected),--collected) $(if $(again),--again)

# ---- check ----

test: setup-test ## the whole test suite; only="tests/routing -k fit" runs a part
	$(python) -m pytest -n 2 $(only)

faults: setup-test ## the fault tests at full length, each kill 20 times
	TOURNEE_FAULT_RUNS=20 $(python) -m pytest tests/faults

random-problems: setup-test ## 20 000 random problems with every feature, solved and judged (half an hour)
	TOURNEE_RANDOM_PROBLEMS=20000 $(python) -m pytest -n 0 tests/routing/solver/test_random_problems.py

coverage: setup-test ## the test suite with the lines it never reaches
	$(python) -m pytest -n 2 --cov --cov-report=term-missing:skip-covered $(only)

lint: tools ## ruff, formatting, types, import rules
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

bench: setup-bench ## the short benchmark table, peers side by side
	$(python) -m benchmarks

# ---- change ----

format: tools ## let ruff format the code and sort the imports
	.venv/bin/ruff check --fix --select I .
	.venv/bin/ruff format .

openapi: tools ## write openapi.yaml from the code
	$(python) -m api openapi

# The run versions bind the others, so that what is tested is what runs. uv: https://docs.astral.sh/uv
lock_options := --quiet --generate-hashes --universal --python-version 3.12 \
	--custom-compile-command 'make lock' $(if $(upgrade),--upgrade)

lock: ## lock requirements*.in to requirements*.txt with hashes (needs uv; upgrade=1 takes the newest versions)
	uv pip compile $(lock_options) requirements.in -o requirements.txt
	uv pip compile $(lock_options) -c requirements.txt requirements-dev.in -o requirements-dev.txt
	uv pip compile $(lock_options) -c requirements.txt requirements-bench.in -o requirements-bench.txt
	uv pip compile $(lock_options) requirements-node.in -o requirements-node.txt

# ---- set up ----

setup: ## make .venv with what runs need and compile the search (done by every target that may solve)
	$(setup) requirements.txt
	$(pages)
	$(compile)

setup-test:
	$(setup) requirements.txt requirements-dev.txt
	$(pages)
	$(compile)

setup-bench:
	$(setup) requirements.txt requirements-bench.txt
	$(compile)

tools:
	$(setup) requirements.txt requirements-dev.txt

pages: ## fetch the scripts that the pages use, for the map (done by setup)
	@sh .ci/pages

clean: ## remove .venv and caches; var/ with its databases stays
	rm -rf .venv node_modules api/pages/static/vendor .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage .coverage.* coverage.xml
	find api service routing tests benchmarks -name __pycache__ -prune -exec rm -rf {} +
