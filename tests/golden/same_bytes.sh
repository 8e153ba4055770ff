#!/bin/sh
# same_bytes.sh FILE FILE...: all files equal the first, byte by byte.
set -e
first=$1
for file in "$@"; do cmp "$first" "$file"; done
echo "$# files are equal: $(wc -c <"$first") bytes"
