# One-word commands for people: each builds .venv first when it is not there or its inputs changed.
# Plain POSIX make. PYTHON=… chooses the interpreter; uv is used when it is there, else venv and pip.

PYTHON =
VENV = .venv
STAMP = $(VENV)/.installed
BIN = $(VENV)/bin
OUT = dorsi-out
CLIPS = samples

help:
	@echo 'make demo    measure a sample clip and say where the results lie'
	@echo 'make screen  the whole screen of five sample clips: both legs, both toes, a squat'
	@echo 'make serve   the pages, with the sample clips in the inbox, in your browser'
	@echo 'make test    run every test'
	@echo 'make check   lint and types;  make lint, make types: one of them'
	@echo 'make bench   accuracy on CLIPS=samples (a folder of clips with truth)'
	@echo 'make docs    make anew what docs/ holds that code makes: pictures, commands, tables, schemas'
	@echo 'make hooks   run lint and types before each commit (needs pre-commit)'
	@echo 'make clean   remove .venv, dorsi-out and caches'

demo: $(STAMP)
	$(BIN)/dorsi demo --out $(OUT)/demo

screen: $(STAMP)
	$(BIN)/dorsi screen --left samples/left_lunge.mp4 --right samples/right_lunge.mp4 \
		--left-toe samples/left_big_toe.mp4 --right-toe samples/right_big_toe.mp4 \
		--squat samples/squat.mp4 --profile samples/answers.toml --out $(OUT)

serve: $(STAMP)
	$(BIN)/dorsi serve --samples --data $(OUT)/serve

test: $(STAMP)
	$(BIN)/python -m pytest -n auto --dist worksteal

check: lint types

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy

bench: $(STAMP)
	$(BIN)/python -m bench.accuracy $(CLIPS)

docs: $(STAMP)
	$(BIN)/python -m docs

hooks: $(STAMP)
	pre-commit install

clean:
	rm -rf $(VENV) $(OUT) bench/out build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

# Before anything else is done, and each time: it takes a moment.
system:
	@PYTHON='$(PYTHON)' tools/system_packages.sh

# Build tools come first and from the same pins, so that building Dorsi itself needs no second look-up.
$(STAMP): pyproject.toml constraints.txt | system
	@set -e; \
	rm -rf $(VENV); \
	uv=; if command -v uv >/dev/null 2>&1; then uv=yes; fi; \
	enough='import sys; sys.exit(sys.version_info < (3, 11))'; \
	if [ -z "$$uv" ]; then enough="import ensurepip, venv; $$enough"; fi; \
	python=; \
	for name in $(PYTHON) python3.13 python3.12 python3.11 python3; do \
		if "$$name" -c "$$enough" >/dev/null 2>&1; then python=$$name; break; fi; \
	done; \
	if [ -n "$$uv" ]; then \
		uv venv --quiet --python "$${python:-3.13}" $(VENV); \
		install="uv pip install --quiet --python $(BIN)/python"; \
	elif [ -n "$$python" ]; then \
		"$$python" -m venv $(VENV); \
		install="$(BIN)/python -m pip install --quiet --disable-pip-version-check"; \
	else \
		echo 'Dorsi needs Python 3.11 or newer with its venv module (on Debian: apt-get install python3 python3-venv),' >&2; \
		echo 'or uv. Have it elsewhere? make demo PYTHON=/path/to/python' >&2; \
		exit 1; \
	fi; \
	echo 'Installing Dorsi into $(VENV), once; this takes a minute or two.'; \
	$$install -c constraints.txt hatchling editables; \
	$$install -c constraints.txt --no-build-isolation -e '.[web,batch,cluster,postgres,dev]'; \
	touch $(STAMP)

.PHONY: help system demo screen serve test check lint types bench docs hooks clean
