#!/usr/bin/env bash
# A command line, a configuration, a result that is of no use is answered: the
# exact message, the exit code, at 1, 2 and 3 ranks; no rank waits for another.
source "$(dirname "$0")/common.sh"
portfolio good.csv 3000
ini=$source/jobs/quickstart.ini
# The command line.
expect 64 "no command given"
expect 64 "unknown command 'adit': did you mean 'audit'?" adit
expect 64 "unknown option '--oot': did you mean '--out'?" audit "$ini" --oot x
expect 64 "--out is given twice" audit "$ini" --out a --out b
expect 64 "--out needs a value: --out DIR" audit "$ini" --out
# lacks WORD COMMAND ...: it is named, and the usage is shown.
lacks() {
    PARAUDIT_TEST_RANKS=1 expect 64 "$1 is missing" "${@:2}"
    grep -q '^usage: paraudit' stderr || fail "$*: $(cat stderr)"
}
lacks CONFIG audit --out out
lacks CONFIG check
lacks DIR verify
lacks DIR resume --quiet
lacks DIR evaluate
lacks MATRIX.csv detect --out x.csv
expect 64 "'b.ini' is one argument too many" audit a.ini b.ini --out out
expect 64 "--set: no '=' in 'job.seed'; write section.key=value" audit "$ini" --set job.seed --out out
expect 64 "--rows must be from 1 to 1000000000000" generate --rows 0 --out x.csv
on 2 "$program" --version | found -x 'paraudit [0-9.]*' || fail "--version"
on 2 "$program" -h | found '^  audit ' || fail "-h"

# The configuration.
expect 66 "nobody.ini: cannot open the configuration: No such file or directory" audit nobody.ini --out out
expect 78 "--set: unknown key 'input.fils': did you mean 'input.files'?" \
    audit "$ini" --set input.fils=x --out out
expect 78 "--set: 'iforest.sample' is '1'; it must be 2 to 4096 rows" \
    audit "$ini" --set iforest.sample=1 --out out
printf '[input]\npreset = generic\nfiles = good.csv\n\n[split]\ntrain_form = 2024-02-01\n' >bad.ini
expect 78 "bad.ini:6: unknown key 'split.train_form': did you mean 'split.train_from'?" audit bad.ini --out out
expect 78 "contradictory time plan: split.train_from (2024-03-05 00:00:00) must be before split.train_until (2024-03-01 00:00:00)" \
    audit "$ini" --set input.files=good.csv --set split.train_from=2024-03-05 --set split.train_until=2024-03-01 --out out
rc=0; on 2 "$program" audit "$ini" --set input.files=good.csv --set table.shards=32 --out out 2>stderr || rc=$?
[ $rc -eq 78 ] && grep -qxF "paraudit: table.shards is 32, but 2 ranks need at least 64 (32 each): raise it, or start fewer ranks" stderr ||
    fail "too few shards: $rc, $(cat stderr)"
# A slip in a variable's section is told; what module files set is not.
PARAUDIT_INPT_FILES=x.csv expect 78 "unknown environment variable 'PARAUDIT_INPT_FILES': did you mean 'PARAUDIT_INPUT_FILES'?" \
    audit "$ini" --set input.files=good.csv --out out
PARAUDIT_ROOT=/opt PARAUDIT_HOME=/opt PARAUDIT_DIR=/opt expect 66 "none.csv: cannot open: No such file or directory (input.files)" \
    audit "$ini" --set input.files=none.csv --out out

printf '[input]\nfiles = good.csv\n\0' >nul.ini
expect 78 "nul.ini:3: a zero byte: this is no text file in UTF-8" audit nul.ini --out out
{ printf '[input]\nfiles = good.csv\n'; head -c 1100000 /dev/zero | tr '\0' ';'; } >long.ini
expect 78 "long.ini: larger than 1 MiB: this is no configuration" audit long.ini --out out
mkdir -p folder
expect 74 "folder: cannot read: Is a directory" audit folder --out out
# Of two values the last one holds.
expect 66 "second.csv: cannot open: No such file or directory (input.files)" \
    audit "$ini" --set input.files=good.csv --set input.files=second.csv --out out

# Rows (more in faults_files.sh and faults_rows.sh).
sed 's/,A/,/' good.csv | sed 's/^\([0-9]*\),[0-9]*,/\1,,/' >nobody.csv
n=$(($(wc -l <nobody.csv) - 2))
expect 65 "nobody.csv:2: the account is empty (input.no_account = own keeps such rows) ($((n + 1)) of the $((n + 1)) rows of this file are rejected, $((n + 1)) for 'empty account': see input.no_account; input.max_reject_share is 0.005)" \
    audit "$ini" --set input.files=nobody.csv --set input.max_rejects=1000000 --out out
# Bad rows near both ends: the first is named, whichever rank finds it.
{
    cat good.csv
    echo "1,A,M,cafe,pos,DE,EUR,2024-01-01 00:00:00,abc,,,,,0,,"
    echo "2,A,M,cafe,pos,DE,EUR,2024-01-01 00:00:00,90071992547409.93,,,,,0,,"
} >odd.csv
lines=$(wc -l <odd.csv)
expect 65 "odd.csv:$((lines - 1)): amount 'abc' is not a number (and 1 more rejected rows; input.max_rejects is 0)" \
    audit "$ini" --set input.files=odd.csv --set input.max_rejects=0 --out out
sed '2i 3,A,M,cafe,pos,DE,EUR,2024-13-01 00:00:00,5.00,,,,,0,,' odd.csv >odder.csv
expect 65 "odder.csv:2: time '2024-13-01 00:00:00' is not like 2018-07-25 13:05:59 (input.time_format) (and 2 more rejected rows; input.max_rejects is 2)" \
    audit "$ini" --set input.files=odder.csv --set input.max_rejects=2 --out out

# A folder without a result.
expect 66 "nothing: no unfinished job here (there is no nothing/checkpoint/job.ini)" resume nothing
expect 66 "good.csv: is no folder: name the --out of the audit" resume good.csv
expect 78 "job.leave_out: there is no stage 'ifores': did you mean 'iforest'?" audit "$source/jobs/quickstart.ini" --out never --set input.files=good.csv --set job.leave_out=ifores
[ ! -e never ] || fail "a wrong job.leave_out made a folder"
expect 66 "nothing/audit.h5: No such file or directory" verify nothing
expect 66 "nothing/audit.h5: No such file or directory" evaluate nothing

expect 66 "away: No such file or directory (--inputs)" verify out --inputs . away
expect 66 "good.csv: is no folder (--inputs takes the folders of the input files)" verify out --inputs good.csv

# A flipped byte in the result is found.
audit 2 out good.csv
"$program" verify out --inputs . >/dev/null
/usr/bin/python3 - <<'END'
import h5py
at = h5py.File("out/audit.h5")["transactions/amount"].id.get_offset()
with open("out/audit.h5", "r+b") as f:
    f.seek(at + 3)
    byte = f.read(1)
    f.seek(at + 3)
    f.write(bytes([byte[0] ^ 1]))
END
rc=0; on 2 "$program" verify out >stdout 2>stderr || rc=$?
[ $rc -eq 65 ] && grep -q '^paraudit: out/audit.h5: damaged: ' stderr || fail "a flipped byte was not found: $rc, $(cat stderr)"

# run.json that was not written for this file, or is none.
audit 1 other good.csv --set job.seed=2
audit 2 mixed good.csv
cp other/run.json mixed/
expect 64 "unknown protocol 'hand': there are audit and handbook" evaluate mixed --protocol hand
expect 65 "mixed/audit.h5: the bytes are not those that mixed/run.json was written for" verify mixed
echo '{' >mixed/run.json
rc=0; "$program" verify mixed 2>stderr || rc=$?
[ $rc -eq 65 ] && grep -q '^paraudit: mixed/run.json:[0-9]*: not JSON: ' stderr || fail "a broken run.json: $rc, $(cat stderr)"
truncate -s -1 mixed/audit.h5
rc=0; on 3 "$program" verify mixed 2>stderr || rc=$?
[ $rc -eq 65 ] && grep -q '^paraudit: mixed/audit.h5: damaged: ' stderr || fail "a cut result: $rc, $(cat stderr)"

# A name that would steer the terminal, or turn the reading order, is written out.
name=$(printf 'a\033[2J\342\200\256b.csv')
: >"$name"
expect 65 'a\x1b[2J\u202eb.csv: the file is empty: a line with the names of the columns is expected' \
    audit "$ini" --set input.files='a*b.csv' --out none
all_expected
