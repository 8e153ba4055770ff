#!/usr/bin/env bash
# `mine --sort` and SETS.h5: the same bytes for both engines and any number of ranks.
source "$(dirname "$0")/common.sh"
/usr/bin/python3 - <<'END'
import random

draw = random.Random(11)
names = ["ä", "b b", "Z", "z", "10", "9"] + [f"n{i}" for i in range(60)]
with open("b.dat", "w") as dat, open("b.csv", "w", encoding="utf-8") as csv:
    csv.write("item,card\n")
    for card in range(500):
        basket = {min(int(draw.paretovariate(.5)), 65) for _ in range(draw.choice([1, 3, 5, 9]))}
        dat.write(" ".join(str(i * 7919 % 1000) for i in basket) + "\n")
        csv.writelines(f"{names[i]},{card}\n" for i in basket)
END
cat >compare.py <<'END'
import json
import re
import sys

import h5py

lines, h5, n_baskets = sys.argv[1:]
f = h5py.File(h5)
names = "categories/item" in f
item = f["categories/item"][:][f["items"][:]] if names else f["items"][:]
sets = [item[a:a + n] for a, n in zip(f["sets/first"][:], f["sets/size"][:])]
sets = [tuple(i.decode() if names else int(i) for i in s) for s in sets]
told = []
for line in open(lines, encoding="utf-8"):
    *items, support = re.findall(r'"(?:[^"\\]|\\.)*"|[^ "]+', line)
    items = [json.loads(i) if i[0] == '"' else i for i in items]
    told.append((tuple(items if names else map(int, items)), int(support.strip()[1:-1])))
assert len(told) > 50 and list(zip(sets, f["sets/support"][:])) == told
key = (lambda s: (len(s), [i.encode() for i in s])) if names else (lambda s: (len(s), s))
assert sets == sorted(sets, key=key)
assert f.attrs["kind"] == b"all" or f.attrs["kind"] == "all"
assert f.attrs["baskets"] == int(n_baskets) and f.attrs["min_support"] == 6
END
for input in "b.dat" "b.csv --basket card --item item"; do
    kind=all
    on 2 "$program" mine $input --min-support 6 --out unsorted.txt --replace >/dev/null
    for engine in fpgrowth apriori; do
        for ranks in 1 2 3 4; do
            [ $engine$ranks = apriori2 ] || [ $engine$ranks = apriori4 ] && continue
            on "$ranks" "$program" mine $input --min-support 6 --engine $engine --sort --out $engine.$ranks.txt --replace >/dev/null
            on "$ranks" "$program" mine $input --min-support 6 --engine $engine --out $engine.$ranks.h5 --replace >/dev/null
            same fpgrowth.1.txt $engine.$ranks.txt
            same fpgrowth.1.h5 $engine.$ranks.h5
        done
    done
    cmp <(LC_ALL=C sort unsorted.txt) <(LC_ALL=C sort fpgrowth.1.txt) || fail "$input: other sets"
    cmp -s unsorted.txt fpgrowth.1.txt && fail "$input: nothing was to be sorted"
    /usr/bin/python3 compare.py fpgrowth.1.txt fpgrowth.1.h5 500
    /usr/bin/python3 "$source/tests/golden/check_digest.py" fpgrowth.1.h5
done
# More items, and longer sets, than the number that they are sorted by at first tells apart.
awk 'BEGIN { for (i = 0; i < 270000; i++) print i, i * 7 % 270001, 270000 - i % 3; for (i = 0; i < 1030; i++) printf "%d ", i; print ""
    for (i = 2000; i < 3025; i++) printf "%d ", i; print "" }' >many.dat
on 2 "$program" mine many.dat --min-support 1 --kind closed --out many.txt --sort --memory 256M >/dev/null
awk 'NF > 1020 { n++ } END { exit n != 2 }' many.txt || fail "there are no long sets"
/usr/bin/python3 -c 'keys = [(len(l), l) for l in ([int(i) for i in line.split(" ")[:-1]] for line in open("many.txt"))]
assert len(keys) > 250000 and keys == sorted(keys)' || fail "many items are not in order"
# More sets than memory has room for come in parts: three rows of 17 items make 389118 of them.
for from in 1 6 100; do seq -s ' ' "$from" $((from + 16)); done >parts.dat
"$program" mine parts.dat --min-support 1 --out unsorted.txt --replace >/dev/null
/usr/bin/python3 -c 'print(*sorted(open("unsorted.txt"), key=lambda l: (l.count(" "), [int(i) for i in l.split(" ")[:-1]])), sep="", end="")' >parts.txt
for run in 1:1G 1:16M 2:16M 3:40M 4:1M; do
    on "${run%:*}" "$program" mine parts.dat --min-support 1 --sort --out in.parts.txt --replace --memory "${run#*:}" >/dev/null
    same parts.txt in.parts.txt
done
# Fewer sets than ranks, and none.
on 4 "$program" mine b.dat --min-support 100% --kind closed --sort --out few.txt >/dev/null
"$program" mine b.dat --min-support 100% --kind closed --out few.1.txt >/dev/null
same few.1.txt few.txt
on 3 "$program" mine b.dat --min-support 600 --out none.hdf5 >/dev/null
[ "$(/usr/bin/python3 -c 'import h5py; f = h5py.File("none.hdf5"); print(len(f["items"]), len(f["sets/size"]))')" = "0 0" ] || fail "no set"

PARAUDIT_TEST_RANKS=2
expect 64 "--sort is for sets that are written: with --out" mine b.dat --min-support 6 --sort --count
expect 73 "fpgrowth.1.h5: is there already: name another file, or have it replaced by --replace" mine b.dat --min-support 6 --out fpgrowth.1.h5
cp b.dat b.h5
expect 64 "b.h5: is the input: what is written needs a file of its own" mine b.h5 --min-support 6 --out b.h5 --replace
all_expected
