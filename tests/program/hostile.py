"""HDF5 files that no audit writes, for hostile.sh.

    hostile.py RESULT.h5    makes inputs/KIND.h5, results/KIND/audit.h5 and, with digests that
                            agree, forged/KIND/audit.h5 in the current folder and prints a line
                            `inputs|results|forged KIND PATTERN` each: what the answer must say
                            (an extended regular expression); `-`: it is of use.
"""
import hashlib
import os
import shutil
import sys
import zlib

import h5py
import numpy as np

ROWS = 400
FAR = 1 << 40


def add_many(group):
    """Of one whose links HDF5 keeps in a heap, as it does unless told otherwise."""
    for i in range(20000):
        group.create_group(str(i))


def columns():
    at = np.arange(ROWS)
    return {"tx": at, "account": at % 20, "merchant": at % 7, "time": 1700000000 + at * 40000,
            "amount_minor": 100 + at, "label": (at % 50 == 0).astype("i1"),
            "home_lat": np.full(ROWS, 48.1), "home_lon": np.full(ROWS, 11.5), "merchant_lat": np.full(ROWS, 48.2), "merchant_lon": np.full(ROWS, 11.6), "input_age": (at % 9).astype("f4")}


def write_base(path):
    with h5py.File(path, "w") as f:
        for name, values in columns().items():
            f.create_dataset(f"transactions/{name}", data=values)
        f.create_dataset("accounts/id", data=np.array([b"a%d" % i for i in range(20)]))
        f.create_dataset("merchants/id", data=np.array([b"m%d" % i for i in range(7)]))


# ---- inputs ----

def replace(f, path, **how):
    if path in f:
        del f[path]
    return f.create_dataset(path, **how)


def external_storage(f):
    columns()["tx"].astype("i8").tofile("elsewhere.bin")
    replace(f, "transactions/tx", shape=(ROWS,), dtype="i8", external=[("elsewhere.bin", 0, 8 * ROWS)])


def external_link(f):
    del f["transactions/tx"]
    f["transactions/tx"] = h5py.ExternalLink("sound.h5", "/transactions/tx")


def external_group(f):
    del f["accounts"]
    f["accounts"] = h5py.ExternalLink("sound.h5", "/accounts")


def soft_link_out(f):
    del f["transactions/tx"]
    f["elsewhere"] = h5py.ExternalLink("sound.h5", "/transactions")
    f["transactions/tx"] = h5py.SoftLink("/elsewhere/tx")


def soft_link_inside(f):
    f.move("transactions/tx", "kept")
    f["transactions/tx"] = h5py.SoftLink("/kept")


def soft_link_circle(f):
    del f["transactions/tx"]
    f["transactions/tx"] = h5py.SoftLink("/transactions/tx")


def external_number(f):
    f["transactions/input_other"] = h5py.ExternalLink("sound.h5", "/transactions/input_age")


def virtual(f):
    layout = h5py.VirtualLayout(shape=(ROWS,), dtype="i8")
    layout[:] = h5py.VirtualSource("sound.h5", "transactions/tx", shape=(ROWS,))
    del f["transactions/tx"]
    f.create_virtual_dataset("transactions/tx", layout)


def foreign_filter(f):
    plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plist.set_chunk((100,))
    plist.set_filter(32026, h5py.h5z.FLAG_OPTIONAL, (1, 2))
    space = h5py.h5s.create_simple((ROWS,))
    del f["transactions/tx"]
    d = h5py.h5d.create(f["transactions"].id, b"tx", h5py.h5t.STD_I64LE, space, plist)
    d.write(h5py.h5s.ALL, h5py.h5s.ALL, columns()["tx"])


def packed(f):
    for name, values in columns().items():
        replace(f, f"transactions/{name}", data=values, chunks=(150,), compression="gzip", shuffle=True, fletcher32=True)


def bomb(f):
    d = replace(f, "transactions/tx", shape=(ROWS,), dtype="i8", chunks=(ROWS,), compression="gzip")
    d.id.write_direct_chunk((0,), zlib.compress(bytes(4 << 20), 9))


def short_chunk(f):
    d = replace(f, "transactions/tx", shape=(ROWS,), dtype="i8", chunks=(ROWS,), compression="gzip")
    d.id.write_direct_chunk((0,), zlib.compress(bytes(8)))


def far_rows(f):
    for name, values in columns().items():
        replace(f, f"transactions/{name}", shape=(FAR,), dtype=values.dtype)


def far_chunked_rows(f):
    for name, values in columns().items():
        d = replace(f, f"transactions/{name}", shape=(FAR,), dtype=values.dtype, chunks=(1 << 20,), compression="gzip")
        d[:10] = 1


def far_sparse_names(f):
    replace(f, "accounts/id", shape=(FAR,), dtype="S16", chunks=(100,))[:5] = b"x"


def large_chunks(f):
    replace(f, "transactions/tx", shape=(ROWS,), maxshape=(None,), dtype="i8", chunks=(1 << 28,), compression="gzip")[:] = 1


def two_dimensions(f):
    replace(f, "transactions/tx", data=np.zeros((ROWS, 2), "i8"))


def three_dimensions(f):
    replace(f, "transactions/tx", data=np.zeros((ROWS, 2, 2), "i8"))


def no_dimension(f):
    replace(f, "transactions/tx", data=np.int64(3))


def no_space(f):
    replace(f, "transactions/tx", data=h5py.Empty("i8"))


def odd_type(f):
    replace(f, "transactions/tx", data=np.zeros(ROWS, [("a", "i8"), ("b", "f4")]))


def odd_bits(f):
    odd = h5py.h5t.STD_I64LE.copy()
    odd.set_precision(20)
    space = h5py.h5s.create_simple((ROWS,))
    del f["transactions/tx"]
    h5py.h5d.create(f["transactions"].id, b"tx", odd, space).write(h5py.h5s.ALL, h5py.h5s.ALL, columns()["tx"])


def named_type(f):
    f["kind"] = np.dtype("i8")
    replace(f, "transactions/tx", data=columns()["tx"], dtype=f["kind"])


def endless_text(f):
    replace(f, "accounts/id", data=["x"] * 20, dtype=h5py.string_dtype())


def other_length(f):
    replace(f, "transactions/time", data=columns()["time"][:-1])


def group_as_column(f):
    del f["transactions/tx"]
    f.create_group("transactions/tx")


def column_as_group(f):
    del f["transactions"]
    f["transactions"] = np.zeros(ROWS)


def unit_of_three(f):
    f["transactions/amount_minor"].attrs["units"] = np.array([b"0.01"] * 3)


def unit_of_numbers(f):
    f["transactions/amount_minor"].attrs["units"] = 0.01


def position_of_three(f):
    f["transactions/input_age"].attrs["position"] = [3, 2, 1]


def codes_beyond(f):
    f["transactions/account"][7] = 20


def codes_below(f):
    f["transactions/merchant"][7] = -5


def nested(f):
    group = f.create_group("deep")
    for _ in range(20000):
        group = group.create_group("x")


INPUTS = {
    "sound": (None, "-"),
    "packed": (packed, "-"),
    "soft_link_inside": (soft_link_inside, "-"),
    "position_of_three": (position_of_three, "-"),
    "nested": (nested, "-"),
    "external_storage": (external_storage, "transactions/tx keeps its values in other files"),
    "external_link": (external_link, "transactions/tx is a link to another file"),
    "external_group": (external_group, "accounts/id is a link to another file"),
    "external_number": (external_number, "input_other is a link to another file"),
    "soft_link_out": (soft_link_out, "transactions/tx is a link that leads nowhere in this file"),
    "soft_link_circle": (soft_link_circle, "transactions/tx is a link that leads nowhere in this file"),
    "virtual": (virtual, "transactions/tx is a virtual dataset"),
    "foreign_filter": (foreign_filter, "transactions/tx is packed by filter 32026"),
    "bomb": (bomb, "transactions/tx has a chunk that does not unpack to what its shape says"),
    "short_chunk": (short_chunk, "transactions/tx has a chunk that does not unpack to what its shape says"),
    "far_rows": (far_rows, "transactions/tx declares more rows than the file can hold"),
    "far_chunked_rows": (far_chunked_rows, "transactions/tx (declares more rows|has rows that were never)"),
    "far_sparse_names": (far_sparse_names, "accounts/id declares more rows than the file can hold"),
    "large_chunks": (large_chunks, "transactions/tx is cut into chunks of more than 256 MiB"),
    "two_dimensions": (two_dimensions, "transactions/tx is not one column of whole numbers"),
    "three_dimensions": (three_dimensions, "transactions/tx has more than two dimensions"),
    "no_dimension": (no_dimension, "transactions/tx is not one column of whole numbers"),
    "no_space": (no_space, "transactions/tx has no shape"),
    "odd_type": (odd_type, "transactions/tx is not one column of whole numbers"),
    "odd_bits": (odd_bits, "transactions/tx is not one column of whole numbers"),
    "named_type": (named_type, "transactions/tx is of a named type"),
    "endless_text": (endless_text, "accounts/id is not one column of text of a fixed length"),
    "other_length": (other_length, "transactions/time has 399 rows, transactions/tx has 400"),
    "group_as_column": (group_as_column, "damaged: transactions/tx: "),
    "column_as_group": (column_as_group, "transactions/tx"),
    "unit_of_three": (unit_of_three, "transactions/amount_minor has no text in its attribute units"),
    "unit_of_numbers": (unit_of_numbers, "transactions/amount_minor has no text in its attribute units"),
    "codes_beyond": (codes_beyond, "row 8 of transactions/account is 20, and accounts/id has 20 rows"),
    "codes_below": (codes_below, "row 8 of transactions/merchant is -5, and merchants/id has 7 rows"),
}


# ---- results ----

def set_attribute(path, name, value):
    def change(f):
        f[path].attrs[name] = value
    return change


def drop_attribute(path, name):
    def change(f):
        del f[path].attrs[name]
    return change


def put(path, row, value):
    def change(f):
        f[path][row] = value
    return change


def put_all(path, make):
    """Another dataset in the place of one, with its attributes."""
    def change(f):
        old = f[path]
        attributes = {k: v for k, v in old.attrs.items() if k not in ("CLASS", "NAME", "REFERENCE_LIST", "DIMENSION_LIST")}
        how = make(old)
        del f[path]
        new = f.create_dataset(path, **how)
        for k, v in attributes.items():
            new.attrs[k] = np.bytes_(v.encode()) if isinstance(v, str) else v
    return change


def put_text(path, text):
    return put_all(path, lambda old: {"data": np.array(text, f"S{len(text)}")})


def link_out(f):
    f["elsewhere"] = h5py.ExternalLink("../sound/audit.h5", "/transactions")


def odd_byte(path, row, byte):
    """Written past HDF5, which would not take it for a boolean."""
    def change(f):
        at = f[path].id.get_offset() + row
        f.flush()
        with open(f.filename, "r+b") as raw:
            raw.seek(at)
            raw.write(byte)
    return change


SHARDS = "models/shards/transactions"
PLAN = "a time plan that no audit has"
RESULTS = {
    "sound": (set_attribute("/", "seed", 1), "-"),
    "nested": (nested, "/deep(/x)+ lies deeper than the groups of any result"),
    "many_objects": (lambda f: add_many(f.create_group("many")), "holds more objects than any result"),
    "external_link": (link_out, "/elsewhere is a link to another file"),
    "external_storage": (external_storage, "/transactions/tx keeps its values in other files"),
    "rows_unwritten": (put_all("transactions/label", lambda old: {"shape": (FAR,), "dtype": "i1"}),
                "/transactions/label declares more rows than the file can hold"),
    "rows_far": (set_attribute("transactions", "rows", FAR), "/transactions/[a-z_0-9]+ has [0-9]+ rows, its table has 1099511627776"),
    "rows_negative": (set_attribute("transactions", "rows", -1), "/transactions has -1 rows"),
    "rows_of_text": (set_attribute("transactions", "rows", b"many"), "rows, its table has 0"),
    "plan_far": (set_attribute("/", "audit_until", np.int64(2**63 - 1)), PLAN + ": audit_until is 9223372036854775807"),
    "plan_below": (set_attribute("/", "history_from", np.int64(-2**63)), PLAN + ": history_from is -9223372036854775808"),
    "plan_reversed": (set_attribute("/", "train_until", np.int64(0)), PLAN + ": train_until is 0"),
    "plan_delay": (set_attribute("/", "label_delay", np.int64(2**62)), PLAN + ": label_delay is"),
    "plan_real": (set_attribute("/", "audit_from", 1e308), "the result does not say its audit_from"),
    "plan_of_two": (set_attribute("/", "as_of", np.array([1, 2])), "the result does not say its as_of"),
    "plan_missing": (drop_attribute("/", "as_of"), "the result does not say its as_of"),
    "schema_of_two": (set_attribute("/", "schema_version", np.array([2, 2])), "an HDF5 file, but not one of paraudit's"),
    "shards_reversed": (lambda f: f[SHARDS].__setitem__(slice(None), f[SHARDS][:][::-1]), "partition 'transactions' is damaged"),
    "shards_far": (put(SHARDS, -1, FAR), "the result's shards hold 1099511627776 transactions, its table has"),
    "shards_real": (put_all(SHARDS, lambda old: {"data": old[:].astype("f8")}), "array 'transactions' is of another type"),
    "shards_wide": (put_all(SHARDS, lambda old: {"data": np.zeros((len(old), 3), "i8")}), "partition 'transactions' is damaged"),
    "shards_none": (put_all(SHARDS, lambda old: {"data": np.zeros(0, "i8")}), "partition 'transactions' is damaged"),
    "amount_far": (put("transactions/amount", 3, 1e308), "has a value of 'amount' that no audit writes"),
    "amount_nan": (put("transactions/amount", 3, np.nan), "has a value of 'amount' that no audit writes"),
    "margin_inf": (put("transactions/margin", 3, np.inf), "has a value of 'margin' that no audit writes"),
    "margin_nan": (put("transactions/margin", slice(None), np.nan), "is to be judged but has no margin"),
    "time_far": (put("transactions/time", 3, 2**63 - 1), "has a value of 'time' that no audit writes"),
    "label_odd": (put("transactions/label", 3, 77), "has a value of 'label' that no audit writes"),
    "alert_odd": (odd_byte("transactions/alert", 3, b"\x07"), "has a value of 'alert' that no audit writes"),
    "account_wide": (put_all("transactions/account", lambda old: {"data": old[:].astype("i8")}), "/transactions/account is int64, int32 was expected"),
    "account_short": (put_all("transactions/account", lambda old: {"data": old[:-1]}), "/transactions/account has [0-9]+ rows, its table has"),
    "margin_two": (put_all("transactions/margin", lambda old: {"data": np.zeros((len(old), 2))}), "/transactions/margin is not a column"),
    "margin_text": (put_all("transactions/margin", lambda old: {"data": np.zeros(len(old), "S4")}), "/transactions/margin is string, float64 was expected"),
    "role_odd": (set_attribute("transactions/margin", "role", np.bytes_(b"king")), "/transactions/margin has the unknown role 'king'"),
    "config_odd": (put_text("config/effective", b"[evaluate]\nk_per_day = 1e308\n"), "audit.h5:2: .*'1e308'"),
    "config_bytes": (put_text("config/effective", b"\xff\xfe[[[\n"), "audit.h5"),
    "column_none": (lambda f: f.__delitem__("transactions/alert"), "table 'transactions' of the result has no column 'alert'"),
    "config_none": (lambda f: f.__delitem__("config/effective"), "has no text 'config/effective'"),
}


# ---- results whose digests agree ----

FORGED = {
    "sound": (set_attribute("/", "seed", 1), "-"),
    "nan": (put("transactions/account_gap", 3, np.nan), "row 4 of /transactions/account_gap has a value that no audit writes"),
    "infinite": (put("transactions/margin", 1999, -np.inf), "row 2000 of /transactions/margin has a value that no audit writes"),
    "boolean": (odd_byte("transactions/alert", 3, b"\x02"), "row 4 of /transactions/alert has a value that no audit writes"),
    "code": (put("transactions/category", 3, 100), "row 4 of /transactions/category has a value that no audit writes"),
    "account": (put("transactions/account", 3, -2), "row 4 of /transactions/account has a value that no audit writes"),
}


def digest(dataset):
    values = np.empty(dataset.shape, dataset.dtype)
    if values.size:
        dataset.read_direct(values)
    rows = values.reshape(1) if values.ndim == 0 else values
    blocks = (rows[i:i + 65536].tobytes() for i in range(0, len(rows), 65536))
    return hashlib.sha256(b"".join(hashlib.sha256(b).digest() for b in blocks)).hexdigest()


def text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


def make_digests_agree(path):
    with h5py.File(path, "r+") as f:
        found = {}
        f.visititems(lambda name, o: found.update({"/" + name: digest(o)}) if isinstance(o, h5py.Dataset) else None)
        for name, d in found.items():
            f[name].attrs["digest"] = np.bytes_(d.encode())
        lines = [f"{name} {found[name]}\n" for name in sorted(found, key=str.encode)]
        lines += [f"@{name}={text(f.attrs[name])}\n" for name in sorted(f.attrs, key=str.encode) if name != "content_digest"]
        f.attrs["content_digest"] = np.bytes_(hashlib.sha256("".join(lines).encode()).hexdigest().encode())


def make_input(kind, change):
    path = f"inputs/{kind}.h5"
    write_base(path)
    if change:
        with h5py.File(path, "r+") as f:
            change(f)


def make_result(folder, change, result):
    os.makedirs(folder)
    path = f"{folder}/audit.h5"
    shutil.copyfile(result, path)
    with h5py.File(path, "r+") as f:
        change(f)


os.makedirs("inputs")
for kind, (change, says) in INPUTS.items():
    make_input(kind, change)
    print("inputs", kind, says)
for kind, (change, says) in RESULTS.items():
    make_result(f"results/{kind}", change, sys.argv[1])
    print("results", kind, says)
for kind, (change, says) in FORGED.items():
    make_result(f"forged/{kind}", change, sys.argv[1])
    make_digests_agree(f"forged/{kind}/audit.h5")
    print("forged", kind, says)
