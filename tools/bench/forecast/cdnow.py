"""Log-likelihood a day of CDNOW's customers, one day ahead:  cdnow.py cdnow_transactions.csv.zst [TEST]

Days before the 273rd set the parameters, those from then on are judged; a customer's first day is
left out. Beside the filter of counts, which TEST (build/release/bin/test_cdnow) prints: a steady
gamma-Poisson rate; TSB and Croston with a Poisson count; BG/NBD with the parameters published for these
weeks (P. Fader, B. Hardie, K. Lee, Marketing Science 24, 2005).
"""
import csv
import datetime
import os
import subprocess
import sys

import numpy as np

DAYS, JUDGED = 546, 273
lngamma = np.vectorize(__import__("math").lgamma, otypes=[float])


def read(path):
    reader = subprocess.Popen(["zstd", "-dc", path], stdout=subprocess.PIPE, text=True)
    count, begin = {}, datetime.date(1997, 1, 1)
    for row in csv.DictReader(reader.stdout):
        day = (datetime.datetime.strptime(row["date"], "%Y%m%d").date() - begin).days
        of = count.setdefault(row["customer_id"], {})
        of[day] = of.get(day, 0) + 1
    n, first = np.zeros((len(count), DAYS), int), np.array([min(of) for of in count.values()])
    for i, of in enumerate(count.values()):
        for day, k in of.items():
            n[i, day] = k
    return n, first


def ln_nb(k, a, p):
    """of k, where the rate is Gamma(a, ...) and p = b / (b + 1)"""
    s = a * np.log(p)
    some = k > 0
    s[some] += k[some] * np.log1p(-p[some]) + lngamma(a[some] + k[some]) - lngamma(a[some]) - lngamma(k[some] + 1)
    return s


def ln_poisson(k, mean):
    s = -mean
    some = k > 0
    s[some] += k[some] * np.log(mean[some]) - lngamma(k[some] + 1)
    return s


def mean(n, first, tell, until, judged):
    """tell(day, known, so far) -> ln p of each customer's day"""
    total, days = 0., 0
    for day in range(until):
        known = first < day
        told = tell(day, known)
        if day >= judged:
            total += told[known].sum()
            days += known.sum()
    return total / days


def steady(n, first, rate, strength):
    a, b = np.full(len(n), rate * strength), np.full(len(n), float(strength))

    def tell(day, known):
        s = ln_nb(n[:, day], a, b / (b + 1))
        a[known] += n[known, day]
        b[known] += 1
        return s
    return tell


def smoothed(n, first, rate, alpha, beta, every_day):
    """TSB: the chance of a purchase each day; Croston: days between purchases"""
    chance, size, since = np.full(len(n), rate), np.ones(len(n)), np.ones(len(n))

    def tell(day, known):
        some = n[:, day] > 0
        s = ln_poisson(n[:, day], np.maximum(chance * size, 1e-6))
        if every_day:
            chance[known] += alpha * (some - chance)[known]
        else:
            of = known & some
            chance[of] = 1 / (1 / chance[of] + alpha * (since[of] - 1 / chance[of]))
            since[known] = np.where(some, 1, since + 1)[known]
        of = known & some
        size[of] += beta * (n[of, day] - size[of])
        return s
    return tell


def bg_nbd(n, first, r=.243, alpha=4.414 * 7, a=.793, b=2.426):
    x, last = np.zeros(len(n)), np.zeros(len(n))

    def tell(day, known):
        age = np.maximum(day - 1 - first, 0.)
        dropped = np.where(x > 0, a / (b + np.maximum(x, 1) - 1) * ((alpha + age) / (alpha + last)) ** (r + x), 0)
        alive, p = 1 / (1 + dropped), (alpha + age) / (alpha + age + 1)
        s = np.log(alive) + ln_nb(n[:, day], r + x, p)
        none = n[:, day] == 0
        s[none] = np.log1p(-alive * (1 - p ** (r + x)))[none]
        of = known & ~none
        x[of] += n[of, day]
        last[of] = (day - first)[of]
        return s
    return tell


def best(n, first, make, choices):
    """by the days before JUDGED alone"""
    return max(choices, key=lambda c: mean(n, first, make(*c), JUDGED, 0))


def main(path, test="build/release/bin/test_cdnow"):
    n, first = read(path)
    after = np.arange(DAYS) > first[:, None]
    rate = (n * after)[:, :JUDGED].sum() / after[:, :JUDGED].sum()
    found = {}
    c = best(n, first, lambda s: steady(n, first, rate, s), [(s,) for s in (40, 60, 75, 90, 120)])
    found[f"steady gamma-Poisson, worth {c[0]} days"] = steady(n, first, rate, *c)
    for name, every_day in (("TSB", True), ("Croston", False)):
        c = best(n, first, lambda a, b: smoothed(n, first, rate, a, b, every_day),
                 [(a, b) for a in (.002, .005, .007, .01, .015, .02, .1) for b in (.003, .03)])
        found[f"{name}, alpha {c[0]:g}, beta {c[1]:g}"] = smoothed(n, first, rate, *c, every_day)
    found["BG/NBD"] = bg_nbd(n, first)
    for name, tell in found.items():
        print(f"{name}: {mean(n, first, tell, DAYS, JUDGED):.5f}", flush=True)
    told = subprocess.run([test], capture_output=True, text=True, env=os.environ | {
        "PARAUDIT_TEST_DATA": os.path.dirname(os.path.dirname(os.path.abspath(path)))}).stdout
    print("filter of counts:", next(line.split("...")[1] for line in told.splitlines() if "a day" in line))


if __name__ == "__main__":
    main(*sys.argv[1:])
