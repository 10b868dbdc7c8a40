# All commands of the project. `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PORT ?= 8000
# Outside the project, whose files `chalice local` watches. infra/local/state_folder.py says the same.
STATE_DIR ?= $(or $(XDG_STATE_HOME),$(HOME)/.local/state)/moph-appointment-center
export PORT STATE_DIR
# The tests start some hundred processes: each would compile the code again.
unexport PYTHONDONTWRITEBYTECODE
export STAGE ?= local
export AWS_DEFAULT_REGION ?= ap-southeast-1

# A command that uses the local engine needs its address, and a running `make run`.
define ENGINE
if [ "$(STAGE)" = local ]; then \
	  if [ ! -f "$(STATE_DIR)/env" ] || flock --nonblock "$(STATE_DIR)/lock" true; then \
	    echo "Start \`make run\` first: nothing runs on $(STATE_DIR)"; exit 1; fi; \
	  . "$(STATE_DIR)/env"; fi;
endef

.PHONY: help
help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

$(VENV)/installed: requirements-dev.txt
	@echo "Making the virtual environment $(VENV) ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 to 3.13 is needed; PYTHON=python3.12 names another one"; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

.PHONY: setup
setup: $(VENV)/installed ## Make the virtual environment (the other commands do this automatically)

# What checks the API document, and generates a client from it in a test.
openapi-tools/node_modules: openapi-tools/package-lock.json
	@cd openapi-tools && npm ci --silent --no-fund --no-audit && touch node_modules

# One version for every Python from 3.11 up, and the hashes of its files for every platform.
LOCK = build/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --only-binary :all: \
  --generate-hashes --no-emit-index-url --annotation-style line --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)
.PHONY: lock
lock: ## Write requirements*.txt from requirements*.in (UPGRADE=1: also raise the versions that the .in files leave open)
	@$(PYTHON) -m venv build/lock && build/lock/bin/pip install --quiet --disable-pip-version-check uv==0.13.9
	@$(LOCK) requirements-dev.in --output-file requirements-dev.txt
	@$(LOCK) --constraint requirements-dev.txt requirements.in --output-file requirements.txt
	@$(LOCK) requirements-scan.in --output-file requirements-scan.txt

.PHONY: run
run: setup ## Run the whole system on this machine (PORT=8000, STATE_DIR=~/.local/state/moph-appointment-center)
	@exec $(BIN)/python -m infra.local.run --showcase

.PHONY: chalice-local
chalice-local: setup ## Run Chalice's own server on port 8001, while `make run` is running
	@$(ENGINE) $(BIN)/chalice local --stage local --port $${CHALICE_PORT:-8001}

.PHONY: reset
reset: ## Delete the data of `make run`
	@if [ ! -e "$(STATE_DIR)" ]; then echo "There is no $(STATE_DIR) to delete"; \
	elif [ ! -f "$(STATE_DIR)/lock" ]; then echo "$(STATE_DIR) was not made by make run; it stays"; exit 1; \
	elif ! flock --nonblock "$(STATE_DIR)/lock" true; then echo "make run is still running: stop it first"; exit 1; \
	else rm -rf "$(STATE_DIR)" && echo "$(STATE_DIR) is deleted; the next make run starts with the demo data"; fi

.PHONY: redrive
redrive: setup ## List the jobs and stream records that failed permanently; QUEUE=message-line, streams or all puts them back
	@$(ENGINE) $(BIN)/python -m infra.ops.redrive $(QUEUE)

.PHONY: admin
admin: setup ## Make the first country-level administrator: LOGIN= NAME= HOSPITAL= [HOSPITAL_NAME= PROVINCE=] [ARGS=--generate]
	@$(ENGINE) $(BIN)/python -m infra.ops.admin "$(LOGIN)" "$(NAME)" "$(HOSPITAL)" \
	  --hospital-name "$(HOSPITAL_NAME)" --province "$(PROVINCE)" $(ARGS)

.PHONY: audit-verify
audit-verify: setup ## Compare the audit with its archive and name what differs (FROM=2026-12-01 UNTIL=2026-12-31)
	@$(ENGINE) $(BIN)/python -m infra.ops.audit_verify $(if $(FROM),--first $(FROM)) $(if $(UNTIL),--last $(UNTIL))

.PHONY: person-export
person-export: setup ## Write everything that is kept about one person to FILE=; asks for the national id
	@$(ENGINE) $(BIN)/python -m infra.ops.person_data export "$(FILE)"

.PHONY: person-erase
person-erase: setup ## Say what an erasure of one person deletes, and what is kept and why; YES=1 deletes it
	@$(ENGINE) $(BIN)/python -m infra.ops.person_data erase $(if $(YES),--yes)

.PHONY: person-hold
person-hold: setup ## Keep everything about one person from erasure and expiry: REASON=
	@$(ENGINE) $(BIN)/python -m infra.ops.person_data hold "$(REASON)"

.PHONY: person-release
person-release: setup ## End the hold on one person
	@$(ENGINE) $(BIN)/python -m infra.ops.person_data release

.PHONY: unit
unit: setup ## The tests that need no process of their own, in under a minute
	@# Without the random administrators too, who take half of that minute.
	@$(BIN)/python -m pytest -q -m "not needs_local_stack and not system and not large" --ignore=tests/accounts/test_no_privilege_escalation.py

.PHONY: test
test: setup openapi-tools/node_modules ## Every test but the large; gets a browser if there is none (CHROMIUM=path names one, BROWSER=skip does without; LARGE=1: the large ones too)
	@$(BIN)/python -m tests.browser
	@$(BIN)/python -m pytest -q -n auto --dist loadfile --no-loadscope-reorder $(if $(LARGE),,-m "not large")

.PHONY: test-large
test-large: setup openapi-tools/node_modules ## The large tests alone: full sizes of what `make test` checks at small size
	@$(BIN)/python -m tests.browser
	@$(BIN)/python -m pytest -q -n auto --dist worksteal -m large

.PHONY: screenshots
screenshots: setup ## Show every screen in both languages, sizes and themes, and keep the pictures in ci-output/screens
	@$(BIN)/python -m tests.browser
	@SCREENSHOTS=1 $(BIN)/python -m pytest -q -n 2 tests/system/test_gallery.py

.PHONY: test-botocore
test-botocore: setup ## The tests of storage faults and costs again, with botocore sending every request (docs/adr/0025)
	@BOTOCORE_ONLY=1 $(BIN)/python -m pytest -q -n auto --dist loadfile tests/faults/test_storage_faults.py tests/test_costs.py \
	  tests/test_row_mapper.py

.PHONY: prove
prove: setup ## Search every state of the booking protocol with Spin; gets Spin if there is none (FULL=1: the largest searches whole)
	@$(BIN)/python -m tests.protocol.prove $(if $(FULL),--full)

.PHONY: attack
attack: setup ## Attack the running `make run` and print a line for each attack (BASE_URL=: another server on the same engine)
	@$(BIN)/python -m tests.security.attack

.PHONY: soak
soak: setup ## Check concurrent requests while processes are killed and the storage fails (SECONDS=600, SEED=1; BOTOCORE_ONLY=1: botocore sends)
	@SOAK_SECONDS="$(SECONDS)" $(BIN)/python -m tests.concurrency.soak

.PHONY: bench
bench: setup ## Measure and print tables: bookings, one hot schedule, availability, announcements (FULL=1: full size; ONLY=hot_schedule: one table)
	@$(BIN)/python -m infra.bench $(if $(FULL),--full) $(ONLY)

.PHONY: lint
lint: setup openapi-tools/node_modules ## Check style, types, import contracts, templates and the API document
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@mkdir -p build && $(BIN)/python -m infra.aws.template > build/template.json
	@$(BIN)/cfn-lint build/template.json infra/aws/resources.yaml infra/aws/site.yaml
	@cd openapi-tools && npm run --silent lint

build/scan/installed: requirements-scan.txt
	@echo "Making the virtual environment of the scanner, build/scan ..."
	@$(PYTHON) -m venv build/scan
	@build/scan/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-scan.txt
	@touch $@

# A finding that stays is skipped beside its resource, with the reason. Not part of `make lint`, which is run before every
# commit: the scanner needs two minutes of CPU, 8 s of it for its imports, and a virtual environment of its own.
.PHONY: scan
scan: setup build/scan/installed ## Scan the templates for insecure settings (checkov); included in `make check`
	@mkdir -p build && $(BIN)/python -m infra.aws.template > build/template.json
	@build/scan/bin/checkov --skip-download --framework cloudformation --compact --quiet \
	  --file build/template.json infra/aws/site.yaml

.PHONY: costs
costs: setup ## Measure the DynamoDB requests of each action, and write docs/costs.md
	@$(BIN)/python -m infra.generate.costs

.PHONY: package
package: setup ## Make the zip and the template for STAGE, in build/STAGE
	@$(BIN)/python -m infra.aws.package $(STAGE)

.PHONY: rehearse
rehearse: setup ## Deploy the package to a new engine on this machine and run the acceptance tests on it
	@$(BIN)/python -m infra.aws.rehearse

.PHONY: deploy
deploy: setup ## Deploy STAGE to the AWS account of your credentials; show the change set first (docs/deployment.md)
	@cd dashboard && npm ci --no-fund --no-audit && npm run build
	@$(BIN)/python -m infra.aws.deploy $(STAGE) $(PARAMETERS)

.PHONY: first-deployment
first-deployment: setup ## Prove on AWS what no test here can: STAGE=dev [STEP=test-alarm]; results in build/first-deployment
	@$(BIN)/python -m infra.aws.first_deployment $(STAGE) $(STEP)

.PHONY: format
format: setup ## Format the code
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

.PHONY: openapi
openapi: setup ## Generate docs/examples.json and docs/openapi.json from the code
	@$(BIN)/python -m infra.generate.examples
	@$(BIN)/python -m infra.generate.openapi
	@if command -v npm >/dev/null; then cd dashboard && { [ -d node_modules ] || npm ci --silent; } && npm run --silent types; fi

.PHONY: check
check: LARGE = 1
check: lint scan prove test test-botocore rehearse ## Run exactly what CI runs
	@$(MAKE) --no-print-directory soak SECONDS=60
