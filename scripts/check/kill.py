#!/usr/bin/env python3
"""kill.py CADENZA [--kills 50] [--seconds 40] [--every 2] [--longest 6] [--stops 5]
               [--data DIR --valid DIR --recipe TOML --steps N --keep DIR]

Trains small runs on the starter tunes (or runs of a recipe's N steps on a folder, into DIR) and kills them
(SIGKILL) at random moments, resuming each time, until so many kills are done; stops others as planned (SIGINT)
and resumes them. With --every 0 they save when the program likes. Every run must end with the weights
and the optimiser's state of one that was never disturbed, bit for bit, and no kill may cost more than one
interval between two saves. Prints a line a kill and a summary; exits 1 where anything is not so.
"""
import argparse
import contextlib
import json
import os
import random
import signal
import struct
import subprocess
import sys
import tempfile
import time

RECIPE = """[recipe]
d_model = 64
n_layers = 2
n_heads = 2
window = 128
batch = 2
checks = 10
patience = 0
dropout = 0.1
optimiser = "muon"
"""


def parts(path):
    """Header and blobs of one of our files."""
    data = open(path, "rb").read()
    at, out = 16, []
    while at < len(data) - 32:
        (n,) = struct.unpack_from("<Q", data, at)
        out.append(data[at + 8 : at + 8 + n])
        at += 8 + n
    return json.loads(out[0]), out[1:]


def numbers(weights):
    """The tensors of burn's record: what follows its metadata (in which every parameter has an identity
    drawn anew in each process), from a multiple of 256 bytes on."""
    (n,) = struct.unpack_from("<I", weights, 6)
    return weights[(10 + n + 255) // 256 * 256 :]


def state(run):
    header, (weights, optimiser) = parts(os.path.join(run, "last.cadenza-model"))
    return header["info"]["progress"]["step"], numbers(weights), optimiser


class Check:
    def __init__(self, options, home):
        self.o, self.home, self.failures = options, home, []
        self.env = dict(os.environ, XDG_CACHE_HOME=os.path.join(home, "cache"))
        open(os.path.join(home, "tiny.toml"), "w").write(RECIPE)
        if not options.data:
            self.cadenza("starter", "tunes").wait()

    def cadenza(self, *arguments):
        return subprocess.Popen(
            [self.o.cadenza, *map(str, arguments)], cwd=self.home, env=self.env,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    def path(self, run, *rest):
        return os.path.join(self.home, run, *rest)

    def go(self, run, steps):
        """Begins a run, or goes on with it."""
        keep = ("--save-every", self.o.every, "--no-takes") if self.o.every else ("--no-takes",)
        if os.path.exists(self.path(run, "recipe.toml")):
            return self.cadenza("train", "--resume", run, *keep)
        data = [os.path.abspath(self.o.data)] if self.o.data else ["tunes"]
        data += ["--valid", os.path.abspath(self.o.valid)] if self.o.valid else []
        recipe = os.path.abspath(self.o.recipe) if self.o.recipe else "tiny.toml"
        return self.cadenza("train", *data, "--out", run, "--recipe", recipe, "--steps", steps, *keep)

    def finished(self, process, run):
        """Waits; True where the run has its report."""
        err = process.communicate()[1]
        if process.returncode not in (0, -signal.SIGKILL):
            self.failures.append(f"{run}: exit code {process.returncode}: {err.strip()[-300:]}")
            return True
        report = self.path(run, "report.json")
        return os.path.exists(report) and json.load(open(report))["ending"] == "complete"

    def last_step(self, run):
        """The last step that the metrics tell of, and when: in seconds of training."""
        try:
            rows = open(self.path(run, "metrics.csv")).read().split("\n")[1:-1]
            return max((int(r.split(",")[1]), float(r.split(",")[3])) for r in rows)
        except (OSError, ValueError):
            return 0, 0.0

    def killed(self, run, steps, kills):
        """Kills one run until it ends or enough kills are done; how many there were, and the worst loss."""
        worst, done, dice = 0.0, 0, random.Random(run)
        while True:
            begun = time.time()
            process = self.go(run, steps)
            after = dice.uniform(0.05, self.o.longest) if done < kills else 3600
            try:
                process.wait(after)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
                done += 1
                step, seconds = self.last_step(run)
                saved, at = 0, 0.0
                if os.path.exists(self.path(run, "last.cadenza-model")):
                    progress = parts(self.path(run, "last.cadenza-model"))[0]["info"]["progress"]
                    saved, at = progress["step"], progress["seconds"]
                lost = max(0.0, seconds - at) if step > saved else 0.0
                worst = max(worst, lost)
                print(f"{run}: killed after {time.time() - begun:.2f} s at step {step}, saved {saved}: {lost:.2f} s lost", flush=True)
                continue
            if self.finished(process, run):
                return done, worst

    def stopped(self, run, steps, seconds):
        """Stops one run as planned, again and again."""
        for _ in range(self.o.stops):
            process = self.go(run, steps)
            try:
                process.wait(seconds / (self.o.stops + 1) + 2)
                break
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGINT)
            process.communicate()
            print(f"{run}: stopped at step {self.last_step(run)[0]}", flush=True)
        if not self.finished(self.go(run, steps), run):
            self.failures.append(f"{run}: it has not ended")

    def same(self, run, as_run):
        if self.failures:
            return
        mine, other = state(self.path(run)), state(self.path(as_run))
        for what, a, b in zip(("step", "weights", "optimiser"), mine, other):
            if a != b:
                self.failures.append(f"{run}: the {what} differ from those of {as_run}")


def main():
    p = argparse.ArgumentParser()
    p.add_argument("cadenza", type=os.path.abspath)
    p.add_argument("--kills", type=int, default=50)
    p.add_argument("--seconds", type=float, default=40)
    p.add_argument("--every", type=float, default=2)
    p.add_argument("--longest", type=float, default=6)
    p.add_argument("--stops", type=int, default=5)
    for name in ("--data", "--valid", "--recipe", "--keep"):
        p.add_argument(name)
    p.add_argument("--steps", type=int, default=0)
    options = p.parse_args()
    if options.keep:
        os.makedirs(options.keep, exist_ok=True)
    with contextlib.nullcontext(options.keep) if options.keep else tempfile.TemporaryDirectory() as home:
        check = Check(options, os.path.abspath(home))
        steps = options.steps
        if not steps:
            # How many steps take so many seconds here.
            check.go("probe", 60).communicate()
            pace = json.load(open(check.path("probe", "report.json")))["seconds"] / 60
            steps = max(60, int(options.seconds / pace))
            print(f"{steps} steps of {pace:.3f} s", flush=True)
        check.finished(check.go("whole", steps), "whole")
        kills, worst, run = 0, 0.0, 0
        while kills < options.kills and not check.failures:
            name, run = f"killed {run}", run + 1
            done, lost = check.killed(name, steps, options.kills - kills)
            kills, worst = kills + done, max(worst, lost)
            check.same(name, "whole")
        if options.stops:
            check.stopped("stopped", steps, options.seconds)
            check.same("stopped", "whole")
        # A step, a check and the save itself may lie between two looks at the clock.
        if options.every and worst > 2 * options.every:
            check.failures.append(f"a kill cost {worst:.2f} s")
        print(f"{kills} kills of {run} runs, the worst cost {worst:.2f} s of training; {options.stops} planned stops")
        print("\n".join(check.failures) or "every run ended with the weights of the one that was never disturbed")
        sys.exit(bool(check.failures))


if __name__ == "__main__":
    main()
