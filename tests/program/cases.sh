#!/usr/bin/env bash
# The cases from the field in ../shared/cases/ingest, where they are: how many rows are
# read and rejected, or the key that the message names. What is in the rows is tested with
# books of our own (dialects.sh).
source "$(dirname "$0")/common.sh"
cases=$source/../shared/cases/ingest
[ -d "$cases" ] || { echo "$cases is not there: nothing to do"; exit 77; }

# NAME rows ROWS REJECTS, or NAME stop WORDS of the message. NAME: a folder, or FOLDER/FILE.
cat >expected <<'END'
acc_blank stop input.no_account
acc_float rows 240 0
acc_grouped rows 240 0
acc_padded rows 240 0
acc_padded2 rows 240 0
acc_zeros rows 240 0
afbij rows 240 0
amlsim rows 240 0
amlworld stop Account#1
amt_btc rows 240 0
amt_code rows 240 0
amt_crdr rows 240 0
amt_euro rows 240 0
amt_kwd rows 240 0
amt_lakh rows 240 0
amt_paren rows 240 0
amt_paren_dollar rows 240 0
amt_pound rows 240 0
amt_space1000 rows 240 0
amt_swiss rows 240 0
amt_trailminus rows 240 0
amt_uminus rows 240 0
baf rows 240 0
banksim rows 240 0
blank_commas rows 240 30
blank_ws rows 240 20
cr_mixed rows 240 0
crcrlf rows 240 0
crcrlf_acc rows 240 0
de_preamble rows 120 0
debit_credit stop input.amount
decimal_comma rows 240 0
dmy_partial stop input.time_format
dmy_swapped rows 240 0
dot_thousands stop input.decimal
elliptic rows 200 0
hdr_case stop input.tx
hdr_comma rows 240 0
hdr_hash stop input.account
hdr_newline rows 240 0
hdr_pipe rows 240 0
headerless stop input.header
id_big stop input.tx_text
id_float stop input.tx_text
id_sci rows 240 0
kinds/a.csv.bz2 stop bzip2
kinds/a.csv.xz stop xz
kinds/a.tar.gz stop tar archive
kinds/a.zip stop zip archive
kinds/arrow.feather stop Arrow file
kinds/bofa.csv rows 240 0
kinds/comment.csv rows 240 0
kinds/ctrlz.csv rows 240 0
kinds/hash_header.csv rows 240 0
kinds/lfs.csv stop Git LFS
kinds/nbsp.csv rows 240 0
kinds/old.xls stop old spreadsheet
kinds/par.parquet stop Parquet
kinds/pickle.pkl stop Python pickle
kinds/qspaces.csv rows 240 0
kinds/quoted_bom.csv rows 240 0
kinds/single_q.csv rows 240 0
kinds/smartq.csv stop input.tx_text
kinds/two_headers.csv.gz rows 240 1
kinds/utf16.csv rows 240 0
kinds/utf32.csv rows 240 0
kinds/x.html stop HTML
kinds/x.jsonl stop JSON
ieee rows 240 0
lab_12 stop input.label_genuine
lab_float rows 240 0
lab_normal stop input.label_fraud
lab_pm1 stop input.label_fraud
lab_tf rows 240 0
lab_upperTF rows 240 0
lab_word stop input.label_genuine
lab_yn rows 240 0
latin1 stop input.encoding
latin1b stop input.encoding
long_names rows 240 0
long_sha512 rows 240 0
mer_empty rows 240 0
n26 rows 240 0
null_bsn stop input.missing
null_na stop input.missing
null_nan stop input.missing
null_none stop input.missing
null_null stop input.missing
overlap rows 240 20
pandas_index rows 240 0
pipe rows 240 0
q_backslash_clean rows 120 0
q_inch rows 119 1
q_lone rows 118 2
q_lone_mid rows 118 2
q_zelle rows 119 1
reject_most rows 240 0
rep_header rows 240 2
retail stop input.no_account
revolut stop input.time
semicolon rows 240 0
semicolon2 rows 240 0
sepline rows 240 0
t_1900 rows 240 0
t_ampm_us rows 240 0
t_bracket rows 240 0
t_cet rows 240 0
t_comma_ms rows 240 0
t_dots_ymd rows 240 0
t_excel stop input.time_format
t_gozone rows 240 0
t_hhmmss rows 240 0
t_iso_ms rows 240 0
t_isobasic rows 240 0
t_micros rows 240 0
t_millis rows 240 0
t_mixed stop input.time_format
t_mixed_ms stop input.time_format
t_monname rows 240 0
t_nanos rows 240 0
t_paypal rows 200 0
t_sentinel rows 240 0
t_two_digit rows 240 0
t_typo_year rows 240 0
t_us_monname rows 240 0
t_ymd_10y stop input.time_format
t_ymd_15y stop input.time_format
t_ymd_2y stop input.time_format
t_ymd_5y stop input.time_format
t_ymd_auto stop input.time_format
t_ymdhms_auto stop input.time_format
tab rows 240 0
trail_comma rows 240 0
END

# Rows and rejects of an audit.
count() {
    /usr/bin/python3 -c '
import h5py, sys
f = h5py.File(sys.argv[1])
print(len(f["transactions/tx"]), len(f["rejects/line"]))' "$1/audit.h5"
}

failed=0
check() {
    local name=$1 kind=$2 expected=$3 out=${1/\//_} file=() ranks code got
    [ -e "$cases/$name" ] || return 0
    cd "$cases/${name%/*}"
    [ "$out" = "$name" ] || file=(--set "input.files=${name#*/}")
    draw_ranks
    for ranks in $drawn; do
        code=0
        on "$ranks" "$program" audit book.ini --quiet --out "$work/$out$ranks" --replace "${file[@]}" 2>"$work/said" || code=$?
        if [ "$kind" = rows ]; then
            got=$([ "$code" -ne 0 ] || count "$work/$out$ranks")
            [ "$code" -ne 0 ] || cmp -s "$work/${out}1/audit.h5" "$work/$out$ranks/audit.h5" || got="other bytes"
        else
            got=$(grep -a '^paraudit: ' "$work/said" | grep -aoF -m1 "$expected" | head -n 1 || true)
            [ "$code" -eq 65 ] || got=
        fi
        [ "$got" != "$expected" ] || continue
        echo "$name at $ranks ranks: $kind $expected, but exit $code, '$got': $(grep -am1 '^paraudit: ' "$work/said" || true)"
        failed=$((failed + 1))
    done
}

while read -r -u 3 name kind expected; do
    check "$name" "$kind" "$expected"
done 3<expected
[ "$failed" -eq 0 ] || fail "$failed answers were not as expected"
