# Every target does its own set-up and reports it on stderr. A second call is quick.
PORT ?= 8000
UV_VERSION := 0.13.8
BIN := .venv/bin
# The last package that a new environment gets. If it is there, the environment is complete.
UV := $(BIN)/uv
INSTALLED := .venv/.installed
# For two processors: a third of the time, a test waits for a process or a pause.
PYTEST := $(BIN)/pytest -q --numprocesses 3 --no-loadscope-reorder
SOURCES := functions layers local tests bench deploy examples
SAM := .venv-sam/bin/sam
FRAMEWORKS := .venv-frameworks/.installed
NPM := node_modules/.installed
ARCH ?= x86_64
STACK ?= chatkit
BUILT := .aws-sam/build
LOCKS := requirements-dev.txt requirements-sam.txt requirements-frameworks.txt functions/session/requirements.txt functions/chatkit/requirements.txt functions/mcp/requirements.txt
# A ratio that fails is measured once more, because other load on the machine may have caused it.
BENCHES := streamed_answer tools store turn streaming imports
# USER in the environment is the person who runs make, not the user who asks.
ifneq ($(origin USER),command line)
USER := alice
endif

.PHONY: help run demo token ask test test-all check build deploy bench lock clean
.DEFAULT_GOAL := help
# A target whose recipe fails is deleted, so that the next call makes it again.
.DELETE_ON_ERROR:

define SETTINGS

PORT	the port of the service for run, token and ask ($(PORT))
USER	the user who asks ($(USER))
MSG	the user's message: make ask MSG="What is on my list?"
THREAD	the thread to continue: make ask THREAD=thr_… MSG="…"
AUDIENCE	another audience for the token
PARAMETERS	parameters of template.yaml: make run PARAMETERS="Model=… LogLevel=DEBUG"
ARCH	the processor for build and deploy, x86_64 or arm64 ($(ARCH))
STACK	the name of the CloudFormation stack ($(STACK))
endef
help: export SETTINGS := $(SETTINGS)
help: ## list the targets and variables
	@{ sed -n 's/^\([a-z-]*\):.*## /make \1	/p' Makefile | sed 's|$$(PORT)|$(PORT)|; s|$$(BUILT)|$(BUILT)|'; \
		echo "$$SETTINGS"; } | expand -t 17

run: $(INSTALLED) ## run the whole service on this machine, at http://127.0.0.1:$(PORT)
	@exec $(BIN)/python -m local_stack run --port $(PORT)

demo: $(INSTALLED) ## show a short conversation, with its own stack
	@exec $(BIN)/python -m local_stack demo

token: $(INSTALLED) ## print an identity token of USER that the local stack accepts, for AUDIENCE or the page
	@$(BIN)/python -m local_stack token --port $(PORT) --user "$(USER)" $${AUDIENCE:+--audience "$$AUDIENCE"}

# Exactly as typed: make itself would expand a dollar sign.
ask: export MESSAGE := $(value MSG)
ask: $(INSTALLED) ## send MSG as USER, in THREAD or a new thread
	@$(BIN)/python -m local_stack ask --port $(PORT) --user "$(USER)" --message "$$MESSAGE" $${THREAD:+--thread "$$THREAD"}

test: $(INSTALLED) $(SAM) $(NPM) ## run the tests, without the slowest ones
	$(PYTEST) -m "not deep"

# These suites run many more random attacks and races with DEEP=1. The store's state machine can too,
# but takes longer than everything else: DEEP=1 .venv/bin/pytest tests/store/property
DEEP_SUITES := tests/unit/chatcore/gate tests/system/security
test-all: $(INSTALLED) $(SAM) $(FRAMEWORKS) $(NPM) ## run all tests, with many more random attacks and races
	$(PYTEST) $(DEEP_SUITES:%=--ignore=%)
	DEEP=1 $(PYTEST) $(DEEP_SUITES)

check: $(INSTALLED) $(FRAMEWORKS) $(NPM) ## check format, lint, types, import contracts, template, generated files
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy $(SOURCES)
	$(BIN)/mypy --python-executable .venv-frameworks/bin/python --cache-dir .mypy_cache/frameworks tests/system/frameworks/apps/*.py
	$(BIN)/lint-imports
	$(BIN)/cfn-lint -t template.yaml
	@PATH="$$PWD/$(BIN):$$PATH" node_modules/.bin/tsc -p web/jsconfig.json
	@for lock in $(LOCKS); do \
		cp $$lock .venv/lock.txt; \
		$(MAKE) -s lock-$$lock OUT=.venv/lock.txt || exit 1; \
		diff $$lock .venv/lock.txt || { echo "$$lock does not match pyproject.toml: run make lock"; exit 1; }; \
	done

build: $(BUILT)/.$(ARCH) ## build the artifacts for ARCH, x86_64 or arm64, in $(BUILT)

# Variables typed after `make deploy` are kept apart from exported ones, and reach the environment
# exactly as typed. make itself would expand a dollar sign.
override TYPED := $(strip $(foreach name,$(.VARIABLES),$(if $(filter command,$(origin $(name))),$(name))))
$(foreach name,$(TYPED),$(eval deploy: override export $(name) := $$(value $(name))))

# The checks come before the build, which takes longer. stack_deploy calls `make build` itself.
deploy: export SAM_CLI_TELEMETRY := 0
deploy: $(INSTALLED) ## check the account and the settings, build for ARCH, then run sam deploy for STACK
	@$(BIN)/python -m stack_deploy --sam $(SAM) --built $(BUILT) --stack $(STACK) --arch $(ARCH) --typed "$(TYPED)"

bench: $(INSTALLED) $(NPM) build ## measure the promised speeds, as ratios within one run
	@for each in $(BENCHES); do \
		echo "bench/$$each.py"; \
		$(BIN)/python bench/$$each.py || { echo "once more:"; $(BIN)/python bench/$$each.py; } || exit 1; \
	done

lock: $(UV) ## regenerate the requirements files from pyproject.toml
	@echo "Resolving $(LOCKS)"
	@for lock in $(LOCKS); do $(MAKE) -s lock-$$lock OUT=$$lock; done

COMPILE = $(UV) pip compile -q --generate-hashes --no-header --python-version 3.13 pyproject.toml
LINUX := --python-platform x86_64-manylinux_2_28 --constraint requirements-dev.txt

lock-requirements-dev.txt: $(UV)
	@$(COMPILE) --group dev --universal -o $(OUT) >/dev/null
lock-requirements-sam.txt: $(UV)
	@$(COMPILE) --group sam --universal -o $(OUT) >/dev/null
lock-requirements-frameworks.txt: $(UV)
	@$(COMPILE) --group frameworks --universal --constraint requirements-dev.txt -o $(OUT) >/dev/null
lock-functions/%/requirements.txt: $(UV)
	@$(COMPILE) --group $* $(LINUX) -o $(OUT) >/dev/null

$(UV):
	@sh local/set-up.sh environment $(UV_VERSION) .venv

$(INSTALLED): requirements-dev.txt pyproject.toml | $(UV)
	@sh local/set-up.sh packages .venv

$(SAM): requirements-sam.txt | $(UV)
	@echo "Installing the sam CLI into .venv-sam." >&2
	@$(UV) venv -q --clear --python $(BIN)/python .venv-sam
	@$(UV) pip install -q --python .venv-sam/bin/python --require-hashes -r requirements-sam.txt
	@touch $@

$(FRAMEWORKS): requirements-frameworks.txt | $(UV)
	@echo "Installing web frameworks for the tests into .venv-frameworks." >&2
	@$(UV) venv -q --clear --python $(BIN)/python .venv-frameworks
	@$(UV) pip install -q --compile-bytecode --python .venv-frameworks/bin/python --require-hashes -r requirements-frameworks.txt
	@touch $@

# Node comes from a wheel, so the machine needs none.
$(NPM): package-lock.json | $(INSTALLED)
	@echo "Installing the packages of package.json into node_modules." >&2
	@PATH="$$PWD/$(BIN):$$PATH" $(BIN)/npm ci --loglevel error --no-audit --no-fund >/dev/null
	@touch $@

# Everything that an artifact is made of. Folders are included because they change when a file is
# deleted. A build for one architecture replaces the build for the other.
PARTS := template.yaml packaging/Makefile $(shell find functions layers -name __pycache__ -prune -o -print)
$(BUILT)/.%: export SAM_CLI_TELEMETRY := 0
$(BUILT)/.%: $(PARTS) | $(UV) $(SAM)
	@echo "Building the artifacts for $*." >&2
	@UV="$$PWD/$(UV)" PYTHON="$$PWD/$(BIN)/python" ARCH=$* \
		$(SAM) build --build-dir $(BUILT) --parameter-overrides Architecture=$*
	@touch $@

clean: ## remove everything that was installed, built or logged
	rm -rf .venv .venv-sam .venv-frameworks node_modules .local .aws-sam .mypy_cache .ruff_cache .pytest_cache
