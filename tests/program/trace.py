"""Every alert of alerts.csv found again in the input, and every figure of its reasons
computed anew: definitions are those of the columns' descriptions, the program's own code
plays no part. (Of ids that are texts the order within a second is the program's own: it is
read from audit.h5, and nothing else.)

    trace.py OUT INPUT.csv tx=COLUMN account=COLUMN ... [least=FEATURES]

OUT has alerts.csv and run.json (the training part and the label delay). Columns that the
input lacks are left out. Prints how many alerts, reasons and features were traced."""
import csv
import heapq
import json
import re
import sys

import h5py
import numpy as np

HOUR, DAY = 3600, 86400
MONTH, MEMORY, LAST, USUAL = 30 * DAY, 90 * DAY, 64, 256


def codes_of(texts):
    """Codes in the order of the names' bytes."""
    names = sorted(set(texts), key=str.encode)
    code = {name: i for i, name in enumerate(names)}
    return np.array([code[t] for t in texts])


class Book:
    """The input in the order (account, time, id); every feature is an array in this order."""

    def __init__(self, rows, columns, tie):
        get = lambda what: [r[columns[what]] for r in rows]
        tx = get("tx")
        time = np.array(get("time"), "datetime64[s]").astype(np.int64)
        key = np.array([tie[t] if tie else int(t) for t in tx])
        order = np.lexsort((key, time, codes_of(get("account"))))
        put = lambda values: np.array(values)[order]
        self.row = [rows[i] for i in order]
        self.at = {tx[i]: k for k, i in enumerate(order)}
        self.n = len(order)
        self.time = time[order]
        self.tx = key[order]
        self.account = codes_of(get("account"))[order]
        self.merchant = codes_of(get("merchant"))[order]
        self.cents = put([round(float(a) * 100) for a in get("amount")])
        self.fraud = put([int(label == "1") for label in get("label")])
        found = get("label_time") if "label_time" in columns else [""] * self.n
        self.found = put([np.datetime64(t or "1678-01-01", "s").astype(np.int64) for t in found])
        self.code = {k: np.where(put(get(k)) == "", -1, codes_of(get(k))[order])
                     for k in ("category", "channel", "currency", "country") if k in columns}
        self.place = {k: [np.radians(put([float(x or "nan") for x in get(k + "_" + d)])) for d in ("lat", "lon")]
                      for k in ("home", "merchant") if k + "_lat" in columns}
        self.first = np.searchsorted(self.account, self.account)  # of the account
        self.earlier = np.arange(self.n) - self.first
        self.by_merchant = np.lexsort((self.tx, self.time, self.merchant))
        self.made = {}

    def line(self, owner, time):
        """Times on one line, owner after owner, with room for any window between two."""
        return owner * (time.max() - time.min() + 400 * DAY) + time

    def window(self, seconds, values=None, delay=None, merchant=False):
        """Rows, or the sum of values, of the row's owner in the window that ends with it; with
        a delay, that ended so long ago."""
        o = self.by_merchant if merchant else np.arange(self.n)
        at = self.line((self.merchant if merchant else self.account)[o], self.time[o])
        v = np.ones(self.n, np.int64) if values is None else values[o]
        until = np.arange(1, self.n + 1) if delay is None else np.searchsorted(at, at - delay, "right")
        start = np.searchsorted(at, at - (delay or 0) - seconds, "right")
        total = np.concatenate(([0], np.cumsum(v)))
        result = np.empty(self.n, total.dtype)
        result[o] = total[until] - total[start]
        return result

    def feature(self, name):
        if name not in self.made:
            self.made[name] = np.asarray(FEATURES[name](self), np.float32)
        return self.made[name]


# ---- features ----

def ratio(b, seconds, merchant=False):
    n = b.window(seconds, merchant=merchant) - 1
    cents = b.window(seconds, b.cents, merchant=merchant) - b.cents
    return np.where(cents > 0, b.cents * n / np.where(cents > 0, cents, 1), 1)


def gap(b):
    since = np.diff(b.time, prepend=b.time[0])
    return np.where(b.earlier == 0, MONTH, np.minimum(since, MONTH))


def age(b):
    return b.time - b.time[b.first]


def velocity(b):
    return b.window(HOUR) * np.minimum(age(b) + HOUR, MONTH) / (b.window(MONTH) * HOUR)


def last_amounts(b):
    """Median and median absolute deviation of up to LAST earlier amounts of the account."""
    centre, spread = np.zeros(b.n), np.zeros(b.n)
    full = np.flatnonzero(b.earlier >= LAST)
    for part in np.array_split(full, len(full) // 20000 + 1):
        v = b.cents[part[:, None] - np.arange(1, LAST + 1)]
        centre[part] = np.median(v, axis=1)
        spread[part] = np.median(abs(v - centre[part][:, None]), axis=1)
    for i in np.flatnonzero((b.earlier < LAST) & (b.earlier >= 5)):
        v = b.cents[b.first[i]:i]
        centre[i] = np.median(v)
        spread[i] = np.median(abs(v - centre[i]))
    return centre, spread


def robust_z(b):
    centre, spread = last_amounts(b)
    scale = np.maximum(1.4826 * spread, np.maximum(abs(centre) / 20, 100))
    return np.where(b.earlier >= 5, (b.cents - centre) / scale, 0)


def outliers(b):
    return b.window(14 * DAY, (b.feature("amount_robust_z") > 3).astype(np.int64))


def small_count(b):
    centre, _ = last_amounts(b)
    return b.window(DAY, ((b.earlier >= 5) & (b.cents >= 0) & (b.cents * 5 < centre)).astype(np.int64))


def met(b, code):
    """Earlier rows of the account with the row's code, and the sum of their amounts."""
    order = np.lexsort((np.arange(b.n), code, b.account))
    new = np.ones(b.n, bool)
    new[1:] = (np.diff(code[order]) != 0) | (np.diff(b.account[order]) != 0)
    start = np.maximum.accumulate(np.where(new, np.arange(b.n), 0))
    cents = np.concatenate(([0], np.cumsum(b.cents[order])))
    count, total = np.empty(b.n, np.int64), np.empty(b.n, np.int64)
    count[order] = np.arange(b.n) - start
    total[order] = cents[:-1] - cents[start]
    return count, total


def merchants_1d(b):
    at = b.line(b.account, b.time)
    start = np.searchsorted(at, at - DAY, "right")
    return [len(set(b.merchant[s:i + 1])) for i, s in enumerate(start)]


def before(b, values, kinds):
    """Earlier rows of the account of each kind."""
    seen = np.zeros((b.n + 1, kinds), np.int32)
    seen[np.arange(1, b.n + 1), values] = 1
    seen = np.cumsum(seen, axis=0, dtype=np.int32)
    return seen[:-1] - seen[b.first]


def hour_surprise(b):
    hour = b.time % DAY // HOUR
    c = before(b, hour, 24)
    near = sum(w * c[np.arange(b.n), (hour + d) % 24] for d, w in ((-2, 1), (-1, 2), (0, 3), (1, 2), (2, 1)))
    return -np.log2((near / 9 + 1 / 24) / (b.earlier + 1))


def weekday(b):
    return (b.time // DAY + 3) % 7  # 1970-01-01 was a Thursday


def weekday_surprise(b):
    day = weekday(b)
    return -np.log2((before(b, day, 7)[np.arange(b.n), day] + 1 / 7) / (b.earlier + 1))


def given(b, code):
    total = np.concatenate(([0], np.cumsum(code >= 0)))
    return total[:-1] - total[b.first]


def code_is_new(kind):
    return lambda b: (b.code[kind] >= 0) & (given(b, b.code[kind]) > 0) & (met(b, b.code[kind])[0] == 0)


def code_surprise(kind):
    def surprise(b):
        code = b.code[kind]
        return np.where(code >= 0, -np.log2((met(b, code)[0] + .5) / (given(b, code) + 1)), 0)
    return surprise


def ratio_category(b):
    count, cents = met(b, b.code["category"])
    known = (b.code["category"] >= 0) & (cents > 0)
    return np.where(known, b.cents * count / np.where(known, cents, 1), 1)


def kilometres(a, b):
    """By vectors from the centre, not by haversines; 0 where a place is not known."""
    vector = lambda p: np.array([np.cos(p[0]) * np.cos(p[1]), np.cos(p[0]) * np.sin(p[1]), np.sin(p[0])])
    u, v = vector(a), vector(b)
    km = 6371.0088 * np.arctan2(np.linalg.norm(np.cross(u, v, axis=0), axis=0), (u * v).sum(axis=0))
    return np.where(np.isnan(km), 0, km)


def travel(b):
    """Kilometres from the account's last known place, and seconds since then."""
    here = b.place["merchant"]
    known = np.isfinite(here[0]) & np.isfinite(here[1])
    last = np.concatenate(([-1], np.maximum.accumulate(np.where(known, np.arange(b.n), -1))[:-1]))
    there = last >= b.first
    km = kilometres([x[last] for x in here], here)
    return np.where(there, km, 0), np.where(there, b.time - b.time[last], 1)


def speed(b):
    km, seconds = travel(b)
    return km / (seconds / HOUR + 3)


def known_frauds(b):
    """Of each fraud, in the order of merchants: its place, and the places of its merchant's rows
    from which on it is known, and where they end."""
    o = b.by_merchant
    merchant, time = b.merchant[o], b.time[o]
    for place in np.flatnonzero(b.fraud[o] == 1):
        end = np.searchsorted(merchant, merchant[place], "right")
        known = max(time[place] + DELAY, b.found[o[place]])
        yield place, place + np.searchsorted(time[place:end], known), end


def by_rows(b, values):
    result = np.empty(b.n)
    result[b.by_merchant] = values
    return result


def fraud_rate(days):
    def rate(b):
        time, frauds = b.time[b.by_merchant], np.zeros(b.n, np.int64)
        for place, since, end in known_frauds(b):
            frauds[since:end] += time[since:end] < time[place] + DELAY + days * DAY
        return by_rows(b, frauds) / np.maximum(b.window(days * DAY, delay=DELAY, merchant=True), 1)
    return rate


def fraud_age(b):
    time = b.time[b.by_merchant]
    last = time - MEMORY
    for place, since, end in known_frauds(b):
        last[since:end] = np.maximum(last[since:end], time[place])
    return by_rows(b, time - last) / DAY


def fraud_run(b):
    """Frauds known since the last row that was none and whose label is due, within the memory."""
    o = b.by_merchant
    at = b.line(b.merchant[o], b.time[o])
    until = np.searchsorted(at, at - DELAY, "right")
    clean = np.concatenate(([-1], np.maximum.accumulate(np.where(b.fraud[o] == 0, np.arange(b.n), -1))))[until]
    start = np.maximum(clean + 1, np.searchsorted(at, at - DELAY - MEMORY, "right"))
    run = np.zeros(b.n, np.int64)
    for place, since, end in known_frauds(b):
        run[since:end] += start[since:end] <= place
    return by_rows(b, run)


def spending(b):
    """Ratio and z of an amount beside all the account's earlier ones, row after row."""
    ratio, z = np.ones(b.n), np.zeros(b.n)
    for i in range(b.n):
        if i == b.first[i]:
            n = total = squares = 0
        amount = int(b.cents[i])
        if n:
            ratio[i] = amount * n / max(total, 100 * n)
            z[i] = (amount * n - total) / max((n * squares - total ** 2) ** .5, 100 * n)
        if n >= 9:
            amount = min(amount, 3 * max(total, 100 * n) // n)
        n, total, squares = n + 1, total + amount, squares + amount ** 2
    return ratio, z


def ratio_max(b):
    """The largest ratio of the account's earlier rows within 14 days."""
    at = b.line(b.account, b.time)
    start = np.searchsorted(at, at - 14 * DAY, "right")
    v = b.feature("amount_ratio_account")
    return [max(0, v[s:i].max(initial=0)) for i, s in enumerate(start)]


def visit(b):
    last, since = {}, np.full(b.n, MEMORY)
    for i, key in enumerate(zip(b.account, b.merchant)):
        if key in last:
            since[i] = min(MEMORY, b.time[i] - last[key])
        last[key] = b.time[i]
    return since / DAY


def account_fraud(b):
    """How many frauds of the account are known, and the age of the last of them."""
    count, last = np.zeros(b.n), b.time - MEMORY
    for place in np.flatnonzero(b.fraud == 1):
        end = np.searchsorted(b.account, b.account[place], "right")
        known = max(b.time[place] + DELAY, b.found[place])
        since = place + max(1, np.searchsorted(b.time[place:end], known))
        count[since:end] += 1
        last[since:end] = np.maximum(last[since:end], b.time[place])
    return count, (b.time - last) / DAY


def runs(b):
    """Of the merchant's labels as they become known: start of the run of frauds, share of frauds in the last
    five; start, last and length of the run of frauds that their accounts do not explain."""
    o = b.by_merchant
    merchant, time, fraud = b.merchant[o].tolist(), b.time[o].tolist(), b.fraud[o].tolist()
    known = np.maximum(b.time + DELAY, b.found)[o].tolist()
    usual = (b.feature("amount_robust_z")[o] <= 3).tolist()
    told = np.empty((5, b.n))
    for i in range(b.n):
        now = time[i]
        if i == 0 or merchant[i] != merchant[i - 1]:
            to_come, run, own, labels = [], None, None, []
        while to_come and to_come[0][0] <= now:
            moment, j = heapq.heappop(to_come)
            labels = (labels + [fraud[j]])[-5:]
            if not fraud[j]:
                run = None
                continue
            goes_on = lambda r: r and moment - r[-1] <= 14 * DAY
            run = (run[0] if goes_on(run) else time[j], moment)
            if usual[j]:
                own = (own[0] if goes_on(own) else time[j], time[j], own[2] + 1 if goes_on(own) else 1, moment)
        if known[i] - time[i] - DELAY < MEMORY:
            heapq.heappush(to_come, (known[i], i))
        is_on = lambda r: r and now - r[-1] <= 14 * DAY
        age = lambda t: min(MEMORY, now - t) / DAY
        told[:, o[i]] = (age(run[0]) if is_on(run) else 90, np.mean(labels) if labels else 0,
                         age(own[0]) if is_on(own) else 90, age(own[1]) if is_on(own) else 90,
                         own[2] if is_on(own) else 0)
    return told


def once(function):
    """What gives several features at once, worked out once."""
    made = {}
    return lambda k: lambda b: made.setdefault(id(b), function(b) if id(b) not in made else None)[k]


spending, account_fraud, runs = once(spending), once(account_fraud), once(runs)


def own_fraud_rate(b):
    time, frauds = b.time[b.by_merchant], np.zeros(b.n, np.int64)
    usual = b.feature("amount_robust_z")[b.by_merchant] <= 3
    for place, since, end in known_frauds(b):
        if usual[place]:
            frauds[since:end] += time[since:end] < time[place] + DELAY + 35 * DAY
    return by_rows(b, frauds) / np.maximum(b.window(35 * DAY, delay=DELAY, merchant=True), 1)


def burst(b):
    return b.window(DAY, merchant=True) / (1 + b.window(MONTH, merchant=True) / 30)


SPANS = {"1h": HOUR, "1d": DAY, "7d": 7 * DAY, "30d": MONTH}
FEATURES = {
    "tx_amount": lambda b: b.cents / 100,
    "during_weekend": lambda b: weekday(b) >= 5,
    "during_night": lambda b: b.time % DAY < 7 * HOUR,
    "distance_home_km": lambda b: kilometres(b.place["home"], b.place["merchant"]),
    "account_gap": gap,
    "account_age_days": lambda b: age(b) / DAY,
    "account_velocity_1h": velocity,
    "amount_ratio_30d": lambda b: ratio(b, MONTH),
    "amount_robust_z": robust_z,
    "account_outliers_14d": outliers,
    "merchant_is_new": lambda b: met(b, b.merchant)[0] == 0,
    "account_merchant_count": lambda b: met(b, b.merchant)[0],
    "account_merchants_1d": merchants_1d,
    "account_new_merchants_7d": lambda b: b.window(7 * DAY, (met(b, b.merchant)[0] == 0).astype(np.int64)),
    "account_small_count_1d": small_count,
    "hour_surprise": hour_surprise,
    "weekday_surprise": weekday_surprise,
    "amount_ratio_category": ratio_category,
    "distance_last_km": lambda b: travel(b)[0],
    "speed_kmh": speed,
    "amount_ratio_merchant_30d": lambda b: ratio(b, MONTH, merchant=True),
    "merchant_burst_1d": burst,
    "merchant_new_share_7d": lambda b: b.window(7 * DAY, (met(b, b.merchant)[0] == 0).astype(np.int64),
                                                merchant=True) / b.window(7 * DAY, merchant=True),
    "merchant_fraud_age_days": fraud_age,
    "merchant_fraud_run": fraud_run,
    "amount_ratio_account": spending(0),
    "amount_z_account": spending(1),
    "account_high_count_14d": lambda b: b.window(14 * DAY, (b.feature("amount_ratio_account") > 3).astype(np.int64)),
    "account_ratio_max_14d": ratio_max,
    "account_merchant_days": visit,
    "account_fraud_count": account_fraud(0),
    "account_fraud_age_days": account_fraud(1),
    "merchant_fraud_start_days": runs(0),
    "merchant_fraud_share_last": runs(1),
    "merchant_own_fraud_start_days": runs(2),
    "merchant_own_fraud_age_days": runs(3),
    "merchant_own_fraud_run": runs(4),
    "merchant_own_fraud_rate_35d": own_fraud_rate,
}
for kind in ("category", "channel", "currency", "country"):
    FEATURES[kind + "_is_new"] = code_is_new(kind)
    FEATURES[kind + "_surprise"] = code_surprise(kind)
for name, span in SPANS.items():
    FEATURES["account_tx_count_" + name] = lambda b, s=span: b.window(s)
    FEATURES["account_amount_sum_" + name] = lambda b, s=span: b.window(s, b.cents) / 100
    FEATURES["merchant_tx_count_" + name] = lambda b, s=span: b.window(s, merchant=True)
    if name == "1h":
        continue
    FEATURES["account_amount_mean_" + name] = lambda b, s=span: b.window(s, b.cents) / b.window(s) / 100
    FEATURES["merchant_amount_mean_" + name] = \
        lambda b, s=span: b.window(s, b.cents, merchant=True) / b.window(s, merchant=True) / 100
    FEATURES["merchant_tx_count_delayed_" + name] = lambda b, s=span: b.window(s, delay=DELAY, merchant=True)
    FEATURES["merchant_fraud_rate_" + name] = fraud_rate(span // DAY)

# ---- sentences ----

NUMBER = r"(-?[0-9.]+(?:e[+-]?[0-9]+)?)"
UNITS = {"s": 1, "min": 60, "h": HOUR, "d": DAY}
TIME = NUMBER + " (s|min|h|d)"
PERIOD = {"within an hour": "1h", "within a day": "1d", "within 7 days": "7d", "within 30 days": "30d",
          "in the day": "1d", "in the 7 days": "7d", "in the 30 days": "30d"}


def sentences():
    """Pairs of a pattern and the feature that it tells of; the first group is the figure."""
    yield f"amount {NUMBER}", "tx_amount"
    yield "on a Saturday or Sunday|from Monday to Friday", "during_weekend"
    yield "at night, before 07:00|not at night", "during_night"
    yield f"{NUMBER} km from the account holder's home", "distance_home_km"
    for text, name in list(PERIOD.items())[:4]:
        yield f"{NUMBER} transactions? of the account {text}", "account_tx_count_" + name
        yield f"spent {NUMBER} {text}", "account_amount_sum_" + name
        yield f"spent {NUMBER} a transaction on average {text}", "account_amount_mean_" + name
        yield f"{NUMBER} transactions? at the merchant {text}", "merchant_tx_count_" + name
        yield f"at a merchant of {NUMBER} a transaction on average {text}", "merchant_amount_mean_" + name
    for text, name in list(PERIOD.items())[4:]:
        yield (f"{NUMBER} transactions? at the merchant {text} that ended the label delay ago",
               "merchant_tx_count_delayed_" + name)
        yield (f"{NUMBER} % of the merchant's transactions known as fraud {text} that ended the label delay ago",
               "merchant_fraud_rate_" + name)
    yield rf"{TIME} since the account's previous transaction \(30 d at most\)", "account_gap"
    yield f"{NUMBER} d since the account's first transaction", "account_age_days"
    yield (f"within an hour {NUMBER} times the transactions to be expected from the account's own rate of 30 days",
           "account_velocity_1h")
    yield f"amount {NUMBER} times the mean of the account's earlier ones of 30 days", "amount_ratio_30d"
    yield f"amount {NUMBER} robust deviations from the median of the account's last ones", "amount_robust_z"
    yield (f"{NUMBER} transactions? within 14 days far above the amounts usual for the account",
           "account_outliers_14d")
    yield "at a merchant new to the account|at a merchant that the account used before", "merchant_is_new"
    yield f"{NUMBER} transactions? of the account at this merchant before", "account_merchant_count"
    yield f"{NUMBER} merchants? used within a day", "account_merchants_1d"
    yield f"{NUMBER} transactions? within 7 days at merchants new to the account", "account_new_merchants_7d"
    yield f"{NUMBER} transactions? within a day below a fifth of the account's median amount", "account_small_count_1d"
    yield f"at an hour of the day that has {NUMBER} % of the account's earlier transactions, smoothed", "hour_surprise"
    yield f"on a weekday that has {NUMBER} % of the account's earlier transactions, smoothed", "weekday_surprise"
    for kind, by in (("category", "in"), ("channel", "by"), ("currency", "in"), ("country", "in")):
        yield f"{by} a {kind} new to the account|{by} no {kind} new to the account", kind + "_is_new"
        yield (f"{by} a {kind} that has {NUMBER} % of the account's earlier transactions, smoothed",
               kind + "_surprise")
    yield f"amount {NUMBER} times the mean of the account's earlier ones of this category", "amount_ratio_category"
    yield f"{NUMBER} km from the account's last known place", "distance_last_km"
    yield f"{NUMBER} km/h since the account's last known place, had it taken 3 hours more", "speed_kmh"
    yield f"amount {NUMBER} times the mean of the merchant's earlier ones of 30 days", "amount_ratio_merchant_30d"
    yield (f"at the merchant within a day {NUMBER} times its transactions of an average day, one added",
           "merchant_burst_1d")
    yield (f"{NUMBER} % of the merchant's transactions within 7 days from accounts new to it",
           "merchant_new_share_7d")
    yield rf"{NUMBER} d since the last known fraud at the merchant \(90 at most\)", "merchant_fraud_age_days"
    yield f"{NUMBER} known frauds? at the merchant in a row", "merchant_fraud_run"
    yield f"amount {NUMBER} times the mean of all the account's earlier ones", "amount_ratio_account"
    yield (f"amount {NUMBER} standard deviations from the mean of all the account's earlier ones",
           "amount_z_account")
    yield (f"{NUMBER} transactions? within 14 days above 3 times the mean of the account's earlier ones",
           "account_high_count_14d")
    yield (f"within 14 days after an amount {NUMBER} times the mean of the account's earlier ones",
           "account_ratio_max_14d")
    yield (rf"{NUMBER} d since the account's last transaction at this merchant \(90 at most\)",
           "account_merchant_days")
    yield f"{NUMBER} known frauds? of the account before", "account_fraud_count"
    yield rf"{NUMBER} d since the last known fraud of the account \(90 at most\)", "account_fraud_age_days"
    yield (rf"{NUMBER} d since the first of the known frauds that follow each other at the merchant \(90 at most\)",
           "merchant_fraud_start_days")
    yield f"{NUMBER} % of the merchant's last 5 transactions with a known label are fraud", "merchant_fraud_share_last"
    own = "at the merchant, one after the other, that their own accounts do not explain"
    yield rf"{NUMBER} d since the first of the known frauds {own} \(90 at most\)", "merchant_own_fraud_start_days"
    yield (rf"{NUMBER} d since the last known fraud at the merchant that its own account does not explain "
           rf"\(90 at most\)", "merchant_own_fraud_age_days")
    yield f"{NUMBER} known frauds? {own}", "merchant_own_fraud_run"
    yield (f"{NUMBER} % of the merchant's transactions known as fraud that their own accounts do not explain "
           "in the 35 days that ended the label delay ago", "merchant_own_fraud_rate_35d")


PATTERNS = [(re.compile(pattern), feature) for pattern, feature in sentences()]


def shown(feature, value):
    """What a sentence shows of a value."""
    if feature.endswith("_surprise"):
        return 100 * 2.0 ** -value
    if feature.startswith(("merchant_fraud_rate", "merchant_fraud_share", "merchant_own_fraud_rate")) or \
            feature == "merchant_new_share_7d":
        return 100 * value
    return value


def close(text, unit, value):
    """Whether the figure is the value to its last digit."""
    number, scale = float(text), UNITS.get(unit, 1)
    last = 10.0 ** -len(text.split(".")[1].split("e")[0]) if "." in text and "e" not in text else 0
    return abs(number * scale - value) <= (.5001 * last) * scale + 3e-6 * abs(value) + \
        (1e-3 * abs(value) if "e" in text else 0)


def check(ok, *told):
    if not ok:
        raise SystemExit("not so: " + " | ".join(str(t) for t in told))


def check_usual(text, feature, v, i, n_last, train):
    """v: the feature; text: what follows the semicolon."""
    flag = feature.endswith("_is_new") or feature in ("during_weekend", "during_night")
    own = np.float64(np.median(v[i - n_last:i])) if n_last else None
    peers = np.float64(np.median(v[train]))
    if flag:
        say = lambda u: "half" if u == .5 else "more than half" if (u > .5) == (v[i] != 0) else "fewer than half"
        account = ("it has no earlier transactions" if not n_last else
                   f"so were {say(own)} of its last {n_last} transactions" if n_last > 1 else
                   "so was its last transaction" if own == v[i] else "its last transaction was not")
        check(text == f"{account}, {'' if n_last > 1 else 'so were '}{say(peers)} of all training transactions",
              text, own, peers, n_last)
        return
    figure = NUMBER + r"( [a-z%/]+)?"
    account = ("it has no earlier transactions" if not n_last else "its last transaction stood at " + figure if
               n_last == 1 else f"half of its last {n_last} transactions stood at {figure} or (less|more)")
    stood = "" if n_last else " stood"
    m = re.fullmatch(f"{account}, half of all training transactions{stood} at {figure} or (less|more)", text)
    check(m, text, n_last)
    groups = list(m.groups())
    side = lambda u: "more" if shown(feature, np.float64(v[i])) < shown(feature, u) else "less"
    unit = lambda g: (g or "").strip()
    if n_last:
        check(close(groups[0], unit(groups[1]) if feature == "account_gap" else "", shown(feature, own)),
              text, own)
    if n_last > 1:
        check(groups[2] == side(own), text, own)
    check(close(groups[-3], unit(groups[-2]) if feature == "account_gap" else "", shown(feature, peers)),
          text, peers)
    check(groups[-1] == side(peers), text, peers)


def check_reason(b, i, sentence, train):
    words, usual = sentence.split("; ", 1)
    for pattern, feature in PATTERNS:
        m = pattern.fullmatch(words)
        if m:
            break
    check(m, "no feature says", sentence)
    v = b.feature(feature)
    if m.groups():
        unit = m.group(2) if len(m.groups()) > 1 else ""
        check(close(m.group(1), unit, shown(feature, np.float64(v[i]))), sentence, feature, v[i])
    else:
        check((words == pattern.pattern.split("|")[0]) == (v[i] != 0), sentence, v[i])
    check_usual(usual, feature, v, i, min(b.earlier[i], USUAL), train)
    return feature


def check_names(alert, row, columns):
    for what in ("account", "merchant", "category", "channel", "currency", "country", "time"):
        expected = row[columns[what]] if what in columns else ""
        check(alert[what] == expected, what, alert[what], expected)
    check(float(alert["amount"]) == float(row[columns["amount"]]), "amount", alert["amount"])
    check(alert["day"] == alert["time"][:10], "day", alert["day"])


def order_of_ties(folder):
    """Numbers of text ids; nothing where ids are numbers."""
    t = h5py.File(f"{folder}/audit.h5")["transactions"]
    return dict(zip((i.decode() for i in t["tx_id"]), t["tx"][()])) if "tx_id" in t else {}


out, path = sys.argv[1:3]
columns = dict(a.split("=", 1) for a in sys.argv[3:])
least = int(columns.pop("least", 0))
plan = json.load(open(f"{out}/run.json"))["time_plan"]
DELAY = int(re.search(r"labels are known after (\d+) days", plan).group(1)) * DAY
train_from, train_until = (np.datetime64(t, "s").astype(np.int64)
                           for t in re.search(r"train +(\S+) +(\S+)", plan).groups())
book = Book(list(csv.DictReader(open(path, encoding="utf-8"))), columns, order_of_ties(out))
train = (book.time >= train_from) & (book.time < train_until)
day, place, traced, features = "", 0, 0, set()
alerts = list(csv.DictReader(open(f"{out}/alerts.csv", encoding="utf-8")))
for alert in alerts:
    check(alert["day"] >= day, "order of days", alert["alert_id"])
    place = place + 1 if alert["day"] == day else 1
    day = alert["day"]
    check(int(alert["day_rank"]) == place, "day_rank", alert)
    check(alert["tx"] in book.at, "no such transaction", alert["tx"])
    i = book.at[alert["tx"]]
    check_names(alert, book.row[i], columns)
    for k in ("reason1", "reason2", "reason3"):
        if alert[k]:
            features.add(check_reason(book, i, alert[k], train))
            traced += 1
check(traced > len(alerts) and len(features) >= least, "only", traced, "reasons of", len(features), "features")
print(len(alerts), "alerts,", traced, "reasons,", len(features), "features")
