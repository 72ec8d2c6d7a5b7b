#!/usr/bin/env python3
"""fluid.py CADENZA MIDI... [--write] [--bank=FONT.sf2]: renders the files through Cadenza and through fluidsynth with the same
SoundFonts on one core, and says how fast each is and how far apart their log-mel spectra are. Ends with 1
where the distance is over the bound. --bank stands in for the built-in bank of a program that is older than it. Without MIDI files it plays pieces of its own. Needs numpy, and Debian's
fluidsynth, timgm6mb-soundfont, fluid-soundfont-gm.
"""
import os
import random
import sys
import tempfile

import numpy as np
from midi_wav import cpu_seconds, dry_copy, log_mel, put, read_wav, write_midi

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
FONTS = [f"/usr/share/sounds/sf2/{name}" for name in ("TimGM6mb.sf2", "FluidR3_GM.sf2")]
# Mean distance of 64 mel bands, dB, once the whole is equally loud.
BOUND_DB = 2.0
# What is so far below the loudest band of the piece is not compared.
FLOOR_DB = -55.0


def distance(a, b):
    """Mean difference in dB of what is above the floor in either."""
    n = min(len(a), len(b))
    a, b = a[:n], b[:n]
    heard = lambda m: m > m.max() + FLOOR_DB
    both = heard(a) & heard(b)
    a = a - (a[both] - b[both]).mean()
    either = heard(a) | heard(b)
    floor = max(a.max(), b.max()) + FLOOR_DB - 10
    return np.abs(np.maximum(a, floor) - np.maximum(b, floor))[either].mean()


def own_pieces(folder):
    for i, program in enumerate([0, 24, 33, 40, 48, 56, 65, 73]):
        r = random.Random(i)
        notes = [(0.25 * k + 0.01 * r.random(), r.choice((0.2, 0.45, 0.9)), 45 + r.randrange(30), 50 + r.randrange(70)) for k in range(160)]
        path = os.path.join(folder, f"own-{program}.mid")
        write_midi(path, 0, program, notes)
        yield path


def main():
    arguments = [a for a in sys.argv[1:] if not a.startswith("--")]
    cadenza, files = arguments[0], arguments[1:]
    bank = [part for a in sys.argv if a.startswith("--bank=") for part in ("--soundfont", a[7:])]
    lines, far = [], 0.0
    with tempfile.TemporaryDirectory() as folder:
        files = files or list(own_pieces(folder))
        dry, ours, theirs = (os.path.join(folder, n) for n in ("dry.mid", "ours.wav", "theirs.wav"))
        render = lambda midi, out, *more: [cadenza, "render", midi, "--out", out, "--rate", "48000", *more]
        length = lambda path: read_wav(path)[0].shape[1] / 48_000
        speeds = []
        for path in files:
            spent = cpu_seconds(render(path, ours, *bank))
            speeds.append(length(ours) / spent)
        lines.append(f"Built-in bank, {len(files)} files: {np.median(speeds):.0f} × real time (median of CPU time on one core; "
                     f"{min(speeds):.0f} at least, {max(speeds):.0f} at most), reading and writing included.")
        for font in FONTS:
            if not os.path.exists(font):
                lines.append(f"{os.path.basename(font)}: skipped, it is not installed.")
                continue
            fast, fluid_fast, apart = [], [], []
            for path in files:
                dry_copy(path, dry)
                mine = cpu_seconds(render(dry, ours, "--soundfont", font))
                fluid = cpu_seconds(["fluidsynth", "-niq", "-R0", "-C0", "-g", "0.4", "-r", "48000", "-T", "wav", "-F", theirs, font, dry])
                fast.append(length(ours) / mine)
                fluid_fast.append(length(theirs) / fluid)
                mels = [log_mel(read_wav(p)[0].mean(0), 48_000) for p in (ours, theirs)]
                apart.append(distance(*mels))
            far = max(far, float(np.median(apart)))
            ratio = np.median(np.array(fast) / np.array(fluid_fast))
            lines.append(f"{os.path.basename(font)}, {len(files)} files, dry: Cadenza {np.median(fast):.0f} × real time, fluidsynth "
                         f"{np.median(fluid_fast):.0f} × (loading the font included), ratio {ratio:.2f}; log-mel distance median "
                         f"{np.median(apart):.2f} dB, largest {max(apart):.2f} dB.")
    lines.append(f"Bound on the median distance: {BOUND_DB} dB.")
    text = "".join(f"- {line}\n" for line in lines)
    print(text, end="")
    if "--write" in sys.argv:
        put(os.path.join(ROOT, "docs", "sound.md"), "fluidsynth", text)
    sys.exit(far > BOUND_DB)


if __name__ == "__main__":
    main()
