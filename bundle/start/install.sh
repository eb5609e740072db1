#!/bin/sh
# Installs jixiao for this machine's Python (3.11 to 3.13) into the folder "jixiao" beside this file; no network is needed.
set -eu
cd "$(dirname "$0")"
python=${PYTHON:-python3}
"$python" -m venv jixiao
jixiao/bin/python -m pip install --quiet --disable-pip-version-check --no-index --find-links . --require-hashes -r requirements.txt
jixiao/bin/jixiao --version
echo "OK: $PWD/jixiao/bin/jixiao"
