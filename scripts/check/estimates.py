#!/usr/bin/env python3
"""estimates.py CADENZA DIR [--valid DIR] [--minutes 2] [--presets quick,balanced,lstm]

Asks how long each preset would train (train --estimate), trains each so, and prints what it took beside what was
said: from the start of the process to its end. Exits 1 where one is further off than 20 %.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time


def main():
    p = argparse.ArgumentParser()
    p.add_argument("cadenza")
    p.add_argument("data")
    p.add_argument("--valid")
    p.add_argument("--minutes", type=float, default=2.0)
    p.add_argument("--presets")
    o = p.parse_args()
    data = [o.data] + (["--valid", o.valid] if o.valid else [])

    def cadenza(*arguments):
        done = subprocess.run([o.cadenza, *map(str, arguments)], stdout=subprocess.PIPE, text=True, check=True)
        return json.loads(done.stdout)

    said = cadenza("train", *data, "--estimate", "--minutes", o.minutes, "--json")
    far = 0
    with tempfile.TemporaryDirectory() as home:
        for estimate in said:
            name = estimate["name"]
            if o.presets and name not in o.presets.split(","):
                continue
            seconds = estimate["outcome"]["Ok"]["seconds"]
            budget = [] if name == "ngram" else ["--minutes", o.minutes]
            begun = time.time()
            cadenza("train", *data, "--preset", name, *budget, "--out", os.path.join(home, name), "--json")
            took = time.time() - begun
            off = took / seconds - 1
            # Of a few seconds nobody waits for, the start of the process is most.
            far += abs(off) > 0.2 and abs(took - seconds) > 5
            print(f"{name}: said {seconds:.0f} s, took {took:.0f} s ({off:+.0%})", flush=True)
    sys.exit(far > 0)


if __name__ == "__main__":
    main()
