#!/usr/bin/env bash
# An audit on ranks that are simulated, on a cluster that is not there:  bash tools/scaling/simulate.sh [options] P...
#   --rows N      of the book, time-ordered (20000)
#   --weak N,...  instead: for each P a book of so many rows a rank, and another of so many more
#   --factor F    how much smaller the book is than the one that is meant (64): bandwidth and speed of the
#                 simulated hosts are divided by it, and the latency stays
#   --merchant K  so many of a hundred rows go to one more merchant (0)
#   --account K   so many of a hundred rows go to one more account (0)
#   --merchants N that there are, about, in all books (a 120th of the rows of each, and 64)
#   --out FOLDER  (simulated)
#   --set KEY=VALUE of the audit; as often as wanted
#   --measured    a simulated rank takes as long as its work takes here, among all others and whoever uses the machine
# The sources are the real ones, compiled against SimGrid's SMPI, and all ranks run here, one after the other. A rank
# takes as long as its work, which is counted in blocks of code (src/comm/simulated_work.c), so that two runs take the
# same. How long a block takes is found once, for each stage: CPU seconds outside MPI of a real run on one rank, the
# least of three, by the blocks of a simulated one, 200,000 rows; FOLDER/rates keeps it. What the compiler does not see
# (libraries, caches) counts as in that book. Fat tree with as many links up as down, 100 Gb/s, 2 us; 8 ranks a host.
# What has a fixed size (knots, bins, merchants with vectors, sets that make rules) is a 64th as well, and learned stages
# have few rounds, as many of each book. Nothing is written (io.writer = none): the content digest must be that of a real
# run. With two books a rank and --factor 1 there is also said what more rows a rank would take
# (tools/bench/scaling/linear.py).
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
rows=20000 factor=64 merchant=0 account=0 out=simulated series=strong work=counted more=() merchants=() ranks=()
while (($#)); do
    case $1 in
    --rows) rows=$2 && shift ;;
    --weak) rows=$2 series=weak && shift ;;
    --factor) factor=$2 && shift ;;
    --merchant) merchant=$2 && shift ;;
    --account) account=$2 && shift ;;
    --merchants) merchants=(--merchants "$2") && shift ;;
    --out) out=$2 && shift ;;
    --measured) work=measured ;;
    --set) more+=(--set "$2") && shift ;;
    [0-9]*) ranks+=("$1") ;;
    *) sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 64 ;;
    esac
    shift
done
((${#ranks[@]})) || { sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 64; }
command -v smpirun >/dev/null || { echo "simulate.sh: SimGrid is not installed (apt install libsimgrid-dev libhdf5-dev)" >&2; exit 69; }
mkdir -p "$out"
out=$(cd "$out" && pwd)
cd "$top"
source tools/setup.sh
paraudit=build/release/bin/paraudit
cmake --preset release >/dev/null
cmake --build build/release --target paraudit >/dev/null
build=build/smpi-counted counts=ON measures=no
[ $work = counted ] || build=build/smpi counts=OFF measures=yes
cmake -S . -B $build -G Ninja -DCMAKE_BUILD_TYPE=Release -DPARAUDIT_SIMULATE=ON -DPARAUDIT_COUNT_WORK=$counts \
    -DPARAUDIT_TESTS=OFF >/dev/null
cmake --build $build --target paraudit >/dev/null

# 100 Gb/s are 12.5 GB/s. 2 us from host to host: four links of a half.
bandwidth=$(awk "BEGIN { printf \"%.0f\", 12.5e9 / $factor }") speed=$(awk "BEGIN { printf \"%.0f\", 1e9 / $factor }")
cat >"$out/platform.xml" <<END
<?xml version='1.0'?>
<!DOCTYPE platform SYSTEM "https://simgrid.org/simgrid.dtd">
<platform version="4.1">
  <cluster id="cluster" prefix="host-" suffix="" radical="0-127" speed="${speed}f" core="8" bw="${bandwidth}Bps" lat="0.5us"
           loopback_bw="$((bandwidth * 2))Bps" loopback_lat="0.2us" topology="FAT_TREE" topo_parameters="2;16,8;1,16;1,1"/>
</platform>
END
seq 0 1023 | awk '{ print "host-" int($1 / 8) }' >"$out/hosts"

# The links are what the platform says: SimGrid's own factors are those of TCP on a gigabit network (a message of some
# hundred bytes has a third of the bandwidth and twice the latency). As MPICH chooses its collectives, mostly in as many
# steps as the logarithm of P, where Open MPI takes P for some of middle size. What the simulator takes again and again
# of the system's memory it keeps.
simulate() {
    local p=$1
    shift
    MALLOC_MMAP_THRESHOLD_=4000000000 MALLOC_TRIM_THRESHOLD_=8000000000 \
        smpirun -np "$p" -hostfile "$out/hosts" -platform "$out/platform.xml" --cfg=smpi/host-speed:1Gf \
        --cfg=network/crosstraffic:0 --cfg=smpi/bw-factor:0:1 --cfg=smpi/lat-factor:0:1 --cfg=smpi/coll-selector:mpich \
        --cfg=smpi/allgather:bruck --cfg=smpi/allgatherv:ompi_bruck --cfg=smpi/grow-injected-times:no \
        --cfg=smpi/send-is-detached-thresh:0 --cfg=smpi/simulate-computation:$measures --log=root.thresh:error $build/bin/paraudit "$@" </dev/null
}

digest() { python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["content_digest"])' "$1/run.json"; }

few=(--set boosting.rounds=4 --set boosting.bins=16 --set iforest.trees=32 --set embedding.epochs=2
     --set embedding.most_merchants=312 --set expected.rounds=4 --set expected.max_rule_sets=15625)
for stage in tails combinations ecod; do few+=(--set "$stage.knots=64"); done
for stage in tails combinations ecod iforest boosting; do few+=(--set "$stage.tail_knots=1024"); done

# write_book ROWS FILE: rows go to the one more merchant, and account, at equal distances in time.
write_book() {
    "$paraudit" generate --rows "$1" "${merchants[@]}" --order time --replace --out "$2.plain" 2>/dev/null
    awk -v merchant="$merchant" -v account="$account" 'BEGIN { FS = OFS = "," }
        NR > 1 && (m += merchant / 100) >= 1 { m--; $3 = "M999999"; $4 = "online_shopping"; $5 = "online"; $6 = "DE"; $12 = $13 = "" }
        NR > 1 && (a += account / 100) >= 1 { a--; $2 = "A9999999"; $10 = 52.1349; $11 = 7.6783 }
        { print }' "$2.plain" >"$2"
    rm "$2.plain"
}

# audit BOOK ROWS: the command, without the folder for the result. An epoch of `embedding` has four rounds at most: each
# of the 64 parts of the accounts has a 256th of all rows in one.
audit() {
    audit=(audit jobs/quickstart.ini --quiet --replace --set input.files="$1" --set io.writer=none "${few[@]}"
           --set embedding.round=$(($2 / 256 + 1)))
}

# Without rates a block takes a nanosecond.
find_rates() {
    local folder=$out/calibration
    mkdir -p "$folder"
    "$paraudit" generate --rows 200000 --order time --replace --out "$folder/book.csv" 2>/dev/null
    audit "$folder/book.csv" 200000
    for i in 1 2 3; do "$paraudit" "${audit[@]}" --out "$folder/real.$i"; done
    simulate 1 "${audit[@]}" --out "$folder/simulated"
    python3 tools/bench/scaling/rates.py "$factor" "$folder"/{simulated,real.1,real.2,real.3}/run.json >"$folder/rates"
    mv "$folder/rates" "$out/rates"
    rm -r "$folder"
}

# run RANKS ROWS FOLDER: FOLDER gets the run's account of itself.
run() {
    local p=$1 n=$2 to=$3 book
    book=$out/$n.$merchant.$account${merchants[1]:+.${merchants[1]}}
    [ -e "$book.csv" ] || write_book "$n" "$book.csv"
    audit "$book.csv" "$n"
    audit+=("${more[@]}")
    [ "$book" = "${really:-}" ] || "$paraudit" "${audit[@]}" --out "$out/real"
    really=$book
    { time simulate "$p" "${audit[@]}" --out "$out/$p"; } 2>"$out/$p.time" || { cat "$out/$p.time" >&2; exit 1; }
    mkdir -p "$to"
    cp "$out/$p/run.json" "$to/$p.0.json"
    awk -v p="$p" -v n="$n" '$1 == "user" || $1 == "sys" { split($2, t, "m"); s += 60 * t[1] + t[2] }
                             END { printf "%d ranks, %d rows: %.0f s of CPU\n", p, n, s }' "$out/$p.time"
    [ "$(digest "$out/real")" = "$(digest "$out/$p")" ] || { echo "simulate.sh: the content digests differ" >&2; exit 1; }
    echo "$p ranks: content digest $(digest "$out/$p"), as really"
}

if [ $work = counted ]; then
    [ -e "$out/rates" ] || find_rates
    echo "stage, nanoseconds a block, CPU seconds, million blocks:"
    cat "$out/rates"
    export PARAUDIT_BLOCK_RATES=$out/rates
fi
if [ $series = strong ]; then
    for p in "${ranks[@]}"; do run "$p" "$rows" "$out/strong"; done
    python3 tools/bench/scaling/series.py "$out"
else
    for n in ${rows//,/ }; do
        for p in "${ranks[@]}"; do run "$p" $((n * p)) "$out/$n/weak"; done
        python3 tools/bench/scaling/series.py "$out/$n"
    done
    [[ $rows != *,* ]] || python3 tools/bench/scaling/linear.py "$out"
fi
