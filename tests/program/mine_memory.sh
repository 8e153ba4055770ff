#!/usr/bin/env bash
# `mine` within a quarter of the memory that it takes where there is enough: the same bytes at any number of ranks, and the
# bound is kept. Less than can be is an error that says how much it needs.
source "$(dirname "$0")/common.sh"
unset MALLOC_TRIM_THRESHOLD_ # memory is measured
/usr/bin/python3 - <<'END'
import random

draw = random.Random(5)


def write(name, baskets):
    with open(name, "w") as f:
        f.writelines(" ".join(map(str, sorted(b))) + "\n" for b in baskets)


# Few items, most of them in most baskets.
odds = [.97 - .017 * i for i in range(34)]
write("dense.dat", [[i for i in range(34) if draw.random() < odds[i]] or [0] for _ in range(2500)])
# Attributes, each with one of some values, which follow from a hidden kind of the basket: some always, others mostly.
kinds = [[draw.randrange(8) for _ in range(18)] for _ in range(12)]
write("alike.dat", [[8 * a + (v if a % 3 == 0 or draw.random() < .8 else draw.randrange(8))
                     for a, v in enumerate(draw.choice(kinds))] for _ in range(5000)])
# Many items, most of them rare, and some in very many baskets.
write("sparse.dat", [{int(draw.paretovariate(.4)) % 2003 for _ in range(draw.randint(1, 24))} for _ in range(15000)])
END

# peak COMMAND ...: the most memory that it had, in bytes.
peak() {
    /usr/bin/python3 -c '
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)' "$@"
}

taken() {
    sed -n 's/^rank [0-9]*: .* time and \([0-9]*\) bytes for trees and mining$/\1/p' "$1" | sort -n | tail -n 1
}

for data in dense:900:"all closed maximal" alike:200:"all closed maximal" sparse:8:"all closed maximal"; do
    IFS=: read -r book support kinds <<<"$data"
    book=$book.dat
    for kind in $kinds; do
        sets=("$program" mine "$book" --min-support "$support" --kind "$kind")
        "${sets[@]}" --out whole.txt --replace --time >said 2>times
        quarter=$(($(taken times) / 4))
        [ "$(wc -l <whole.txt)" -gt 500 ] && [ $quarter -gt 100000 ] || fail "$data, $kind: $(cat said times)"
        for ranks in 1 2 3 4; do
            on "$ranks" "${sets[@]}" --out less.txt --replace --memory $quarter --time >less 2>times
            same said less
            same whole.txt less.txt
            [ "$(taken times)" -le $quarter ] || fail "$data, $kind: $quarter bytes, $(cat times)"
        done
    done
    # Half a MiB is what two runs of the same differ by. A sanitizer has memory of its own.
    if grep -aq __asan_init "$program"; then continue; fi
    nothing=$(peak "$program" mine "$book" --min-support 1000000 --count)
    all=$(peak "${sets[@]}" --count --memory $quarter)
    [ $((all - nothing)) -le $((quarter + (1 << 19))) ] || fail "$data: $quarter bytes, but $((all - nothing))"
done

# All options mean the same there.
for options in "--top-k 300" "--min-length 3 --max-length 5" "--max-length 2" "--count" "--max-sets 23837" "--sort"; do
    # shellcheck disable=SC2086 # several words
    set -- $options
    [ "$1" = --count ] || set -- "$@" --out whole.txt --replace
    "$program" mine dense.dat --min-support 900 "$@" >said
    [ "$1" = --count ] || mv whole.txt expected.txt
    for ranks in 1 3; do
        on $ranks "$program" mine dense.dat --min-support 900 "$@" --memory 120000 >less
        same said less
        [ "$1" = --count ] || same expected.txt whole.txt
    done
done
rules=("$program" mine dense.dat --min-support 900 --min-confidence .95 --max-length 3 --rules)
"${rules[@]}" rules.csv >said
on 2 "${rules[@]}" less.csv --memory 150000 >less
same said less
same rules.csv less.csv
expect 65 "there are more than the 23836 sets that may be: a larger minimum support, closed or maximal sets, a maximum length, shorter baskets (--max-basket), or --top-k" \
    mine dense.dat --min-support 900 --count --max-sets 23836 --memory 120000

# What it says that it needs is about that.
sizes='s/needs about [0-9]* /needs about SO MANY /'
for bound in all:30000 closed:60000 maximal:60000; do
    IFS=: read -r kind bytes <<<"$bound"
    expect 71 "mining may take $bytes bytes of memory and needs about SO MANY (a larger minimum support needs less)" \
        mine alike.dat --min-support 200 --kind "$kind" --count --memory "$bytes"
    "$program" mine alike.dat --min-support 200 --kind "$kind" --count >said
    needed=$(grep -o 'needs about [0-9]*' stderr | grep -o '[0-9]*')
    "$program" mine alike.dat --min-support 200 --kind "$kind" --count --memory $((2 * needed)) >less
    same said less
done
all_expected
