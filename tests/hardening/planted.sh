#!/usr/bin/env bash
# The check of how programs are built passes a sound one and tells each of several faults,
# planted one at a time in a small program.  planted.sh CC
set -euo pipefail
cc=${1:?usage: planted.sh CC}
check=$PARAUDIT_TEST_SOURCE/tools/hardening.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

cat >small.c <<'END'
#include <stdio.h>
#include <string.h>
int main(int argc, char **argv)
{
    char name[80];
    memcpy(name, argv[0], (size_t)argc * 8);
    name[79] = 0;
    printf("%s\n", name);
    return argc > 9;
}
END
sound=(-O2 -fPIE -pie -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
    -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,-rpath,/opt/lib)

# faulty 'MESSAGE' FLAGS...: the flags come last and turn a sound program into a faulty one.
faulty() {
    local message=$1
    shift
    "$cc" "${sound[@]}" small.c "$@" -o faulty
    if bash "$check" faulty >said; then fail "nothing is told of $*"; fi
    [ "$(cat said)" = "faulty: $message" ] || fail "of $* is told: $(cat said)"
}

"$cc" "${sound[@]}" small.c -o sound
bash "$check" sound || fail "a sound program"
faulty "not position independent (-fPIE -pie)" -fno-pie -no-pie
faulty "relocations stay open to writing (-z relro)" -Wl,-z,norelro
faulty "relocations are made late (-z now)" -Wl,-z,lazy
faulty "the stack can be run (-z noexecstack)" -Wl,-z,execstack
faulty "the stack is not guarded (-fstack-protector-strong)" -fno-stack-protector
faulty "sizes of buffers are not checked (-D_FORTIFY_SOURCE)" -U_FORTIFY_SOURCE
below="below the folder that it is run in (RUNPATH)"
faulty "looks for libraries in '', $below" -Wl,-rpath,/opt/more: # as CMake pads it
faulty "looks for libraries in '', $below" -Wl,-rpath,:/opt/more
faulty "looks for libraries in 'lib', $below" -Wl,-rpath,lib
faulty "looks for libraries in '.', $below" -Wl,-rpath,. -Wl,--disable-new-dtags
faulty "looks for libraries in '\$ORIGIN', $below" '-Wl,-rpath,$ORIGIN'

mkdir -p tree/bin tree/share
cp sound tree/bin
echo text >tree/share/text
chmod +x tree/share/text
bash "$check" tree || fail "a folder with a sound program"
cp faulty tree/bin
if bash "$check" tree >/dev/null; then fail "a folder with a faulty program"; fi
mkdir empty
if bash "$check" empty >/dev/null; then fail "a folder without a program"; fi
