#!/usr/bin/env bash
# Ranks on which OpenBLAS took different kernels would give other last bits: the
# job does not start.
source "$(dirname "$0")/common.sh"
portfolio p.csv 3000
job() { echo "env OPENBLAS_CORETYPE=$1 $program audit $source/jobs/quickstart.ini --quiet --out out --set input.files=p.csv"; }
rc=0
timeout 300 mpirun -n 1 $(job Prescott) : -n 1 $(job Core2) </dev/null 2>stderr || rc=$?
[ $rc -eq 64 ] || fail "exit code $rc: $(cat stderr)"
grep -q '^paraudit: rank 0 and rank 1 differ in their OpenBLAS kernel (Prescott; Core2)' stderr || fail "$(cat stderr)"
[ ! -e out/audit.h5 ] || fail "there is a result"
