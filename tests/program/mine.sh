#!/usr/bin/env bash
# `mine` finds the sets that a program of a few lines finds, in the same bytes at any number of ranks.
source "$(dirname "$0")/common.sh"
/usr/bin/python3 - <<'END'
import itertools
import random

draw = random.Random(7)
baskets = []
for _ in range(400):
    n = draw.choice([1, 2, 3, 5, 8])
    baskets.append(sorted({int(draw.paretovariate(.7)) * 37 % 1009 for _ in range(n)}))
planted = [900001, 7, 70, 2147483646]
for i in range(0, 400, 9):
    baskets[i] = sorted(set(baskets[i]) | set(planted))
with open("b.dat", "w") as f:
    for i, b in enumerate(baskets):
        draw.shuffle(b)
        # Blanks of all kinds, an item twice, lines without one.
        f.write(("\t" if i % 5 == 0 else "") + "  ".join(map(str, b + b[:i % 2])) + ("\r\n" if i % 3 == 0 else "\n"))
        f.write("\n" if i % 50 == 0 else "")
support = {}
for b in baskets:
    for n in range(1, len(b) + 1):
        for s in itertools.combinations(sorted(b), n):
            support[s] = support.get(s, 0) + 1
least = 5
sets = {s: k for s, k in support.items() if k >= least}
larger = {s: [t for t in sets if len(t) == len(s) + 1 and set(s) < set(t)] for s in sets}
kinds = {"all": sets, "closed": [s for s in sets if all(sets[t] < sets[s] for t in larger[s])],
         "maximal": [s for s in sets if not larger[s]]}
for kind, found in kinds.items():
    assert len(found) > 30
    with open(f"{kind}.expected", "w") as f:
        f.writelines(sorted(" ".join(map(str, s)) + f" ({sets[s]})\n" for s in found))
END
for kind in all closed maximal; do
    for ranks in 1 2 3 4; do
        on "$ranks" "$program" mine b.dat --min-support 5 --kind $kind --out sets.$ranks.txt --block 100 --replace >said
        same sets.1.txt sets.$ranks.txt
        [ "$(grep -o 'sets: [0-9]*' said)" = "sets: $(wc -l <sets.1.txt)" ] || fail "$kind: $(cat said)"
    done
    LC_ALL=C sort sets.1.txt >sorted
    LC_ALL=C sort $kind.expected >expected
    same expected sorted
    on 2 "$program" mine b.dat --min-support 5 --kind $kind --count >counted
    same said counted
    # The other engine: the same sets, by their size.
    for ranks in 1 3; do
        on "$ranks" "$program" mine b.dat --min-support 5 --kind $kind --engine apriori --out levels.$ranks.txt --replace >said
        same counted said
        same levels.1.txt levels.$ranks.txt
    done
    LC_ALL=C sort levels.1.txt | cmp - expected || fail "apriori, $kind"
    awk '{ print NF }' levels.1.txt | sort -nc || fail "apriori: not by size"
done
grep -q '^b.dat: 400 baskets, ' said && grep -qx 'NOTE 8 lines without an item are no baskets' said && grep -q '^NOTE [0-9]* items stood in their line already' said || fail "$(cat said)"
zstd -q b.dat
on 2 "$program" mine b.dat.zst --min-support 5 --kind maximal --out packed.txt >/dev/null
same sets.1.txt packed.txt
# Lengths; a share is rounded up: 1.1 % of 400 are 5.
on 2 "$program" mine b.dat --min-support 1.1% --min-length 2 --max-length 3 --out some.txt >/dev/null
awk '$0 ~ /^[0-9]+ [0-9]+ (\(|[0-9]+ \()/' all.expected | LC_ALL=C sort >expected
LC_ALL=C sort some.txt | cmp - expected || fail "lengths"

# The sets of largest support: all of the last support that there is room for.
for kind in all closed; do
    for top in 7 40; do
        last=$(grep -o '([0-9]*' $kind.expected | tr -d '(' | sort -rn | sed -n ${top}p)
        awk -F '[()]' -v last="$last" '$2 >= last' $kind.expected | LC_ALL=C sort >expected
        for run in 2:'--min-support 3' 3:'--memory 150000'; do
            # shellcheck disable=SC2086
            on "${run%%:*}" "$program" mine b.dat --top-k $top --kind $kind ${run#*:} --out top.txt --replace >said
            LC_ALL=C sort top.txt | cmp - expected || fail "top $top, $kind: $(cat said)"
            grep -qx "minimum support: $last baskets" said || fail "top $top, $kind: $(cat said)"
        done
    done
done
on 2 "$program" mine b.dat --top-k 1000000 --min-support 5 --out top.txt --replace >said
on 2 "$program" mine b.dat --min-support 5 --out whole.txt >counted
same counted said
same whole.txt top.txt
expect 64 "maximal sets follow from a minimum support: there are none of largest support" mine b.dat --top-k 5 --kind maximal --count

expect 64 "one of --count and --out is to be given" mine b.dat --min-support 5 --count --out s.txt
expect 64 "--min-support '0' is neither a number of baskets, from 1 on, nor a share such as 0.5%" mine b.dat --min-support 0 --count
expect 64 "unknown kind of sets 'close': there are all, closed and maximal" mine b.dat --min-support 5 --kind close --count
expect 64 "unknown engine 'eclat': there are fpgrowth and apriori" mine b.dat --min-support 5 --engine eclat --count
expect 64 "--max-length 2 is below --min-length 3" mine b.dat --min-support 5 --count --min-length 3 --max-length 2
expect 66 "none.dat: No such file or directory" mine none.dat --min-support 5 --count
expect 73 "sets.1.txt: is there already: name another file, or have it replaced by --replace" mine b.dat --min-support 5 --out sets.1.txt
expect 64 "b.dat: is the input: what is written needs a file of its own" mine b.dat --min-support 5 --out b.dat --replace
# A byte order mark; a share that is a whole number of baskets is not rounded up; what is kept is bounded.
{ printf '\xef\xbb\xbf'; cat b.dat; } >bom.dat
[ "$("$program" mine bom.dat --min-support 5 --count | tail -n +2)" = "$("$program" mine b.dat --min-support 5 --count | tail -n +2)" ] || fail "a byte order mark"
head -n 100 all.expected | cut -d'(' -f1 >hundred.dat
for share in 7 14 28 55 29; do
    "$program" mine hundred.dat --min-support $share% --count | found -x "minimum support: $share baskets" || fail "$share %"
done
# Less memory: the same bytes, at any number of ranks; sets that do not fit wait in a file. Too little is an error.
for kind in all closed; do
    "$program" mine b.dat --min-support 2 --kind $kind --out whole.txt --replace >said
    for run in 2:150000 3:200K 1:200KiB; do
        on "${run%:*}" "$program" mine b.dat --min-support 2 --kind $kind --out less.txt --replace --memory "${run#*:}" >less
        same said less
        same whole.txt less.txt
    done
done
rc=0; "$program" mine b.dat --min-support 2 --count --memory 1000 >said 2>&1 || rc=$?
[ $rc -eq 71 ] && grep -q '^paraudit: mining may take 992 bytes of memory and needs about [0-9]* ' said || fail "$rc, $(cat said)"
for memory in '3 MiB' iB 5iB 3X KiB 9000000T; do
    expect 64 "--memory: '$memory' is no number of bytes, such as 1000000, 512K or 2G" mine b.dat --min-support 2 --count --memory "$memory"
done
seq -s ' ' 30 >exploding.dat
rc=0; "$program" mine exploding.dat --min-support 1 --memory 1M --engine apriori --count >said 2>&1 || rc=$?
[ $rc -eq 71 ] && grep -q '^paraudit: apriori: [0-9]* sets of [0-9]* items take more than the 1048576 bytes' said || fail "$rc, $(cat said)"
printf '1 2\n3 -4\n' >odd.dat
expect 65 "odd.dat:2: item '-4' is no whole number from 0 to 2147483646 with blanks around it; items with names are read from a CSV file, by --basket and --item" mine odd.dat --min-support 1 --count
printf '\n \n' >odd.dat
expect 65 "odd.dat: there is no basket: a line has no item" mine odd.dat --min-support 1 --count
on 3 "$program" mine b.dat --min-support 4000 --count | found -x 'sets: 0' || fail "nothing is frequent"
all_expected
