# Sourced by the tests that run the whole program. $PARAUDIT_TEST_PROGRAM and
# $PARAUDIT_TEST_SOURCE come from ctest; each test works in a folder of its own.
set -euo pipefail
program=$PARAUDIT_TEST_PROGRAM
source=$PARAUDIT_TEST_SOURCE
bin=$(dirname "$program")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# As jobs/audit.sbatch does: a processor that is newer than OpenBLAS is taken for a very old one, and each audit says so.
if [ -z "${OPENBLAS_CORETYPE-}" ]; then
    if grep -qw avx512vl /proc/cpuinfo; then export OPENBLAS_CORETYPE=SkylakeX
    elif grep -qw avx2 /proc/cpuinfo; then export OPENBLAS_CORETYPE=Haswell; fi
fi

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

# found [-F -v -x] PATTERN: is it in a line of standard input? Read to its end, unlike by grep -q:
# who is still writing would be killed by SIGPIPE, and pipefail would call that an answer.
found() {
    local count
    count=$(grep -c "$@")
}

# within SECONDS COMMAND...: waits till it succeeds; fails where it does not.
within() {
    local until=$((SECONDS + $1))
    shift
    until "$@"; do
        [ $SECONDS -lt $until ] || return 1
        sleep 0.1
    done
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

# cut_in_a_moment FILE: the generator's rows by the hour, hourly.csv, and those up to one in the middle of a
# moment that several rows share, cut.csv; and a time plan for both, plan.
cut_in_a_moment() {
    plan=(--set split.history_from=2024-01-02 --set split.reference_from=2024-02-20 --set split.train_from=2024-03-20
        --set split.train_until=2024-04-03 --set split.audit_from=2024-04-10 --set split.audit_until=2024-04-30)
    /usr/bin/python3 - "$1" <<'END'
import sys

head, *rows = open(sys.argv[1]).read().splitlines()
at = head.split(",").index("time")


def hourly(row):
    f = row.split(",")
    f[at] = f[at][:13] + ":00:00"
    return ",".join(f)


rows = sorted(map(hourly, rows), key=lambda r: (r.split(",")[at], int(r.split(",")[0])))
open("hourly.csv", "w").write("\n".join([head] + rows) + "\n")
k = next(k for k, r in enumerate(rows) if r.split(",")[at] > "2024-04-15" and
         r.split(",")[at] == rows[k + 2].split(",")[at])
open("cut.csv", "w").write("\n".join([head] + rows[:k + 1]) + "\n")
END
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

# draw_ranks: sets $drawn, the numbers of ranks at which the next case is tried:
# $PARAUDIT_TEST_RANKS, or one and, by turns, two, three and four.
n_drawn=0
draw_ranks() {
    drawn=${PARAUDIT_TEST_RANKS:-1 $((2 + n_drawn % 3))}
    [ -n "${PARAUDIT_TEST_RANKS:-}" ] || n_drawn=$((n_drawn + 1))
}

# expect CODE 'MESSAGE' ARGUMENTS...: what paraudit prints on standard error, and
# the code with which every rank ends, at the numbers of ranks that are drawn. Five minutes are
# a hang, on a machine that others load as well.
# A case that fails is told and counted; the script ends with `all_expected`.
n_unexpected=0
expect() {
    local code=$1 message=$2 ranks codes
    shift 2
    draw_ranks
    for ranks in $drawn; do
        rm -f code.*
        if [ "$ranks" -eq 1 ]; then
            # Alone, as most people try it: mpirun takes longer to start than a small book to be audited.
            timeout 300 "$program" "$@" </dev/null >stdout 2>stderr && echo 0 >code.0 || echo $? >code.0
        else
            # Exit codes go around mpirun, which waits a second where one is not 0.
            timeout 300 mpirun -n "$ranks" sh -c '"$@"; echo $? >code.$OMPI_COMM_WORLD_RANK' - "$program" "$@" \
                </dev/null >stdout 2>stderr || true
        fi
        codes=$({ cat code.* 2>/dev/null || true; } | tr '\n' ' ')
        if [ "$codes" != "$(yes "$code" | head -n "$ranks" | tr '\n' ' ')" ] || ! answered "$message"; then
            echo "at $ranks ranks: paraudit $*"
            echo "  expected $code: paraudit: $message"
            echo "  got ${codes:-no end}: $(grep -am1 paraudit: stderr || head -n 3 stderr)"
            n_unexpected=$((n_unexpected + 1))
        fi
    done
}

# Is this, to the letter, the one line of paraudit's? MESSAGE "": it says nothing.
# $sizes: what sed should do to figures that may change.
sizes=
answered() {
    [ "$(grep -a '^paraudit: ' stderr | sed "$sizes")" = "${1:+paraudit: $1}" ]
}

all_expected() {
    [ "$n_unexpected" -eq 0 ] || fail "$n_unexpected answers were not as expected"
}
