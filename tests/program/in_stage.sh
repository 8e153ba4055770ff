# Sourced by the tests that stop a job within one of its stages.
#
# Of one rank's calls there are as many each time, so that those within a stage can be found. The job is
# `job`, the words behind paraudit, without --out.
strike=(env PARAUDIT_TEST_SIGNAL=15 PARAUDIT_TEST_SIGNAL_RANK=0 LD_PRELOAD="$bin/libsignal_at.so")
through() { sed -n 's/.*event=stage name=\([a-z_]*\).*/\1/p' "$1/log.txt"; }
struck() { # CALL: leaves the job stopped there
    rc=0
    rm -rf struck
    on 1 "${strike[@]}" PARAUDIT_TEST_SIGNAL_AT="$1" "$program" "${job[@]}" --out struck 2>/dev/null || rc=$?
    [ $rc -eq 75 ] || fail "a signal at call $1: exit code $rc"
}
first_behind() { # STAGE LOW: sets $high, the first call behind LOW at which the job has gone through it
    local low=$2 middle
    high=$calls
    while [ $((high - low)) -gt 1 ]; do
        middle=$(((low + high) / 2))
        struck $middle
        if through struck | found -x "$1"; then high=$middle; else low=$middle; fi
    done
}
# stopped_in STAGE WHOLE CALLS: the stage has at least as many calls, and stopped in three places of it the
# job ends as WHOLE did, resumed on 2, 3 and 4 ranks.
stopped_in() {
    calls=$(on 1 "${strike[@]}" "$program" "${job[@]}" --out counted 2>&1 | sed -n 's/^calls //p')
    local before first percent ranks=2
    before=$(through counted | grep -B1 -x "$1" | head -n 1)
    first_behind "$before" 1
    first=$high
    first_behind "$1" "$first"
    [ $((high - first)) -ge "$3" ] || fail "stage $1 has $((high - first)) calls"
    for percent in 10 50 90; do
        struck $((first + (high - first) * percent / 100))
        [ "$(through struck | tail -n 1)" = "$before" ] || fail "the signal at $percent % came behind $(through struck | tail -n 1)"
        on $((ranks++)) "$program" resume struck --quiet
        same "$2/audit.h5" struck/audit.h5
    done
}
