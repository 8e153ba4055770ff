#!/usr/bin/env bash
# Checkpoints with changed bytes, cut, gone, or with other things in their place: a resumed
# job goes on behind the last step whose files are whole, and ends with the same bytes.
# PARAUDIT_TEST_FLIPS=1000: as many cases; PARAUDIT_TEST_SEED: those of that seed.
source "$(dirname "$0")/common.sh"
portfolio p.csv 1500
# Without patterns: of the memory that mining may take, 1 GiB, it touches little, but
# MALLOC_PERTURB_ all, in each case.
{ cat "$source/jobs/quickstart.ini"; printf '\n[iforest]\ntrees = 16\n[table]\nshards = 128\n[job]\nleave_out = merchants,patterns,expected,forecast,combinations,ecod\n'; } >small.ini
"$program" audit small.ini --quiet --out whole --set input.files=p.csv
/usr/bin/python3 "$source/tests/program/damage.py" "$program" small.ini \
    "${PARAUDIT_TEST_FLIPS:-40}" "${PARAUDIT_TEST_SEED:-$RANDOM}" || fail "a damaged checkpoint"
