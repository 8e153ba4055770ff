#!/usr/bin/env bash
# Paths in a configuration start at its folder, those of --set and the environment at the one
# that paraudit runs in. However the same files are named, the result has the same bytes.
source "$(dirname "$0")/common.sh"
portfolio p.csv 4000
header=$(head -n 1 p.csv)
mkdir -p book/jobs book/zz 'book/k b' elsewhere
head -n 1500 p.csv >book/zz/x.csv
{ echo "$header"; sed -n '1501,2500p' p.csv; } >'book/k b/x.csv'
{ echo "$header"; sed -n '2501,$p' p.csv; } >book/jobs/y.csv
# The files of one name are in order of their folders, though jobs/../zz would come before k b.
cat >book/jobs/book.ini <<END
[input]
files = ../zz/x.csv, y*.csv $work/book/k\ b/x.csv
[split]
audit_from = 2024-04-16
audit_until = 2024-04-23
as_of = 2024-07-01
END
files='book/zz/x.csv book/jobs/y.csv book/k\ b/x.csv'
audit 1 set "$files"

# by NAME FOLDER INI [ENVIRONMENT]: the audit that is started in FOLDER.
by() {
    (cd "$2" && env "${@:4}" "$program" audit "$3" --quiet --out "$work/$1") || fail "$1"
    same set/audit.h5 "$1/audit.h5"
    same set/alerts.csv "$1/alerts.csv"
}
by here . book/jobs/book.ini
by inside book/jobs book.ini
by beside elsewhere ../book/jobs/book.ini
by absolute elsewhere "$work/book/jobs/book.ini"
(cd elsewhere && on 3 "$program" audit ../book/jobs/book.ini --quiet --out "$work/ranks") || fail "three ranks"
same set/audit.h5 ranks/audit.h5
by environment book ../book/jobs/book.ini PARAUDIT_INPUT_FILES='zz/x.csv jobs/y.csv k\ b/x.csv'
(cd book && "$program" verify ../here --inputs zz 'k b' jobs >/dev/null) || fail "verify"
(cd elsewhere && "$program" check ../book/jobs/book.ini) | found 'x.csv' || fail "check"

# A job that goes on from another folder finds them, too; its configuration may be moved.
printf 'tx,verdict,time\n17,fraud,2024-03-01\n' >elsewhere/verdicts.csv
more=(--set input.dispositions=verdicts.csv --set job.previous=../set)
(cd elsewhere && "$program" audit ../book/jobs/book.ini --quiet --out ../judged "${more[@]}") || fail "verdicts"
rc=0
(cd elsewhere && "$program" audit ../book/jobs/book.ini --quiet --out ../left --set input.label=absent "${more[@]}" 2>/dev/null) || rc=$?
[ $rc -eq 65 ] || fail "a column that is absent: exit code $rc"
sed -i 's/^label = absent$/label = label/' left/checkpoint/job.ini
(cd book && on 2 "$program" resume ../left --quiet) || fail "resume"
same judged/audit.h5 left/audit.h5
found '"state": "new"' <left/run.json || fail "the resumed job has not found the result before it"

# A preset of one's own lies beside the configuration, and what is not there is named in full.
mkdir book/jobs/presets
sed 's/^account = .*/account = card/' "$source/jobs/presets/generic.ini" >book/jobs/presets/generic.ini
for file in book/*/*.csv; do sed -i '1s/,account,/,card,/' "$file"; done
(cd elsewhere && "$program" audit ../book/jobs/book.ini --quiet --out cards) || fail "a preset beside the configuration"
same set/alerts.csv elsewhere/cards/alerts.csv
mv book/jobs/y.csv book/jobs/z.csv
expect 66 "no file matches 'book/jobs/y*.csv' (input.files)" audit book/jobs/book.ini --out out
sed -i 's/y\*\.csv/y.csv/' book/jobs/book.ini
expect 66 "book/jobs/y.csv: cannot open: No such file or directory (input.files)" audit book/jobs/book.ini --out out
all_expected
