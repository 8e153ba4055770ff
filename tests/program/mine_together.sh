#!/usr/bin/env bash
# What `mine` can do goes together: rules of names and by either engine, sets and rules that are stopped and go on with little
# memory, the sets of largest support in order; what does not go together is refused.
source "$(dirname "$0")/common.sh"
/usr/bin/python3 - <<'END'
import random

draw = random.Random(19)
with open("b.dat", "w") as dat, open("b.csv", "w") as csv:
    csv.write("basket,item\n")
    for i in range(500):
        basket = {int(draw.paretovariate(.6)) % 60 for _ in range(draw.choice([2, 4, 8]))} | ({3, 5, 7} if i % 9 == 0 else set())
        dat.write(" ".join(map(str, sorted(basket))) + "\n")
        csv.writelines('%d,"=%d, ""x"" %s"\n' % (i, k, "y" * (k % 3)) for k in basket)
END
cat >rules.py <<'END'
import csv
import json
import re
import sys

number, name = ([row for row in csv.reader(open(f))][1:] for f in sys.argv[1:])


def items(cell):
    return frozenset(int(re.match("=([0-9]+), \"x\" ?y*$", json.loads(w))[1]) for w in re.findall(r'"(?:[^"\\]|\\.)*"', cell))


assert len(number) > 50
assert {(frozenset(map(int, r[0].split())), int(r[1]), *r[2:]) for r in number} == \
    {(items(r[0]), *items(r[1]), *r[2:]) for r in name}
END
rules=(--min-support 6 --min-confidence 0.3 --replace --quiet)
"$program" mine b.dat "${rules[@]}" --rules numbers.csv >/dev/null
"$program" mine b.csv --basket basket --item item "${rules[@]}" --rules names.1.csv >/dev/null
/usr/bin/python3 rules.py numbers.csv names.1.csv
on 3 "$program" mine b.csv --basket basket --item item "${rules[@]}" --rules names.3.csv --count >/dev/null
same names.1.csv names.3.csv
on 2 "$program" mine b.dat "${rules[@]}" --engine apriori --rules levels.csv --memory 300K >/dev/null
same numbers.csv levels.csv

# stopped CALL RANKS FLAG ...: with a signal before that call of rank 0.
stopped() {
    local call=$1 ranks=$2
    shift 2
    rc=0
    on "$ranks" env PARAUDIT_TEST_SIGNAL="$(kill -l USR1)" PARAUDIT_TEST_SIGNAL_AT="$call" PARAUDIT_TEST_SIGNAL_RANK=0 \
        LD_PRELOAD="$bin/libsignal_at.so" "$program" "$@" >said 2>message || rc=$?
}
both=(mine b.dat --min-support 3 --save-every 0 --quiet --kind closed --sort --max-basket 12 --min-confidence 0.3)
LD_PRELOAD=$bin/libsignal_at.so "$program" "${both[@]}" --out whole.txt --rules whole.csv 2>calls >whole.said
calls=$(sed -n 's/^calls //p' calls)
# Rules are mined first, and take most of the calls.
for share in 20 50 85 90; do
    call=$((calls * share / 100))
    rm -rf out.txt* out.csv*
    stopped $call 1 "${both[@]}" --out out.txt --rules out.csv
    [ $rc -eq 75 ] && grep -o 'saved in .*:' message >>where || fail "$call: $rc, $(cat message)"
    [ ! -e out.txt ] && [ ! -e out.csv ] || fail "$call: half of it is there"
    on $((call % 3 + 2)) "$program" "${both[@]}" --out out.txt --rules out.csv --memory 150000 >said
    same whole.txt out.txt
    same whole.csv out.csv
    same whole.said said
    [ ! -e out.txt.saved ] && [ ! -e out.csv.saved ] || fail "$call: something is left"
done
grep -q 'saved in out.csv.saved' where && grep -q 'saved in out.txt.saved' where || fail "stopped in $(cat where)"

# The sets of largest support, in order; of shorter baskets, as the file says.
on 2 "$program" mine b.dat --top-k 30 --max-basket 4 --out top.h5 --quiet >/dev/null
on 3 "$program" mine b.dat --top-k 30 --max-basket 4 --out again.h5 --quiet --memory 100K >said
same top.h5 again.h5
least=$(sed -n 's/^minimum support: \([0-9]*\) .*/\1/p' said)
[ "$(/usr/bin/python3 -c 'import h5py; f = h5py.File("top.h5"); print(*(f.attrs[a] for a in ("min_support", "max_basket", "top_k")), min(f["sets/support"]))')" = \
    "$least 4 30 $least" ] || fail "what top.h5 says"

PARAUDIT_TEST_RANKS=2
expect 64 "--rules are of all sets of a minimum support: without --top-k, which tells such a support" mine b.dat --top-k 5 --rules r.csv
expect 64 "--top-k is for fpgrowth" mine b.dat --top-k 5 --engine apriori --count
expect 64 "--time is of sets: with --out or --count" mine b.dat --min-support 5 --rules r.csv --time
expect 65 "there are more than the 5 sets that may be: a larger minimum support, closed or maximal sets, a maximum length, shorter baskets (--max-basket), or --top-k" \
    mine b.dat --min-support 6 --rules r.csv --max-sets 5
all_expected
