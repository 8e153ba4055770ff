#!/usr/bin/env bash
# Installs what is missing, builds, runs the checkers and the whole suite.
#   bash tools/test.sh [--full]     --full adds the long tests
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
full=0
for argument in "$@"; do
    case $argument in
    --full) full=1 ;;
    *) echo "usage: bash tools/test.sh [--full]" >&2; exit 64 ;;
    esac
done

install_packages run test

echo "== release build, warnings are errors"
build release -DPARAUDIT_WERROR=ON
echo "== checkers"
bash tools/lint.sh build/release
echo "== address and undefined-behaviour sanitizers, 1 and 3 ranks"
build asan -DPARAUDIT_WERROR=ON
ctest --preset asan -j2 -E '^(mpi|fault)\..*\.[24]$|^program\.(resume|properties|handbook)$' -LE long

echo "== the suite"
if [ $full -eq 1 ]; then
    ctest --preset release -j2
else
    ctest --preset release -j2 -LE long
fi
