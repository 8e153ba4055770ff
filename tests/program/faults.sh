#!/usr/bin/env bash
# Bad input is answered: the exact message, the exit code, at 1, 2 and 3 ranks,
# and no rank waits for another.
source "$(dirname "$0")/common.sh"
portfolio good.csv 3000
ini=$source/jobs/quickstart.ini
failed=0

# expect CODE 'MESSAGE' ARGUMENTS...: what paraudit prints on standard error.
expect() {
    local code=$1 message=$2 ranks rc
    shift 2
    for ranks in 1 2 3; do
        rc=0
        timeout 60 mpirun -n "$ranks" "$program" "$@" </dev/null >stdout 2>stderr || rc=$?
        if [ $rc -ne "$code" ] || ! grep -qxF "paraudit: $message" stderr; then
            echo "at $ranks ranks: paraudit $*"
            echo "  expected $code: paraudit: $message"
            echo "  got      $rc: $(grep -m1 paraudit: stderr || head -n 3 stderr)"
            failed=1
        fi
    done
}
row='1,A,M,2024-01-01 00:00:00,5.00,0'

expect 64 "unknown command 'adit': did you mean 'audit'?" adit
expect 64 "unknown option '--oot': did you mean '--out'?" audit "$ini" --oot x
expect 66 "nobody.ini: No such file or directory" audit nobody.ini --out out
expect 78 "--set input.fils=x: unknown key 'input.fils': did you mean 'input.files'?" \
    audit "$ini" --set input.fils=x --out out
printf '[input]\npreset = generic\nfiles = good.csv\n\n[split]\ntrain_form = 2024-02-01\n' >bad.ini
expect 78 "bad.ini:6: unknown key 'split.train_form': did you mean 'split.train_from'?" audit bad.ini --out out
expect 78 "contradictory time plan: split.train_from (2024-03-05 00:00:00) must be before split.train_until (2024-03-01 00:00:00)" \
    audit "$ini" --set input.files=good.csv --set split.train_from=2024-03-05 --set split.train_until=2024-03-01 --out out
expect 66 "nobody.csv: No such file or directory" audit "$ini" --set input.files=nobody.csv --out out
touch empty.csv
expect 65 "empty.csv: the file is empty" audit "$ini" --set input.files=empty.csv --out out
{ head -n 1 good.csv; echo "$row,"; sed -n '2,$p' good.csv; echo "2,A,M,2024-01-01 00:00:00,abc,0,"; } >odd.csv
lines=$(wc -l <odd.csv)
expect 65 "odd.csv:$lines: amount 'abc' is not a number (and 0 more rejected rows; input.max_rejects is 0)" \
    audit "$ini" --set input.files=odd.csv --set input.max_rejects=0 --out out
sed 's/^tx,account/tx,konto/' good.csv >column.csv
expect 65 "column.csv:1: there is no column 'account' (there are: tx, konto, merchant, time, amount, label, kind)" \
    audit "$ini" --set input.files=column.csv --out out
touch file
expect 73 "file: not a folder" audit "$ini" --set input.files=good.csv --out file
mkdir -p locked
flock locked/.lock sleep 60 &
holder=$!
sleep 0.5
expect 73 "locked: another paraudit job is writing here" audit "$ini" --set input.files=good.csv --out locked
kill $holder
expect 66 "nothing: no unfinished job here (there is no nothing/checkpoint/job.ini)" resume nothing
expect 78 "table.shards is 32, but 2 ranks need at least 64" audit "$ini" --set input.files=good.csv --set table.shards=32 --out out
[ $failed -eq 0 ] || fail "see above"

# A flipped byte in the result is found, and the column named.
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
[ $rc -eq 65 ] && grep -q /transactions/amount stderr || fail "a flipped byte was not found: $rc, $(cat stderr)"
