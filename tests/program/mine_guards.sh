#!/usr/bin/env bash
# `mine` and what would make it run without end: an item in half of the baskets, a few very long baskets, more sets than
# can be kept.
source "$(dirname "$0")/common.sh"
/usr/bin/python3 - <<'END'
import random

draw = random.Random(12)
weights = [1 / (i + 5) for i in range(600)]
short = [set(draw.choices(range(600), weights, k=draw.randint(3, 12))) for _ in range(4000)]
alike = draw.sample(range(600), 200)


def write(name, baskets):
    with open(name, "w") as f:
        f.writelines(" ".join(map(str, sorted(b))) + "\n" for b in baskets)


write("hot.dat", [b | {1000} if draw.random() < .5 else b for b in short])
write("drawn.dat", short + [set(draw.sample(range(500), 200)) for _ in range(30)])
long = short + [set(alike)] * 30
write("alike.dat", long)
# Shortened by hand: the 20 most frequent items of each basket stay.
least = 30
support = {}
for b in long:
    for i in b:
        support[i] = support.get(i, 0) + 1
frequent = [[i for i in sorted(b, key=lambda i: (-support[i], i)) if support[i] >= least] for b in long]
write("short.dat", [b[:20] or [5000] for b in frequent])
with open("cut.expected", "w") as f:
    f.write("NOTE %d baskets have more than 20 frequent items: their %d least frequent ones are left out\n" %
            (sum(len(b) > 20 for b in frequent), sum(max(0, len(b) - 20) for b in frequent)))
END
# The tasks are small enough for any number of ranks, and tell the same.
for data in hot:8 drawn:7; do
    book=${data%:*}.dat support=${data#*:}
    "$program" mine "$book" --min-support "$support" --count >counted
    for ranks in 1 2 3 4; do
        on "$ranks" "$program" mine "$book" --min-support "$support" --out sets.$ranks.txt --replace --time >said 2>times
        same counted said
        same sets.1.txt sets.$ranks.txt
        [ "$(grep -c '^rank [0-3]: [0-9.]* s of processor time' times)" = "$ranks" ] || fail "$(cat times)"
    done
    [ "$(grep -o 'sets: [0-9]*' said)" = "sets: $(wc -l <sets.1.txt)" ] || fail "$(cat said)"
done
# 2^200 sets: counted at once, not written.
"$program" mine alike.dat --min-support 30 --count >said
grep -qx 'sets: 18446744073709551615 or more' said || fail "$(cat said)"
expect 65 "there are more than the 100000 sets that may be: a larger minimum support, closed or maximal sets, a maximum length, shorter baskets (--max-basket), or --top-k" \
    mine alike.dat --min-support 30 --out out.txt --max-sets 100000
rc=0; on 2 "$program" mine alike.dat --min-support 30 --out out.txt >said 2>&1 || rc=$?
[ $rc -ne 0 ] && [ ! -e out.txt ] && grep -q '^NOTE about [0-9.e+]* sets are expected, or more, by a sample' said &&
    grep -q '^paraudit: out.txt: the sets take more than the [0-9]* bytes that are left there' said || fail "$rc, $(cat said)"
# Of these, sets of two items are few: what is longer is counted, and not written.
on 2 "$program" mine alike.dat --min-support 30 --max-length 2 --out two.txt >said 2>&1
"$program" mine alike.dat --min-support 30 --max-length 2 --count | cmp - said || fail "sets of two: $(cat said)"
[ "$(grep -o '^sets: [0-9]*' said)" = "sets: $(wc -l <two.txt)" ] || fail "sets of two: $(cat said)"
# Shorter baskets: those that a hand would leave.
on 2 "$program" mine alike.dat --min-support 30 --max-basket 20 --out cut.txt >said
grep NOTE said | cmp - cut.expected || fail "$(cat said)"
"$program" mine short.dat --min-support 30 --out hand.txt >/dev/null
LC_ALL=C sort cut.txt >cut.sorted
LC_ALL=C sort hand.txt | cmp - cut.sorted || fail "shorter baskets"
# Tasks of which none comes to its end, at any number of ranks.
/usr/bin/python3 - <<'END'
import random

draw = random.Random(6)
with open("dense.dat", "w") as f:
    f.writelines(" ".join(map(str, draw.sample(range(130), 110))) + "\n" for _ in range(3000))
END
for how in --count "--out dense.txt" "--kind closed --count" "--rules dense.csv"; do
    # shellcheck disable=SC2086
    expect 65 "there are more than the 300000 sets that may be: a larger minimum support, closed or maximal sets, a maximum length, shorter baskets (--max-basket), or --top-k" \
        mine dense.dat --min-support 2 $how --max-sets 300000
done
# As many sets as may be, and one less.
n=$(grep -o '^sets: [0-9]*' counted | grep -o '[0-9]*')
"$program" mine drawn.dat --min-support 7 --count --max-sets "$n" | cmp - counted || fail "as many as may be"
for how in --count "--out more.txt"; do
    # shellcheck disable=SC2086
    expect 65 "there are more than the $((n - 1)) sets that may be: a larger minimum support, closed or maximal sets, a maximum length, shorter baskets (--max-basket), or --top-k" \
        mine drawn.dat --min-support 7 $how --max-sets $((n - 1))
done
all_expected
