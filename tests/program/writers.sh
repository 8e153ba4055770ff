#!/usr/bin/env bash
# Who brings the values into the result does not show in it: posix, mpiio and mpiio by another component of
# MPI-IO, and a job that one has begun and another ends. No page of a file is written by two ranks, room that cannot be
# kept is not written, and ranks that do not see one folder are told.
source "$(dirname "$0")/common.sh"
portfolio p.csv 4000
few="--set job.leave_out=iforest,ecod,logistic,boosting,forecast,embedding,expected"

audit 2 posix p.csv $few --set io.writer=posix
audit 3 mpiio p.csv $few --set io.writer=mpiio --set io.hints=striping_factor=2
OMPI_MCA_io=romio321 audit 3 romio p.csv $few --set io.writer=mpiio --set io.collective=yes
audit 7 auto p.csv $few
audit 1 none p.csv $few --set io.writer=none
for other in mpiio romio auto; do same posix/audit.h5 $other/audit.h5; done
[ ! -e none/audit.h5 ] || fail "nobody wrote it, and it is there"
same <(grep '"content_digest"' posix/run.json) <(grep '"content_digest"' none/run.json)

# says FILE KEY TEXT: of the writer.
says() { sed -n '/^  "writer": {/,/^  }/p' "$1" | found -F "\"$2\": \"$3" || fail "$1 says of the writer: $(sed -n '/"writer": {/,/}/p' "$1")"; }
says posix/run.json name posix
says mpiio/run.json name mpiio
says mpiio/run.json hints striping_factor=2
says romio/run.json mpi_io romio321
says auto/run.json why 'auto: '
says none/run.json name none

# Begun by one, ended by the other.
for pair in "posix mpiio" "mpiio posix"; do
    read -r first second <<<"$pair"
    rc=0
    on 2 "$bin/rounds" p.csv "by_$first" fresh 3 io.writer="$first" 2>/dev/null || rc=$?
    [ $rc -eq 75 ] || fail "expected exit code 75, got $rc"
    on 3 "$bin/rounds" p.csv "by_$first" resume -1 io.writer="$second"
done
same by_posix/audit.h5 by_mpiio/audit.h5

# Every rank in a folder of its own, and each sees one of that name.
mkdir -p 0/out 1/out
for command in "doctor --io" "audit $source/jobs/quickstart.ini --quiet --set input.files=$work/p.csv --out"; do
    began=$(date +%s)
    rc=0
    mpirun -n 2 sh -c 'cd $OMPI_COMM_WORLD_RANK && exec "$@"' - "$program" $command out </dev/null >/dev/null 2>message || rc=$?
    [ $rc -eq 73 ] || fail "$command in two folders: exit code $rc"
    found "paraudit: out: is not one folder: what rank 0 on .* has put there rank 1 on .* does not find" <message ||
        fail "$command in two folders says $(cat message)"
    [ $(($(date +%s) - began)) -le 20 ] || fail "$command in two folders took long"
    [ -z "$(ls -A 0/out 1/out | grep -v out:)" ] || fail "$command has left $(ls -A 0/out 1/out)"
done

on 2 "$program" doctor --io . --hints striping_factor=2 >said
for line in 'folder  .*one for all ranks; locks yes' 'MPI-IO  .*striping_factor=2' 'writer  .*auto: ' 'posix .* s, mpiio .* s, the same bytes'; do
    found "$line" <said || fail "doctor does not say '$line': $(cat said)"
done
[ -z "$(ls -A | grep doctor)" ] || fail "doctor has left $(ls -A)"
expect 78 "io.hints: 'x' is no NAME=VALUE, with commas between them" audit "$source/jobs/quickstart.ini" --set input.files=p.csv --set io.hints=x --out hints
all_expected

# ---- system calls ----
if ! strace -o /dev/null true 2>/dev/null || ldd "$program" | found libasan; then
    echo "the system calls are not looked at: strace is not there, or may not"
    exit 0
fi
on 4 "$bin/result_writer" plain.h5 200003
on 4 sh -c 'o=trace.$OMPI_COMM_WORLD_RANK; shift; exec strace -f -y -o $o -e trace=pread64,pwrite64 "$@"' - - "$bin/result_writer" pages.h5 200003
same plain.h5 pages.h5
/usr/bin/python3 - <<'END' || fail "see above"
import re

owner, bad = {}, []
call = re.compile(r"(pread64|pwrite64)\(\d+<[^>]*/pages\.h5[^>]*>,.*, (\d+), (\d+)\) = (\d+)")
for rank in range(4):
    small = written = 0
    for line in open(f"trace.{rank}", errors="replace"):
        m = call.search(line)
        if not m:
            continue
        at, n = int(m[3]), int(m[4])
        small += m[1] == "pread64" and n < 65536
        if m[1] == "pwrite64" and n > 0:
            written += n
            for page in range(at >> 12, (at + n - 1 >> 12) + 1):
                if owner.setdefault(page, rank) != rank:
                    bad.append(f"page {page}: ranks {owner[page]} and {rank}")
    if rank and small > 20:
        bad.append(f"rank {rank} makes {small} small reads")
    if rank != 1 and written == 0:  # rank 1 has no rows of the largest table
        bad.append(f"rank {rank} writes nothing")
for line in bad[:9]:
    print(line)
raise SystemExit(bool(bad))
END

# A file system that keeps no room: it is not written block by block, and the log says so.
strace -f -o calls -e trace=pwrite64,fallocate -e inject=fallocate:error=EOPNOTSUPP "$program" audit "$source/jobs/quickstart.ini" \
    --quiet --set input.files=p.csv --out roomless $few </dev/null
same posix/audit.h5 roomless/audit.h5
found INJECTED <calls || fail "no room was asked for"
[ "$(grep -c pwrite64 calls)" -le 1500 ] || fail "$(grep -c pwrite64 calls) writes"
found 'cannot set room aside (fallocate)' <roomless/log.txt || fail "the log does not say that no room was kept"
