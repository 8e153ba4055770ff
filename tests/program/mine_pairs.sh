#!/usr/bin/env bash
# `mine` on a CSV file with a row for each item of a basket: rows in any order, names of any signs.
source "$(dirname "$0")/common.sh"
cat >names.py <<'END'
import itertools
import json
import re
import sys


def read_sets(name):
    """Lines as the README says they can be read."""
    for line in open(name, encoding="utf-8", newline="\n"):
        *items, support = re.findall(r'"(?:[^"\\]|\\.)*"|[^ "]+', line)
        yield tuple(json.loads(i) if i[0] == '"' else i for i in items), int(support.strip()[1:-1])


def sets_of(baskets, least):
    support = {}
    for b in baskets:
        for n in range(1, len(b) + 1):
            for s in itertools.combinations(sorted(b, key=str.encode), n):
                support[s] = support.get(s, 0) + 1
    return {s: k for s, k in support.items() if k >= least}


if __name__ == "__main__":
    expected = {tuple(s): k for s, k in json.load(open("expected.json"))}
    found = list(read_sets(sys.argv[1]))
    assert len(found) == len(expected) > 40 and dict(found) == expected, (len(found), len(expected))
END
PYTHONPATH=. /usr/bin/python3 - <<'END'
import csv
import json
import random

from names import sets_of

draw = random.Random(3)
names = ["bread", "milk, fresh", 'the "best"', "two\nlines", "tab\there", "back\\slash", "(none)", "7", "07", "ä ö", "z" * 64,
         "in\u202eturned", "x\u0085y", "'single'", "a", "b", "c"]
baskets = {f"b{i} {'x' * (i % 3)},": {draw.choice(names) for _ in range(draw.choice([1, 2, 3, 4, 6]))} for i in range(150)}
rows = [(b, i) for b, items in baskets.items() for i in items]
rows += draw.sample(rows, 20)
draw.shuffle(rows)
with open("p.csv", "w", encoding="utf-8", newline="") as f:
    out = csv.writer(f, lineterminator="\r\n")
    out.writerow(["n", "item", "basket"])
    for k, (basket, item) in enumerate(rows):
        out.writerow([k, item + "  " * (k % 2), basket])
        if k % 40 == 0:
            out.writerow([])
            out.writerow([k, item, ""])
            out.writerow([k, "  ", "b"])
json.dump([[list(s), k] for s, k in sets_of(baskets.values(), 4).items()], open("expected.json", "w"))
json.dump(len(range(0, len(rows), 40)), open("left_out.json", "w"))
END
mine() {
    local ranks=$1
    shift
    on "$ranks" "$program" mine p.csv --basket basket --item 2 --min-support 4 "$@"
}
for ranks in 1 2 3 4; do
    mine "$ranks" --out sets.$ranks.txt >said.$ranks
    mine "$ranks" --out sets.$ranks.txt --block 1 --replace >said
    same said.1 said
    same sets.1.txt sets.$ranks.txt
done
/usr/bin/python3 names.py sets.1.txt
grep -q '^p.csv: 150 baskets, 17 items, ' said || fail "$(cat said)"
n=$(cat left_out.json)
grep -q "^NOTE $((2 * n)) rows are left out, the first in line [0-9]*: $n without a basket, $n without an item$" said || fail "$(cat said)"
grep -qx 'NOTE 20 rows name an item that is in their basket already, and counts once' said || fail "$(cat said)"
gzip -k p.csv
on 3 "$program" mine p.csv.gz --basket basket --item 2 --min-support 4 --out gz.txt >/dev/null
same sets.1.txt gz.txt
# Sets do not depend on the order of the rows, nor on the separator.
/usr/bin/python3 - <<'END'
import csv
rows = list(csv.reader(open("p.csv", encoding="utf-8", newline="")))
with open("turned.csv", "w", encoding="utf-8", newline="") as f:
    csv.writer(f, delimiter=";", lineterminator="\n").writerows([["basket", "item"]] + [[r[2], r[1]] for r in reversed(rows[1:]) if r])
END
on 2 "$program" mine turned.csv --basket basket --item item --min-support 4 --out turned.txt >/dev/null
same sets.1.txt turned.txt
# Without a header columns have places.
printf '%s\n' 1,x 2,x 1,y 2,y 3,y >bare.csv
on 2 "$program" mine bare.csv --basket 1 --item 2 --no-header --min-support 2 --out bare.txt >/dev/null
printf '%s\n' 'y (3)' 'x (2)' 'x y (2)' | LC_ALL=C sort | cmp - <(LC_ALL=C sort bare.txt) || fail "no header: $(cat bare.txt)"

# A long name is cut, and is still another than one that begins alike.
{ echo basket,item; for i in 1 2 3; do printf "$i,$(printf 'x%.0s' $(seq 80))$((i % 2))\n"; done; printf '1,\xff\n'; } >long.csv
"$program" mine long.csv --basket basket --item item --min-support 1 --out long.txt >said
[ "$(wc -l <long.txt)" -eq 2 ] && grep -q '^NOTE 3 names are longer than 64 bytes' said && grep -q 'line 5: 1 of no UTF-8 (iconv -f windows-1252 -t utf-8 makes it so)$' said || fail "$(cat said)"

PARAUDIT_TEST_RANKS=2
expect 64 "--basket and --item belong together" mine p.csv --basket basket --min-support 4 --count
expect 64 "--no-header is for a CSV file, with --basket and --item" mine p.csv --no-header --min-support 4 --count
expect 64 "--basket and --item name the same column 'basket'" mine p.csv --basket basket --item 3 --min-support 4 --count
expect 65 "p.csv:1: no column 'baskets' (--basket): did you mean 'basket'?" mine p.csv --basket baskets --item 2 --min-support 4 --count
printf 'b,i\n1,2\n1,2,3\n' >odd.csv
expect 65 "odd.csv:3: 3 fields, where the header has 2" mine odd.csv --basket b --item i --min-support 1 --count
printf 'b,i\n1,\n' >odd.csv
expect 65 "odd.csv: there is no basket: no row has a basket and an item" mine odd.csv --basket b --item i --min-support 1 --count
printf 'b,i\n1,"2\n3,4\n' >odd.csv
rc=0; on 2 "$program" mine odd.csv --basket b --item i --min-support 1 --count >said 2>&1 || rc=$?
[ $rc -eq 65 ] && grep -q '^paraudit: odd.csv:2: ' said || fail "$rc, $(cat said)"
all_expected
