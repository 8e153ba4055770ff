#!/usr/bin/env bash
# Files that `generate` and `detect` would write over stay; standard output that cannot be
# written is an error, and one that nobody reads is none.
source "$(dirname "$0")/common.sh"
source "$source/tests/program/small_book.sh"
portfolio p.csv 3000
audit 1 whole p.csv
echo precious >victim

# ---- generate, detect ----------------------------------------------------------------------
stand="is there already: name another file, or have it replaced by --replace"
for command in "generate --rows 1000" "detect matrix.csv --trees 3"; do
    seq 30 | sed 's/$/,1/; 1i a,b' >matrix.csv
    echo precious >out.csv
    expect 73 "out.csv: $stand" $command --out out.csv
    [ "$(cat out.csv)" = precious ] && [ ! -e out.csv.paraudit.part ] || fail "$command: touched out.csv"
    ln -s victim out.csv.paraudit.part
    PARAUDIT_TEST_RANKS=2 expect 73 "out.csv.paraudit.part: is there, and no file that paraudit has left: move it away" $command --out out.csv --replace
    [ "$(cat out.csv victim)" = "precious
precious" ] && [ -L out.csv.paraudit.part ] || fail "$command: touched a planted link"
    rm out.csv.paraudit.part
    on 2 "$program" $command --out out.csv --replace >/dev/null
    [ "$(wc -l <out.csv)" -gt 20 ] || fail "$command: --replace has replaced nothing"
done
echo precious >part-0002.csv
PARAUDIT_TEST_RANKS=2 expect 73 "part-0002.csv: $stand" generate --rows 1000 --parts 3 --out part.csv
[ "$(ls part-*)" = part-0002.csv ] || fail "left: $(ls part-*)"

# unread PROGRAM ...: its exit code, when nobody reads what it says; an audit says it on
# standard error.
unread() {
    (
        set +e
        if [ "$2" = audit ]; then "$@" 2>&1; else "$@"; fi
        echo $? >code
    ) | true || true
    cat code
}

# ---- standard output ------------------------------------------------------------------------
lost="standard output: cannot write: No space left on device"
for command in "evaluate whole" "evaluate whole --json" "verify whole" "--version" "check audit.ini --out fresh"; do
    rc=0; "$program" $command >/dev/full 2>said || rc=$?
    [ $rc -eq 74 ] && grep -q "^paraudit: standard output: cannot write" said || fail "$command >/dev/full: $rc, $(cat said)"
    # A reader that has seen enough is no error; nothing is said.
    rc=$(unread "$program" $command 2>said)
    [ $rc -eq 141 ] && [ ! -s said ] || fail "$command | true: $rc, $(cat said)"
done
rc=0; "$program" --version >/dev/full 2>said || rc=$?
grep -qxF "paraudit: $lost" said || fail "--version >/dev/full: $(cat said)"
rc=0; "$program" evaluate whole >&- 2>said || rc=$?
[ $rc -eq 74 ] || fail "evaluate >&-: $rc, $(cat said)"
# An audit does not end with whoever read its progress.
rm -rf piped
rc=$(unread "$program" audit "$source/jobs/quickstart.ini" --out piped --set input.files=p.csv)
[ $rc -eq 0 ] && same whole/audit.h5 piped/audit.h5 || fail "an audit of which nobody reads: $rc"
all_expected
