#!/usr/bin/env bash
# How evenly mining is cut where baskets are skewed: processor time of each rank for trees and mining.
#
#     bash tools/bench/mine/skew.sh PARAUDIT [RANKS ...]
#
# 100,000 short baskets of 2,000 items; with one more item in half of them; with 30 baskets of 200 items planted among
# them, drawn from all items, from the 400 most frequent ones, and all alike.
set -euo pipefail
program=$(realpath "${1:?usage: bash tools/bench/mine/skew.sh PARAUDIT [RANKS ...]}")
shift
[ $# -gt 0 ] || set -- 1 2 4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
/usr/bin/python3 - <<'END'
import itertools
import random

draw = random.Random(5)
reach = list(itertools.accumulate(1 / (i + 5) for i in range(2000)))
short = [set(draw.choices(range(2000), cum_weights=reach, k=draw.randint(3, 12))) for _ in range(100000)]


def write(name, long):
    places = dict(zip(range(7, 100000, 3333), long))
    with open(name + ".dat", "w") as f:
        f.writelines(" ".join(map(str, sorted(places.get(i, b)))) + "\n" for i, b in enumerate(short))


write("drawn", [set(draw.sample(range(2000), 200)) for _ in range(30)])
write("frequent", [set(draw.sample(range(400), 200)) for _ in range(30)])
write("alike", [set(draw.sample(range(2000), 200))] * 30)
short = [b | ({5000} if draw.random() < .5 else set()) for b in short]
write("half", [])
END
printf '%-9s %8s %6s %10s %10s %9s  %s\n' baskets support ranks 'mean s' 'largest s' 'of mean' sets
for data in half:10 drawn:4 frequent:6 alike:30; do
    for ranks in "$@"; do
        mpirun -n "$ranks" "$program" mine "${data%:*}.dat" --min-support "${data#*:}" --count --time >said 2>times
        awk -v data="${data%:*}" -v support="${data#*:}" -v sets="$(sed -n 's/^sets: //p' said)" '
            /^rank [0-9]+:/ { sum += $3; n++; if ($3 > most) most = $3 }
            END { printf "%-9s %8d %6d %10.3f %10.3f %9.2f  %s\n", data, support, n, sum / n, most, most / (sum / n), sets }' times
    done
done
