#!/usr/bin/env bash
# The reasons of alerts are what made the margin, and name what the fraud did.
source "$(dirname "$0")/common.sh"
portfolio p.csv 1000000
audit 2 a p.csv
/usr/bin/python3 "$source/tests/program/reasons.py" rows a >rows
"$bin/reasons" a <rows >replaced
/usr/bin/python3 "$source/tests/program/reasons.py" judge a replaced
