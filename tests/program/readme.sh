#!/usr/bin/env bash
# What README shows works: its Python lines, and its example configuration.
source "$(dirname "$0")/common.sh"
/usr/bin/python3 -c 'import h5py, pandas, xarray, h5netcdf' 2>/dev/null || { echo "SKIPPED: h5py, pandas, xarray or h5netcdf is missing"; exit 77; }
portfolio p.csv 5000
audit 2 october p.csv
awk '/^```python/ {inside = 1; n++; next} /^```/ {inside = 0} inside {print > "example" n ".py"}' "$source/README.md"
ls example1.py example2.py example3.py >/dev/null || fail "README has no three examples in Python"
for example in example*.py; do
    /usr/bin/python3 "$example" >said || fail "README: $(cat "$example")"
    ! grep -q nan said || fail "README shows rows without a score: $(cat "$example")"
done
/usr/bin/python3 example1.py >said
grep -q '^\[0\.[0-9]* ' said || fail "README's first lines of Python print no scores: $(/usr/bin/python3 example1.py)"

awk '/^```ini/ {inside = 1; next} /^```/ {inside = 0} inside' "$source/README.md" >book.ini
sed '1{s/^tx,account,merchant,category,/transaction_id,card,terminal,mcc,/; s/,time,/,booked_at,/; s/,label,/,is_fraud,/}' p.csv >book-2026-07.csv
"$program" audit book.ini --quiet --out book --set split.audit_from=2024-04-16 --set split.audit_until=2024-04-23 || fail "README's example configuration"
same october/alerts.csv book/alerts.csv
