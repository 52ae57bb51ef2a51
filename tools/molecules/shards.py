"""Shards on disk: each written once, whole or not at all, with its checksum in a manifest."""

import hashlib
import io
import json
import os
import shutil
from pathlib import Path

import numpy as np


def sha256(path):
    """Return the SHA-256 of a file as hexadecimal text."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def write_atomically(path, content):
    """Write `content` (bytes) to `path` so that a kill at any moment leaves the old file or the new, never a part."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with open(temporary, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the name is on disk only when its folder is
    finally:
        os.close(folder)


def pack(arrays):
    """Return the bytes of a compressed .npz of plain arrays (no pickle can get in)."""
    for name, value in arrays.items():
        if np.asarray(value).dtype.hasobject:
            raise ValueError(f"{name} holds Python objects: only plain arrays are stored")
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def unpack(path):
    """Return the arrays of an .npz as a dict."""
    with np.load(path, allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


class Store:
    """The folder of finished files, its manifest, and a scratch folder for the records of unfinished shards."""

    def __init__(self, folder, scratch):
        self.folder, self.scratch = Path(folder), Path(scratch)
        self.path = self.folder / "manifest.json"
        self.manifest = json.loads(self.path.read_text()) if self.path.exists() else {"files": {}}

    def is_whole(self, name):
        """Return whether file `name` is there with the checksum that the manifest gives."""
        path = self.folder / name
        return path.exists() and self.manifest["files"].get(name) == sha256(path)

    def read(self, name):
        """Return the arrays of a finished file; a missing or damaged one is an error."""
        if not self.is_whole(name):
            raise ValueError(f"{name} is missing or damaged: run the build again, it will be made anew")
        return unpack(self.folder / name)

    def put(self, name, content, **about):
        """Write a file, then its checksum: killed between the two, the next run writes the same file again."""
        write_atomically(self.folder / name, content)
        self.manifest["files"][name] = hashlib.sha256(content).hexdigest()
        self.manifest.update(about)
        self.manifest["files"] = dict(sorted(self.manifest["files"].items()))
        write_atomically(self.path, (json.dumps(self.manifest, indent=1) + "\n").encode())

    def collect(self, name, keys, run, on_record=lambda: None):
        """Finish shard `name`: one record (a dict of arrays) a key, computed by `run` unless it lies in scratch.

        `run(keys)` yields `(key, record)` in any order for the keys that it is given. Each record is safe on disk
        before the next is waited for, so a kill loses only what is being computed at that moment. `on_record()` is
        called once a record (it moves a progress bar). A shard that is whole is left alone.
        """
        if self.is_whole(name):
            return
        parts = self.scratch / name.removesuffix(".npz")
        records = {}
        for key in keys:
            path = parts / f"{key}.npz"
            if path.exists():
                records[key] = unpack(path)
                on_record()
        for key, record in run([key for key in keys if key not in records]):
            write_atomically(parts / f"{key}.npz", pack(record))
            records[key] = record
            on_record()
        rows = [records[key] for key in keys]
        merged = {field: _stack([row[field] for row in rows]) for field in rows[0]}
        self.put(name, pack({"key": np.array(keys), **merged}))
        shutil.rmtree(parts)


def _stack(values):
    """Return one array of the values of all records: stacked; those of unequal length are padded with NaN or 0."""
    values = [np.asarray(v) for v in values]
    if values[0].ndim == 0:
        return np.stack(values)
    longest = max(len(v) for v in values)
    shape = (len(values), longest, *values[0].shape[1:])
    missing = np.nan if values[0].dtype.kind == "f" else 0
    result = np.full(shape, missing, dtype=values[0].dtype)
    for row, value in zip(result, values, strict=True):
        row[: len(value)] = value
    return result
