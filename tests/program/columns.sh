#!/usr/bin/env bash
# A book with text ids, codes, places, further numbers and ids that repeat: the
# same bytes for any number of ranks, also when the job is stopped and resumed,
# and a file that readers open without ceremony.
source "$(dirname "$0")/common.sh"

/usr/bin/python3 - <<'END'
import random
random.seed(5)
print_to = open("b.csv", "w"), open("a.csv", "w")
for f in print_to:
    print("id,account,merchant,time,amount,label,known,category,channel,currency,country,"
          "home_lat,home_lon,merchant_lat,merchant_lon,V1,V-2", file=f)
start, n = 1704067200, 4000
for i in range(n):
    t = start + i * 60 * 86400 // n
    day = start + (i * 60 // n + 7) * 86400
    fraud = random.random() < .02
    place = ["", ""] if random.random() < .1 else [f"{random.uniform(45, 47):.4f}", f"{random.uniform(5, 9):.4f}"]
    print(f"T-{random.randrange(n * 50)}", f"acc{random.randrange(60)}", f"m{random.randrange(90)}", t,
          f"{random.lognormvariate(3 + fraud, 1):.2f}", int(fraud), day if random.random() < .9 else "",
          random.choice(["food", "fuel", "travel", ""]), random.choice(["chip", "online"]),
          random.choice(["EUR", "CHF"]), random.choice(["CH", "FR", "DE"]), "46.5", "7.25", *place,
          f"{random.gauss(0, 1):.5f}", i % 7, sep=",", file=print_to[i % 2])
END

settings=(input.tx=id input.tx_text=yes input.label_time=known 'input.numeric=V*' input.max_reject_share=1)
set=()
for s in "${settings[@]}"; do set+=(--set "$s"); done
for ranks in 1 2 3; do
    on "$ranks" "$program" audit "$source/jobs/presets/generic.ini" --quiet --out "r$ranks" --set input.files='?.csv' "${set[@]}"
    same r1/audit.h5 "r$ranks/audit.h5"
done
on 4 "$program" audit "$source/jobs/presets/generic.ini" --quiet --out tiny --set input.files='?.csv' "${set[@]}" \
    --set io.block=77 --set io.read_buffer=90 --set io.exchange_piece=700
same r1/audit.h5 tiny/audit.h5

# Stopped, resumed on another number of ranks: all columns come back.
on 2 "$bin/rounds" '?.csv' straight fresh -1 "${settings[@]}"
rc=0; on 2 "$bin/rounds" '?.csv' broken fresh 3 "${settings[@]}" 2>/dev/null || rc=$?
[ $rc -eq 75 ] || fail "expected exit code 75, got $rc"
on 3 "$bin/rounds" '?.csv' broken resume -1 "${settings[@]}"
same straight/audit.h5 broken/audit.h5

/usr/bin/python3 - <<'END'
import csv, json
import h5py, xarray

rows, seen, doubles = [], set(), []
for number, name in enumerate(["a.csv", "b.csv"]):
    for line, r in enumerate(csv.DictReader(open(name)), 2):
        (doubles if r["id"] in seen else rows).append((number, line, r))
        seen.add(r["id"])
by_id = {r["id"]: r for _, _, r in rows}
f = h5py.File("r3/audit.h5")
t = f["transactions"]
assert len(t["tx"]) == len(rows) and len(doubles) > 20
assert list(zip(f["rejects/file"], f["rejects/line"])) == [(n, l) for n, l, _ in doubles]
assert json.load(open("r3/run.json"))["rows"]["duplicate"] == len(doubles)
lists = {c: [v.decode() for v in f[f"categories/{c}"]] for c in ["category", "channel", "currency", "country"]}
for c, names in lists.items():
    assert names == sorted(names), names
for i, name in enumerate(t["tx_id"][:]):
    r = by_id[name.decode()]
    for c, names in lists.items():
        code = t[c][i] if i % 97 == 0 else None
        assert code is None or (names[code] if code >= 0 else "") == r[c], (i, c)
t = xarray.open_dataset("r3/audit.h5", group="transactions", engine="h5netcdf")
for i in range(0, len(rows), 37):
    r = by_id[t["tx_id"].values[i].decode()]
    assert abs(float(t["input_V1"][i]) - float(r["V1"])) < 1e-6 and int(t["input_V_2"][i]) == int(r["V-2"])
    assert int(t["label_time"].values[i]) == (int(r["known"]) if r["known"] else -2**63), r["known"]
    lat = float(t["merchant_lat"][i])
    assert lat == float(r["merchant_lat"]) if r["merchant_lat"] else lat != lat
END
