#!/bin/sh
# make_venv.sh FOLDER LIST: an environment from a pinned list, with nothing but a Python 3.11, 3.12 or 3.13.
# `make` calls it when needed.
set -eu
cd "$(dirname "$0")/.."
venv=$1
list=$2

right='import sys; raise SystemExit(sys.version_info[:2] not in ((3, 11), (3, 12), (3, 13)))'
python=
if [ -n "${PYTHON:-}" ]; then set -- "$PYTHON"; else set -- python3 python3.13 python3.12 python3.11 python; fi
for candidate in "$@"; do
    # Run it, since a shim on the PATH may stand for a version that is not there.
    if "$candidate" -c "$right" 2>/dev/null; then python=$candidate; break; fi
done
if [ -z "$python" ]; then
    found=$("${PYTHON:-python3}" --version 2>/dev/null || echo "no Python at all")
    echo "This course needs Python 3.11, 3.12 or 3.13 (TensorFlow has no wheels beyond) and found $found: install one, or name it with make PYTHON=/path/to/python3.12." >&2
    exit 1
fi

# An environment of another place (the course was moved or copied: it would import the old place's helpers), or of
# another Python, is made anew. `ready` holds the place; the Makefile compares it at every target.
here=$(pwd -P)
if [ -e "$venv" ] && ! { [ "$(cat "$venv"/ready 2>/dev/null)" = "$here" ] \
    && "$venv"/bin/python -c "$right" && "$venv"/bin/python -m pip --version; } >/dev/null 2>&1; then
    rm -rf "$venv"
fi
if [ ! -e "$venv" ] && ! "$python" -m venv "$venv"; then
    rm -rf "$venv"
    echo "Python could not make a virtual environment: on Debian and Ubuntu, apt install python3-venv, then try again." >&2
    exit 1
fi

echo "Installing the course's packages into $venv (once; about a minute) …"
"$venv"/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$list"
"$venv"/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
# JupyterLab without news, and without kernels that outlive their tab and hold its memory.
mkdir -p "$venv"/share/jupyter/lab/settings
cat > "$venv"/share/jupyter/lab/settings/overrides.json <<'SETTINGS'
{
  "@jupyterlab/apputils-extension:notification": {"fetchNews": "false"},
  "@jupyterlab/notebook-extension:tracker": {"kernelShutdown": true}
}
SETTINGS
echo "$here" > "$venv"/ready
