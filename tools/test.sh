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
# The whole program's longer tests come with --full; the Handbook's looks at
# memory, of which the sanitizer takes its own.
few=(-LE long) fault_ranks=3
[ $full -eq 0 ] || few=() fault_ranks="1 3"
leave='^(mpi|fault)\..*\.[24]$|^program\.handbook$'
[ $full -eq 1 ] || leave="$leave|^program\.(resume|properties|evaluate|faults_(rows|files|output)|portfolio|sparkov|same_bytes|inputs|columns|detect)$"
PARAUDIT_TEST_RANKS=$fault_ranks ctest --preset asan -j2 -E "$leave" "${few[@]}"

if [ $full -eq 1 ]; then
    echo "== the suite without optimisation"
    build debug -DPARAUDIT_WERROR=ON
    ctest --preset debug -j2 -LE long
    echo "== fuzzers, a minute each"
    bash tools/fuzz.sh 60
fi
echo "== the suite"
ctest --preset release -j2 "${few[@]}"
