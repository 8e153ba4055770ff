#!/usr/bin/env bash
# HDF5 files that no audit writes, as inputs and as results: errors of the data that say what is
# wrong, in bounded time and without a crash, or else of use; nothing outside of them is read.
source "$(dirname "$0")/common.sh"
portfolio good.csv 2000
audit 2 out good.csv
/usr/bin/python3 "$source/tests/program/hostile.py" out/audit.h5 >kinds

# answer RANKS KIND PATTERN ARGUMENTS...: PATTERN `-`: exit code 0.
answer() {
    local ranks=$1 kind=$2 pattern=$3 rc=0
    shift 3
    if [ "$ranks" -gt 1 ]; then
        on "$ranks" timeout 120 "$program" "$@" >stdout 2>stderr || rc=$?
    else
        timeout 120 "$program" "$@" </dev/null >stdout 2>stderr || rc=$?
    fi
    if [ "$pattern" = - ] && [ $rc -eq 0 ]; then return; fi
    if [ $rc -eq 65 ] && grep -aqE "^paraudit: .*$pattern" stderr; then return; fi
    echo "$kind at $ranks ranks: paraudit $*"
    echo "  expected: $pattern"
    echo "  got $rc: $(grep -am1 paraudit: stderr || head -n 3 stderr)"
    n_unexpected=$((n_unexpected + 1))
}

printf '[input]\npreset = generic\n[iforest]\ntrees = 5\n[job]\nleave_out = patterns,embedding,expected,forecast,ecod,boosting\n' >book.ini
number=0
while read -r what kind pattern; do
    number=$((number + 1))
    ranks=$((number % 5 ? 1 : 3))
    case $what in
    inputs) answer "$ranks" "$kind" "$pattern" audit book.ini --quiet --out "o_$kind" --set input.files="inputs/$kind.h5" ;;
    results) answer "$ranks" "$kind" "$pattern" evaluate "results/$kind" ;;
    forged) answer "$ranks" "$kind" "$pattern" verify "forged/$kind" ;;
    esac
done <kinds
[ $number -gt 60 ] || fail "only $number kinds were made"
all_expected
