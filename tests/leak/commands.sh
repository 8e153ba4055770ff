#!/usr/bin/env bash
# An audit and the commands that read its result lose no memory: what LeakSanitizer
# says of a sanitized build (where it can work), said of the program as it is shipped.
source "$(dirname "$0")/common.sh"
portfolio p.csv 3000
zstd -q p.csv
clean() { leaks "$program" "$@" || fail "paraudit $*"; }
clean audit "$source/jobs/quickstart.ini" --quiet --out out --set input.files=p.csv.zst --set checkpoint.every=0
clean verify out --inputs .
clean evaluate out --json
awk 'BEGIN { print "a,b,y"; for (i = 0; i < 300; i++) printf "%d,%d,%d\n", i % 17, i % 23, i % 50 == 0 }' >m.csv
clean detect m.csv --label y --out scores.csv
awk 'BEGIN { print "unique_id,ds,y"; for (i = 0; i < 300; i++) printf "%d,%d,%d\n", i % 11, i / 11, i % 23 }' >f.csv
clean forecast f.csv --horizon 3 --season 4 --quiet --out f.out
clean generate --rows 2000 --parts 2 --out again.csv.zst
