#!/usr/bin/env bash
# The stage `forecast` on accounts that nobody thinks of: one row; all rows on one day, thousands of them;
# all in one second; refunds and nothing else; years of sleep; none before the audit. Each row from
# reference_from on is told finite numbers, the same at 1 and 3 ranks.
source "$(dirname "$0")/common.sh"
/usr/bin/python3 - <<'END'
import datetime
import random

draw, start = random.Random(4), datetime.datetime(2024, 1, 1)


def at(day, second=None):
    return start + datetime.timedelta(days=day, seconds=draw.randrange(86400) if second is None else second)


def write(name, rows):
    with open(name, "w") as file:
        file.write("tx,account,merchant,category,time,amount,label\n")
        for i, (account, when, amount) in enumerate(rows):
            file.write(f"{i},{account},M{draw.randrange(9)},c{draw.randrange(3)},{when},{amount:.2f},{int(i % 50 == 0)}\n")


usual = [(f"A{draw.randrange(40)}", at(draw.randrange(120)), draw.lognormvariate(3, 1)) for _ in range(3000)]
odd = [(f"single{i}", at(2 * i), 5) for i in range(60)]
odd += [("day", at(100), .01) for _ in range(3000)] + [("early", at(10), 3) for _ in range(3000)]
odd += [("second", at(day, 0), 12) for day in (20, 50, 90) for _ in range(40)]
odd += [("refunds", at(draw.randrange(120)), draw.choice([0, -5, -1e6])) for _ in range(200)]
odd += [("mixed", at(draw.randrange(120)), draw.choice([0, -5, 9e12, .01])) for _ in range(200)]
odd += [("slept", at(-30 * 365), 3), ("slept", at(115), 3), ("late", at(119), 3), ("late", at(119), 3)]
write("odd.csv", usual + odd)
write("negative.csv", [(account, when, -amount) for account, when, amount in usual])
write("day.csv", [(account, at(112), amount) for account, _, amount in usual])
END
cat >audit.ini <<'END'
[input]
files = odd.csv
[split]
history_from = 1990-01-01
reference_from = 2024-02-10
train_from = 2024-03-01
train_until = 2024-04-01
audit_from = 2024-04-03
audit_until = 2024-04-30
label_delay_days = 1
as_of = 2024-06-01
END
for book in odd negative day; do
    for ranks in 1 3; do
        on $ranks "$program" audit audit.ini --quiet --out "$book$ranks" --set input.files=$book.csv --set input.category=category \
            --set job.leave_out=boosting,iforest,ecod,tails,patterns,expected,combinations,embedding
    done
    same ${book}1/audit.h5 ${book}3/audit.h5
done
/usr/bin/python3 - <<'END' || fail "see above"
import h5py
import numpy as np

for book in ("odd", "negative", "day"):
    file = h5py.File(book + "1/audit.h5")
    t = {name: data[()] for name, data in file["transactions"].items() if hasattr(data, "shape")}
    later = t["split"] > 1
    for name in ("count_expected", "count_tail_p", "count_surprise", "count_low_surprise", "amount_residual_z",
                 "count_cusum_7d", "count_cusum_30d"):
        assert later.sum() > 1000 and np.isfinite(t[name][later]).all() and np.isnan(t[name][~later]).all(), (book, name)
    assert (t["count_expected"][later] > 0).all() and (t["count_low_surprise"][later] >= 0).all(), book
    none = later & (t["amount_minor"] <= 0)
    assert (t["amount_residual_z"][none] == 0).all(), book
    assert book != "negative" or (t["count_low_surprise"][later] == 0).all()
    if book != "odd":
        continue
    names = file["accounts/id"][()].astype(str)
    of = {name: later & (t["account"] == np.flatnonzero(names == name)[0]) for name in ("day", "late", "slept", "refunds")}
    assert t["count_low_surprise"][of["day"]].max() > 100 and t["count_surprise"][of["day"]].max() > 100
    assert t["count_low_surprise"][of["refunds"]].max() == 0
    assert of["late"].sum() == 2 and of["slept"].sum() == 1
END
