#!/usr/bin/env bash
# What the sanitizers find with leak checking, as the suite runs here, or without.
#   lsan.sh on|off PLANTED OPTIONS TLS_BLOCK MODULE
set -euo pipefail
mode=$1 planted=$2 options=$3 tls_block=$4 module=$5
probe=$(cd "$(dirname "$0")" && pwd)/probe.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
    echo "FAILED: $*" >&2
    exit 1
}

# found MISTAKE 'MESSAGE': the program with it fails, and says so.
found() {
    local rc=0
    "$planted" "$1" >"$work/said" 2>&1 </dev/null || rc=$?
    [ $rc -ne 0 ] && grep -q "$2" "$work/said" || fail "$1: exit code $rc, $(cat "$work/said")"
}
address_and_undefined_are_found() {
    found overrun 'heap-buffer-overflow'
    found undefined 'signed integer overflow'
}

# Turned off by hand, and where every program ends like `fatal`.
without() {
    export LSAN_OPTIONS=$LSAN_OPTIONS:include=$work/options
    grep -q '^PARAUDIT_NO_LSAN is set: leak checking is off' <<<"$(PARAUDIT_NO_LSAN=1 bash "$probe" "$planted" "$work/options")" ||
        fail "the switch says nothing"
    "$planted" leak || fail "a leak is reported in spite of the switch"
    address_and_undefined_are_found
    printf '#!/bin/sh\necho "==1==LeakSanitizer has encountered a fatal error."\nexit 1\n' >"$work/fatal"
    chmod +x "$work/fatal"
    grep -q "tracer cannot work here: leak checking is off" <<<"$(PARAUDIT_NO_LSAN=0 bash "$probe" "$work/fatal" "$work/options")" ||
        fail "the probe does not see that the tracer fails"
    "$planted" leak || fail "a leak is reported in spite of the probe"
    address_and_undefined_are_found
    # Where the tracer works, nothing is turned off.
    printf '#!/bin/sh\necho "==1==ERROR: LeakSanitizer: detected memory leaks"\nexit 1\n' >"$work/fatal"
    PARAUDIT_NO_LSAN=0 bash "$probe" "$work/fatal" "$work/options" && [ ! -e "$work/options" ] ||
        fail "the probe turns leak checking off though it works"
}

with() {
    [ ! -e "$options" ] || { echo "SKIPPED: leak checking is off"; exit 77; }
    address_and_undefined_are_found
    "$planted" none || fail "nothing is planted, but something is found"
    found leak leaves_behind
    found copied leaves_behind
    # Without intercept_tls_get_addr=0 this fails on any machine, up to GCC 13.
    ASAN_OPTIONS=$ASAN_OPTIONS:quarantine_size_mb=0:thread_local_quarantine_size_kb=0 "$tls_block" "$module" ||
        fail "a block of thread-local storage is misread"
}
case $mode in
on) with ;;
off) without ;;
esac
