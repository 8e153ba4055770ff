#!/usr/bin/env bash
# What stands in the folder of an audit stays: results, unfinished jobs, files of others, links,
# inputs; unless it is this very job's, or --replace is said. What is written is private.
source "$(dirname "$0")/common.sh"
source "$source/tests/program/small_book.sh"
sed -i "s/history,//; s/tails,//" audit.ini # there are alerts
audited=(audit audit.ini --quiet)
all_ranks=${PARAUDIT_TEST_RANKS:-1 2 3}
export PARAUDIT_TEST_RANKS=${PARAUDIT_TEST_RANKS:-2} # where nothing else is said
ends="name another folder by --out, or say --replace to have it replaced in the end"
moves="move it away, or say \`resume --replace\` to have it replaced in the end"

# kept FOLDER: what is in it, with its bytes, rights and times.
kept() {
    (cd "$1" && find . -mindepth 1 ! -name .lock -printf '%p %m %T@ %l\n' | sort && find . -type f ! -name .lock -exec sha256sum {} + | sort)
}
# stays CODE 'MESSAGE' FOLDER ARGUMENTS...: and nothing in the folder changes.
stays() {
    local code=$1 message=$2 folder=$3
    shift 3
    kept "$folder" >before
    expect "$code" "$message" "$@"
    kept "$folder" | cmp -s before - || fail "paraudit $* has touched $folder: $(kept "$folder" | diff before -)"
}

# alone 'MESSAGE' ARGUMENTS...: one rank without mpirun, 73, and nothing else changes in planted.
alone() {
    local message=$1 rc=0
    shift
    kept planted >before
    "$program" "$@" 2>stderr || rc=$?
    [ $rc -eq 73 ] && answered "$message" || fail "paraudit $*: $rc, $(cat stderr)"
    kept planted | cmp -s before - || fail "paraudit $* has touched planted: $(kept planted | diff before -)"
}

# ---- rights ----------------------------------------------------------------------------
# rights FOLDER FILES FOLDERS
rights() {
    local odd
    odd=$(find "$1" -type f ! -perm "$2" -o -type d ! -perm "$3")
    [ -z "$odd" ] || fail "other rights than $2 and $3: $(ls -ld $odd)"
}
for mask in 000 277; do
    (umask $mask && on 2 "$program" "${audited[@]}" --out "new$mask/deep")
    rights "new$mask" 600 700
    (umask $mask && "$program" "${audited[@]}" --out "read$mask" --set output.mode=0640)
    rights "read$mask" 640 750
done
mkdir -m 755 mine
on 2 "$program" "${audited[@]}" --out mine
[ "$(stat -c %a mine)" = 755 ] || fail "a folder that was there has got other rights"
rights new000/deep 600 700
expect 78 "output.mode is '0660'; it must be like 0600, 0640 or 0644: the owner reads and writes, others may read" \
    "${audited[@]}" --out other --set output.mode=0660
(umask 000 && "$program" generate --rows 1000 --out private.csv && "$program" generate --rows 1000 --mode 644 --out public.csv)
[ "$(stat -c %a private.csv public.csv | tr '\n' ' ')" = "600 644 " ] || fail "rights of portfolios"
expect 64 "--mode is '7'; it must be like 0600, 0640 or 0644: the owner reads and writes, others may read" \
    generate --rows 1000 --mode 7 --out other.csv

# ---- the same audit again ---------------------------------------------------------------
on 1 "$program" "${audited[@]}" --out one
stays 0 "" one "${audited[@]}" --out one --set checkpoint.every=0
on 2 "$program" audit audit.ini --out one 2>said || fail "$(cat said)"
grep -q '^one/audit.h5: is this audit already' said || fail "an audit that is there: $(cat said)"
! grep -q '^history' said || fail "an audit that is there is made again"
# Inputs by other names of the folder are the same.
mkdir -p moved && cp good.csv moved/
stays 0 "" one "${audited[@]}" --out one --set input.files=moved/good.csv
# With --replace it is made again, to the same bytes.
before=$(stat -c %i one/audit.h5)
cp one/audit.h5 first.h5
on 2 "$program" "${audited[@]}" --out one --replace
same first.h5 one/audit.h5
[ "$(stat -c %i one/audit.h5)" != "$before" ] || fail "--replace has made nothing"
# One that was not sealed is.
rm one/run.json
on 2 "$program" "${audited[@]}" --out one
same first.h5 one/audit.h5
[ -e one/run.json ] || fail "an audit without run.json is left so"

# ---- another audit -----------------------------------------------------------------------
other=(--set job.seed=7)
PARAUDIT_TEST_RANKS=$all_ranks stays 73 "one/audit.h5: is there already, the result of another configuration: $ends" one "${audited[@]}" --out one "${other[@]}"
{ cat good.csv; rows 240 244; } >moved/good.csv
stays 73 "one/audit.h5: is there already, the result of other inputs: $ends" one "${audited[@]}" --out one --set input.files=moved/good.csv
sed 's/,60\.60,/,60.61,/' good.csv >moved/good.csv
PARAUDIT_TEST_RANKS=$all_ranks stays 73 "one/audit.h5: is there already, the result of other inputs: $ends" one "${audited[@]}" --out one --set input.files=moved/good.csv
cp good.csv same_bytes.csv
stays 73 "one/audit.h5: is there already, the result of other inputs: $ends" one "${audited[@]}" --out one --set input.files=same_bytes.csv
stays 73 "one/audit.h5: is there already, the result of other inputs: $ends" one "${audited[@]}" --out one --set input.files='good.csv same_bytes.csv'
# An audit that fails leaves the one that it would have replaced.
sed '3s/2024/x/' good.csv >bad.csv
cp -r one old
rm old/log.txt one/log.txt
kept one >before
rc=0; on 2 "$program" "${audited[@]}" --out one --replace --set input.files=bad.csv 2>/dev/null || rc=$?
[ $rc -eq 65 ] || fail "bad.csv: $rc"
rm -r one/log.txt one/checkpoint
kept one | cut -d' ' -f1,2 >after
cut -d' ' -f1,2 before | cmp -s - after || fail "a failed audit has touched the old one: $(diff before after)"
on 3 "$program" "${audited[@]}" --out one --replace "${other[@]}"
! cmp -s first.h5 one/audit.h5 || fail "--replace has replaced nothing"
"$program" verify one >/dev/null || fail "a replaced result"
printf 'not HDF5 at all' >old/audit.h5
stays 73 "old/audit.h5: is there already, and no result that can be read: $ends" old "${audited[@]}" --out old
on 2 "$program" "${audited[@]}" --out old --replace
same first.h5 old/audit.h5

# ---- files of others -----------------------------------------------------------------------
for name in alerts.csv rejects.csv run.json log.txt audit.h5; do
    rm -rf theirs
    mkdir theirs
    echo precious >theirs/$name
    why="is there already: $ends"
    [ $name != audit.h5 ] || why="is there already, and no result that can be read: $ends"
    stays 73 "theirs/$name: $why" theirs "${audited[@]}" --out theirs
    [ "$(ls -A theirs)" = $name ] || fail "left in another's folder: $(ls -A theirs)"
    rc=0; "$program" check audit.ini --out theirs >/dev/null 2>said || rc=$?
    [ $rc -eq 73 ] && grep -qxF "paraudit: theirs/$name: $why" said || fail "check: $rc, $(cat said)"
done
echo precious >theirs/notes.txt
on 2 "$program" "${audited[@]}" --out theirs --replace
same first.h5 theirs/audit.h5
[ "$(cat theirs/notes.txt)" = precious ] || fail "another name was touched"
# What a job of ours that failed has left is in nobody's way.
rc=0; "$program" "${audited[@]}" --out failed --set input.files=bad.csv 2>/dev/null || rc=$?
[ $rc -eq 65 ] && [ -e failed/rejects.csv ] || fail "bad.csv leaves: $rc, $(ls failed)"
on 2 "$program" "${audited[@]}" --out failed
same first.h5 failed/audit.h5

# A draft's name, or that of an output, is taken by a link, a pipe, a folder, a second name.
echo precious >victim
for name in audit.h5 alerts.csv rejects.csv run.json log.txt .lock; do
    for kind in link nowhere fifo folder; do
        [ "$kind$name" != folder.lock ] || continue
        rm -rf planted
        mkdir planted
        case $kind in
        nowhere) ln -s ../made planted/$name ;;
        fifo) mkfifo planted/$name ;;
        folder) mkdir planted/$name ;;
        link) ln -s ../victim planted/$name ;;
        esac
        case $kind in link | nowhere) what="a link" ;; fifo) what="no file" ;; folder) what="a folder" ;; esac
        for replace in "" --replace; do
            alone "planted/$name: is $what, where a file would be written: move it away" "${audited[@]}" --out planted $replace
        done
    done
done
for name in audit.h5 alerts.csv rejects.csv run.json log.txt; do
    for kind in link hard foreign; do
        [ $kind = link ] || [ $name = audit.h5 ] || continue
        rm -rf planted
        mkdir planted
        part=planted/$name.paraudit.part
        case $kind in
        link) ln -s ../victim $part ;;
        hard) ln victim $part ;;
        foreign) echo theirs >$part && chown 12345 $part 2>/dev/null || continue ;;
        esac
        # Before anything is computed or made; --replace has other names replaced.
        for command in "${audited[*]}" "${audited[*]} --replace" "check audit.ini"; do
            alone "$part: is there, and no file that paraudit has left: move it away" $command --out planted >/dev/null
        done
        [ "$(cat victim)" = precious ] || fail "written through $part"
        # Nothing of it is in the way once it is gone.
        rm $part
        "$program" "${audited[@]}" --out planted
        same first.h5 planted/audit.h5
    done
    # In a folder where no job of ours was it is somebody's, whoever made it.
    rm -rf planted
    mkdir planted
    echo mine >planted/$name.paraudit.part
    for command in "${audited[*]} --replace" "check audit.ini"; do
        alone "planted/$name.paraudit.part: is there, and no file that paraudit has left: move it away" $command --out planted >/dev/null
    done
    # What a killed job has left of its own is in nobody's way.
    cp one/.lock planted
    head -c 100000 /dev/zero >planted/$name.paraudit.part
    echo mine >planted/$name.part
    on 2 "$program" "${audited[@]}" --out planted
    same first.h5 planted/audit.h5
    [ ! -e planted/$name.paraudit.part ] && [ "$(cat planted/$name.part)" = mine ] || fail "drafts: $(ls planted)"
done
[ ! -e made ] || fail "a link to nothing was written through"

# A disk that gives no name, or the first ones alone: no draft is left, of any output.
if [ -e "$bin/libbad_disk.so" ]; then
    for given in 0 1 2 3 4; do
        rm -rf planted
        rc=0
        LD_PRELOAD=$bin/libbad_disk.so PARAUDIT_TEST_NAMES=$given "$program" "${audited[@]}" --out planted 2>said || rc=$?
        [ $rc -eq 73 ] && grep -q '^paraudit: planted/.*: Input/output error$' said || fail "$given names: $rc, $(cat said)"
        [ -z "$(find planted -name '*.part')" ] || fail "$given names leave $(find planted -name '*.part')"
    done
    [ -e planted/alerts.csv ] && [ ! -e planted/run.json ] || fail "not all outputs were met: $(ls planted)"
fi

# ---- the input ---------------------------------------------------------------------------
input=(--set input.files=in/alerts.csv --replace)
mkdir in
cp good.csv in/alerts.csv
stays 73 "in/alerts.csv: is the input in/alerts.csv, which the audit would write over: name another folder by --out" in "${audited[@]}" --out in "${input[@]}"
mkdir hard soft
ln good.csv hard/run.json
PARAUDIT_TEST_RANKS=$all_ranks stays 73 "hard/run.json: is the input good.csv, which the audit would write over: name another folder by --out" hard "${audited[@]}" --out hard --replace
ln -s "$work/in/alerts.csv" soft/book.csv
stays 73 "./in/alerts.csv: is the input soft/book.csv, which the audit would write over: name another folder by --out" in "${audited[@]}" --out ./in --replace --set input.files=soft/book.csv
stays 73 "theirs/audit.h5: is the input theirs/audit.h5, which the audit would write over: name another folder by --out" theirs \
    "${audited[@]}" --out theirs --replace --set input.files=theirs/audit.h5

# Nor is what a job reads removed as a draft, or as a checkpoint, under whatever name.
reads() { PARAUDIT_TEST_RANKS=2 stays 73 "$1: name another folder by --out" "${@:2}"; }
mkdir -p drafts marked
for name in audit.h5 alerts.csv rejects.csv run.json log.txt; do
    cp good.csv drafts/$name.paraudit.part
    cp one/.lock drafts
    reads "drafts/$name.paraudit.part: is the input drafts/$name.paraudit.part, which the audit would remove" drafts \
        "${audited[@]}" --out drafts --replace --set input.files=drafts/$name.paraudit.part
    rm drafts/$name.paraudit.part
done
mkdir marked/checkpoint
echo marked >marked/checkpoint/.paraudit
cp good.csv marked/checkpoint/000001.h5
ln good.csv marked/checkpoint/job.ini.part
reads "marked/checkpoint/000001.h5: is the input marked/checkpoint/000001.h5, which the audit would remove" marked \
    "${audited[@]}" --out marked --replace --set input.files=marked/checkpoint/000001.h5
reads "marked/checkpoint/job.ini.part: is the input good.csv, which the audit would remove" marked "${audited[@]}" --out marked --replace
rm marked/checkpoint/job.ini.part
# The configuration and its preset are read, too.
sed "s|^files = .*|files = $work/good.csv|" audit.ini >marked/checkpoint/job.ini
reads "marked/checkpoint/job.ini: is the configuration marked/checkpoint/job.ini, which the audit would remove" marked \
    audit marked/checkpoint/job.ini --quiet --out marked --replace
rm -r marked/checkpoint
for name in run.json log.txt; do
    cp audit.ini marked/$name
    reads "marked/$name: is the configuration marked/$name, which the audit would write over" marked \
        audit marked/$name --out marked --set input.files=good.csv --replace
    rc=0; "$program" check marked/$name --out marked --set input.files=good.csv >/dev/null 2>stderr || rc=$?
    [ $rc -eq 73 ] && answered "marked/$name: is the configuration marked/$name, which the audit would write over: name another folder by --out" ||
        fail "check: $rc, $(cat stderr)"
    rm marked/$name
done
ln audit.ini marked/log.txt
reads "marked/log.txt: is the configuration audit.ini, which the audit would write over" marked "${audited[@]}" --out marked --replace
rm marked/log.txt
mkdir own
cp audit.ini own
cp -r "$source/jobs/presets" own/presets
ln own/presets/generic.ini marked/alerts.csv.paraudit.part
reads "marked/alerts.csv.paraudit.part: is the configuration own/presets/generic.ini, which the audit would remove" marked \
    audit own/audit.ini --quiet --out marked --set input.files=good.csv

# ---- the log -------------------------------------------------------------------------------
# Of a replaced audit it is a new file, whatever other names the old one has; a job that goes on
# goes on in its own.
umask 022
rm -rf logs && mkdir logs
echo precious >elsewhere
chmod 666 elsewhere
ln elsewhere logs/log.txt
on 2 "$program" "${audited[@]}" --out logs --replace
[ "$(cat elsewhere)" = precious ] && [ "$(stat -c '%a %h' elsewhere logs/log.txt | tr '\n' ' ')" = "666 1 600 1 " ] ||
    fail "a log that has another name: $(stat -c '%a %h' elsewhere logs/log.txt), $(head -n 1 elsewhere)"
head -n 1 logs/log.txt | found '^time=' || fail "the log begins with $(head -n 1 logs/log.txt)"
echo precious >>logs/log.txt
on 2 "$program" "${audited[@]}" --out logs --replace
! grep -q precious logs/log.txt || fail "the log of a replaced audit stands in front"

# ---- a file that comes while the job runs ------------------------------------------------------
portfolio p.csv 3000
few=(--set job.leave_out=patterns,embedding,expected,forecast,iforest,ecod,logistic,boosting)
slow=(audit "$source/jobs/quickstart.ini" --quiet --set input.files=p.csv "${few[@]}")
"$program" "${slow[@]}" --out alone
# meets NAME RANKS [more ...]: rc, of an audit into `met` that finds it there in the end.
meets() {
    local name=$1 ranks=$2 job ranked
    shift 2
    if [ "$ranks" -eq 1 ]; then "$program" "${slow[@]}" --out met "$@" </dev/null 2>stderr & else
        mpirun -n "$ranks" "$program" "${slow[@]}" --out met "$@" </dev/null 2>stderr & fi
    job=$!
    until [ -e met/checkpoint/job.ini ]; do kill -0 $job || fail "no job: $(cat stderr)"; done
    [ "$ranks" -eq 1 ] && ranked=$job || ranked=$(pgrep -P $job)
    kill -STOP $ranked
    [ ! -e met/run.json ] || fail "the job was too fast to be met"
    echo foreign >met/$name
    kill -CONT $ranked
    rc=0; wait $job || rc=$?
}
for name in audit.h5 rejects.csv alerts.csv run.json; do
    rm -rf met
    meets $name $(($(echo $name | wc -c) % 2 + 1))
    [ $rc -eq 73 ] && answered "met/$name: is there already, and has come from elsewhere: move it away" || fail "$name: $rc, $(cat stderr)"
    [ "$(cat met/$name)" = foreign ] && [ -e met/checkpoint/job.ini ] && [ -z "$(find met -name '*.part')" ] || fail "$name: $(ls met met/checkpoint)"
    # It stays until it is moved away, or the job is told to replace it.
    rc=0; "$program" resume met --quiet 2>stderr || rc=$?
    [ $rc -eq 73 ] && grep -q "^paraudit: met/$name: is there already.*: $moves\$" stderr && [ "$(cat met/$name)" = foreign ] || fail "$name, resumed: $rc, $(cat stderr)"
    rc=0; "$program" "${slow[@]}" --out met 2>stderr || rc=$?
    [ $rc -eq 73 ] && [ "$(cat met/$name)" = foreign ] || fail "$name, again: $rc, $(cat stderr)"
    rm -rf told && cp -r met told
    on 2 "$program" resume told --quiet --replace
    mv met/$name met/moved
    "$program" resume met --quiet
    for folder in met told; do
        same alone/audit.h5 $folder/audit.h5
        same alone/alerts.csv $folder/alerts.csv
        [ -e $folder/run.json ] && [ ! -e $folder/checkpoint ] || fail "$name: $(ls $folder)"
    done
done
# With --replace it goes, as what was there before does; a resumed job remembers.
rm -rf met
meets run.json 1 --replace
[ $rc -eq 0 ] && same alone/audit.h5 met/audit.h5 || fail "--replace: $rc, $(cat stderr)"
! grep -q foreign met/run.json || fail "--replace has not replaced"
if [ -e "$bin/libkill_at.so" ]; then
    # Without it what a killed job has given its name already is its own.
    for replace in "" --replace; do
        n_resumed=0
        for at in $(seq 5 40); do
            rm -rf met
            [ -z "$replace" ] || { cp -r one met && echo foreign >met/alerts.csv; }
            rc=0
            { PARAUDIT_TEST_KILL_AT=$at PARAUDIT_TEST_KILL_UNDER=met LD_PRELOAD=$bin/libkill_at.so "$program" "${slow[@]}" --out met $replace \
                </dev/null >/dev/null 2>&1 || rc=$?; } 2>/dev/null
            [ $rc -eq 137 ] || break
            [ -e met/checkpoint/job.ini ] || continue
            rm -rf again && cp -r met again
            "$program" resume met --quiet || fail "killed at $at, and not gone on with"
            "$program" "${slow[@]}" --out again $replace || fail "killed at $at, and not begun again"
            for folder in met again; do
                same alone/audit.h5 $folder/audit.h5
                same alone/alerts.csv $folder/alerts.csv
            done
            n_resumed=$((n_resumed + 1))
        done
        [ $rc -eq 0 ] && [ $n_resumed -gt 4 ] || fail "killed at $at: $rc, $n_resumed jobs resumed"
    done
fi
# The log of a job that goes on is gone on with, where it is one plain file of this job.
rm -rf met
meets alerts.csv 1
rm met/alerts.csv
before=$(wc -l <met/log.txt)
ln met/log.txt second_name
stays 73 "met/log.txt: is there already: $moves" met resume met --quiet
rm second_name
"$program" resume met --quiet
[ "$(grep -c 'event=stopped' met/log.txt)" = 1 ] && [ "$(wc -l <met/log.txt)" -gt "$before" ] || fail "the log was begun anew"

# ---- a job that has not ended -----------------------------------------------------------
portfolio q.csv 3000 --seed 2
audit 1 whole p.csv
begin() {
    rm -rf begun
    rc=0; on 2 "$bin/rounds" p.csv begun fresh 3 2>/dev/null || rc=$?
    [ $rc -eq 75 ] || fail "a job was not stopped: $rc"
}
begin
stays 73 "begun/checkpoint: holds an audit of another configuration that has not ended: \`paraudit resume\` goes on with it; else $ends" begun \
    audit "$source/jobs/quickstart.ini" --quiet --set input.files=p.csv --out begun
audit 2 begun p.csv --replace
same whole/audit.h5 begun/audit.h5

# Of this configuration: gone on with, on these inputs, and no others.
if [ -e "$bin/libkill_at.so" ]; then
    cut=
    for at in 12 16 20 24 28 32; do
        rm -rf begun
        rc=0
        { PARAUDIT_TEST_KILL_AT=$at PARAUDIT_TEST_KILL_UNDER=begun LD_PRELOAD=$bin/libkill_at.so "$program" audit "$source/jobs/quickstart.ini" \
            --quiet --out begun --set input.files=p.csv --set checkpoint.every=0 </dev/null >/dev/null 2>&1 || rc=$?; } 2>/dev/null
        [ $rc -eq 137 ] && ls begun/checkpoint/0*.manifest >/dev/null 2>&1 && [ ! -e begun/audit.h5 ] && cut=$at && break
    done
    [ -n "$cut" ] || fail "no job was killed behind a checkpoint"
    mkdir -p swapped
    cp q.csv swapped/p.csv
    cp -r begun left
    rc=0; audit 2 begun swapped/p.csv 2>said || rc=$?
    [ $rc -eq 73 ] && grep -qF "paraudit: begun/checkpoint: holds an audit of other inputs that has not ended: \`paraudit resume\` goes on with it; else $ends" said ||
        fail "other inputs: $rc, $(cat said)"
    on 2 "$program" audit "$source/jobs/quickstart.ini" --out begun --set input.files=p.csv 2>said || fail "not gone on with: $(cat said)"
    grep -q '^going on from begun/checkpoint' said || fail "begun anew: $(head -n 3 said)"
    same whole/audit.h5 begun/audit.h5
    audit 2 left swapped/p.csv --replace
    audit 1 swapped/whole swapped/p.csv
    same swapped/whole/audit.h5 left/audit.h5
fi
all_expected
