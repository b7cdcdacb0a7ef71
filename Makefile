# Thin: every target is a command in setup/, which needs nothing but Python 3.11 or newer.
PYTHON ?= python3
DEV = $(PYTHON) -m setup.bootstrap --dev
VENV = .venv/bin/python

.PHONY: run test check bench chaos soak audit screenshots demo setup lock
.DEFAULT_GOAL := run

run:  ## everything that is needed, then the application: prints its address (PORT=9000 to choose)
	@exec $(PYTHON) -m setup.run

test:  ## all tests, on throw-away servers (ARGS="tests/members -k import" for some)
	@$(DEV) && exec $(VENV) -m setup.test $(ARGS)

check:  ## linters, types, import contracts, migrations, deployment check
	@$(DEV) && exec $(VENV) -m setup.check

bench:  ## measures the pages with 400 and with 100,000 organisations, and reminders (ARGS=reminders for these alone)
	@$(DEV) && exec $(VENV) -m tests.bench $(ARGS)

chaos:  ## reminders under kills, freezes and crashes (ARGS=--long for 10,000 reminders and 1,000 kills)
	@$(DEV) && exec $(VENV) -m tests.chaos $(ARGS)

soak:  ## reminders and sign-off in many orders of events, races over HTTP (ARGS="decisions --steps 10000 --seed 7")
	@$(DEV) && exec $(VENV) -m tests.soak $(ARGS)

audit:  ## every page for every reader in every look: accessibility, weight, statements (takes a while)
	@$(DEV) && exec $(VENV) -m setup.test -s tests/browser/audit.py $(ARGS)

screenshots:  ## pictures of twelve pages in var/screenshots
	@$(DEV) && exec $(VENV) -m setup.test -s tests/browser/screenshots.py $(ARGS)

demo:  ## puts the demo data back as it was on the first day
	@exec $(PYTHON) -m setup.demo

setup:  ## the environment and the front-end build alone
	@$(DEV)

lock:  ## pins and hashes the newest packages that requirements*.in allow
	@exec $(PYTHON) -m setup.lock
