#!/usr/bin/env bash
# One audit over several hosts that talk by TCP, a millisecond apart:  bash tests/hosts/run.sh
# The same bytes as on one; a host that is lost ends the job, which goes on elsewhere.
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export PARAUDIT_TEST_SOURCE=$top PARAUDIT_TEST_PROGRAM=${PARAUDIT_TEST_PROGRAM:-$top/build/release/bin/paraudit}
source "$top/tests/program/apart.sh"
apart nsenter
source "$top/tests/program/common.sh"
source "$top/tests/hosts/hosts.sh"
if missing=$(hosts_missing); then skip "$missing"; fi
hosts=$work/hosts shared=$work:$top:$bin
trap 'hosts_down; rm -rf "$work"' EXIT
# As jobs/audit.sbatch has it: without these a link that is cut is noticed after eight minutes.
export OMPI_MCA_oob_tcp_keepalive_time=5 OMPI_MCA_oob_tcp_keepalive_intvl=2 OMPI_MCA_oob_tcp_keepalive_probes=3

begun=$SECONDS
say() { echo "$((SECONDS - begun)) s: $*"; }

# Ranks that learn agree some thousand times, and each time takes milliseconds: fewer rounds will do.
portfolio p.csv 20000
{
    sed "s|^\[input\]|&\nfiles = p.csv|" "$source/jobs/quickstart.ini"
    printf '[checkpoint]\nevery = 0\n[boosting]\nrounds = 10\n[embedding]\nepochs = 3\n[expected]\nrounds = 3\n'
} >book.ini
"$program" audit book.ini --quiet --out whole

up() { # N [MOUNTS]
    hosts_up "$1" 1000 "${2:-}" || fail "the hosts do not come up: $(cat "$hosts"/switch "$hosts"/log.*)"
    hosts_agent
}
has_saved() { compgen -G "$1/checkpoint/*.manifest" >/dev/null; }

# ends SECONDS: the job behind the script does, and not well.
ends() {
    local at=$SECONDS rc=0
    while kill -0 $job 2>/dev/null; do
        [ $((SECONDS - at)) -le "$1" ] || fail "the job goes on $1 s later"
        sleep 0.2
    done
    wait $job || rc=$?
    [ $rc -ne 0 ] || fail "the job ends well"
    say "over after $((SECONDS - at)) s, with $rc"
}
goes_on() { # OUT: on one host, with another number of ranks
    on 3 "$program" resume "$1" --quiet
    same whole/audit.h5 "$1/audit.h5"
    say "$1: same bytes"
}

# ---- same bytes ----

up 3
over_hosts 2 2 "$program" audit book.ini --quiet --out two
same whole/audit.h5 two/audit.h5
say "4 ranks on 2 hosts: same bytes"
over_hosts 2 3 "$program" audit book.ini --quiet --out three
same whole/audit.h5 three/audit.h5
say "6 ranks on 3 hosts: same bytes"

# ---- a host is lost; a link is cut ----

over_hosts 2 3 "$program" audit book.ini --quiet --out killed >said 2>&1 &
job=$!
within 300 has_saved killed || fail "no checkpoint: $(cat said)"
hosts_kill 3
ends 10
goes_on killed
hosts_down

up 3
over_hosts 2 3 "$program" audit book.ini --quiet --out cut >said 2>&1 &
job=$!
within 300 has_saved cut || fail "no checkpoint: $(cat said)"
hosts_cut
ends 60
hosts_down
goes_on cut

# ---- little shared memory; folders that differ ----

mkdir own own/1 own/2 apart
shm=1m up 2 "mount --bind $work/own/\$host $work/apart"
over_hosts 2 2 "$program" audit book.ini --quiet --out small
same whole/audit.h5 small/audit.h5
say "1 MiB of shared memory: same bytes"

# fails CODE ARGUMENTS...: paraudit on two hosts, with this code on every rank; sets $took, milliseconds. Codes go
# around mpirun, which takes some seconds to kill what has ended.
fails() {
    local code=$1 began=${EPOCHREALTIME/[.,]/}
    shift
    rm -f code.*
    over_hosts 2 2 sh -c '"$@"; echo $? >code.$OMPI_COMM_WORLD_RANK' - "$program" "$@" --quiet >said 2>&1
    took=$(((${EPOCHREALTIME/[.,]/} - began) / 1000))
    [ "$(cat code.* | tr '\n' ' ')" = "$code $code $code $code " ] || fail "$* ends with $(cat code.* said)"
}
# Within 5 s; on a busy machine, 4 s later than what ends at once.
for ((try = 0; try < 3; try++)); do
    fails 66 audit no.ini --out no
    most=$((took > 1000 ? took + 4000 : 5000))
    fails 73 audit book.ini --out apart/book
    [ $took -gt $most ] || break
done
[ $try -lt 3 ] || fail "that folders differ is known after $took ms"
grep '^paraudit: ' said >answer
[ "$(wc -l <answer)" -eq 1 ] && found 'on host1 has put there rank [0-9] on host2 does not find' <answer || fail "folders that differ: $(cat said)"
[ -z "$(find own -type f)" ] || fail "folders that differ: left are $(find own)"
say "folders that differ: 73 after $took ms"
