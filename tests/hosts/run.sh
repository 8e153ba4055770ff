#!/usr/bin/env bash
# One audit over several hosts that talk by TCP, a millisecond apart:  bash tests/hosts/run.sh
# The same bytes as on one; a host that is lost ends the job, which goes on elsewhere.
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export PARAUDIT_TEST_SOURCE=$top PARAUDIT_TEST_PROGRAM=${PARAUDIT_TEST_PROGRAM:-$top/build/release/bin/paraudit}
source "$top/tests/program/common.sh"
source "$top/tests/hosts/hosts.sh"
if missing=$(hosts_missing); then
    echo "SKIPPED: no hosts here: $missing"
    exit 77
fi
hosts=$work/hosts shared=$work:$top:$bin
trap 'hosts_down; rm -rf "$work"' EXIT
# As jobs/audit.sbatch has it: without these a link that is cut is noticed after eight minutes.
export OMPI_MCA_oob_tcp_keepalive_time=5 OMPI_MCA_oob_tcp_keepalive_intvl=2 OMPI_MCA_oob_tcp_keepalive_probes=3

begun=$SECONDS
say() { echo "$((SECONDS - begun)) s: $*"; }

portfolio p.csv 20000
{ sed "s|^\[input\]|&\nfiles = p.csv|" "$source/jobs/quickstart.ini"; printf '[checkpoint]\nevery = 0\n'; } >book.ini
audit 1 whole p.csv

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
within 120 has_saved killed || fail "no checkpoint: $(cat said)"
hosts_kill 3
ends 10
goes_on killed
hosts_down

up 3
over_hosts 2 3 "$program" audit book.ini --quiet --out cut >said 2>&1 &
job=$!
within 120 has_saved cut || fail "no checkpoint: $(cat said)"
hosts_cut
ends 60
hosts_down
goes_on cut

# ---- little shared memory ----

shm=1m up 2
over_hosts 2 2 "$program" audit book.ini --quiet --out small
same whole/audit.h5 small/audit.h5
say "1 MiB of shared memory: same bytes"
hosts_down
