"""Recomputes the digests of a result file by h5py alone, as an auditor would.

    check_digest.py FILE
"""
import hashlib
import sys

try:
    import h5py
    import numpy as np
except ImportError as missing:
    print(f"SKIPPED: {missing}")
    sys.exit(77)


def digest(dataset):
    values = np.empty(dataset.shape, dataset.dtype)
    dataset.read_direct(values) if values.size else None
    rows = values.reshape(1) if values.ndim == 0 else values
    blocks = (rows[i:i + 65536].tobytes() for i in range(0, len(rows), 65536))
    return hashlib.sha256(b"".join(hashlib.sha256(b).digest() for b in blocks)).hexdigest()


def text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


with h5py.File(sys.argv[1]) as f:
    digests = {}
    f.visititems(lambda name, o: digests.update({"/" + name: digest(o)})
                 if isinstance(o, h5py.Dataset) else None)
    wrong = [path for path, d in digests.items() if text(f[path].attrs["digest"]) != d]
    lines = [f"{path} {digests[path]}\n" for path in sorted(digests, key=str.encode)]
    lines += [f"@{name}={text(f.attrs[name])}\n" for name in sorted(f.attrs, key=str.encode)
              if name != "content_digest"]
    content = hashlib.sha256("".join(lines).encode()).hexdigest()
    stored = text(f.attrs["content_digest"])

print(f"{len(digests)} datasets, {len(wrong)} differ {wrong}; content {content}, stored {stored}")
sys.exit(bool(wrong) or content != stored or not digests)
