#!/usr/bin/env bash
# The folder of checkpoints: what is not the job's own is neither used nor touched, a disk
# that takes no checkpoint is a note, and what is saved is not written twice.
source "$(dirname "$0")/common.sh"
portfolio p.csv 3000
audit 1 whole p.csv
audited=(audit "$source/jobs/quickstart.ini" --quiet --set input.files=p.csv)
listed() { (cd "$1" && find . -printf '%p %y %m %s\n' | sort); }

# untouched FOLDER COMMAND...: the folder holds to the byte what it held.
untouched() {
    local folder=$1
    shift
    rm -rf kept && cp -a "$folder" kept
    "$@"
    [ "$(listed "$folder")" = "$(listed kept)" ] || fail "$folder has changed: $(listed "$folder")"
    diff -r "$folder" kept >/dev/null || fail "$folder has changed"
}

# A folder of others with names like ours, beside it and behind a link: refused, and kept.
mkdir theirs
for name in 000001.h5 000001.h5.part 000001.manifest job.ini notes.txt; do echo theirs >theirs/$name; done
nothing='nothing in it is touched; move it away, or choose another --out'
mkdir linked foreign
ln -s ../theirs linked/checkpoint
cp -r theirs foreign/checkpoint
for command in "${audited[*]} --out" "resume --quiet"; do
    untouched theirs expect 73 "linked/checkpoint: is a link: it is not paraudit's, and $nothing" $command linked
    untouched foreign/checkpoint expect 73 "foreign/checkpoint: holds files and no mark of this version of paraudit: it is not paraudit's, and $nothing" $command foreign
    [ -L linked/checkpoint ] || fail "the link is gone"
done

# What versions before this one left (no mark) is no checkpoint.
mkdir -p old/checkpoint
cp whole/audit.h5 old/checkpoint/000003.h5
printf '[input]\nfiles = p.csv\n' >old/checkpoint/job.ini
untouched old/checkpoint expect 73 "old/checkpoint: holds files and no mark of this version of paraudit: it is not paraudit's, and $nothing" resume old

# A plain file in its place.
mkdir file
echo >file/checkpoint
PARAUDIT_TEST_RANKS=1 expect 73 "file/checkpoint: is not a folder: it is not paraudit's, and $nothing" "${audited[@]}" --out file
PARAUDIT_TEST_RANKS=1 expect 73 "foreign/checkpoint: holds files and no mark of this version of paraudit: it is not paraudit's, and $nothing" check "$source/jobs/quickstart.ini" --set input.files=p.csv --out foreign
all_expected

# A folder that is ours, with files of others, links and folders in it: those stay.
make_marked() {
    mkdir -p "$1"
    rm -rf "$1/checkpoint"
    mkdir "$1/checkpoint"
    echo marked >"$1/checkpoint/.paraudit"
    for name in notes.txt 1.h5 audit.h5 x000001.h5 000001.h5.old 000001.manifest~ .hidden; do
        echo theirs >"$1/checkpoint/$name"
    done
    mkdir "$1/checkpoint/000009.h5"
}
make_marked mixed
rm -rf theirs_alone && cp -a mixed/checkpoint theirs_alone
echo ours >mixed/checkpoint/000001.h5
echo ours >mixed/checkpoint/000002.manifest.part
# Drafts that a neighbour has planted: links to what we must not write.
echo precious >precious
for number in $(seq 0 40); do
    for kind in h5 manifest; do ln -sf "$PWD/precious" "mixed/checkpoint/$(printf %06d "$number").$kind.part"; done
done
ln -s "$PWD/precious" mixed/checkpoint/job.ini.part
ln -s "$PWD/precious" mixed/checkpoint/000050.h5
audit 2 mixed p.csv --set checkpoint.every=0
same whole/audit.h5 mixed/audit.h5
[ "$(cat precious)" = precious ] || fail "what a link points at was written"
[ "$(listed mixed/checkpoint | grep -v '^\. ')" = "$(listed theirs_alone | grep -v '^\. ')" ] ||
    fail "files of others have changed: $(listed mixed/checkpoint)"

# With a checkpoint after every step no column is written twice: the files of steps are the
# size of the result, and what each holds.
on 1 "$bin/rounds" p.csv straight fresh -1
rc=0; on 2 "$bin/rounds" p.csv often fresh 9 checkpoint.every=0 2>/dev/null || rc=$?
[ $rc -eq 75 ] || fail "stopped: exit code $rc"
[ "$(ls often/checkpoint/*.manifest | wc -l)" -eq 2 ] || fail "kept: $(ls often/checkpoint)"
[ "$(ls often/checkpoint/*.h5 | wc -l)" -eq 3 ] || fail "kept: $(ls often/checkpoint)" # ingest, two models
bytes=$(cat often/checkpoint/*.h5 | wc -c)
[ "$bytes" -le $(($(stat -c %s straight/audit.h5) + 20000)) ] || fail "checkpoints of $bytes bytes"
on 3 "$bin/rounds" p.csv often resume -1
same straight/audit.h5 often/audit.h5

# All that an audit writes: each column once into checkpoints, once into the result.
portfolio large.csv 30000
bytes=$(bash -c '"$@" >&2 && sed -n "s/^wchar: //p" /proc/$$/io' - "$program" "${audited[@]}" --out large \
    --set input.files=large.csv --set checkpoint.every=0)
if [ -n "$bytes" ]; then # the system counts them
    [ $((bytes * 10)) -le $(($(stat -c %s large/audit.h5) * 22)) ] || fail "$bytes bytes were written"
fi

# A disk that is full at a checkpoint.
mkdir -p full/checkpoint
mount -t tmpfs -o size=64k none full/checkpoint 2>/dev/null || { echo "no small disk can be mounted: left out"; exit 0; }
trap 'umount full/checkpoint; rm -rf "$work"' EXIT
on 2 "$bin/rounds" p.csv full fresh -1 checkpoint.every=0 2>said || fail "a full disk was the end: $(cat said)"
same straight/audit.h5 full/audit.h5
[ "$(grep -c 'a checkpoint could not be saved, and the job went on without it: .*/000000.h5: needs .* left' full/run.json)" = 1 ] ||
    fail "a full disk is not noted: $(sed -n '/"notes"/,/]/p' full/run.json)"
rc=0; on 2 "$bin/rounds" p.csv full fresh 3 2>said || rc=$?
[ $rc -eq 75 ] && grep -q 'no checkpoint could be saved (.* needs .*): .paraudit resume. goes on from the one before' said ||
    fail "stopped with a full disk: $rc, $(cat said)"

# A disk for the result, and for some of its checkpoints: the result has its room.
few="job.leave_out=iforest,ecod,logistic,boosting"
audit 1 roomy large.csv --set $few
mkdir small
trap 'umount small full/checkpoint; rm -rf "$work"' EXIT
mount -t tmpfs -o size=$(($(stat -c %s roomy/audit.h5) * 3 / 2 + (9 << 20))) none small
rc=0; audit 2 small/out large.csv --set $few --set checkpoint.every=0 2>said || rc=$?
[ $rc -eq 0 ] || fail "a small disk was the end: $rc, $(cat said)"
same roomy/audit.h5 small/out/audit.h5
grep -q 'a checkpoint could not be saved, and the job went on without it: .*h5: needs .*, and the result beside it .*; the file system has' \
    small/out/run.json || fail "what was left out is not noted: $(sed -n '/"notes"/,/]/p' small/out/run.json)"
rm -r small/out
# Stopped there, it goes on from the checkpoint before.
"$program" audit "$source/jobs/quickstart.ini" --quiet --out small/out --set input.files=large.csv --set $few \
    --set checkpoint.every=0 2>said &
job=$!
until grep -qs 'event=stage name=merchants' small/out/log.txt || ! kill -0 $job; do sleep 0.01; done
kill -TERM $job
rc=0; wait $job || rc=$?
[ $rc -eq 75 ] || [ $rc -eq 0 ] || fail "stopped on a small disk: exit code $rc, $(cat said)"
[ $rc -eq 0 ] || on 2 "$program" resume small/out --quiet || fail "a small disk was the end of a resumed job"
same roomy/audit.h5 small/out/audit.h5

# Room comes: what was saved in between is whole, and the job goes on.
mount -o remount,size=64m full/checkpoint
rc=0; on 2 "$bin/rounds" p.csv full fresh 6 checkpoint.every=0 2>/dev/null || rc=$?
[ $rc -eq 75 ] || fail "stopped: exit code $rc"
mount -o remount,size="$(($(du -sk full/checkpoint | cut -f 1) + 8))k" full/checkpoint
on 3 "$bin/rounds" p.csv full resume -1 checkpoint.every=0 || fail "a disk that filled up was the end"
same straight/audit.h5 full/audit.h5
