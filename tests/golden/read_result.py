"""Opens the drawn result the way analysts do: h5py, pandas, xarray.

    read_result.py FILE ROWS
"""
import sys

try:
    import h5netcdf  # noqa: F401  (what xarray reads by)
    import h5py
    import numpy as np
    import pandas as pd
    import xarray as xr
except ImportError as missing:
    print(f"SKIPPED: {missing}")
    sys.exit(77)

path, rows = sys.argv[1], int(sys.argv[2])

with h5py.File(path) as f:
    tx = f["transactions"]
    assert (tx["tx"][:] == np.arange(rows)).all()
    assert tx["alert"].dtype == bool and 0 < tx["alert"][:].mean() < 1
    types = {"time": "<i8", "amount": "<f8", "mcc": "<i4", "hour": "i1", "score": "<f4", "name": "S12"}
    for name, dtype in types.items():
        assert tx[name].dtype == np.dtype(dtype), (name, tx[name].dtype)
        assert tx[name].dims[0][0] == tx["tx"], name
        assert tx[name].chunks is None, name
    score = tx["score"].attrs
    assert score["long_name"] == b"score" and score["description"].decode() == "Fused score ä"
    assert not score["causal"] and score["needs_labels"] and score["role"] == b"result"
    assert tx["tx"].attrs["causal"] and not tx["tx"].attrs["needs_labels"]
    names = f[tx["mcc"].attrs["codes"].decode()].asstr()[:]
    assert list(names) == ["food", "fuel", "café", "travel", "0123456789"]
    forest = f["models/forest"]
    assert forest["nodes"].shape == (70000, 3) and forest["state"].shape == (1000, 4)
    assert forest.attrs["round"] == 7 and forest.attrs["complete"] and forest.attrs["version"] == 3
    assert f["config/effective"].asstr()[()] == "[input]\nfiles = café.csv\n"
    assert f.attrs["seed"] == 42 and f.attrs["schema_version"] == 3
    frame = pd.DataFrame({name: column[:] for name, column in tx.items()})
    assert len(frame) == rows and frame.amount.between(0, 1).all()

with xr.open_dataset(path, group="transactions", engine="h5netcdf") as data:
    assert data.sizes == {"tx": rows}
    assert data.time.dtype == "datetime64[ns]" and data.alert.dtype == bool
    assert data.score.attrs["long_name"] == "score"
for group, size in {"rejects": 0, "graph/edges": 10}.items():
    with xr.open_dataset(path, group=group, engine="h5netcdf") as data:
        assert data.sizes == {"tx": size}, group
with xr.open_dataset(path, group="categories", engine="h5netcdf") as data:
    assert data.sizes == {"mcc": 5}
with xr.open_dataset(path, group="models/forest", engine="h5netcdf", phony_dims="sort") as data:
    assert data.nodes.shape == (70000, 3)
print("opened by h5py, pandas and xarray")
