#!/usr/bin/env bash
# `apply` alone, from the stores inside a sealed audit.h5, repeats its bits.
source "$(dirname "$0")/common.sh"
portfolio p.csv 16000
audit 2 a p.csv
for ranks in 1 3; do
    on "$ranks" "$bin/apply_again" "$source/jobs/quickstart.ini" a/audit.h5 --set input.files=p.csv || fail "$ranks ranks"
done
