#!/usr/bin/env bash
# A run of `mine` that is stopped by a signal, or killed, goes on at any number of ranks to the same
# bytes; what was saved is not taken for another run, nor where it is damaged.
source "$(dirname "$0")/common.sh"
/usr/bin/python3 - <<'END'
import random

draw = random.Random(5)
with open("b.dat", "w") as f:
    for _ in range(400):
        f.write(" ".join(str(i) for i in range(60) if draw.random() < 8 / (i + 10)) + "\n")
END
sed 's/$/ 77/' b.dat >c.dat
mine=(mine b.dat --min-support 6 --save-every 0 --quiet)

# stopped SIGNAL CALL RANKS ...: with a signal before that call of rank 0. Where a rank of several
# ends with a code, mpirun waits a second.
stopped() {
    local signal=$1 call=$2 ranks=$3 run=()
    shift 3
    rc=0
    [ "$ranks" -eq 1 ] || run=(on "$ranks")
    "${run[@]}" env PARAUDIT_TEST_SIGNAL="$(kill -l "$signal")" PARAUDIT_TEST_SIGNAL_AT="$call" \
        PARAUDIT_TEST_SIGNAL_RANK=0 LD_PRELOAD="$bin/libsignal_at.so" "$program" "$@" >said 2>message || rc=$?
}
# Sets as they come, in order, and counted: each is stopped somewhere, and again as it goes on.
ways=("--kind all --out" "--kind closed --sort --out" "--kind all --count --saved")
for way in "${ways[@]}"; do
    on 2 "$program" "${mine[@]}" $way whole >whole.said
    [ ! -e whole.saved ] && [[ $way = *--out || ! -e whole ]] || fail "$way: something is left"
    for k in 1 2 3 4; do
        rm -rf out out.saved
        stopped "$(echo INT HUP TERM USR1 | cut -d ' ' -f $k)" $((12 * k)) 1 "${mine[@]}" $way out
        [ $rc -eq 75 ] && [[ ! $way = *--out || ! -e out ]] || fail "$way, part $k: exit code $rc, $(cat message)"
        grep '^paraudit: stopped by SIG[A-Z0-9]*; [0-9]* of [0-9]* tasks are done and saved in ' message >>parts || fail "$(cat message)"
        stopped USR1 $((50 + k)) $((k % 3 + 1)) "${mine[@]}" $way out
        [ $rc -eq 75 ] || [ $rc -eq 0 ] || fail "$way, part $k, again: exit code $rc, $(cat message)"
        [ $rc -eq 0 ] || on $(((k + 1) % 3 + 1)) "$program" "${mine[@]}" $way out >said
        [ ! -e out ] || same whole out
        same whole.said said
        [ ! -e out.saved ] && [[ $way = *--out || ! -e out ]] || fail "$way, part $k: something is left"
    done
    rm -rf whole out
done
[ "$(sed 's/.*; \([0-9]*\) of.*/\1/' parts | sort -nu | wc -l)" -ge 4 ] || fail "runs were stopped at few places: $(cat parts)"

# Killed before files of the folder come and go.
"$program" "${mine[@]}" --out whole.txt >/dev/null
mkdir out.txt.saved
for at in 2 5 9 14 31; do
    rm -rf out.txt
    rc=0
    PARAUDIT_TEST_KILL_AT=$at PARAUDIT_TEST_KILL_UNDER=out.txt.saved LD_PRELOAD=$bin/libkill_at.so \
        "$program" "${mine[@]}" --out out.txt </dev/null >/dev/null 2>&1 || rc=$?
    [ $rc -eq 137 ] || fail "call $at: exit code $rc"
done
ls out.txt.saved/*.tasks >/dev/null || fail "nothing is saved"
cp -r out.txt.saved kept

# Another input, another way: refused, until it may be replaced.
PARAUDIT_TEST_RANKS=2
other="out.txt.saved: holds what a run of another input, or with other options, has done: remove it, name another folder by --saved, or have it replaced by --replace"
expect 73 "$other" mine c.dat --min-support 6 --out out.txt
expect 73 "$other" mine b.dat --min-support 7 --out out.txt
expect 73 "$other" mine b.dat --min-support 6 --sort --out out.txt
diff -r kept out.txt.saved || fail "what was refused was touched"
"$program" mine b.dat --min-support 7 --out out.txt --replace --quiet >/dev/null
[ ! -e out.txt.saved ] && ! cmp -s out.txt whole.txt || fail "another run was not replaced"

# Cut or changed files count for nothing.
for how in cut change; do
    rm -rf out.txt out.txt.saved
    cp -r kept out.txt.saved
    file=$(ls -S out.txt.saved/*.tasks | head -n 1)
    if [ $how = cut ]; then truncate -s -1 "$file"; else
        printf '\377' | dd of="$file" bs=1 seek=$(($(stat -c %s "$file") - 2)) conv=notrunc status=none
    fi
    on 3 "$program" "${mine[@]}" --out out.txt >/dev/null 2>message
    grep -q '^NOTE out.txt.saved: 1 files are damaged: what was in them is mined anew$' message || fail "$how: $(cat message)"
    same whole.txt out.txt
done

# Where nothing is frequent, what another run has saved is not this one's.
rm -rf out.txt.saved
cp -r kept out.txt.saved
"$program" mine b.dat --min-support 500 --out out.txt --replace >/dev/null
diff -r kept out.txt.saved || fail "what another run has saved is gone"

# Tasks that would take years are left at once where sets are only counted as well: in trees, in words of few baskets, and
# with less memory in rows.
/usr/bin/python3 - <<'END'
import random

draw = random.Random(6)
for name, n in [("many.dat", 3000), ("few.dat", 60)]:
    with open(name, "w") as f:
        f.writelines(" ".join(map(str, draw.sample(range(130), 110))) + "\n" for _ in range(n))
END
for way in "many.dat" "few.dat" "many.dat --memory 500K" "few.dat --memory 60K" "many.dat --kind closed" "many.dat --kind maximal --memory 500K"; do
    rc=0
    # shellcheck disable=SC2086
    timeout --preserve-status -k 30 -s TERM 2 "$program" mine $way --min-support 2 --count --saved long.saved --replace >said 2>message || rc=$?
    [ $rc -eq 75 ] && grep -q '^paraudit: stopped by SIGTERM; [0-9]* of [0-9]* tasks are done' message || fail "$way: exit code $rc, $(cat message)"
done
# A disk that is full on the way: what fits is saved, and the run goes on; where it is stopped, that is the end.
if mkdir full && mount -t tmpfs -o size=64k none full 2>/dev/null; then
    trap 'umount full; rm -rf "$work"' EXIT
    on 2 "$program" "${mine[@]}" --out out.txt --replace --saved full/saved >said 2>message || fail "a full disk was the end: $(cat message)"
    same whole.txt out.txt
    [ "$(grep -c '^NOTE nothing is saved on the way: full/saved/.*: No space left on device$' message)" -ge 1 ] && [ ! -e full/saved ] ||
        fail "a full disk: $(cat message)"
    truncate -s 20K full/other
    head -c 20000 /dev/urandom >full/other
    stopped USR1 60 1 "${mine[@]}" --out out.txt --replace --saved full/saved
    on 3 "$program" "${mine[@]}" --out out.txt --replace --saved full/saved >said 2>&1 || fail "after a full disk: $(cat said)"
    same whole.txt out.txt
    umount full
    trap 'rm -rf "$work"' EXIT
else
    echo "no small disk can be mounted: left out"
fi

# A folder of others is not touched, and apriori saves nothing.
mkdir mine.txt.saved
touch mine.txt.saved/x
rc=0; "$program" mine b.dat --min-support 6 --out mine.txt >/dev/null 2>message || rc=$?
[ $rc -eq 73 ] && grep -q '^paraudit: mine.txt.saved: holds files and no mark' message && [ -e mine.txt.saved/x ] || fail "$rc, $(cat message)"
stopped USR1 20 2 mine b.dat --min-support 6 --engine apriori --count
[ $rc -eq 75 ] && grep -qx 'paraudit: stopped by SIGUSR1' message || fail "$rc, $(cat message)"
stopped USR1 20 2 mine b.dat --min-support 6 --count
[ $rc -eq 75 ] && grep -qx 'paraudit: stopped by SIGUSR1: nothing is saved: that takes --out or --saved' message || fail "$rc, $(cat message)"
expect 64 "--saved is for fpgrowth: apriori saves nothing" mine b.dat --min-support 6 --engine apriori --count --saved s
all_expected
