#!/usr/bin/env bash
# What `paraudit check` says of a configuration, that its errors are those of an audit, and
# that the configuration it prints for a bare file is one that an audit runs by.
source "$(dirname "$0")/common.sh"
source "$source/tests/program/small_book.sh"
sed -i '/^max_reject/d' audit.ini

check() {
    "$program" check "$@" </dev/null
}
# Figures of the machine, and those that grow with every stage.
sizes='s/[0-9.]* [KMGTPE]iB are free/FREE are free/; s/[0-9.]* [KM]iB\( over all ranks\)/MEMORY\1/
    s/([0-9]* bytes a row in [0-9]* columns make [0-9.]* [KM]iB)/(ROWS)/; s/disk    .*/disk    DISK/'

# ---- a configuration: all that is said, to the letter --------------------------------
{
    echo 'tx;account;merchant;day;clock;amount;label;note'
    rows 0 239 | sed 's/ \([0-9]*:\)/;\1/; s/,/;/g; s/;\([0-9]*\)\.\([0-9]*\);\([01]\)$/;\1,\2;\3;x/; 7s/;[0-9]*,[0-9]*;/;abc;/; 9s/;0;x/;maybe;x/'
} >semi.csv
cat >semi.ini <<'END'
[input]
files = semi.csv
time = day,clock
[split]
audit_from = 2024-04-10
audit_until = 2024-04-20
END
cat >expected <<'END'
files
  semi.csv: 9.5 KiB, 240 rows, all looked at
      UTF-8, ';' between fields, '"' around fields, header in line 1, a comma before decimals, times as they stand (auto)

columns of semi.csv
  input.tx        = tx         -> column 1 'tx'               such as 0
  input.account   = account    -> column 2 'account'          such as A00
  input.merchant  = merchant   -> column 3 'merchant'         such as M0
  input.time      = day,clock  -> columns 4 'day', 5 'clock'  such as 2024-01-01, 00:00:00
  input.amount    = amount     -> column 6 'amount'           such as 0,00
  input.label     = label      -> column 7 'label'            such as 1
  not read: note

rows as they are understood
  row           tx   account  merchant  time (UTC)           amount  label
  semi.csv:2    0    A00      M0        2024-01-01 00:00:00    0.00  fraud
  semi.csv:3    1    A07      M5        2024-01-01 11:01:00    1.01  genuine
  semi.csv:4    2    A14      M3        2024-01-01 22:02:00    2.02  genuine
  semi.csv:240  238  A06      M0        2024-04-28 02:58:00   58.38  genuine
  semi.csv:241  239  A13      M5        2024-04-28 13:59:00   59.39  genuine

rejected: 1 of the 240 rows looked at
  1  bad amount  semi.csv:8: amount 'abc' is not a number
labels: 6 fraud, 232 genuine, 1 unknown
  'maybe' is no word for either (1 row, first semi.csv:10): input.label_fraud or input.label_genuine

NOTE 1 row has a label that is not understood and counts as unknown ('maybe' in semi.csv:10)

END
check semi.ini --out new/folder >said 2>&1 || fail "semi.ini: $(tail -n 1 said)"
head -n "$(wc -l <expected)" said | cmp - expected || { diff expected said; fail "the account of semi.ini"; }
sed -n '/^time plan/,$p' said | sed "$sizes" >rest
cat >expected <<'END'
an audit needs, roughly
  memory  MEMORY over all ranks (ROWS), and 64 MiB a rank
  disk    DISK
  new/folder can be written, and will be made: FREE are free
END
tail -n 4 rest | cmp - expected || fail "the needs of semi.ini: $(cat rest)"
[ ! -e new ] || fail "check has left a folder"
# The plan is that of the audit.
"$program" audit semi.ini --out semi 2>said.audit
sed -n '/^time plan/,/^  the earlier fold/p' said >plan
[ -s plan ] && sed -n '/^time plan/,/^  the earlier fold/p' said.audit | cmp - plan || fail "the plan of semi.ini"
check semi.ini --out semi | found '; it holds an audit of this configuration, which is gone on with, or left' || fail "a folder with a result"

# ---- a look at both ends --------------------------------------------------------------
{ echo $columns; rows 0 239; } | sed '3s/2024/x/; 240s/2024/y/' >ends.csv
gzip -nk ends.csv
zstd -q ends.csv
for file in ends.csv ends.csv.gz ends.csv.zst; do
    check audit.ini --bytes 1000 --set input.files=$file --set input.max_reject_share=1 >said || fail "both ends of $file"
    grep -q "^  $file: .*, about 24[0-9] rows, the first [25][0-9] and the last 2[0-9] looked at\$" said || fail "rows of $file: $(sed -n 2p said)"
    grep -q "^  2  bad time  $file:3: time 'x-01-01 11:01:00'" said || fail "rejects of $file: $(grep 'bad time' said)"
    grep -q "^  $file, last 1000 bytes:[0-9]* *239 " said || fail "the last row of $file: $(grep 239 said)"
    grep -q '^  history  *2024-01-01 .* ~6[0-9] ' said || fail "the plan of $file: $(grep history said)"
    grep -q '^  estimated: rows as if each file had them evenly' said || fail "the plan of $file is not called estimated"
done
# In an encoding of one byte a sign, the first bytes of which are those of an umlaut.
{ echo; rows 0 239 | sed 's/$/,x/; s/M/\xc3\xa9/'; } | sed '1s/.*/tx,account,merchant,time,amount,label,\xc3\x84\xc3\x84\xc3\x84/' | iconv -f UTF-8 -t ISO-8859-1 >umlaut.csv
check audit.ini --bytes 1000 --set input.files=umlaut.csv --set input.encoding=latin1 >said || fail "umlaut.csv"
grep -q '^  umlaut.csv:2  *0  *A00  *é0 ' said && grep -q '^  umlaut.csv, last 1.[0-9] KiB:[0-9]*  *239  *A13  *é5 ' said &&
    grep -q '^  not read: ÄÄÄ$' said || fail "umlaut.csv: $(cat said)"
# A byte of another encoding, at an offset of the file, in the last rows.
{ echo $columns; rows 0 239; } | sed '239s/M/\xe9/' >late.csv
for file in late.csv late.csv.gz; do
    gzip -nkf late.csv
    rc=0; check audit.ini --bytes 1000 --set input.files=$file >/dev/null 2>said || rc=$?
    rc=0; "$program" audit audit.ini --quiet --out gone --set input.files=$file 2>audited || rc=$?
    rm -rf gone
    [ $rc -eq 65 ] && [ "$(grep -o 'byte 0xE9 (offset .*' said)" = "$(grep -o 'byte 0xE9 (offset .*' audited)" ] || fail "$file: $(cat said audited)"
done
# A result of an earlier audit.
"$program" audit audit.ini --quiet --out earlier
check audit.ini --set input.files=earlier/audit.h5 >said
grep -q '^  audit.h5: .*, 240 rows, all looked at$' said && grep -q '^      HDF5 with the tables of a result$' said || fail "a result: $(cat said)"
check audit.ini --bytes 100 --set input.files=earlier/audit.h5 >said
grep -q '^  audit.h5: .*, about 240 rows, the first 2 and the last [23] looked at$' said || fail "ends of a result: $(cat said)"
# A mark that the rows looked at leave open may be settled by others.
{ echo $columns; rows 0 239; } | sed '1~3s/,[0-9.]*,\([01]\)$/,70,\1/; s/,[0-9]*\.[0-9]*,\([01]\)$/,1.234,\1/' >open.csv
check audit.ini --set input.files=open.csv --bytes 1000 >said || fail "an open mark"
grep -q "^NOTE amount '1.234' (open.csv:2): is its point the decimal mark" said || fail "an open mark: $(grep NOTE said)"
# Files of several kinds, and of other columns.
{ echo 'label;amount;time;merchant;account;tx'; rows 240 250 | awk -F, -v OFS=';' '{print $6, $5, $4, $3, $2, $1}'; } >turned.csv
check audit.ini --set 'input.files=good.csv turned.csv' >said || fail "two files"
grep -q "^  turned.csv: .*, 11 rows, all looked at" said && grep -q "^      UTF-8, ';' between fields" said || fail "two forms: $(head -n 6 said)"
grep -q "^columns of turned.csv" said && grep -q "input.tx .* -> column 6 'tx'" said || fail "two orders of columns"

mkdir many
for i in $(seq 10 39); do { echo $columns; rows $((300 + i * 2)) $((301 + i * 2)); } >many/$i.csv; done
check audit.ini --set input.files='good.csv many/*' >said || fail "many files"
grep -q '^  29.csv: [0-9]* bytes, 2 rows, all looked at$' said && ! grep -q '^  30.csv' said &&
    grep -q '^  and 11 more files: 300 rows in all$' said || fail "many files: $(head -n 30 said)"
# A header without the name of the row numbers in front, as R writes it, and an empty last column.
{ echo tx,account,merchant,time,amount,memo; rows 0 99 | awk -F, -v OFS=, '{print NR, $1, $2, $3, $4, $5, ""}'; } >shifted.csv
rc=0; check shifted.csv >/dev/null 2>said || rc=$?
[ $rc -eq 65 ] && grep -q '^paraudit: shifted.csv: each row has one field more than the header has names, and the names do not fit' said ||
    fail "a name that is missing: $rc, $(cat said)"
# A row that is longer than what is looked at.
rc=0; check audit.ini --bytes 20 >/dev/null 2>said || rc=$?
[ $rc -eq 65 ] && grep -q '^paraudit: good.csv: no row ends in the bytes that were looked at (--bytes): take more$' said || fail "20 bytes: $(cat said)"

# ---- errors are those of the audit ----------------------------------------------------
alike() {
    local want=$1 rc
    shift
    rc=0; "$program" audit "$@" --quiet --out gone >/dev/null 2>audited || rc=$?
    rm -rf gone
    [ $rc -eq "$want" ] || fail "audit $*: $rc, $(cat audited)"
    rc=0; check "$@" --out gone >/dev/null 2>checked || rc=$?
    [ $rc -eq "$want" ] || fail "check $*: $rc and not $want, $(cat checked)"
    grep -a '^paraudit: ' audited >a && grep -a '^paraudit: ' checked | cmp -s a - || fail "check $*: $(cat checked) and not $(cat audited)"
    [ ! -e gone ] || fail "check $* has left a folder"
}
{ echo $columns; rows 0 239 | sed 's/,1$/,Fraud!/; s/,0$/,Legit/'; } >words.csv
{ echo $columns; rows 0 239 | sed 's/2024-\(..\)-\(..\)/0\1\/0\1\/2024/; s/\/0\([0-9][0-9]\)/\/\1/; s/,0\([0-9][0-9]\)\//,\1\//'; } >days.csv
{ echo $columns; rows 0 239 | sed '1,20s/,[0-9.]*,\([01]\)$/,x,\1/'; } >many.csv
{ echo $columns; rows 0 239; rows 0 9 | sed 's/A/B/'; } >twice.csv
{ echo $columns; rows 0 239 | sed 's/2024-\([0-9]*\)-\([0-9]*\) [0-9:]*/2024\1\2/'; } >joined.csv
{ echo $columns; rows 0 239 | sed 's/M/\xe9/'; } >latin.csv
echo $columns >none.csv
: >empty.csv
printf 'PK\003\004zip' >a.zip
printf '[input]\nfile = x\n' >wrong.ini
alike 65 audit.ini --set input.files=open.csv
alike 65 audit.ini --set input.files=words.csv
alike 65 audit.ini --set input.files=days.csv
alike 65 audit.ini --set input.files=many.csv
alike 65 audit.ini --set input.files=twice.csv
alike 65 audit.ini --set input.files=joined.csv
alike 65 audit.ini --set input.files=latin.csv
alike 65 audit.ini --set input.files=none.csv
alike 65 audit.ini --set input.files=empty.csv
alike 65 audit.ini --set input.files=a.zip
alike 65 audit.ini --set input.merchant=shop
alike 66 audit.ini --set input.files=absent.csv
alike 66 audit.ini --set input.files='absent-*.csv'
alike 66 audit.ini --set input.files=.
alike 66 absent.ini
alike 78 wrong.ini
alike 78 audit.ini --set split.audit_from=2024-05-10 --set split.audit_until=2024-05-20
alike 78 audit.ini --set job.leave_out=ifores
alike 78 audit.ini --set input.time_zone=Mars
for folder in audit.ini audit.ini/deeper /proc/none; do
    rc=0; "$program" audit audit.ini --out $folder 2>audited || rc=$?
    [ $rc -eq 73 ] || fail "audit into $folder: $rc"
    rc=0; check audit.ini --out $folder >/dev/null 2>checked || rc=$?
    [ $rc -eq 73 ] && cmp -s audited checked || fail "check of $folder: $rc, $(cat checked)"
done
# What is said before an error stays said.
rc=0; check audit.ini --set input.files=words.csv >said 2>/dev/null || rc=$?
grep -q "^  'Legit' is no word for either (234 rows, first words.csv:3)" said || fail "labels that are none: $(cat said)"
rc=0; check 2>said || rc=$?; [ $rc -eq 64 ] || fail "check of nothing: $rc"
rc=0; check good.csv --set input.tx=x >/dev/null 2>said || rc=$?
[ $rc -eq 64 ] && grep -q '^paraudit: --set changes a CONFIG, and good.csv is none$' said || fail "--set of a file: $(cat said)"
rc=0; mpirun -n 2 "$program" check audit.ini >/dev/null 2>said </dev/null || rc=$?
[ $rc -ne 0 ] && grep -q 'paraudit check runs on one rank, without mpirun' said || fail "two ranks: $(cat said)"

# ---- bare files: the configuration, to the letter --------------------------------------
{
    printf '\xef\xbb\xbf"Konto";"Girokonto 4711"\n""\n"Stand vom 30.04.2024:";"1.234,56 EUR"\n""\n'
    echo '"Buchungstag";"Wertstellung";"Händler; Ort";"IBAN";"Betrag (€)"'
    rows 0 119 | awk -F, '{split($4, d, /[- ]/); printf "\"%s.%s.24\";\"%s.%s.24\";\"%s\";\"%s\";\"-%d.%03d,%02d\"\n", d[3], d[2], d[3], d[2], $3, $2, 1, $1, $1 % 100}'
} >bank.csv
check bank.csv >bank.ini 2>said || fail "bank.csv: $(tail -n 1 said)"
cat >expected <<'END'
; A start for bank.csv, guessed from its first rows: to be looked through.
; Paths are relative to the folder of this file.
[input]
files = bank.csv
separator    = semicolon     ; between fields
tx           =               ; no column of ids: files and lines are the ids
account      = IBAN          ; such as A00
merchant     = Händler; Ort  ; such as M0
time         = Buchungstag   ; such as 01.01.24; or is it Wertstellung?
time_format  = dd/mm/yyyy    ; times are read as dd/mm/yyyy: '13.01.24' has its day first
amount       = Betrag (€)    ; such as -1.000,00
decimal      = ,             ; a comma before decimals
label        =               ; no column says what was fraud: nothing can be judged

; not read: Wertstellung
END
cmp bank.ini expected || { diff expected bank.ini; fail "the configuration of bank.csv"; }
grep -q "^      UTF-8, ';' between fields, '\"' around fields, header in line 5, a comma before decimals, times as dd/mm/yyyy\$" said ||
    fail "the form of bank.csv: $(head -n 3 said)"
"$program" audit bank.ini --quiet --out bank || fail "the audit by bank.ini"

# round FILE ...: check > ini && audit, without an edit.
round() {
    check "$@" >round.ini 2>said || fail "check $*: $(grep -a ^paraudit: said)"
    "$program" audit round.ini --quiet --out round 2>said || fail "audit of $*: $(cat said)"
    rm -rf round
}
# has LINE: of round.ini, blanks aside.
has() {
    tr -s ' ' <round.ini | found -xF -- "$1" || fail "no line '$1' in: $(cat round.ini)"
}
round good.csv
has 'tx = tx ; such as 0'
has 'label = label ; such as 1'
sed "s/,70,/,2.071,/" open.csv >lone.csv
round lone.csv
has 'decimal = . ; all have three digits behind it'
has 'amount_decimals = 3 ; as many as there are'
round joined.csv
has 'time_format = yyyymmdd ; numbers that look like dates: 20240101'
round latin.csv
has 'encoding = latin1 ; it is no UTF-8: latin1, windows-1252 or another one?'
round twice.csv
has 'tx = ; no column of ids: files and lines are the ids'
rows 0 239 >bare.csv
round bare.csv
has 'header = no ; no line has names: columns have numbers, from 1'
has '; not read: 1 (0), 2 (A00), 3 (M0), 6 (1)'
{ echo $columns; rows 0 239 | sed 's/,1$/,Fraudulent/; s/,0$/,Legit/; 1~5s/,A[0-9]*,/,,/'; } >gaps.csv
round gaps.csv
has 'no_account = own ; 48 of the first 240 rows have none'
has 'label_fraud = Fraudulent'
has 'label_genuine = Legit'
{ echo 'Date,Time,Payee,Paid Out,Paid In,Balance'; rows 0 239 | awk -F, '{split($4, d, " "); print d[1] "," d[2] "," $3 "," ($1 % 2 ? $5 "," : "," $5) ",9.99"}'; } >pairs.csv
round pairs.csv
has 'time = Date,Time ; such as 2024-01-01: day and clock'
has ';time_zone = Europe/Berlin ; if these are local times, and not UTC'
has 'amount = Paid In - Paid Out ; such as 0.00: what comes in less what goes out'
{ echo 'Card,Card,"When, local",amount|net,is_fraud,3DS#'; rows 0 239 | awk -F, -v OFS=, '{print $2, $2, $4, $5 "123", $6, 1}'; } >signs.csv
round signs.csv
has 'account = Card#1 ; such as A00; or is it Card#2?'
has 'time = When\, local ; such as 2024-01-01 00:00:00; guessed by its values'
has 'amount = amount\|net ; such as 0.00123'
has 'amount_decimals = 5 ; as many as there are'
has '; not read: Card#2, 3DS\#'
mkdir 'my books'
head -n 121 good.csv >'my books/a, 1.csv'
{ echo $columns; rows 120 239; } >'my books/b[2].csv'
round 'my books/a, 1.csv' 'my books/b[2].csv'
has 'files = my\ books/a\,\ 1.csv my\ books/b\[2\].csv'
round "$PWD/my books/"*.csv
grep -q relative round.ini && fail "all paths are absolute: $(cat round.ini)"
round 'my books/*.csv'
has 'files = my\ books/*.csv'
# Files that are written in different ways: an audit looks at each.
hasnt() {
    tr -s ' ' <round.ini | found "^$1 = " && fail "a line '$1' in: $(cat round.ini)"
    return 0
}
# two OF_A OF_B: a.csv and b.csv of 120 rows each, changed by sed.
two() {
    { echo $columns; rows 0 119; } | sed "$1" >a.csv
    { echo $columns; rows 120 239; } | sed "$2" >b.csv
}
two 's/,/;/g' ''
round a.csv b.csv
has ';separator = semicolon ; not of b.csv: each file is read as it shows'
hasnt separator
two 's/,/;/g' 's/,/;/g'
round a.csv b.csv
has 'separator = semicolon ; between fields'
two 's/,/;/g; s/\.\([0-9]*;[01]\)$/,\1/' 's/,/;/g'
round a.csv b.csv
has ';decimal = , ; not of b.csv: each file is read as it shows'
hasnt decimal
two 's/2024-\(..\)-\(..\)/\2\/\1\/2024/' ''
round a.csv b.csv
has ";time_format = dd/mm/yyyy ; not of b.csv: each file is read as it shows"
hasnt time_format
two 's/2024-\(..\)-\(..\)/\2\/\1\/2024/' 's/2024-\(..\)-\(..\)/\2\/\1\/2024/'
round a.csv b.csv
has "time_format = dd/mm/yyyy ; times are read as dd/mm/yyyy: '13/01/2024 22:26:00' has its day first"
two '' '2,$s/\.\([0-9]*\),/.\1125,/'
round a.csv b.csv
has 'amount_decimals = 5 ; as many as there are'
two '2,$s/M/\xe9/' ''
round a.csv b.csv
has 'encoding = latin1 ; it is no UTF-8: latin1, windows-1252 or another one?'
two '' '2,$s/M/\xe9/'
round a.csv b.csv
has 'encoding = latin1 ; it is no UTF-8: latin1, windows-1252 or another one?'
two '2,$s/M/\xe9/' '2,$s/M/\xc3\xa9/'
rc=0; check a.csv b.csv >round.ini 2>said || rc=$?
[ $rc -eq 65 ] && grep -q '^paraudit: a.csv:2: byte 0xE9 .* is no UTF-8' said || fail "two encodings: $rc, $(cat said)"
has ';encoding = latin1 ; not of b.csv: an audit reads one encoding, so that iconv has to convert some'
# Numbers and clocks as programs write them.
{ echo tx,account,merchant,txn_date,txn_time,amount,label; rows 0 239 | sed 's/2024-\(..\)-\(..\) \(..\):\(..\):/2024\1\2,\3\4/'; } >clock6.csv
round clock6.csv
has 'time = txn_date,txn_time ; such as 20240101: day and clock'
has 'time_format = yyyymmdd ; numbers that look like dates: 20240101'
sed '1s/txn_//g; s/,0*\([1-9][0-9]*\),\([0-9.]*,[01]\)$/,\1,\2/' clock6.csv >clock5.csv
round clock5.csv
has 'time = date ; such as 20240101; or is it time?'
has ';time = date,time ; such as 20240101: once the clocks are written 13:05:59 or 130559'
{ echo $columns; rows 0 239 | sed 's/2024-\(..\)-\(..\) \(..\)[0-9:]*/2024\1\2\3/'; } >hours.csv
round hours.csv
has 'time_format = %Y%m%d%H ; numbers that look like dates: 2024010100'
{ echo $columns; rows 0 239 | awk -F, -v OFS=, '{$4 = 2024001 + int($1 / 2.5); print}'; } >ordinal.csv
round ordinal.csv
has 'time_format = %Y%j ; numbers that look like dates: 2024001'
{ echo $columns; rows 0 239 | sed 's/,1$/,Chargeback/; s/,0$/,none/'; } >none_label.csv
round none_label.csv
has 'label_fraud = Chargeback'
has 'label_genuine = none ; else it is a word for nothing: not known'
"$program" check round.ini | found '^labels: 6 fraud, 234 genuine' || fail "a label of none"
{ echo date,amount,account,direction; rows 0 239 | awk -F, -v OFS=, '{print $4, $5, $2, $1 % 2 ? "hin" : "her"}'; } >signs.csv
round signs.csv
has ';sign = direction ; such as her: does it say what goes out? Then input.sign_debit and sign_credit have its words'
# Words for nothing are no account.
{ echo $columns; rows 0 239 | awk -F, -v OFS=, 'BEGIN {n = split("(null)|[NULL]|<NA>|#N/A|NaT|#VALUE!|undefined|nil|n.a.", word, "|")}
    NR % 2 {$2 = word[int(NR / 2) % n + 1]} {print}'; } >nothing.csv
round nothing.csv
has 'no_account = own ; 120 of the first 240 rows have none'
# Names that are no line.
cp good.csv $'two\nlines; [x].csv'
round $'two\nlines; [x].csv'
has '; A start for two?lines; [x].csv, guessed from its first rows: to be looked through.'
# A pipe that nobody writes to.
mkfifo pipe
rc=0; timeout 20 "$program" check pipe >round.ini 2>said </dev/null || rc=$?
[ $rc -eq 66 ] && grep -q '^paraudit: pipe: is not a regular file' said || fail "a pipe: $rc, $(cat said)"
iconv -f UTF-8 -t UTF-16 good.csv | gzip -n >wide
round wide
round earlier/audit.h5
# A name is no matter: it is what is in the file.
cp audit.ini config.txt
check config.txt | found '^columns of good.csv' || fail "a configuration by another name"

# What is not clear is there in both ways, and the end is that of the audit.
unclear() {
    local file=$1 rc=0
    shift
    check $file >round.ini 2>said || rc=$?
    [ $rc -eq 65 ] || fail "check $file: $rc"
    rc=0; "$program" audit round.ini --quiet --out round >/dev/null 2>audited || rc=$?
    [ $rc -eq 65 ] && grep -a ^paraudit: said | cmp -s - audited || fail "check $file: $(grep ^paraudit: said) and not $(cat audited)"
    for line; do has "$line"; done
}
unclear days.csv ";time_format = dd/mm/yyyy ; which? if '01/01/2024 00:00:00' has its day first" ';time_format = mm/dd/yyyy ; if it has its month first'
unclear open.csv ";decimal = . ; which? if '1.234' has decimals" ';decimal = , ; if these are thousands'
{ echo $columns; rows 0 239 | sed 's/,1$/,2/; s/,0$/,7/'; } >codes.csv
unclear codes.csv ";label_fraud = 7 ; which? if '7' is fraud" ';label_genuine = 7 ; if it is not'
rc=0; check a.zip >round.ini 2>said || rc=$?
[ $rc -eq 65 ] && [ ! -s round.ini ] && grep -q '^paraudit: a.zip: the file is a zip archive' said || fail "a.zip: $(cat said)"
printf 'a,b\nx,y\nz,w\n' >letters.csv
rc=0; check letters.csv >round.ini 2>said || rc=$?
[ $rc -eq 65 ] && grep -q '^paraudit: letters.csv: no column looks like the time of a transaction: say input.time$' said || fail "letters.csv: $(cat said)"
rc=0; check absent.csv >round.ini 2>said || rc=$?
[ $rc -eq 66 ] || fail "absent.csv: $rc"

# ---- known data sets, by their headers ---------------------------------------------------
# of NAME COLUMNS AWK: a file of these columns, whose preset is known.
of() {
    { echo "$2"; rows 0 239 | awk -F, -v OFS=, "{split(\$4, t, /[- :]/); print $3}"; } >"$1.csv"
    round "$1.csv"
    has "preset = $1"
}
of sparkov trans_date_trans_time,cc_num,merchant,category,amt,lat,long,trans_num,merch_lat,merch_long,is_fraud \
    '$4, $2, $3, "x", $5, 50, 8, "n" $1, 51, 8, $6'
of handbook TRANSACTION_ID,TX_DATETIME,CUSTOMER_ID,TERMINAL_ID,TX_AMOUNT,TX_TIME_SECONDS,TX_FRAUD,TX_FRAUD_SCENARIO \
    '$1, $4, $2, $3, $5, 0, $6, 0'
of paysim step,type,amount,nameOrig,oldbalanceOrg,nameDest,isFraud '$1 * 12, "CASH_OUT", $5, $2, 0, $3, $6'
of tabformer 'User,Card,Year,Month,Day,Time,Amount,Use Chip,Merchant Name,Merchant State,MCC,Is Fraud?' \
    '$2, 0, t[1], t[2], t[3], t[4] ":" t[5], "$" $5, "Swipe", $3, "CA", 5411, ($6 ? "Yes" : "No")'
of ulb Time,V1,V2,Amount,Class '$1 * 700, 0.5, $1, $5, $6'
has '; input.time_start = 2013-09-01 00:00:00'
has '; split.label_delay_days = 0'

# What is called so and holds something else is told of by its values.
printf 'time,amount,merchant,account\n2024-01-01 10:00:00,5.25,3.5,\n2024-01-02 10:00:00,5.35,3.7,\n2024-01-03 10:00:00,5.25,8.5,A\n' >odd.csv
check odd.csv >round.ini 2>said || true # three days make no time plan
has 'merchant = ; merchant does not look like one, such as 3.5: there are none'
has 'account = ; account has a value in 1 of the first 3 rows: each row is its own account'

# The data sets themselves, where they are.
if [ -d "${PARAUDIT_TEST_DATA:-/none}/presets" ]; then
    for file in "$PARAUDIT_TEST_DATA"/{sparkov,handbook,ulb_creditcard,presets}/*.zst; do
        check "$file" >round.ini 2>said || fail "$file: $(grep ^paraudit: said)"
        grep -q '^preset = ' round.ini || fail "$file is not known"
    done
    round "$PARAUDIT_TEST_DATA"/ulb_creditcard/*.zst
    round "$PARAUDIT_TEST_DATA"/sparkov/*.zst
fi
