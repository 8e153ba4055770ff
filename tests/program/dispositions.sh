#!/usr/bin/env bash
# Verdicts on the alerts of an earlier audit become labels, known from their time on: by a slow
# twin, the same bytes on any number of ranks, and nothing before a verdict knows of it.
source "$(dirname "$0")/common.sh"
twin() { /usr/bin/python3 "$source/tests/program/dispositions.py" "$@" || fail "twin $*"; }
few="--set job.leave_out=iforest,ecod,logistic,boosting,patterns,embedding,expected,forecast --set split.audit_from=2024-04-01"
verdicts="--set input.dispositions=v*"
portfolio p.csv 12000
audit 2 first p.csv $few
twin draw p.csv first/alerts.csv
audit 1 with p.csv $few $verdicts
twin check with/audit.h5 p.csv v1.csv v2.csv.gz
for ranks in 2 3 4; do
    audit "$ranks" on$ranks p.csv $few $verdicts --set io.block=1000 --set io.read_buffer=64
    same with/audit.h5 on$ranks/audit.h5
done
"$program" verify with --inputs . | found -x "3 input files have the audited bytes" || fail "verify knows the files"
said=$("$program" check "$source/jobs/quickstart.ini" --set input.files=p.csv $few $verdicts 2>&1)
for words in "^  v1.csv and others: [0-9]* dispositions: [0-9]* of fraud" "^NOTE of [0-9]* dispositions 2 name no transaction of the book, the first in v[12]"; do
    grep -q "$words" <<<"$said" || fail "check does not say '$words': $said"
done

# Later verdicts, and rows that come later, change nothing before.
audit 2 early p.csv $few --set input.dispositions=early.csv
audit 3 late p.csv $few --set input.dispositions=late.csv
twin cut "2024-03-25 12:00:00" late/audit.h5 early/audit.h5
audit 2 cut cut.csv --set job.leave_out=iforest,ecod,logistic,boosting,patterns,embedding,expected,forecast --set split.audit_from=2024-03-20 --set input.dispositions=late.csv
twin cut "2024-03-25 12:00:00" late/audit.h5 cut/audit.h5

# A book without a label learns from them alone.
bare="--set input.label= --set job.leave_out=iforest,ecod,logistic --set split.audit_from=2024-04-01 --set split.audit_until=2024-04-23"
audit 2 bare bare.csv $bare $verdicts
twin check bare/audit.h5 bare.csv v1.csv v2.csv.gz
h5ls bare/audit.h5/models | found '^boosting' || fail "boosting has no model"
! grep -q "stage boosting stands aside" bare/log.txt || fail "boosting stands aside"
on 1 "$program" evaluate bare | found '^frauds  *[1-9]' || fail "nothing is judged"

# A changed verdict is another audit; a job goes on with the verdicts that it began with only.
cp v1.csv kept.csv
sed -i '2s/$/ /' v1.csv
expect 73 "with/audit.h5: is there already, the result of other inputs: name another folder by --out, or say --replace to have it replaced in the end" \
    audit "$source/jobs/quickstart.ini" --quiet --out with --set input.files=p.csv $few $verdicts
mv kept.csv v1.csv
on 2 "$program" audit "$source/jobs/quickstart.ini" --out with --set input.files=p.csv $few $verdicts 2>&1 |
    found "is this audit already" || fail "the same audit is not known again"

# What cannot be read ends the run.
bad() { # CODE MESSAGE [HEAD] LINE...
    local code=$1 message=$2
    shift 2
    printf '%s\n' "$@" >bad.csv
    expect "$code" "$message" audit "$source/jobs/quickstart.ini" --quiet --out none --set input.files=p.csv $few \
        --set input.dispositions=bad.csv
}
day="2024-05-05"
bad 65 "bad.csv:3: verdict 'maybe' is not known (known are fraud, confirmed, true positive; genuine, legitimate, false positive; unclear, pending, open, and the words of input.label_fraud, input.label_genuine and input.label_unknown)" \
    tx,verdict,time "1,fraud,$day" "2,maybe,$day"
bad 65 "bad.csv:2: time 'soon' is not a time like 2024-01-31 13:05:59" tx,verdict,time 1,fraud,soon "2,fraud,$day"
bad 65 "bad.csv:2: time '' is not a time like 2024-01-31 13:05:59" tx,verdict,time 1,fraud, "2,fraud,$day"
bad 65 "bad.csv:2: transaction id 'one' is not a whole number" tx,verdict,time "one,fraud,$day"
bad 65 "bad.csv:2: alert_id '12' is not as an audit writes it: 16 digits and a to f" alert_id,verdict,time "12,fraud,$day"
bad 65 "bad.csv:3: neither tx nor alert_id says of what" tx,alert_id,verdict,time "1,,fraud,$day" ",,fraud,$day"
bad 65 "bad.csv:2: 2 fields, the header has 3" tx,verdict,time 1,fraud
bad 65 "bad.csv:1: no column 'verdict' (input.dispositions): did you mean 'verdikt'? The columns are tx, verdikt, time" \
    tx,verdikt,time "1,fraud,$day"
bad 65 "bad.csv:2: the verdict is not later than what it is of: \`time\` is when it was given; where a file has the transaction's time as well, call that of the verdict verdict_time" \
    tx,verdict,time "1,fraud,2024-01-02" "2,fraud,$day"
bad 65 "bad.csv:5: with this verdict the label of its transaction would change for the third time: leave out the earlier ones that do not hold" \
    tx,verdict,time "1,fraud,2024-05-01" "1,fp,2024-05-02" "1,fp,2024-05-03" "1,fraud,2024-05-04"
bad 65 "bad.csv: its times may be read in more than one way: write them as 2024-01-31 13:00:00" tx,verdict,time 1,fraud,05/04/2024
expect 66 "none.csv: cannot open: No such file or directory (input.dispositions)" audit "$source/jobs/quickstart.ini" --quiet \
    --out none --set input.files=p.csv $few --set input.dispositions=none.csv
expect 65 "audit.h5: is HDF5, and has to be CSV (input.dispositions)" audit "$source/jobs/quickstart.ini" --quiet \
    --out none --set input.files=p.csv $few --set input.dispositions=with/audit.h5
all_expected
