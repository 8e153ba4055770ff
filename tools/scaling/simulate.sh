#!/usr/bin/env bash
# An audit on ranks that are simulated, on a cluster that is not there:  bash tools/scaling/simulate.sh [options] P...
#   --rows N      of the book, time-ordered (20000)
#   --factor F    how much smaller the book is than the one that is meant (1000): bandwidth and speed of the
#                 simulated hosts are divided by it, and the latency stays
#   --out FOLDER  (simulated)
#   --set KEY=VALUE of the audit; as often as wanted
# The sources are the real ones, compiled against SimGrid's SMPI; the kernels run here, one rank after the other, and
# what they took counts as what they would take there. Fat tree, 100 Gb/s, 2 us; 8 ranks a host. Nothing is written
# (io.writer = none): the content digest is compared with that of a real run.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
rows=20000 factor=1000 out=simulated more=() ranks=()
while (($#)); do
    case $1 in
    --rows) rows=$2 && shift ;;
    --factor) factor=$2 && shift ;;
    --out) out=$2 && shift ;;
    --set) more+=(--set "$2") && shift ;;
    [0-9]*) ranks+=("$1") ;;
    *) sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 64 ;;
    esac
    shift
done
((${#ranks[@]})) || { sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 64; }
command -v smpirun >/dev/null || { echo "simulate.sh: SimGrid is not installed (apt install libsimgrid-dev libhdf5-dev)" >&2; exit 69; }
cd "$top"
source tools/setup.sh
build release
cmake -S . -B build/smpi -G Ninja -DCMAKE_BUILD_TYPE=Release -DPARAUDIT_SIMULATE=ON -DPARAUDIT_TESTS=OFF >/dev/null
cmake --build build/smpi --target paraudit >/dev/null
mkdir -p "$out"
out=$(cd "$out" && pwd)

# 100 Gb/s are 12.5 GB/s. 2 us from host to host: two links and a switch between.
bandwidth=$(awk "BEGIN { printf \"%.0f\", 12.5e9 / $factor }") speed=$(awk "BEGIN { printf \"%.0f\", 1e9 / $factor }")
cat >"$out/platform.xml" <<END
<?xml version='1.0'?>
<!DOCTYPE platform SYSTEM "https://simgrid.org/simgrid.dtd">
<platform version="4.1">
  <cluster id="cluster" prefix="host-" suffix="" radical="0-127" speed="${speed}f" core="8" bw="${bandwidth}Bps" lat="0.5us"
           loopback_bw="$((bandwidth * 2))Bps" loopback_lat="0.2us" topology="FAT_TREE" topo_parameters="2;16,8;1,4;1,2"/>
</platform>
END
seq -f 'host-%g' 0 127 >"$out/hosts"

[ -e "$out/$rows.csv" ] || build/release/bin/paraudit generate --rows "$rows" --order time --out "$out/$rows.csv"
audit=(audit jobs/quickstart.ini --quiet --replace --set input.files="$out/$rows.csv" "${more[@]}")
build/release/bin/paraudit "${audit[@]}" --out "$out/real"
digest() { python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["content_digest"])' "$1/run.json"; }
echo "really: content digest $(digest "$out/real")"
mkdir -p "$out/strong"
for p in "${ranks[@]}"; do
    smpirun -np "$p" -hostfile "$out/hosts" -platform "$out/platform.xml" --cfg=smpi/host-speed:1Gf \
        --cfg=network/crosstraffic:0 --cfg=smpi/alltoallv:pair --log=root.thresh:error \
        build/smpi/bin/paraudit "${audit[@]}" --set io.writer=none --out "$out/$p" </dev/null
    cp "$out/$p/run.json" "$out/strong/$p.0.json"
    echo "$p ranks: content digest $(digest "$out/$p")"
done
python3 tools/bench/scaling/series.py "$out"
