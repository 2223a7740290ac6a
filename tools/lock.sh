#!/usr/bin/env bash
# Write the lock files from pyproject.toml: exact versions, hashes of every platform, no index address.
# Run by hand after a change of dependencies; `tools/lock.sh --upgrade` takes the newest versions.
set -euo pipefail
cd "$(dirname "$0")/.."
uv=.venv/bin/uv

lock() {
    local out=$1
    shift
    "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-header --no-annotate --output-file "$out" "$@"
    if grep -nE '://|--(extra-)?index|--find-links|--trusted-host' "$out"; then
        echo "$out names a host" >&2
        exit 1
    fi
}

run_time=(--extra postgres --extra redis --extra uvloop --group build)
lock requirements.lock pyproject.toml "${run_time[@]}" "$@"
lock requirements-dev.lock pyproject.toml "${run_time[@]}" --group dev --constraint requirements.lock "$@"
lock requirements-assets.lock --group assets "$@"
