#!/usr/bin/env bash
# Looking for leaks with valgrind finds ours, also where a library allocates for us,
# and no others.
source "$(dirname "$0")/common.sh"
leaks "$bin/planted" none || fail "nothing is planted, but something is found"
for kind in leak copied; do
    rc=0; leaks "$bin/planted" $kind >told || rc=$?
    [ $rc -eq 1 ] && grep -q leaves_behind told && grep -q ' 1 of them are ours$' told || fail "$kind: $rc, $(cat told)"
done
