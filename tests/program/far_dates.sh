#!/usr/bin/env bash
# Rows far outside the bulk of dates do not move the audit unless a key says so, and run.json
# holds what is said of them, whatever their file is called.
source "$(dirname "$0")/common.sh"
portfolio p.csv 20000
printf '[input]\npreset = generic\n[job]\nleave_out = history,merchants,patterns,embedding,expected,forecast,tails,combinations,iforest,ecod,boosting\n' >audit.ini

# plan OUT FILE [--set ...]: the plan and its warnings, in plan.
plan() {
    local out=$1 file=$2
    shift 2
    on 2 "$program" audit audit.ini --out "$out" --set input.files="$file" "$@" >plan 2>&1 || fail "$*: $(cat plan)"
}
has() { grep -qF -- "$1" plan || fail "no '$1' in: $(cat plan)"; }
lacks() { ! grep -qF -- "$1" plan || fail "'$1' in: $(cat plan)"; }

# One row in 150 says 1990, more than may be far outside; the last one says 2031.
awk -F, -v OFS=, 'NR > 1 && NR % 150 == 0 { $8 = "1990-01-0" (1 + NR % 9) " 10:00:00" } { print }
    END { $1 = 99999999; $8 = "2031-05-05 10:00:00"; print }' p.csv >late.csv
line=$(wc -l <late.csv)
plan late late.csv
has "audit               2024-04-23           2024-04-30"
has "warning: 1 row lies far behind the bulk of dates"
has "late.csv:$line 2031-05-05 10:00:00"

# The key that the warning names has the plan follow, and then nothing is far outside; what
# is wrong with that plan is said.
plan followed late.csv --set split.audit_until=2031-05-06
has "audit               2031-04-29           2031-05-06"
has "known by 2031-05-05 10:00:01"
has "warning: the audit has 1 row, less than a hundredth of the median week's"
has "warning: no row lies in the earlier fold"
lacks "far behind"
lacks "in the part history"

# Of two such rows, an audit up to the first leaves the second.
{ cat late.csv; tail -n 1 late.csv | sed 's/^[0-9]*,/99999998,/; s/2031-05/9999-12/'; } >two.csv
plan two two.csv --set split.audit_until=2031-05-06
has "warning: 1 row lies far behind"
has "two.csv:$((line + 1)) 9999-12-05 10:00:00"
lacks "two.csv:$line "

expect 78 "contradictory time plan: split.audit_from (2024-05-08 00:00:00, from the rows: it is not set) must be no later than split.as_of (2024-04-29 23:56:21, from the rows: it is not set)" \
    audit audit.ini --quiet --out out --set input.files=p.csv --set split.audit_until=2024-05-15
all_expected

# A name so long that the note was cut, in the midst of a character, and one in Latin-1.
long=$(printf '\xc3\xa4%.0s' $(seq 120)).csv
mkdir names
cp late.csv "$long"
cp late.csv names/$'b\xe4nke.csv'
plan long "$long"
grep -qF "$long:$line 2031-05-05 10:00:00\"" long/run.json || fail "the note was cut: $(grep -a 'far behind' long/run.json)"
plan latin 'names/*.csv'
for key in '"time_plan": "time plan ' "b?nke.csv:$line 2031-05-05 10:00:00\\\\n" "b?nke.csv:$line 2031-05-05 10:00:00\""; do
    LC_ALL=C grep -q -- "$key" latin/run.json || fail "run.json lacks $key"
done
