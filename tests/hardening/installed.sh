#!/usr/bin/env bash
# The installed tree is built and linked as the build tree is.  installed.sh BUILD
set -euo pipefail
build=${1:?usage: installed.sh BUILD}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cmake --install "$build" --prefix "$work/tree" >/dev/null
bash "$PARAUDIT_TEST_SOURCE/tools/hardening.sh" "$work/tree"
