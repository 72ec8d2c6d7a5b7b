#!/usr/bin/env python3
"""sound.py CADENZA [FONT.sf2]: measures the built-in bank (`cadenza bank --check`) or that font, draws spectrograms
of every family from `cadenza render`, and writes both to docs/sound.md and docs/sound.png. Needs numpy and
matplotlib.
"""
import json
import os
import subprocess
import sys
import tempfile

import matplotlib
import numpy as np

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402
from midi_wav import log_mel, put, read_wav, write_midi  # noqa: E402

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
DOCUMENT = os.path.join(ROOT, "docs", "sound.md")
FAMILIES = ["Pianos", "Tuned percussion", "Organs", "Guitars", "Basses", "Strings", "Ensembles", "Brass",
            "Reeds", "Pipes", "Leads", "Pads", "Atmospheres", "World", "Percussive", "Effects"]
# One of each family: program, and the lowest of five notes an octave or a fifth apart.
SHOWN = [(0, 36), (11, 53), (16, 48), (24, 40), (33, 28), (40, 55), (48, 48), (56, 55),
         (65, 50), (73, 60), (81, 48), (89, 48), (99, 48), (104, 48), (114, 55)]


def mean(values):
    values = [v for v in values if v is not None]
    return sum(values) / len(values) if values else None


def cell(value, digits=1):
    return "–" if value is None else f"{value:.{digits}f}"


def tables(report):
    rows, out = report["programs"], ""
    levels = sorted(mean([r["level_db"] for r in rows if r["program"] == p]) for p in range(128))
    middle = levels[64]
    cents = [abs(r["cents"]) for r in rows if r["cents"] is not None]
    out += f"Over {len(cents)} notes with a pitch the largest error is {max(cents):.1f} cents, "
    out += f"{100 * sum(c <= 2 for c in cents) / len(cents):.1f} % are within 2 cents, the mean is {mean(cents):.2f}. "
    out += f"Levels of the programs lie between {levels[0] - middle:+.1f} and {levels[-1] - middle:+.1f} dB of their median.\n\n"
    out += "| family | worst cents | level dB | attack ms | centroid Hz | loud/soft centroid | decay s | release ms | width dB |\n"
    out += "|---|---|---|---|---|---|---|---|---|\n"
    for f, name in enumerate(FAMILIES):
        of = [r for r in rows if r["program"] // 8 == f]
        worst = [abs(r["cents"]) for r in of if r["cents"] is not None]
        get = lambda key: mean([r[key] for r in of])
        out += f"| {name} | {cell(max(worst, default=None), 2)} | {get('level_db') - middle:+.1f} | {get('attack_ms'):.0f} "
        out += f"| {get('centroid_hz'):.0f} | {get('brighter'):.2f} | {cell(get('decay_secs'))} | {cell(get('release_ms'), 0)} | {get('width_db'):.0f} |\n"
    out += "\nEach program in the middle of its range (velocity 100, dry; level against the median):\n\n"
    out += "| program | key | cents | level dB | attack ms | centroid Hz | decay s | release ms |\n|---|---|---|---|---|---|---|---|\n"
    for p in range(128):
        r = [r for r in rows if r["program"] == p][1]
        out += f"| {p + 1} {r['name']} | {r['key']} | {cell(r['cents'], 2)} | {r['level_db'] - middle:+.1f} | {r['attack_ms']:.0f} "
        out += f"| {r['centroid_hz']:.0f} | {cell(r['decay_secs'])} | {cell(r['release_ms'], 0)} |\n"
    out += "\nThe drum kit: key, level against the instruments' median (dB), centroid (Hz), length to −40 dB (ms).\n\n"
    drums = [f"{d['key']}: {d['level_db'] - middle:+.0f}, {d['centroid_hz']:.0f}, {d['length_ms']:.0f}" for d in report["drums"]]
    return out + " · ".join(drums) + "\n"


def picture(cadenza, font, path):
    figure, axes = plt.subplots(4, 4, figsize=(16, 11), constrained_layout=True)
    with tempfile.TemporaryDirectory() as folder:
        midi, wav = os.path.join(folder, "a.mid"), os.path.join(folder, "a.wav")
        for i, axis in enumerate(axes.flat):
            if i < len(SHOWN):
                program, low = SHOWN[i]
                steps = [(0, 100), (7, 100), (12, 100), (12, 40), (12, 120)]
                notes = [(0.9 * k, 0.7, low + up, velocity) for k, (up, velocity) in enumerate(steps)]
                write_midi(midi, 0, program, notes)
                title = f"{FAMILIES[i]}: program {program + 1}"
            else:
                keys = [36, 38, 42, 46, 45, 50, 49, 51, 56, 63]
                write_midi(midi, 9, 0, [(0.45 * k, 0.2, key, 105) for k, key in enumerate(keys)])
                title = "Drum kit: " + " ".join(map(str, keys))
            subprocess.run([cadenza, "render", midi, "--out", wav, *font], check=True, stdout=subprocess.DEVNULL)
            (left, right), rate = read_wav(wav)
            spectrum = log_mel((left + right)[: int(4.6 * rate)] / 2, rate, 4096, 512, 128, 40, 16_000).T
            axis.imshow(spectrum - spectrum.max(), origin="lower", aspect="auto", vmin=-80, vmax=0, cmap="magma",
                        extent=(0, 4.6, 0, 1), interpolation="nearest")
            mel = lambda hz: np.log10(1 + np.array(hz) / 700)
            marks = [100, 500, 1000, 2000, 5000, 10_000]
            place = (mel(marks) - mel(40)) / (mel(16_000) - mel(40))
            axis.set_yticks(place, [f"{m / 1000:g}k" if m >= 1000 else str(m) for m in marks], fontsize=7)
            axis.tick_params(axis="x", labelsize=7)
            axis.set_title(title, fontsize=9)
    figure.suptitle("Three pitches at velocity 100, then the third soft (40) and loud (120); mel bands, 80 dB", fontsize=10)
    figure.savefig(path, dpi=72)


def main():
    cadenza = sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "target", "release", "cadenza")
    font = ["--soundfont", sys.argv[2]] if len(sys.argv) > 2 else []
    measured = subprocess.run([cadenza, "bank", "--check", "--json", *font], check=True, capture_output=True)
    report = json.loads(measured.stdout)
    put(DOCUMENT, "bank", tables(report))
    picture(cadenza, font, os.path.join(ROOT, "docs", "sound.png"))


if __name__ == "__main__":
    main()
