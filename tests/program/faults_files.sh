#!/usr/bin/env bash
# Files that cannot be used: the exact answer.
source "$(dirname "$0")/common.sh"
source "$source/tests/program/small_book.sh"

# file NAME CODE 'MESSAGE': audited alone.
file() {
    expect "$2" "$3" audit audit.ini --set input.files="$1" --out out
}
mkfifo fifo
mkdir folder
touch empty.csv
printf '\xef\xbb\xbf\r\n\n' >blank.csv
echo $columns >bare.csv
printf %s $columns >cut.csv
sed 's/^tx,account/tx,konto/' good.csv >missing.csv
sed 's/^tx,account,merchant/tx,account,account/' good.csv >doubled.csv
sed 's/^tx,/"tx,/' good.csv >quote.csv
{ printf '%*s,' 1500000 ''; cat good.csv; } >wide.csv
gzip -c good.csv | head -c 1000 >cut.csv.gz
zstd -qc good.csv | head -c 1000 >cut.csv.zst
{ zstd -qc good.csv; echo more; } >more.csv.zst
{ gzip -c good.csv; echo more; } >more.csv.gz
{ printf '\x28\xb5\x2f\xfd'; cat good.csv; } >no.csv.zst
printf '\xff\xfet\0x' >utf16.csv
tar -czf tar.csv.gz good.csv
printf '\x80\x04\x95\0\0\0\0' | zstd -q >pickle.csv.zst
printf '<!DOCTYPE html>\n<html>Please log in' >login.csv
head -c 5000 /dev/zero >zeros.csv
file nobody.csv 66 "nobody.csv: cannot open: No such file or directory (input.files)"
file 'nobody*.csv' 66 "no file matches 'nobody*.csv' (input.files)"
file '' 78 "input.files names no file"
file folder 66 "folder: is a folder: name the files in it, as in FOLDER/*.csv"
file fifo 66 "fifo: is not a regular file"
file /dev/null 66 "/dev/null: is not a regular file"
file empty.csv 65 "empty.csv: the file is empty: a line with the names of the columns is expected"
file blank.csv 65 "blank.csv: the file is empty: a line with the names of the columns is expected"
file bare.csv 65 "bare.csv: no row behind the names of the columns"
file cut.csv 65 "cut.csv: no row behind the names of the columns"
file missing.csv 65 "missing.csv:1: no column 'account' (input.account): did you mean 'amount'? The columns are tx, konto, merchant, time, amount, label"
file doubled.csv 65 "doubled.csv:1: two columns are named 'account' (input.account): columns 2 and 3: say account#1 or account#2"
file "good.csv missing.csv" 65 "missing.csv:1: no column 'account' (input.account): did you mean 'amount'? The columns are tx, konto, merchant, time, amount, label"
file quote.csv 65 "quote.csv:1: the line with the names of the columns does not end within $(wc -c <quote.csv) bytes"
file wide.csv 65 "wide.csv:1: the line with the names of the columns does not end within 1048576 bytes"
file cut.csv.gz 65 "cut.csv.gz: the compressed data ends early (byte 1000 of the file): cut short?"
file cut.csv.zst 65 "cut.csv.zst: the compressed data ends early (byte 1000 of the file): cut short?"
file more.csv.gz 65 "more.csv.gz: other bytes follow the end of the compressed data (byte $(($(wc -c <more.csv.gz) - 5)))"
file more.csv.zst 65 "more.csv.zst: other bytes follow the end of the compressed data (byte $(($(wc -c <more.csv.zst) - 5)))"
file no.csv.zst 65 "no.csv.zst: the compressed data is damaged near byte 0: Data corruption detected"
file utf16.csv 65 "utf16.csv:1: byte 0x78 (offset 4) begins no sign of UTF-16LE: is the file damaged, or is it in another encoding?"
# The same from both commands that read text.
both() {
    file "$1" 65 "$1: the file is $2"
    expect 65 "$1: the file is $2" detect "$1" --out scores.csv
}
both tar.csv.gz "a tar archive: unpack the file that is in it"
both pickle.csv.zst "a Python pickle: write it as CSV, with pandas say"
both login.csv "a page of HTML: is it a login page in place of the file? CSV is read, plain or compressed by gzip or zstd"
both zeros.csv "no text: zero or control bytes: CSV is read, plain or compressed by gzip or zstd"
all_expected
