#!/usr/bin/env bash
# A run of `embed` that is stopped by a signal goes on at any number of ranks to the same bytes; what
# was saved is not taken for another run, nor where it is damaged.
source "$(dirname "$0")/common.sh"
awk 'BEGIN { srand(4); for (i = 0; i < 200; i++) { for (k = 0; k < 30; k++) printf "%d ", int(40 * rand() * rand()); print "" } }' >s.txt
sed 's/$/ 7/' s.txt >other.txt
embed=(embed s.txt --dim 12 --epochs 60 --shards 64 --round 20 --quiet)
"$program" "${embed[@]}" --out whole.bin >/dev/null

# stopped SIGNAL CALL RANKS ...: with a signal before that call of rank 0.
stopped() {
    local signal=$1 call=$2 ranks=$3 run=()
    shift 3
    rc=0
    [ "$ranks" -eq 1 ] || run=(on "$ranks")
    "${run[@]}" env PARAUDIT_TEST_SIGNAL="$(kill -l "$signal")" PARAUDIT_TEST_SIGNAL_AT="$call" \
        PARAUDIT_TEST_SIGNAL_RANK=0 LD_PRELOAD="$bin/libsignal_at.so" "$program" "$@" >said 2>message || rc=$?
}
# At two ranks a round has one call that is counted; at one they come where files are written, and when it listens.
k=0
for signal in INT HUP TERM USR1; do
    k=$((k + 1))
    rm -rf out.bin out.bin.saved
    stopped $signal $((60 * k)) 2 "${embed[@]}" --out out.bin
    [ $rc -eq 75 ] && [ ! -e out.bin ] || fail "$signal: exit code $rc, $(cat message)"
    grep -o '^paraudit: stopped by SIG[A-Z0-9]*; [0-9]* of 300 rounds are done and saved in out.bin.saved: the same command goes on from there' message >>parts || fail "$(cat message)"
    stopped TERM 90 3 "${embed[@]}" --out out.bin
    [ $rc -eq 75 ] || [ $rc -eq 0 ] || fail "$signal, again: exit code $rc, $(cat message)"
    [ $rc -eq 0 ] || on $((k % 2 + 1)) "$program" "${embed[@]}" --out out.bin >said
    same whole.bin out.bin
    [ ! -e out.bin.saved ] || fail "$signal: something is left"
done
[ "$(sed 's/.*; \([0-9]*\) of.*/\1/' parts | sort -nu | wc -l)" -ge 3 ] || fail "runs were stopped at few places: $(cat parts)"

# Another input, another way: refused, until it may be replaced.
rm out.bin
stopped USR1 200 2 "${embed[@]}" --out out.bin
[ $rc -eq 75 ] || fail "exit code $rc"
cp -r out.bin.saved kept
PARAUDIT_TEST_RANKS=2
told="out.bin.saved: holds what a run of another input, or with other options, has done: remove it, name another folder by --saved, or have it replaced by --replace"
expect 73 "$told" embed other.txt "${embed[@]:2}" --out out.bin
expect 73 "$told" "${embed[@]}" --seed 2 --out out.bin
all_expected
diff -r kept out.bin.saved || fail "what was refused was touched"
"$program" "${embed[@]}" --seed 2 --out out.bin --replace >/dev/null
[ ! -e out.bin.saved ] && ! cmp -s whole.bin out.bin || fail "another run was not replaced"

# Cut or changed it counts for nothing.
for how in cut change; do
    rm -rf out.bin out.bin.saved
    cp -r kept out.bin.saved
    if [ $how = cut ]; then truncate -s -1 out.bin.saved/model; else
        printf '\377' | dd of=out.bin.saved/model bs=1 seek=1000 conv=notrunc status=none
    fi
    on 2 "$program" "${embed[@]}" --out out.bin >/dev/null 2>message
    grep -q '^NOTE out.bin.saved: what was saved is damaged: training begins anew$' message || fail "$how: $(cat message)"
    same whole.bin out.bin
done

# What is saved on the way is taken as well: --save-every 0 saves whenever it listens.
rm -rf out.bin
"$program" "${embed[@]}" --save-every 0 --out out.bin >/dev/null
same whole.bin out.bin
[ ! -e out.bin.saved ] || fail "something is left"
