# Every target brings its own set-up; a second call is quick.
PORT ?= 8000
UV_VERSION := 0.13.8
BIN := .venv/bin
UV := $(shell command -v uv || echo $(BIN)/uv)
INSTALLED := .venv/.installed
# Two workers: more would wait for each other in what the tests time.
PYTEST := $(BIN)/pytest -q --numprocesses 2 --no-loadscope-reorder
PYTHON := $(shell command -v python3.13 || command -v python3)
SOURCES := functions layers local tests bench deploy
SAM := .venv-sam/bin/sam
NPM := node_modules/.installed
ARCH ?= x86_64
STACK ?= chatkit
BUILT := .aws-sam/build
LOCKS := requirements-dev.txt requirements-sam.txt functions/session/requirements.txt functions/chatkit/requirements.txt functions/mcp/requirements.txt
# A ratio that something else on the machine has broken is measured once more.
BENCHES := streamed_answer tools store turn streaming imports
# The environment's USER is who runs make, not who asks.
ifneq ($(origin USER),command line)
USER := alice
endif

.PHONY: help run demo token ask test test-deep check build deploy bench lock clean
.DEFAULT_GOAL := help

help:
	@sed -n 's/^\([a-z-]*\):.*## /make \1	/p' $(MAKEFILE_LIST)

run: $(INSTALLED) ## the whole service on this machine, at http://127.0.0.1:$(PORT)
	@exec $(BIN)/python -m local_stack run --port $(PORT)

demo: $(INSTALLED) ## a short conversation with a stack of its own
	@exec $(BIN)/python -m local_stack demo

token: $(INSTALLED) ## an identity token of USER (alice) that the local stack accepts, for AUDIENCE or the page
	@$(BIN)/python -m local_stack token --port $(PORT) --user "$(USER)" $${AUDIENCE:+--audience "$$AUDIENCE"}

# As it was typed: make itself would expand a dollar sign.
ask: export MESSAGE := $(value MSG)
ask: $(INSTALLED) ## ask MSG as USER, in THREAD or a new one
	@$(BIN)/python -m local_stack ask --port $(PORT) --user "$(USER)" --message "$$MESSAGE" $${THREAD:+--thread "$$THREAD"}

test: $(INSTALLED) $(SAM) $(NPM) ## all tests
	$(PYTEST)

test-deep: $(INSTALLED) $(NPM) ## attacks and races at random, with many more trials
	DEEP=1 $(PYTEST) tests/chatcore/gate tests/security

check: $(INSTALLED) $(NPM) ## format, lint, types, import contracts, template, generated files
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy $(SOURCES)
	$(BIN)/lint-imports
	$(BIN)/cfn-lint -t template.yaml
	@PATH="$(abspath $(BIN)):$$PATH" node_modules/.bin/tsc -p web/jsconfig.json
	@for lock in $(LOCKS); do \
		cp $$lock .venv/lock.txt; \
		$(MAKE) -s lock-$$lock OUT=.venv/lock.txt || exit 1; \
		diff $$lock .venv/lock.txt || { echo "$$lock is not what pyproject.toml says: make lock"; exit 1; }; \
	done

build: $(BUILT)/.$(ARCH) ## the artifacts for ARCH, x86_64 or arm64, in $(BUILT)

# What is typed after `make deploy` is told from what is merely exported, and reaches the
# environment as it was typed: make itself would expand a dollar sign.
override TYPED := $(strip $(foreach name,$(.VARIABLES),$(if $(filter command,$(origin $(name))),$(name))))
$(foreach name,$(TYPED),$(eval deploy: override export $(name) := $$(value $(name))))

# The checks come before the build, which takes longer: stack_deploy calls `make build` itself.
deploy: export SAM_CLI_TELEMETRY := 0
deploy: $(INSTALLED) ## check the account and the settings, build for ARCH, then sam deploy STACK
	@$(BIN)/python -m stack_deploy --sam $(SAM) --built $(BUILT) --stack $(STACK) --arch $(ARCH) --typed "$(TYPED)"

bench: $(INSTALLED) $(NPM) build ## what is promised of speed, as ratios within one run
	@for each in $(BENCHES); do \
		echo "bench/$$each.py"; \
		$(BIN)/python bench/$$each.py || { echo "once more:"; $(BIN)/python bench/$$each.py; } || exit 1; \
	done

lock: ## the requirements files, from pyproject.toml
	@for lock in $(LOCKS); do $(MAKE) -s lock-$$lock OUT=$$lock; done

COMPILE = $(UV) pip compile -q --generate-hashes --no-header --python-version 3.13 pyproject.toml
LINUX := --python-platform x86_64-manylinux_2_28 --constraint requirements-dev.txt

lock-requirements-dev.txt: $(BIN)/python
	@$(COMPILE) --group dev --universal -o $(OUT) >/dev/null
lock-requirements-sam.txt: $(BIN)/python
	@$(COMPILE) --group sam --universal -o $(OUT) >/dev/null
lock-functions/%/requirements.txt: $(BIN)/python
	@$(COMPILE) --group $* $(LINUX) -o $(OUT) >/dev/null

$(BIN)/python:
	@if command -v uv >/dev/null; then uv venv -q --python 3.13 .venv; else $(PYTHON) -m venv .venv && .venv/bin/pip install -q --disable-pip-version-check uv==$(UV_VERSION) || { rm -rf .venv; exit 1; }; fi

$(INSTALLED): requirements-dev.txt pyproject.toml | $(BIN)/python
	@$(UV) pip install -q --python $(BIN)/python --require-hashes -r requirements-dev.txt
	@$(UV) pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

$(SAM): requirements-sam.txt | $(BIN)/python
	@$(UV) venv -q --clear --python $(BIN)/python .venv-sam
	@$(UV) pip install -q --python .venv-sam/bin/python --require-hashes -r requirements-sam.txt
	@touch $@

# Node comes from a wheel: a fresh machine need have none.
$(NPM): package-lock.json | $(INSTALLED)
	@PATH="$(abspath $(BIN)):$$PATH" $(BIN)/npm ci --silent
	@touch $@

# Whatever an artifact is made of; the folders too, which tell that a file is gone. A build for one
# architecture replaces that for the other.
PARTS := template.yaml packaging/Makefile $(shell find functions layers -name __pycache__ -prune -o -print)
$(BUILT)/.%: export SAM_CLI_TELEMETRY := 0
$(BUILT)/.%: $(PARTS) | $(BIN)/python $(SAM)
	@UV=$(abspath $(UV)) PYTHON=$(abspath $(BIN)/python) ARCH=$* \
		$(SAM) build --build-dir $(BUILT) --parameter-overrides Architecture=$*
	@touch $@

clean:
	rm -rf .venv .venv-sam node_modules .local .aws-sam .mypy_cache .ruff_cache .pytest_cache
