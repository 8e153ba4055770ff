#!/usr/bin/env bash
# The generator's portfolio: what later stages are judged on is frozen, and one
# set of rows comes out whatever the ranks, the parts and the compression.
source "$(dirname "$0")/common.sh"
command -v zstd >/dev/null || { echo "SKIPPED: zstd is missing"; exit 77; }
frozen=d6393ecc5b3ee0888a6f3b2aeff500c0e424e3b1e38408edd5967c086c8509ab

# generated RANKS ARGUMENTS...: one rank without mpirun, which takes its time.
generated() {
    local ranks=$1
    shift
    if [ "$ranks" = 1 ]; then "$program" generate "$@"; else on "$ranks" "$program" generate "$@"; fi
}

portfolio book.csv 1000000
[ "$(sha256sum <book.csv)" = "$frozen  -" ] || fail "the default portfolio changed: $(sha256sum <book.csv)"
rows=$(($(wc -l <book.csv) - 1))
[ $rows -gt 980000 ] && [ $rows -lt 1020000 ] || fail "$rows rows for 1000000"

# As many shops as asked for, about: towns have at least one of each kind.
merchants() { tail -n +2 "$1" | cut -d, -f3 | sort -u | wc -l; }
generated 1 --rows 60000 --merchants 2000 --out many.csv
generated 1 --rows 60000 --merchants 300 --out few.csv
[ "$(merchants many.csv)" -gt 1500 ] && [ "$(merchants many.csv)" -lt 2200 ] || fail "$(merchants many.csv) merchants for 2000"
[ "$(merchants few.csv)" -lt 800 ] || fail "$(merchants few.csv) merchants for 300"

# bare FILES...: the rows without the headers.
bare() { for file; do tail -n +2 "$file"; done; }

for ranks in 1 3; do
    generated $ranks --rows 60000 --out "whole$ranks.csv"
    generated $ranks --rows 60000 --out "whole$ranks.csv.zst"
    generated $ranks --rows 60000 --parts 4 --out "four$ranks.csv"
    generated $ranks --rows 60000 --parts 3 --out "three$ranks.csv.zst"
    # Fewer accounts than parts.
    generated $ranks --rows 300 --parts 9 --out "nine$ranks.csv"
done
for file in whole1.csv whole1.csv.zst four1-000{1..4}.csv three1-000{1..3}.csv.zst nine1-000{1..9}.csv; do
    same "$file" "${file/1/3}"
done
zstd -dcq whole1.csv.zst | cmp - whole1.csv || fail "the compressed file is another one"
bare whole1.csv | cmp - <(bare four1-000?.csv) || fail "the rows of four parts"
for i in 1 2 3; do zstd -dq "three1-000$i.csv.zst"; done
bare whole1.csv | cmp - <(bare three1-000?.csv) || fail "the rows of three compressed parts"
[ "$(head -qn 1 ./*1-000?.csv | sort -u)" = "$(head -n 1 whole1.csv)" ] || fail "a part without its header"
[ "$(echo four1*)" = "four1-0001.csv four1-0002.csv four1-0003.csv four1-0004.csv" ] || fail "names of parts"

# The same rows by time, then by their numbers.
for ranks in 1 3; do generated $ranks --rows 60000 --order time --out "time$ranks.csv"; done
same time1.csv time3.csv
head -n 1 whole1.csv | cmp - <(head -n 1 time1.csv) || fail "the header of rows by time"
bare whole1.csv | LC_ALL=C sort -t, -k8,8 -k1,1n | cmp - <(bare time1.csv) || fail "rows by time are others"

# refused CODE MESSAGE ARGUMENTS...: at 1 and 3 ranks.
refused() {
    local code=$1 message=$2 rc
    shift 2
    for ranks in ${PARAUDIT_TEST_RANKS:-1 3}; do
        rc=0
        generated "$ranks" --rows 5000 "$@" 2>stderr || rc=$?
        [ $rc -eq "$code" ] && grep -qxF "paraudit: $message" stderr || fail "generate $*: $rc, $(cat stderr)"
    done
}
refused 73 "nowhere/p.csv: No such file or directory" --out nowhere/p.csv
refused 73 "nowhere/p-0001.csv.zst: No such file or directory" --parts 2 --out nowhere/p.csv.zst
refused 74 "/dev/full: cannot write: No space left on device" --out /dev/full
refused 64 "p.csv.gz: gzip is read, not written: let it end in .csv or .zst" --out p.csv.gz
refused 64 "--order 'size' is neither account nor time" --order size --out p.csv
refused 64 "--order time writes one plain file: leave out --parts and .zst, and pack it afterwards" --order time --out p.csv.zst
refused 64 "--parts must be from 1 to 9999" --parts 0 --out p.csv
refused 64 "--parts 'x' is not a whole number" --parts x --out p.csv

# It can be read.
audit 1 out "nine1-000?.csv"
"$program" generate --help | found compromised_merchant || fail "--help does not name the kinds"
# A run that is killed leaves nothing that passes for a portfolio.
timeout -s KILL 2 "$program" generate --rows 100000000 --out killed.csv 2>/dev/null || true
[ ! -e killed.csv ] || fail "a cut portfolio has its final name"
