#!/usr/bin/env bash
# The same portfolio, plain, compressed, in parts of all kinds and as the result of
# an earlier audit, gives the same audit.
source "$(dirname "$0")/common.sh"
# Stages that learn see columns, whatever the file was: a few trees and rounds of each.
export PARAUDIT_BOOSTING_ROUNDS=10 PARAUDIT_IFOREST_TREES=20
portfolio p.csv 4000
gzip -nk p.csv
zstd -q p.csv
audit 2 plain p.csv

# Every dataset but those that tell of the input files, and the plan, which says what they are like.
alike() {
    /usr/bin/python3 - "$1" "$2" <<'PYTHON'
import sys

import h5py

a, b = (h5py.File(path) for path in sys.argv[1:])
names = []
a.visititems(lambda name, o: names.append(name) if isinstance(o, h5py.Dataset) else None)
wrong = [n for n in names if not n.startswith("inputs/") and n != "config/time_plan" and
         (n not in b or a[n].dtype != b[n].dtype or a[n][()].tobytes() != b[n][()].tobytes())]
if wrong or len(names) < 100:
    sys.exit(f"{len(names)} datasets, of which differ: {wrong}")
PYTHON
}

audit 3 gz p.csv.gz
alike plain/audit.h5 gz/audit.h5 || fail "the audit of p.csv.gz differs"
audit 2 zst p.csv.zst
alike plain/audit.h5 zst/audit.h5 || fail "the audit of p.csv.zst differs"
audit 3 again plain/audit.h5
alike plain/audit.h5 again/audit.h5 || fail "the audit of a result differs"

# And so does the portfolio in other encodings, some names of which hold letters of theirs.
sed '2,$s/,M/,Caf\xc3\xa9 M/' p.csv >letters.csv
cmp -s p.csv letters.csv && fail "no name has got a letter"
audit 2 letters letters.csv
{ printf '\xff\xfe'; iconv -f UTF-8 -t UTF-16LE letters.csv; } >le.csv
iconv -f UTF-8 -t UTF-16BE letters.csv >be.csv
gzip -c le.csv >le.gz
ranks=1
for file in le.csv be.csv le.gz; do
    on $ranks "$program" audit "$source/jobs/quickstart.ini" --out coded --set input.files=$file 2>told
    alike letters/audit.h5 coded/audit.h5 || fail "the audit of $file differs"
    grep -q "^note: $file is read as UTF-16[LB]E$" told || fail "the encoding of $file is not told"
    ranks=$((ranks + 1))
    rm -r coded
done
# The key is part of the result, but a mark outweighs it.
iconv -f UTF-8 -t WINDOWS-1252 letters.csv >ansi.csv
{ printf '\xef\xbb\xbf'; cat letters.csv; } >marked.csv
audit 1 marked marked.csv --set input.encoding=windows-1252
audit 3 ansi ansi.csv --set input.encoding=windows-1252
alike marked/audit.h5 ansi/audit.h5 || fail "the audit of ansi.csv differs"

head -n 1500 p.csv >x-1
{ head -n 1 p.csv; sed -n '1501,2600p' p.csv; } | gzip >x-2
{ head -n 1 p.csv; sed -n '2601,$p' p.csv; } | zstd -q >x-3
audit 2 parts 'x-*'
alike plain/audit.h5 parts/audit.h5 || fail "the audit of parts differs"

# One file by several names is read once, and the log says so.
ln p.csv hard.csv
ln -s p.csv soft.csv
audit 2 linked 'p.csv ./p.csv hard.csv soft.csv'
alike plain/audit.h5 linked/audit.h5 || fail "the audit of links differs"
grep -q 'p.csv is the same file as hard.csv: it is read once' linked/log.txt || fail "the log does not tell of the links"

# verify finds the inputs of every kind, and tells those of one name apart.
"$program" verify gz --inputs . >/dev/null
"$program" verify zst --inputs . >/dev/null
on 2 "$program" verify again --inputs plain >/dev/null
mkdir one two
cp x-1 one/x
cp x-2 two/x
audit 2 twins 'two/x one/x'
"$program" verify twins --inputs two --inputs one >/dev/null
"$program" verify twins --inputs two one >/dev/null || fail "two folders behind one --inputs"
"$program" verify --inputs two one twins >/dev/null || fail "the result behind the folders of --inputs"
rc=0; "$program" verify twins --inputs two 2>message || rc=$?
[ $rc -eq 65 ] && grep -q 'several audited files have this name: give the folder of each by --inputs' message ||
    fail "verify of twins: $rc, $(cat message)"
rc=0; "$program" verify twins --inputs gz 2>message || rc=$?
[ $rc -eq 66 ] && grep -q '^paraudit: x: not in the folders of --inputs' message || fail "verify without inputs: $rc, $(cat message)"

# A job that ended before its first checkpoint, here by a wrong column, is resumed
# from another folder; the first one has a blank in its name.
mkdir 'in here' elsewhere
mv x-1 x-2 x-3 'in here'
rc=0
(cd 'in here' && "$program" audit "$source/jobs/quickstart.ini" --quiet --out ../left \
    --set input.files='x-[12] ./x-3' --set input.label=absent 2>/dev/null) || rc=$?
[ $rc -eq 65 ] || fail "a column that is absent: exit code $rc"
[ -e left/checkpoint/job.ini ] || fail "there is no job to resume"
sed -i 's/^label = absent$/label = label/' left/checkpoint/job.ini
(cd elsewhere && on 2 "$program" resume ../left --quiet)
same parts/audit.h5 left/audit.h5
! grep -q 'in here' left/audit.h5 || fail "the result holds a path"

# What is cut short is named.
head -c 20000 p.csv.zst >cut.zst
head -c 20000 p.csv.gz >cut.gz
for ranks in 1 3; do
    kind=$([ $ranks = 1 ] && echo gz || echo zst)
    rc=0; audit $ranks bad cut.$kind 2>message || rc=$?
    [ $rc -eq 65 ] && grep -q "^paraudit: cut.$kind: the compressed data ends early (byte 20000 of the file): cut short?" message ||
        fail "cut.$kind at $ranks ranks: $rc, $(cat message)"
done
