#!/usr/bin/env bash
# Installs what is missing, builds, runs the suite.
#   bash tools/test.sh           a first run: the release build and its tests
#   bash tools/test.sh --all     what CI runs: checkers, sanitizers and heavy tests too
#   bash tools/test.sh --full    and the long tests, a debug build, the fuzzers: an hour
# Which tests run when is said by their labels, next to each test (tests/CMakeLists.txt).
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
tier=first
case "$#:${1:-}" in
0:) ;;
1:--all) tier=all ;;
1:--full) tier=full ;;
*) echo "usage: bash tools/test.sh [--all | --full]" >&2; exit 64 ;;
esac
# Most tests wait for mpirun more than they compute.
jobs=$(($(nproc) + 1))

kinds=(run test)
[ $tier = first ] || kinds+=(check)
install_packages "${kinds[@]}"

echo "== release build, warnings are errors"
build release -DPARAUDIT_WERROR=ON

if [ $tier != first ]; then
    echo "== checkers"
    bash tools/lint.sh build/release
    echo "== address and undefined-behaviour sanitizers, and leaks"
    build asan -DPARAUDIT_WERROR=ON
    sanitized='^sanitize$' fault_ranks=3
    [ $tier != full ] || sanitized='^sanitize' fault_ranks="1 3"
    PARAUDIT_TEST_RANKS=$fault_ranks ctest --preset asan -j"$jobs" -L "$sanitized"
fi
if [ $tier = full ]; then
    echo "== the suite without optimisation"
    build debug -DPARAUDIT_WERROR=ON
    ctest --preset debug -j"$jobs" -LE long
    echo "== fuzzers, a minute each"
    bash tools/fuzz.sh 60
fi
echo "== the suite"
case $tier in
first) leave=(-LE 'heavy|long') ;;
all) leave=(-LE long) ;;
full) leave=() ;;
esac
ctest --preset release -j"$jobs" "${leave[@]}"
