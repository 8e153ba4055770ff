#!/usr/bin/env bash
# The layers check passes on the tree and fails on each of several breaches, planted one at
# a time in a copy.  planted.sh BUILD
set -euo pipefail
build=$(cd "${1:?usage: planted.sh BUILD}" && pwd)
top=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

copy() {
    rm -rf "$work/tree"
    mkdir -p "$work/tree"
    cp -r "$top/src" "$top/include" "$top/tools" "$work/tree"
}

# plant FILE INCLUDE 'MESSAGE': the line comes first in the file.
plant() {
    local file=$1 line=$2 message=$3
    copy
    sed -i "1i #include $line" "$work/tree/$file"
    if bash "$work/tree/tools/layers.sh" "$build" >"$work/said"; then fail "$file may include $line"; fi
    grep -qF -- "$message" "$work/said" || fail "$file and $line: $(cat "$work/said")"
}

copy
bash "$work/tree/tools/layers.sh" "$build" || fail "the tree itself"
plant src/detect/iforest_build.c '<mpi.h>' 'src/detect/iforest_build.c includes mpi.h: pa_iforest does not use MPI::MPI_C'
plant src/base/sort.c '"paraudit/pipeline/job.h"' \
    'src/base/sort.c includes paraudit/pipeline/job.h: pa_base does not link a target of pipeline'
plant src/features/moment_stage.c '"paraudit/order/select.h"' \
    'src/features/moment_stage.c includes paraudit/order/select.h: pa_features_stage does not link a target of order'
plant src/commands/verify.c '<hdf5.h>' 'src/commands/verify.c includes hdf5.h: pa_commands does not use HDF5::HDF5'
plant include/paraudit/table/store.h '"paraudit/comm/comm.h"' \
    'include/paraudit/table/store.h includes paraudit/comm/comm.h: pa_table does not link a target of comm'
plant include/paraudit/base/status.h '"paraudit/base/array.h"' 'headers include each other in a circle: '
plant src/pipeline/dates.c '"../result/frame.h"' 'src/pipeline/dates.c includes ../result/frame.h: private to result'
plant src/base/text.c '"./../csv/../base/../ingest/ingest_move.h"' \
    'src/base/text.c includes ./../csv/../base/../ingest/ingest_move.h: private to ingest'
plant src/base/sort.c '"../../include/paraudit/pipeline/job.h"' \
    'src/base/sort.c includes ../../include/paraudit/pipeline/job.h: pa_base does not link a target of pipeline'
plant src/order/tail.c '<paraudit/../paraudit/comm/route.h>' \
    'src/order/tail.c includes paraudit/../paraudit/comm/route.h: '
plant include/paraudit/table/store.h '"../comm/comm.h"' \
    'include/paraudit/table/store.h includes ../comm/comm.h: pa_table does not link a target of comm'
plant src/commands/verify.c '<hdf5_hl.h>' 'src/commands/verify.c includes hdf5_hl.h: pa_commands does not use hdf5::hdf5_hl'
plant src/ingest/ingest_h5.c '<hdf5_hl.h>' 'src/ingest/ingest_h5.c includes hdf5_hl.h: pa_ingest does not use hdf5::hdf5_hl'
plant src/files/bulk.c '<H5Fpublic.h>' 'src/files/bulk.c includes H5Fpublic.h: pa_files does not use HDF5::HDF5'
plant src/detect/iforest_build.c '<Random123/philox.h>' \
    'src/detect/iforest_build.c includes Random123/philox.h: src/base/draw.c alone draws'
plant include/paraudit/base/draw.h '<Random123/philox.h>' \
    'include/paraudit/base/draw.h includes Random123/philox.h: src/base/draw.c alone draws'
