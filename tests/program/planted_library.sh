#!/usr/bin/env bash
# A library that lies beside the data is not loaded, by whatever name it goes.
source "$(dirname "$0")/common.sh"
cat >planted.c <<'END'
#include <unistd.h>
__attribute__((constructor)) static void loaded(void) { if (write(2, "PLANTED\n", 8)) _exit(99); }
END
cc -shared -fPIC -o planted.so planted.c
n=0
for name in $(readelf -dW "$program" | sed -nE 's/.*\(NEEDED\).*\[(.*)\]$/\1/p'); do
    cp planted.so "$name"
    n=$((n + 1))
done
[ "$n" -ge 5 ] || fail "$n libraries are needed"

"$program" --version >said 2>&1 || fail "a library beside the data is in the way: $(tail -n 1 said)"
grep -q '^paraudit ' said && ! grep -q PLANTED said || fail "a library beside the data is loaded: $(tail -n 1 said)"

# The plant would be seen.
rc=0; LD_LIBRARY_PATH=. "$program" --version >said 2>&1 || rc=$?
[ "$rc" -ne 0 ] || grep -q PLANTED said || fail "the planted libraries are never loaded: $(tail -n 1 said)"
