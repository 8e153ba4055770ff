#!/usr/bin/env bash
# `mine --rules` writes the rules that a program of some lines finds, in the same bytes at any number of ranks.
source "$(dirname "$0")/common.sh"
cat >rules.py <<'END'
"""rules.py make | check MIN_CONFIDENCE MIN_LIFT MAX_FDR MAX_LENGTH REDUNDANT FILE [SAYS]"""
import csv, itertools, math, random, sys
from fractions import Fraction

least = 6


def make():
    draw = random.Random(11)
    with open("b.dat", "w") as f:
        for i in range(300):
            b = {int(draw.paretovariate(.8)) * 37 % 1009 for _ in range(draw.choice([1, 2, 3, 5]))}
            if i % 7 == 0:
                b |= {7, 70, 2147483646}
            if i % 11 == 0:
                b |= {7, 37, 5}
            b.add(1000)  # in all of them
            f.write(" ".join(map(str, draw.sample(sorted(b), len(b)))) + "\n")


def fisher(n, a, c, both):
    ways = sum(math.comb(a, k) * math.comb(n - a, c - k) for k in range(both, min(a, c) + 1))
    return Fraction(ways, math.comb(n, c))


def find(most):
    baskets = [frozenset(map(int, line.split())) for line in open("b.dat")]
    n, support = len(baskets), {}
    for b in baskets:
        for size in range(len(b) + 1):
            for s in itertools.combinations(sorted(b), size):
                support[s] = support.get(s, 0) + 1
    rules = []
    for s, both in support.items():
        if both < least or not 2 <= len(s) <= most:
            continue
        for c in s:
            a = tuple(i for i in s if i != c)
            below = max(Fraction(support.get(tuple(sorted(t + (c,))), 0), support[t])
                        for k in range(len(a)) for t in itertools.combinations(a, k))
            rules.append({"a": a, "c": c, "n": n, "na": support[a], "nc": support[c,], "both": both,
                          "confidence": Fraction(both, support[a]), "p": fisher(n, support[a], support[c,], both),
                          "improvement": Fraction(both, support[a]) - below})
    rules.sort(key=lambda r: (r["p"], -r["confidence"], len(r["a"]), r["a"], r["c"]))
    least_q, m = Fraction(1), len(rules)
    for i in range(m - 1, -1, -1):
        up_to = i + 1 if i + 1 == m or rules[i + 1]["p"] != rules[i]["p"] else up_to
        least_q = min(least_q, rules[i]["p"] * m / up_to)
        rules[i]["q"] = least_q
    return rules


def ln(share):
    return math.log1p(float(share - 1)) if share > .5 else math.log(share.numerator) - math.log(share.denominator)


def check(min_confidence, min_lift, max_fdr, most, redundant, name, says=None):
    tested, wanted = find(int(most)), []
    for r in tested:
        n, na, nc, both = r["n"], r["na"], r["nc"], r["both"]
        r["lift"] = Fraction(both * n, na * nc)
        out = r["improvement"] <= 0
        if r["confidence"] < Fraction(min_confidence) or r["lift"] < Fraction(min_lift) or r["q"] > Fraction(max_fdr) \
                or (out and redundant == "no"):
            continue
        wanted.append([" ".join(map(str, r["a"])), r["c"], n, na, nc, both, Fraction(both, n), r["confidence"], r["lift"],
                       Fraction(both, n) - Fraction(na, n) * Fraction(nc, n),
                       1 if n == nc else math.inf if na == both else Fraction(na * (n - nc), n * (na - both)),
                       (Fraction(both, na) + Fraction(both, nc)) / 2, Fraction(abs(na - nc), na + nc - both),
                       r["improvement"], r["p"], r["q"], ln(r["p"]), ln(r["q"]), int(out)])
    rows = list(csv.reader(open(name)))
    assert rows[0] == ("antecedent,consequent,baskets,with_antecedent,with_consequent,with_both,support,confidence,lift,"
                       "leverage,conviction,kulczynski,imbalance,improvement,p,q,ln_p,ln_q,redundant").split(",")
    assert len(rows) - 1 == len(wanted) > 5, (len(rows) - 1, len(wanted))
    for row, values in zip(rows[1:], wanted):
        assert row[0] == values[0] and row[1] == str(values[1]), (row, values)
        for text, value in zip(row[1:], values[1:]):
            rel = 1e-5 if value in values[14:16] else 1e-11
            assert math.isclose(float(text), value, rel_tol=rel, abs_tol=1e-14), (row, text, float(value))
    said = f"rules: {len(wanted)} of {len(tested)} that were tested"
    assert says is None or said in open(says).read().splitlines(), said


make() if sys.argv[1] == "make" else check(*sys.argv[2:])
END
/usr/bin/python3 rules.py make
# written RANKS FILE [options]
written() {
    local ranks=$1 file=$2
    shift 2
    on "$ranks" "$program" mine b.dat --min-support 6 --rules "$file" --block 100 --replace "$@" >said
}
for ranks in 1 3 4; do # further down 2
    written $ranks all.$ranks.csv --min-confidence 0
    written $ranks some.$ranks.csv --min-confidence 0.4 --min-lift 1.1 --max-fdr 0.05 --max-length 3 --no-redundant
    same all.1.csv all.$ranks.csv
    same some.1.csv some.$ranks.csv
done
/usr/bin/python3 rules.py check 0.4 1.1 0.05 3 no some.1.csv said
written 2 half.csv
/usr/bin/python3 rules.py check 0.8 0 1 99 yes half.csv said
/usr/bin/python3 rules.py check 0 0 1 99 yes all.1.csv
# Whatever sets are counted or written, rules are of all.
written 2 beside.csv --min-confidence 0 --kind closed --min-length 2 --out closed.txt
same all.1.csv beside.csv
"$program" mine b.dat --min-support 6 --kind closed --min-length 2 --out alone.txt >alone
same alone.txt closed.txt
grep -v '^rules: ' said | cmp - alone || fail "what is said of sets"
written 2 beside.csv --min-confidence 0 --count
same all.1.csv beside.csv
# An improvement that is asked for: redundant rules are more.
written 3 more.csv --min-confidence 0 --min-improvement 0.25
[ "$(grep -c ',1$' more.csv)" -gt "$(grep -c ',1$' all.1.csv)" ] || fail "an improvement of 0.25"
awk -F, 'NR > 1 && ($14 < 0.25) != $19 { exit 1 }' more.csv || fail "an improvement of 0.25"
# Alone, they tell what sets would tell of the baskets.
on 2 "$program" mine b.dat --min-support 6 --max-basket 4 --count >counted
on 3 "$program" mine b.dat --min-support 6 --max-basket 4 --rules cut.csv | sed '/^rules: /d' >said
grep -q '^NOTE [0-9]* baskets have more than 4 frequent items' said || fail "$(cat said)"
sed '/^sets: /,$d' counted | cmp - said || fail "what is said of the baskets: $(cat said)"
on 3 "$program" mine b.dat --min-support 4000 --rules none.csv | found -x 'rules: 0 of 0 that were tested' || fail "nothing is frequent"
[ "$(wc -l <none.csv)" -eq 1 ] || fail "no rules"

PARAUDIT_TEST_RANKS=2 # how it is told at any number of ranks is tested by mine.sh
expect 64 "one of --count, --out and --rules is to be given" mine b.dat --min-support 5
expect 64 "--max-fdr is of rules, and --rules is not given" mine b.dat --min-support 5 --count --max-fdr 0.1
expect 64 "--min-confidence '80%' is not a number from 0 to 1" mine b.dat --min-support 5 --rules r.csv --min-confidence 80%
expect 64 "--min-lift '-1' is not a number from 0 on" mine b.dat --min-support 5 --rules r.csv --min-lift=-1
expect 64 "--rules and --out are to be two files" mine b.dat --min-support 5 --rules r.csv --out r.csv
expect 64 "b.dat: is the input: what is written needs a file of its own" mine b.dat --min-support 5 --rules b.dat --replace
expect 73 "none.csv: is there already: name another file, or have it replaced by --replace" mine b.dat --min-support 5 --rules none.csv
# 4095 sets of one support, 24564 rules.
for i in $(seq 30); do seq -s ' ' 12; done >dense.dat
seq 12 | sed 's/$/ 99/' >>dense.dat
rc=0; "$program" mine dense.dat --min-support 30 --memory 1M --rules dense.csv --min-confidence 0 >said 2>&1 || rc=$?
[ $rc -eq 71 ] && grep -q '^paraudit: the rules take more than the 1048576 bytes' said && [ ! -e dense.csv ] || fail "$rc, $(cat said)"
all_expected
