#!/usr/bin/env bash
# The bits of every column of a small audit are what they were: a change of
# method, or a machine that computes other bits, shows here column by column.
#   PARAUDIT_TEST_UPDATE=1 rewrites tests/golden/audit_columns.txt on purpose.
source "$(dirname "$0")/common.sh"
golden=$source/tests/golden/audit_columns.txt
portfolio p.csv 8000
audit 2 a p.csv --set job.leave_out=ecod
audit 2 both p.csv
/usr/bin/python3 - >columns.txt <<'END'
import h5py


def tell(file, table, names, title=""):
    for name in names:
        print(f"{title}{table}/{name}", file[table][name].attrs["digest"].decode()[:16])


file = h5py.File("a/audit.h5")
for table in ("transactions", "alerts", "alert_reasons", "models/iforest", "models/fuse", "models/alerts"):
    tell(file, table, sorted(file[table]))
both = h5py.File("both/audit.h5")
new = set(both["transactions"]) - set(file["transactions"])
tell(both, "transactions", sorted(new | {"margin", "score", "rank", "reason1"}), "with ecod: ")
tell(both, "models/ecod", sorted(both["models/ecod"]), "with ecod: ")
END
[ -z "${PARAUDIT_TEST_UPDATE:-}" ] || cp columns.txt "$golden"
diff "$golden" columns.txt || fail "columns changed (left: expected, right: now)"
