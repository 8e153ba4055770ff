#!/usr/bin/env bash
# Checkpoints with changed bytes, cut, gone, or with other things in their place: a resumed
# job goes on behind the last step whose files are whole, and ends with the same bytes.
# PARAUDIT_TEST_FLIPS=1000: as many cases (their first seed is told; PARAUDIT_TEST_SEED).
source "$(dirname "$0")/common.sh"
portfolio p.csv 4000
audit 1 whole p.csv
/usr/bin/python3 "$source/tests/program/damage.py" "$program" "$source/jobs/quickstart.ini" \
    "${PARAUDIT_TEST_FLIPS:-40}" "${PARAUDIT_TEST_SEED:-$RANDOM}" || fail "a damaged checkpoint"
