# Sourced by the tests that run the whole program. $PARAUDIT_TEST_PROGRAM and
# $PARAUDIT_TEST_SOURCE come from ctest; each test works in a folder of its own.
set -euo pipefail
program=$PARAUDIT_TEST_PROGRAM
source=$PARAUDIT_TEST_SOURCE
bin=$(dirname "$program")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

# on RANKS PROGRAM ...: under mpirun, nothing read from standard input.
on() {
    local ranks=$1
    shift
    mpirun -n "$ranks" "$@" </dev/null
}

# portfolio FILE ROWS [generate options]
portfolio() {
    local file=$1 rows=$2
    shift 2
    "$program" generate --rows "$rows" --out "$file" "$@"
}

# audit RANKS OUT FILE [more --set ...]: with the generator's columns.
audit() {
    local ranks=$1 out=$2 file=$3
    shift 3
    on "$ranks" "$program" audit "$source/jobs/quickstart.ini" --quiet --out "$out" --set input.files="$file" "$@"
}

same() {
    cmp "$1" "$2" || fail "$1 and $2 differ"
}
