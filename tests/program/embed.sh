#!/usr/bin/env bash
# `embed` writes vectors that word2vec's readers read, the same bytes at any number of ranks; items
# of the same company are near; what is stopped goes on; what is odd is told by file and line.
source "$(dirname "$0")/common.sh"
/usr/bin/python3 - <<'END'
import random

draw = random.Random(3)
counts = {}
with open("s.txt", "w") as f:
    for i in range(300):
        group = draw.randrange(4)
        line = [f"g{group}-{min(int(draw.paretovariate(1.2)), 9)}" for _ in range(draw.choice([1, 2, 5, 40]))]
        line += ["once" + str(i)] * (i % 97 == 0) + ["käse"] * (i % 20 == 0) + ["#"] * (i % 20 == 1)
        for name in line:
            counts[name] = counts.get(name, 0) + 1
        f.write(("\t" if i % 5 == 0 else "") + "  ".join(line) + ("\r\n" if i % 3 == 0 else "\n") + "\n" * (i % 50 == 0))
with open("order", "w") as f:
    f.writelines(n + "\n" for n in sorted(counts, key=lambda n: (-counts[n], n.encode())) if counts[n] >= 5)
END
embed=(embed s.txt --dim 20 --epochs 6 --shards 8 --round 20 --quiet)
for ranks in 1 2 3 4; do
    on "$ranks" "$program" "${embed[@]}" --out v.$ranks.txt --contexts c.$ranks.bin --nearest g0-1 --nearest käse --top 5 --block 100 >said.$ranks
    same v.1.txt v.$ranks.txt
    same c.1.bin c.$ranks.bin
    sed -i '/^trained /d' said.$ranks
    same said.1 said.$ranks
done
[ ! -e v.1.txt.saved ] || fail "something is left"
gzip -k s.txt
"$program" embed s.txt.gz "${embed[@]:2}" --out v.bin --contexts c.txt >/dev/null
/usr/bin/python3 - <<'END'
import struct


def text(path):
    lines = open(path, encoding="utf-8").read().split("\n")
    assert lines.pop() == ""
    n, dim = map(int, lines[0].split(" "))
    rows = [line.split(" ") for line in lines[1:]]
    assert len(rows) == n and all(len(r) == dim + 1 for r in rows)
    return [r[0] for r in rows], [[struct.unpack("f", struct.pack("f", float(v)))[0] for v in r[1:]] for r in rows]


def binary(path):
    data = open(path, "rb").read()
    head, _, data = data.partition(b"\n")
    n, dim = map(int, head.split(b" "))
    names, rows = [], []
    for _ in range(n):
        name, _, data = data.partition(b" ")
        rows.append(list(struct.unpack(f"<{dim}f", data[:4 * dim])))
        assert data[4 * dim:4 * dim + 1] == b"\n"
        data = data[4 * dim + 1:]
        names.append(name.decode())
    assert data == b""
    return names, rows


names, rows = text("v.1.txt")
assert (names, rows) == binary("v.bin")
assert text("c.txt") == binary("c.1.bin")
assert names == open("order").read().split("\n")[:-1] and "käse" in names and "once0" not in names


def cosine(a, b):
    dot = lambda x, y: sum(p * q for p, q in zip(x, y))
    return dot(a, b) / (dot(a, a) * dot(b, b))**.5


said = open("said.1").read().split("\n")
at = said.index("nearest to g0-1:")
one = rows[names.index("g0-1")]
known = sorted(((cosine(one, r), n) for n, r in zip(names, rows) if n != "g0-1"), reverse=True)[:5]
told = [line.split() for line in said[at + 1:at + 6]]
assert [n for _, n in known] == [n for _, n in told], (known, told)
assert all(abs(c - float(t)) < 2e-6 for (c, _), (t, _) in zip(known, told))
assert sum(n.startswith("g0-") for _, n in told) >= 4, told
assert said[0].endswith(f"{len(names)} items") and said[1].startswith("NOTE 4 items are met less than 5 times"), said[:2]
END

# Each option counts.
"$program" embed s.txt --quiet --out base.txt >/dev/null
for other in "--dim 21" "--window 2" "--window basket" "--negative 4" "--epochs 4" "--sample 0.01" "--power -0.5" "--min-count 1" "--seed 2" "--shards 9" "--round 21" "--rate 0.03"; do
    "$program" embed s.txt --quiet $other --out o.txt --replace >/dev/null
    ! cmp -s base.txt o.txt || fail "$other changes nothing"
done

# A line without end is several sequences, for all ranks to train.
/usr/bin/python3 -c 'print(" ".join(f"i{k * k % 97}" for k in range(25000)))' >endless.txt
for ranks in 1 3; do
    on "$ranks" "$program" embed endless.txt --quiet --dim 8 --epochs 1 --window 2 --out e.$ranks.txt >said
    found -x 'endless.txt: 1 sequences, 25000 tokens of 49 items' <said || fail "a long line: $(cat said)"
    found -x 'NOTE 1 of them have more than 10000 tokens: each is trained as several' <said || fail "no word of it"
done
same e.1.txt e.3.txt

# What cannot be.
printf 'a b a b\na b\n' >few.txt
printf 'a b a b a b\na \377b\n' >bad.txt
{ echo a; printf 'a %01001d\n' 7; } >long.txt
printf '\n \n' >empty.txt
PARAUDIT_TEST_RANKS="1 3"
expect 65 "bad.txt:2: a name is no UTF-8" embed bad.txt --out o.txt --replace
expect 65 "long.txt:2: a name of 1001 bytes: at most 1000" embed long.txt --out o.txt --replace
expect 65 "empty.txt: there is no sequence: no line has an item" embed empty.txt --out o.txt --replace
expect 65 "few.txt: none of 2 items is met 5 times" embed few.txt --out o.txt --replace
expect 66 "none.txt: No such file or directory" embed none.txt --out o.txt --replace
expect 64 "--nearest: 'once0' is not met 5 times in s.txt" embed s.txt --nearest once0
expect 64 "power is 2, and not from -1 to 1" embed s.txt --out o.txt --power 2
expect 64 "--window: 'wide' is neither basket nor from 1 to 1048576" embed s.txt --out o.txt --window wide
expect 64 "--sample: 'much' is no number" embed s.txt --out o.txt --sample much
expect 64 "s.txt: is the input: what is written needs a file of its own" embed s.txt --out s.txt --replace
expect 73 "v.1.txt: is there already: name another file, or have it replaced by --replace" embed s.txt --out v.1.txt
all_expected
