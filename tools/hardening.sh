#!/usr/bin/env bash
# Checks how programs were built and linked.  bash tools/hardening.sh PROGRAM | FOLDER ...
#
# Of a folder every program is looked at. Each
#   - is position independent, and its stack and data cannot be run;
#   - has its relocations made and closed to writing before main (relro, now);
#   - looks for libraries in folders of absolute paths alone: an empty entry of RUNPATH, or a
#     relative one, is a folder below the one that it is run in, where the data may lie;
#   - guards its stack, and has the C library check the sizes of buffers (_FORTIFY_SOURCE).
# Silent when all is well.
set -euo pipefail
[ $# -gt 0 ] || { echo "usage: bash tools/hardening.sh PROGRAM | FOLDER ..." >&2; exit 64; }
bad=0

complain() {
    echo "$program: $*"
    bad=1
}

is_elf() {
    [ "$(head -c 4 "$1" | od -An -tx1)" = " 7f 45 4c 46" ]
}

# The entries of RPATH and RUNPATH, each between < and >: an empty one has a line, too.
library_folders() {
    sed -nE 's/^.*\((RPATH|RUNPATH)\).*\[(.*)\]$/<\2>/p' <<<"$dynamic" | sed 's/:/>\n</g'
}

check_segments() {
    local segments
    segments=$(readelf -lW "$program")
    grep -q '^Elf file type is DYN' <<<"$segments" && grep -q 'FLAGS_1.*PIE' <<<"$dynamic" ||
        complain "not position independent (-fPIE -pie)"
    grep -q '^ *GNU_RELRO' <<<"$segments" || complain "relocations stay open to writing (-z relro)"
    grep -qE '\(FLAGS\).*BIND_NOW|\(FLAGS_1\).*NOW' <<<"$dynamic" || complain "relocations are made late (-z now)"
    grep -q '^ *GNU_STACK .* RW  ' <<<"$segments" || complain "the stack can be run (-z noexecstack)"
    ! grep -q '^ *LOAD .* RWE ' <<<"$segments" || complain "a segment can be written and run"
}

check_folders() {
    local entry
    while read -r entry; do
        case $entry in
        "</"*) ;;
        *) complain "looks for libraries in '${entry:1:-1}', below the folder that it is run in (RUNPATH)" ;;
        esac
    done < <(library_folders)
}

check_symbols() {
    local symbols
    symbols=$(readelf --dyn-syms -W "$program")
    grep -q ' __stack_chk_fail' <<<"$symbols" || complain "the stack is not guarded (-fstack-protector-strong)"
    grep -qE ' __[a-z]+_chk(@| |$)' <<<"$symbols" || complain "sizes of buffers are not checked (-D_FORTIFY_SOURCE)"
}

check() {
    program=$1
    dynamic=$(readelf -dW "$program")
    check_segments
    check_folders
    check_symbols
}

for place in "$@"; do
    if [ -d "$place" ]; then
        found=0
        while IFS= read -r -d '' file; do
            is_elf "$file" || continue
            found=1
            check "$file"
        done < <(find "$place" -type f -perm /111 -print0)
        [ $found = 1 ] || { echo "$place: there is no program in it"; bad=1; }
    else
        check "$place"
    fi
done
exit $bad
