#!/usr/bin/env bash
# An installed tree may be moved, and audits with the presets that lie in it: nothing of the
# source or build tree is asked for.
source "$(dirname "$0")/common.sh"
build=$(dirname "$bin")
portfolio p.csv 5000
printf '[input]\npreset = generic\n[split]\naudit_from = 2024-04-16\naudit_until = 2024-04-23\nas_of = 2024-07-01\n' >book.ini

cmake --install "$build" --prefix "$work/first" >/dev/null
for path in "$source" "$build"; do
    ! strings -d first/bin/paraudit | grep -F "$path" || fail "the program holds the path $path"
done
mkdir other
mv first 'other/a tree'
tree='other/a tree'
unset PARAUDIT_PRESETS
on 2 "$tree/bin/paraudit" audit book.ini --quiet --out moved --set input.files=p.csv || fail "the tree that was moved"
audit 2 built p.csv
same moved/audit.h5 built/audit.h5

# It is this tree's preset.
sed -i 's/^account = .*/account = card/' "$tree/share/paraudit/presets/generic.ini"
sed '1s/,account,/,card,/' p.csv >cards.csv
"$tree/bin/paraudit" audit book.ini --quiet --out cards --set input.files=cards.csv || fail "the preset of the tree"
same moved/alerts.csv cards/alerts.csv
"$tree/bin/paraudit" audit "$tree/share/paraudit/quickstart.ini" --quiet --out quickstart --set input.files=cards.csv ||
    fail "a configuration of the tree"
ln -s "$tree/bin/paraudit" linked
./linked audit book.ini --quiet --out linked.out --set input.files=cards.csv || fail "a link to the program"
"$tree/bin/paraudit" doctor >said
grep -qxF "presets     $(pwd -P)/$tree/share/paraudit/presets" said || fail "doctor says other presets"

# Where there are none, it is said where they were looked for.
mv "$tree/share" gone
n=0
expect_without() {
    local code=$1 message=$2 rc=0
    shift 2
    n=$((n + 1))
    env "$@" "$tree/bin/paraudit" audit book.ini --quiet --out "none$n" --set input.files=cards.csv 2>stderr || rc=$?
    [ "$rc" = "$code" ] && answered "$message" || fail "expected $code: $message; got $rc: $(cat stderr)"
}
beside=$(pwd -P)/$tree/bin/../share/paraudit/presets
expect_without 66 "preset 'generic': there is no generic.ini in presets, nor in $beside (PARAUDIT_PRESETS names a folder)" A=
expect_without 66 "preset 'generic': there is no generic.ini in presets, in none, nor in $beside (PARAUDIT_PRESETS names a folder)" \
    PARAUDIT_PRESETS=none
expect_without 0 "" PARAUDIT_PRESETS=gone/paraudit/presets
mv gone/paraudit/presets presets
expect_without 0 "" A=
