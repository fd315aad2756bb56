# Two commands do everything: `make run` and `make test`. Set-up is included.
PY ?= python3
VENV := .venv
STAMP := $(VENV)/.ready
EXTRAS := ocr dev

# Half of the start-up time of Dagster and Great Expectations is compiling their source: compiled once at set-up, kept for our own code.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup run test lint check accuracy clean lock

setup: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@test -x $(VENV)/bin/python || $(PY) -m venv $(VENV)
	@$(VENV)/bin/python -m uv --version >/dev/null 2>&1 || $(VENV)/bin/python -m pip install --quiet uv
	@$(VENV)/bin/python -m uv pip sync --quiet --compile-bytecode --python $(VENV)/bin/python --require-hashes requirements.lock
	@$(VENV)/bin/python -m uv pip install --quiet --python $(VENV)/bin/python --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

run: setup
	@$(VENV)/bin/juesuan first-run

test: setup
	@$(VENV)/bin/ruff check pipelines tests benchmarks
	@$(VENV)/bin/ruff format --check pipelines tests benchmarks
	@$(VENV)/bin/mypy
	@$(VENV)/bin/pytest

lock:
	$(VENV)/bin/python -m uv pip compile pyproject.toml --extra ocr --extra dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --output-file requirements.lock

# docs/accuracy.md anew; needs the real reports in ../shared
accuracy: setup
	@$(VENV)/bin/python -m benchmarks.accuracy.page
