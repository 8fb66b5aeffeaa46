# Every target works on a machine that has python3 (3.11 or newer), pip, make and git, and nothing else.
PY ?= python3
V := .venv
MONITOR := $(V)/bin/python -m monitor
ARGS ?=

.PHONY: setup run demo test browser pictures check bench eval torture lock clean
.DEFAULT_GOAL := run

setup: $(V)/.run ## install what the program needs into .venv

run: $(V)/.run ## start everything: gather, send, web
	@exec $(MONITOR) run $(ARGS)

demo: $(V)/.run ## play two invented weeks on loopback: no network, no configuration
	@exec $(MONITOR) demo $(ARGS)

test: $(V)/.dev ## the whole test suite, offline
	$(V)/bin/python -m pytest -n auto --dist loadgroup -m "not e2e" $(ARGS)

# A process of their own: the browser's event loop would stand in the way of the spiders' tests.
browser: $(V)/.e2e ## the tests in a real browser; they need Debian's chromium
	$(V)/bin/python -m pytest -m e2e tests/e2e

pictures: $(V)/.e2e ## the pictures in docs/pictures, from the demo and the pages, by Debian's chromium
	$(V)/bin/python -m tests.pictures $(ARGS)
	MONITOR_PICTURES=1 $(V)/bin/python -m pytest -q -m e2e tests/e2e -k pictures

check: $(V)/.dev ## what .ci/run checks before the tests
	$(V)/bin/ruff check .
	$(V)/bin/ruff format --check .
	$(V)/bin/mypy
	$(V)/bin/lint-imports

bench: $(V)/.dev ## feeds/s, articles/s, latency, memory, beside other programs where they are installed
	$(V)/bin/python -m tests.bench $(ARGS)

eval: $(V)/.dev ## recall and precision on the labelled data
	$(V)/bin/python -m tests.eval $(ARGS)

weights: $(V)/.dev ## learn anew what evidence weighs, from the labelled articles (a minute)
	$(V)/bin/python -m tests.eval.learn $(ARGS)

torture: $(V)/.dev ## kill, fill up, break; count what was lost or doubled
	$(V)/bin/python -m tests.torture $(ARGS)

lock: ## pin every dependency anew (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	  --no-emit-index-url pyproject.toml -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	  --no-emit-index-url pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	  --no-emit-index-url --group e2e -c requirements-dev.lock -o requirements-e2e.lock

clean:
	rm -rf $(V) .mypy_cache .ruff_cache .pytest_cache

# A bare Debian has no ensurepip and its pip refuses to install into the system, but pip can install into another
# environment from outside. The lock file names every package, so nothing is resolved (--no-deps): older pips look for
# the newest release of a package that another one wants with an extra, and then refuse it for having no hash.
# The .pth file puts this folder on the environment's path, so nothing has to be built.
define into_venv
	@test -x $(V)/bin/python || $(PY) -m venv $(V) >/dev/null 2>&1 || $(PY) -m venv --clear --without-pip $(V)
	@echo "Installing the pinned packages of $(1) into $(V) (once, about a minute) …"
	@$(PY) -m pip --python $(V)/bin/python install -q --disable-pip-version-check --no-deps --require-hashes -r $(1)
	@echo "$(CURDIR)" > "$$($(V)/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/release-monitor.pth"
	@printf '#!%s\nfrom monitor.cli import main\nmain()\n' "$(CURDIR)/$(V)/bin/python" > $(V)/bin/monitor && chmod +x $(V)/bin/monitor
endef

$(V)/.run: requirements.lock
	$(call into_venv,requirements.lock)
	@touch $@

$(V)/.dev: requirements-dev.lock $(V)/.run
	$(call into_venv,requirements-dev.lock)
	@touch $@

$(V)/.e2e: requirements-e2e.lock $(V)/.dev
	$(call into_venv,requirements-e2e.lock)
	@touch $@
