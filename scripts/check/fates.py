#!/usr/bin/env python3
"""fates.py FOLDER FATES.csv: counts the files by itself and says whether the report of an import
(cadenza import FOLDER --report FATES.csv) has a row and a reason for each.
"""
import csv
import io
import os
import sys
import zipfile
from collections import Counter


def entries(root):
    """Files of a folder and of its archives, links to folders as one; those of macOS in an archive as one."""
    for folder, folders, files in os.walk(root):
        yield from (os.path.join(folder, f) for f in folders if os.path.islink(os.path.join(folder, f)))
        for name in files:
            path = os.path.join(folder, name)
            if not name.lower().endswith(".zip") or not zipfile.is_zipfile(path):
                yield path
                continue
            members = [m.filename for m in zipfile.ZipFile(path).infolist() if not m.is_dir()]
            ours = [m for m in members if not m.startswith("__MACOSX/")]
            yield from ours or ([] if members else [path])
            if len(ours) < len(members):
                yield path + "/__MACOSX"


def main():
    root, report = sys.argv[1:]
    found = sum(1 for _ in entries(root))
    rows = list(csv.DictReader(io.open(report, encoding="utf-8", newline="")))
    states = Counter(r["state"] for r in rows)
    silent = [r["path"] for r in rows if r["state"] != "used" and not (r["reason"] and r["what happened"].endswith("."))]
    for (state, reason), n in sorted(Counter((r["state"], r["reason"]) for r in rows).items()):
        print(f"{n:6}  {state:9} {reason}")
    print(f"{found} files found, {len(rows)} rows: {dict(states)}; rows without a reason: {silent or 'none'}")
    print(f"rows with a remedy: {Counter(x for r in rows for x in r['remedies'].split())}")
    sys.exit(found != len(rows) or bool(silent) or set(states) - {"used", "repaired", "left out"} != set())


main()
