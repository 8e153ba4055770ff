#!/usr/bin/env bash
# Format, layers, clang-tidy and cppcheck over the tree.  bash tools/lint.sh BUILD
# (BUILD holds compile_commands.json). Silent when all is well.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=${1:?usage: bash tools/lint.sh BUILD}
log=$(mktemp)
trap 'rm -f "$log"' EXIT

git ls-files '*.c' '*.h' | xargs clang-format --dry-run --Werror

bash tools/layers.sh "$build"

# Under pipefail, a writer that grep -q leaves behind fails the test now and then: `found` reads on.
if git ls-files 'tests/program/*.sh' | xargs cat | tr '\n' '\r' | grep -oaE '[^|]\|[[:space:]]*grep -[a-zA-Z]*q[^\r]*' | tr '\r' '\n'; then
    echo "tests/program: say \`| found\` (common.sh) for these" >&2
    exit 1
fi

# tidy [option ...]: clang-tidy of the files on standard input.
tidy() {
    xargs -P "$(nproc)" -n 4 clang-tidy -p "$build" --quiet --warnings-as-errors='*' "$@" \
        >"$log" 2>&1 || { grep -v 'warnings generated' "$log"; exit 1; }
}
# The analyzer walks all paths of a file, which takes nearly all of the time, for one checker, which
# speaks of calls of MPI alone: files that name nothing of MPI are spared it. (Without it clang's own
# warnings, which are the compiler's business, would be errors.)
git grep -lE 'MPI_|mpi\.h' -- 'src/*.c' | tidy
git grep -LE 'MPI_|mpi\.h' -- 'src/*.c' | tidy --checks='-clang-analyzer-*' --extra-arg=-Wno-error

git ls-files 'src/*.c' | xargs cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr \
    --suppress=missingIncludeSystem --suppress=unknownMacro --error-exitcode=1 -I include -D_POSIX_C_SOURCE=200809L -j "$(nproc)" \
    >"$log" 2>&1 || { cat "$log"; exit 1; }
