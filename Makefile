# Thin on purpose: each target is one command of the course's own environment.
# Everything is relative, so that a path with a space in it works.

ARGS ?=
LESSONS := $(wildcard notebooks/[0-9]*.ipynb)
SOLUTIONS := $(wildcard notebooks/solutions/[0-9]*.ipynb)
RUN := .venv/bin/python
PYTEST := $(RUN) -m pytest -n 2 --dist loadscope --nbval-lax --nbval-current-env --nbval-cell-timeout=600
# JupyterLab refuses root, which is who one is in most containers; the token stays on.
ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)

.PHONY: help lab test test-data lint notebooks exercises lesson copy handout results teaching budget bench robust mutate elsewhere data site test-site lock
.DEFAULT_GOAL := help

help:  ## show this list
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

lab: .venv/ready  ## open JupyterLab on lesson 1 (ARGS="--no-browser --port 8899" passes arguments on)
	cd notebooks && ../.venv/bin/python -m jupyterlab --LabApp.default_url=/lab/tree/01_dark_matter_detection.ipynb $(ROOT) $(ARGS)

test: .venv/ready  ## run everything: helpers, lessons, solutions, the course's own tests
	$(PYTEST) $(LESSONS) $(SOLUTIONS) tests

lint: .venv/ready  ## check style
	$(RUN) -m ruff check . && $(RUN) -m ruff format --check .

notebooks: .venv/ready  ## run the lessons and write their stored outputs (set COURSE_DATA_MIRROR for real data)
	$(RUN) tools/notebooks.py $(ARGS)

exercises: .venv/ready  ## make the exercise notebooks from the solutions
	$(RUN) tools/exercises.py

lesson: .venv/ready  ## lay down a new lesson from the template (NAME=13_my_subject)
	$(RUN) tools/new_lesson.py $(NAME)

copy: .venv/ready  ## lay copies of lessons and exercises into my/, for you to change; yours are never overwritten
	$(RUN) tools/copy_lessons.py

handout: .venv/ready  ## make build/faint-signals-VERSION.zip for a class: everything but solutions and wrong answers
	$(RUN) tools/handout.py $(ARGS)

results: .venv/ready  ## write the README's results table from the stored claims
	$(RUN) tools/results.py

teaching: .venv/ready  ## write the teaching kit's timetables and paths from the lessons
	$(RUN) tools/teaching.py

budget: .venv/ready  ## measure each lesson's minutes and memory and write them into its contract
	$(RUN) tools/notebooks.py --budget $(ARGS)

bench: .venv/ready  ## measure the helpers' speed beside a peer's, one table
	$(RUN) tools/bench.py

robust: .venv/ready  ## run every lesson for COURSE_SEED = 1 … 8, at 1 every cell twice (cached: only what changed runs again)
	$(RUN) tools/robust.py $(ARGS)

mutate: .venv/ready  ## plant small errors in the helpers and see which test or lesson notices (hours; resumable)
	$(RUN) tools/mutate.py $(ARGS)

elsewhere: .venv/ready  ## run a lesson and tests without a network, read-only, in other locales, paths, two at once
	$(RUN) tools/elsewhere.py $(ARGS)

data: .venv-build/ready  ## rebuild or resume the molecular data set (hours; safe to stop at any moment)
	.venv-build/bin/python tools/molecules/make.py $(ARGS)
	.venv-build/bin/python tools/molecules/card.py

test-data: .venv-build/ready  ## recompute samples of the molecular data set (minutes)
	OMP_NUM_THREADS=1 .venv-build/bin/python -m pytest -q tools/molecules/tests

site: .venv-site/ready  ## build the course's pages into build/site, offline
	.venv-site/bin/python tools/site/make.py $(ARGS)

test-site: site .venv/ready  ## look at the pages and at JupyterLab in a real browser (skips where there is no Chromium)
	.venv-site/bin/python -m pytest -q tools/site/tests

LOCK := uv pip compile --universal --fork-strategy fewest --generate-hashes --no-emit-index-url --no-header \
	--python-version 3.11
PYTHONS := 3.11 3.12 3.13
PLATFORMS := x86_64-unknown-linux-gnu aarch64-unknown-linux-gnu aarch64-apple-darwin x86_64-pc-windows-msvc
lock:  ## make both lists anew from pyproject.toml, and ask for wheels on every platform (needs uv)
	$(LOCK) -o requirements.txt pyproject.toml
	$(LOCK) -o tools/molecules/requirements.txt --group build
	$(LOCK) -o tools/site/requirements.txt --group site
	for python in $(PYTHONS); do for platform in $(PLATFORMS); do echo "wheels for $$platform, $$python"; \
	uv pip install --quiet --dry-run --no-deps --only-binary :all: --target .cache/nowhere \
	--python-version $$python --python-platform $$platform -r requirements.txt || exit 1; done; done

# Moved or copied since it was made: the environment belongs to another place, and is made anew.
ifneq "$(shell cat .venv/ready 2>/dev/null)" "$(CURDIR)"
.PHONY: .venv/ready
endif
ifneq "$(shell cat .venv-build/ready 2>/dev/null)" "$(CURDIR)"
.PHONY: .venv-build/ready
endif
ifneq "$(shell cat .venv-site/ready 2>/dev/null)" "$(CURDIR)"
.PHONY: .venv-site/ready
endif

.venv/ready: requirements.txt pyproject.toml tools/make_venv.sh
	@sh tools/make_venv.sh .venv requirements.txt

.venv-build/ready: tools/molecules/requirements.txt pyproject.toml tools/make_venv.sh
	@sh tools/make_venv.sh .venv-build tools/molecules/requirements.txt

.venv-site/ready: tools/site/requirements.txt pyproject.toml tools/make_venv.sh
	@sh tools/make_venv.sh .venv-site tools/site/requirements.txt
