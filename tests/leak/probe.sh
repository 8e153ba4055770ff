#!/usr/bin/env bash
# Can LeakSanitizer look for leaks here?  probe.sh PLANTED OPTIONS
# writes the file OPTIONS, which the tests include in their LSAN_OPTIONS. Its tracer
# cannot work where a process may not be traced (some containers, under a debugger);
# every program would then end in "fatal error" though nothing leaks. So leak checking
# is turned off there, it alone, and that is said. PARAUDIT_NO_LSAN=1 turns it off
# anywhere. The release suite looks for leaks with valgrind in any case.
set -euo pipefail
planted=$1 options=$2 reason=
rm -f "$options"
if [ "${PARAUDIT_NO_LSAN:-0}" != 0 ]; then
    reason="PARAUDIT_NO_LSAN is set"
else
    said=$("$planted" leak 2>&1 </dev/null) || true
    case $said in
    *"LeakSanitizer has encountered a fatal error"*) reason="LeakSanitizer's tracer cannot work here" ;;
    esac
fi
[ -n "$reason" ] || exit 0
echo detect_leaks=0 >"$options"
echo "$reason: leak checking is off, address and undefined-behaviour checks stay on (leak.* of the release suite look for leaks with valgrind)"
