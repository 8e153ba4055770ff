#!/usr/bin/env bash
# A scaling study by tools/scaling/run.sh: its tables, and what series.py makes of runs that are no study.
source "$(dirname "$0")/common.sh"
mkdir bin
ln -s "$program" bin/paraudit
export PATH=$work/bin:$PATH
unset SLURM_JOB_ID
study=('bash' "$source/tools/scaling/run.sh" --rows 2000 --strong 1,2 --weak 1,2 --runs 1 --set boosting.rounds=2 --set embedding.epochs=1)

# ends CODE MESSAGE COMMAND...
ends() {
    local code=$1 message=$2 rc=0
    shift 2
    "$@" </dev/null >said 2>&1 || rc=$?
    [ $rc -eq "$code" ] && found -F -- "$message" <said || fail "$*: $rc, $(cat said)"
}
series() { /usr/bin/python3 "$source/tools/bench/scaling/series.py" "$@"; }

# In a folder with names that input.files would part, in which nothing else is left.
ends 0 '| whole |' "${study[@]}" --out 'a study, mine'
cd 'a study, mine'
[ "$(echo *)" = 'strong strong.csv strong.svg table.md weak weak.csv weak.svg' ] || fail "left: $(echo *)"
[ "$(echo */*.json)" = 'strong/1.0.json strong/2.0.json weak/1.0.json weak/2.0.json' ] || fail "kept: $(echo */*.json)"
found '^2,.*,whole,' <strong.csv && found '^2,.*,whole,' <weak.csv || fail "no line of two ranks"
cd ..
ends 64 '--strong P,P,...' bash "$source/tools/scaling/run.sh" --strong
ends 64 '--strong P,P,...' bash "$source/tools/scaling/run.sh" --runs 1 --ranks 4

# What is no study is told in one line.
ends 64 'usage: python3 series.py FOLDER' series
ends 66 'nowhere: no RANKS.NUMBER.json' series nowhere
foreign() { # MESSAGE: of what lies in no/strong or no/weak
    ends 65 "$1" series no
    [ "$(wc -l <said)" -eq 1 ] || fail "more than a line: $(cat said)"
    [ ! -e no/table.md ] || fail "a table of what is no study"
    rm -r no
}
for text in '{' '{}' '[]' 'null'; do
    mkdir -p no/strong
    echo "$text" >no/strong/1.0.json
    foreign 'no/strong/1.0.json: no run.json of an audit'
done
mkdir -p no/strong
cp 'a study, mine/strong/1.0.json' no/strong/4.0.json
foreign 'is of 1 ranks'
# Books of two sizes are not one series, whichever.
mkdir -p no/strong
cp 'a study, mine/weak/'*.json no/strong
foreign 'strong: more than one book'
mkdir -p no/weak
cp 'a study, mine/strong/'*.json no/weak
foreign 'weak: a rank has'
mkdir -p no/weak
cp 'a study, mine/weak/2.0.json' no/weak
cp 'a study, mine/strong/2.0.json' no/weak/2.1.json
foreign 'weak: more than one book'
