#!/usr/bin/env python3
"""speed.py CADENZA FOLDER…: files a second of symusic, pretty_midi and ours, in one run: parsing alone from
memory on one thread, and our whole import (scan, read, parse, judge, keys, families; no cache) on one thread
and on all. Medians; needs symusic and pretty_midi (PyPI).
"""
import glob
import json
import os
import statistics
import subprocess
import sys
import time
import warnings

import pretty_midi
import symusic

warnings.filterwarnings("ignore")
RUNS, SLOW = 7, 100


def speed(n, work):
    begun = time.perf_counter()
    work()
    return n / (time.perf_counter() - begun)


def ours(cadenza, *arguments, threads=None):
    env = dict(os.environ, **({"RAYON_NUM_THREADS": str(threads)} if threads else {}))
    out = subprocess.run([cadenza, *arguments, "--json"], env=env, capture_output=True, check=True).stdout
    return json.loads(out)


def main():
    cadenza, folders = sys.argv[1], sys.argv[2:]
    print(f"{os.cpu_count()} cores, symusic {symusic.__version__ if hasattr(symusic, '__version__') else '?'}, pretty_midi {pretty_midi.__version__}")
    for folder in folders:
        paths = sorted(glob.glob(folder + "/**/*.mid", recursive=True))
        contents = [open(path, "rb").read() for path in paths]
        peer, parse = [], []
        # In turns, so that a slow moment of the machine meets both.
        for _ in range(RUNS):
            peer.append(speed(len(paths), lambda: [symusic.Score.from_midi(c) for c in contents]))
            bench = ours(cadenza, "bench", "import", "--data", folder, "--runs", "3", threads=1)
            parse.append({b["name"]: b["median"] for b in bench["benches"]}["import/parse"])
        slow = speed(min(SLOW, len(paths)), lambda: [pretty_midi.PrettyMIDI(p) for p in paths[:SLOW]])
        whole = {t: [(r := ours(cadenza, "import", folder, "--no-cache", threads=t))["files"] / r["seconds"] for _ in range(RUNS)] for t in (1, os.cpu_count())}
        peer, parse = statistics.median(peer), statistics.median(parse)
        print(f"{folder}: {len(paths)} files")
        print(f"  parsing, files/s on one thread: symusic {peer:,.0f}, ours {parse:,.0f}: {parse / peer:.2f} times")
        for threads, figures in whole.items():
            w = statistics.median(figures)
            print(f"  whole import on {threads}: {w:,.0f} files/s, pretty_midi's parse {slow:,.1f}: {w / slow:.0f} times")


main()
