#!/usr/bin/env bash
# job.previous: a result keeps the digest of the one before it, at any number of ranks and through a
# resumed job; log and run.json say what differs, and verify reads the chain.
source "$(dirname "$0")/common.sh"
source "$source/tests/program/small_book.sh"
export PARAUDIT_TEST_RANKS=${PARAUDIT_TEST_RANKS:-2}
mkdir old now
cp good.csv old/stays.csv
{ echo $columns; rows 300 319; } >old/changes.csv
{ echo $columns; rows 400 409; } >old/goes.csv
{ cat old/changes.csv; rows 320 321; } >now/changes.csv
cp old/stays.csv now/
{ echo $columns; rows 500 504; } >now/comes.csv
# run RANKS OUT FOLDER MORE ...
run() {
    local ranks=$1 out=$2 folder=$3
    shift 3
    on "$ranks" "$program" audit audit.ini --quiet --out "$out" --set "input.files=$folder/*.csv" "$@"
}
# said OUT NAME: a root attribute, or nothing.
said() {
    /usr/bin/python3 -c 'import h5py, sys; print(*[h5py.File(sys.argv[1] + "/audit.h5").attrs.get(sys.argv[2], b"").decode()])' "$@"
}
run 1 first old
[ -z "$(said first previous_audit_digest)" ] || fail "an audit without job.previous names one"
grep -q '"previous_audit": null' first/run.json || fail "run.json of the first audit"

# ---- the same at any number of ranks, wherever the previous result lies --------------------------
cp -r first 'elsewhere, and so'
changed=(--set alerts.per_day=7)
run 1 one now "${changed[@]}" --set job.previous=first
run 2 two now "${changed[@]}" --set job.previous=first/audit.h5
run 3 three now "${changed[@]}" --set 'job.previous=elsewhere\,\ and\ so'
run 4 four now "${changed[@]}" --set job.previous=./first/
for out in two three four; do same one/audit.h5 $out/audit.h5; done
[ "$(said one previous_audit_digest)" = "$(said first content_digest)" ] || fail "another digest than the first result's"

# From a configuration elsewhere, whose folder its path is below.
mkdir jobs
sed "s|good.csv|../now/*.csv|; \$a previous = ../first\n[alerts]\nper_day = 7" audit.ini >jobs/job.ini
"$program" audit jobs/job.ini --quiet --out below
same one/audit.h5 below/audit.h5

# ---- what differs --------------------------------------------------------------------------------
for out in one four; do
    grep -qF "input files: 1 same, 1 changed, 1 new, 1 gone: changes.csv (changed), comes.csv (new), goes.csv (gone)" $out/log.txt ||
        fail "the log does not say what differs: $(grep previous $out/log.txt)"
    grep -qF "alerts.per_day: '100' before, '7' now" $out/log.txt || fail "the log does not say which key: $(grep previous $out/log.txt)"
    /usr/bin/python3 - $out <<'END'
import json
import sys

run = json.load(open(sys.argv[1] + "/run.json"))
before = json.load(open("first/run.json"))
p = run["previous_audit"]
assert p["content_digest"] == before["content_digest"] and p["software_version"] == before["software_version"], p
assert p["config"] == [{"key": "alerts.per_day", "before": "100", "now": "7"}], p["config"]
state = {i["file"]: i for i in p["inputs"]}
assert {f: i["state"] for f, i in state.items()} == {
    "stays.csv": "same", "changes.csv": "changed", "goes.csv": "gone", "comes.csv": "new"}, state
for i in p["inputs"]:
    assert (i["before"] is None) == (i["state"] == "new") and (i["now"] is None) == (i["state"] == "gone"), i
    assert (i["before"] == i["now"]) == (i["state"] == "same"), i
END
done

# ---- the chain, read again -----------------------------------------------------------------------
run 2 last now --set job.previous=one
# ends 'LAST LINE' ARGUMENTS ...: of verify.
ends() {
    local line=$1
    shift
    "$program" verify "$@" >stdout || fail "verify $*"
    [ "$(tail -n 1 stdout)" = "$line" ] || fail "verify $* ends: $(tail -n 1 stdout)"
}
ends "the audit before it has content digest $(said one content_digest)" last
ends "2 results before it: whole, and a chain, from its first audit on" last --previous first one
ends "1 result before it: whole, and a chain, behind one of content digest $(said first content_digest)" last --previous two/audit.h5
expect 65 "first: is none of the audits before last/audit.h5: the next one has content digest $(said one content_digest), this one $(said first content_digest)" \
    verify last --previous first
expect 65 "one: is none of the audits before first/audit.h5: it names none" verify first --previous one

# ---- what is no previous result ------------------------------------------------------------------
# refused CODE 'MESSAGE' PREVIOUS: before anything is made.
refused() {
    expect "$1" "job.previous$2" audit audit.ini --quiet --out none --set "job.previous=$3"
    [ ! -e none ] || fail "job.previous=$3 was refused late"
}
mkdir empty damaged
cp one/audit.h5 damaged/
printf x | dd of=damaged/audit.h5 bs=1 seek=$(($(stat -c %s one/audit.h5) / 2)) conv=notrunc status=none
refused 66 ": away/audit.h5: there is no such result" away
refused 66 ": empty/audit.h5: there is no such result" empty
refused 65 ": good.csv: not an HDF5 file, or one that was never finished" good.csv
refused 78 " names more than one path: 'one' follows the first (a blank or comma in a name takes a backslash before it)" 'first, one'
sizes='s/damaged: .*/damaged/'
refused 65 ": damaged/audit.h5: damaged" damaged
sizes=
rc=0; "$program" check audit.ini --set job.previous=damaged 2>stderr >stdout || rc=$?
[ $rc -eq 65 ] && found '^paraudit: job.previous: damaged/audit.h5: damaged' <stderr || fail "check: $rc, $(cat stderr)"
else="name another folder by --out, or say --replace to have it replaced in the end"
expect 73 "one/audit.h5: is the previous result one/audit.h5, which the audit would write over: name another folder by --out" \
    audit audit.ini --quiet --out one --replace --set job.previous=one
expect 73 "one/audit.h5: is there already, the result of another previous audit: $else" \
    audit audit.ini --quiet --out one --set 'input.files=now/*.csv' "${changed[@]}"
"$program" audit jobs/job.ini --out one --set 'job.previous=elsewhere\,\ and\ so' 2>stderr
found 'is this audit already' <stderr || fail "behind the same audit in another place: $(cat stderr)"
"$program" check jobs/job.ini | found -F "the audit before it is jobs/../first/audit.h5, content digest $(said first content_digest)" ||
    fail "check does not name the previous audit"

# ---- a job that is killed and goes on ------------------------------------------------------------
if [ -e "$bin/libkill_at.so" ]; then
    # begun OUT MORE ...: killed behind a checkpoint.
    begun() {
        local out=$1 at
        shift
        for at in 12 16 20 24 28 32; do
            rm -rf "$out"
            { PARAUDIT_TEST_KILL_AT=$at PARAUDIT_TEST_KILL_UNDER=$out LD_PRELOAD=$bin/libkill_at.so "$program" audit jobs/job.ini --quiet \
                --out "$out" --set checkpoint.every=0 "$@"; } 2>/dev/null || true
            ls "$out"/checkpoint/0*.manifest >/dev/null 2>&1 && return
        done
        fail "no job was killed behind a checkpoint"
    }
    begun out
    refused 66 ": out/ holds an audit that has not ended: \`paraudit resume\` goes on with it" out
    file=$(ls out/checkpoint/*.h5 | head -n 1)
    refused 65 ": $file is a checkpoint, and no result" "$file"
    expect 73 "out/checkpoint: holds an audit behind another previous audit that has not ended: \`paraudit resume\` goes on with it; else $else" \
        audit jobs/job.ini --quiet --out out --set job.previous=one
    cp -r out gone
    cp -r out other
    begun plain --set job.previous=
    on 3 "$program" resume out --quiet
    same one/audit.h5 out/audit.h5
    grep -q '"state": "gone"' out/run.json || fail "a resumed job does not say what differs"
    # What has gone meanwhile, or is another result, is still the one that the job began behind.
    mv first second
    on 2 "$program" resume gone --quiet
    same one/audit.h5 gone/audit.h5
    grep -q '"not_compared": "job.previous: .*/first/audit.h5: there is no such result"' gone/run.json || fail "it is not said that the result has gone"
    cp -r one first
    on 4 "$program" resume other --quiet
    same one/audit.h5 other/audit.h5
    grep -q 'NOTE what differs.*is another result than when this job began' other/log.txt || fail "it is not said that it is another: $(tail -n 5 other/log.txt)"
    expect 78 "job.previous is set, and this job began without it: it goes on without, or begins anew with \`paraudit audit\`" \
        resume plain --quiet --set job.previous=one
fi
all_expected
