#!/usr/bin/env bash
# audit.h5 and alerts.csv have the same bytes for any number of ranks, with
# pieces, blocks and buffers of any size.
source "$(dirname "$0")/common.sh"
portfolio p.csv 16000
audit 1 one p.csv
grep -q 'event=fuse labels=yes' one/log.txt || fail "too few frauds for all stages"
for ranks in 2 3 4 7; do
    audit "$ranks" "r$ranks" p.csv
    same one/audit.h5 "r$ranks/audit.h5"
    same one/alerts.csv "r$ranks/alerts.csv"
done
# Pieces of some rows. Those of one row, and of less, are the matter of mpi.route and mpi.comm.
audit 3 tiny p.csv --set io.block=61 --set io.read_buffer=64 --set io.exchange_piece=3000
same one/audit.h5 tiny/audit.h5
audit 2 other p.csv --set job.seed=2
cmp -s one/audit.h5 other/audit.h5 && fail "another seed gave the same bytes"
# The generator keeps the same promise.
for ranks in 2 3; do
    on "$ranks" "$program" generate --rows 16000 --out again.csv --replace
    same p.csv again.csv
done
