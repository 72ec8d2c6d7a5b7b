#!/usr/bin/env python3
"""pieces.py CADENZA [--bank=FONT.sf2]: plays ten short pieces of different character and says of each how loud, bright,
punchy and balanced it is, and whether anything of it is missing: every voice is rendered by itself too. Ends with 1
where a figure is out of bounds. Needs numpy.
"""
import os
import random
import struct
import subprocess
import sys
import tempfile

import numpy as np
from midi_wav import PPQ, number, read_wav

# Voices: channel, program, and what it plays: chords, a bass, a tune, or drums; lowest key.
PIECES = {
    "piano": [(0, 0, "tune", 60), (1, 0, "chords", 48)],
    "string quartet": [(0, 40, "tune", 67), (1, 40, "tune", 62), (2, 41, "tune", 55), (3, 42, "bass", 36)],
    "rock": [(0, 29, "chords", 45), (1, 33, "bass", 28), (9, 0, "drums", 0)],
    "jazz trio": [(0, 0, "chords", 55), (1, 32, "bass", 28), (9, 0, "drums", 0)],
    "brass": [(0, 56, "tune", 65), (1, 60, "tune", 53), (2, 57, "chords", 48), (3, 58, "bass", 29)],
    "choir and organ": [(0, 52, "chords", 55), (1, 19, "chords", 43), (2, 19, "bass", 36)],
    "synthesisers": [(0, 81, "tune", 67), (1, 89, "chords", 52), (2, 38, "bass", 28), (9, 0, "drums", 0)],
    "harp and flute": [(0, 73, "tune", 72), (1, 46, "chords", 48)],
    "mallets": [(0, 11, "tune", 65), (1, 12, "chords", 53), (2, 13, "tune", 77)],
    "orchestra": [(0, 48, "chords", 52), (1, 68, "tune", 70), (2, 60, "chords", 48), (3, 43, "bass", 28), (4, 47, "bass", 40)],
}
# (least, most): level of the whole and of a voice (dB), centroid (Hz), peak over mean (dB), right over left (dB),
# share of silence (of 50 ms stretches).
LEVEL, VOICE, CENTROID, CREST, BALANCE, SILENT = (-32, -10), (-48, -12), (150, 4500), (6, 26), (-6, 6), (0, 0.3)
BASS, DRUM_CREST = (60, 1300), (13, 40)


def notes_of(kind, low, r):
    """(start, length in quarters, key, velocity) of eight bars."""
    scale, out = [0, 2, 4, 5, 7, 9, 11, 12], []
    for bar in range(8):
        root = [0, 5, 7, 0, 9, 5, 7, 0][bar]
        at = 4 * bar
        if kind == "drums":
            for beat in range(8):
                out.append((at + beat / 2, 0.25, 42, 70 + 20 * (beat % 2 == 0)))
            out += [(at + b, 0.25, 36, 105) for b in (0, 2)] + [(at + b, 0.25, 38, 100) for b in (1, 3)]
        elif kind == "bass":
            out += [(at + b, 0.9, low + root % 12, 95) for b in range(4)]
        elif kind == "chords":
            out += [(at + half, 1.9, low + (root + k) % 12 + 12 * (k > 7), 80) for half in (0, 2) for k in (0, 4, 7)]
        else:
            out += [(at + b, 0.95, low + r.choice(scale), 85 + r.randrange(25)) for b in range(4)]
    return out


def write(path, voices, r):
    tracks = [b"\x00\xff\x51\x03\x07\xa1\x20"]
    for channel, program, kind, low in voices:
        events = [(0, 0, bytes((0xC0 | channel, program)))]
        for start, length, key, velocity in notes_of(kind, low, r):
            events.append((round(start * PPQ), 2, bytes((0x90 | channel, key, velocity))))
            events.append((round((start + length) * PPQ), 1, bytes((0x80 | channel, key, 0))))
        body, now = b"", 0
        for tick, _, event in sorted(events, key=lambda e: e[:2]):
            body += number(tick - now) + event
            now = tick
        tracks.append(body)
    with open(path, "wb") as f:
        f.write(b"MThd" + struct.pack(">IHHH", 6, 1, len(tracks), PPQ))
        for body in (t + b"\x00\xff\x2f\x00" for t in tracks):
            f.write(b"MTrk" + struct.pack(">I", len(body)) + body)


def figures(path):
    x, rate = read_wav(path)
    db = lambda p: 10 * np.log10(p + 1e-12)
    power = (x**2).mean(axis=1)
    mono = x.mean(axis=0)
    spectrum = np.abs(np.fft.rfft(mono))
    centroid = (spectrum * np.fft.rfftfreq(len(mono), 1 / rate)).sum() / spectrum.sum()
    n = rate // 20
    # The piece is sixteen seconds long; what rings on after it may be silent.
    parts = x[:, : min(16 * rate, x.shape[1]) // n * n].reshape(2, -1, n)
    quiet = (db((parts**2).mean(axis=(0, 2))) < -60).mean()
    return db(power.mean()), centroid, db((x**2).max()) - db(power.mean()), db(power[1]) - db(power[0]), quiet


def main():
    cadenza, bad = sys.argv[1], []
    bank = [part for a in sys.argv if a.startswith("--bank=") for part in ("--soundfont", a[7:])]
    within = lambda what, value, bounds: bounds[0] <= value <= bounds[1] or bad.append(f"{what}: {value:.2f}, not in {bounds}")
    with tempfile.TemporaryDirectory() as folder:
        midi, wav = os.path.join(folder, "a.mid"), os.path.join(folder, "a.wav")

        def render(name, voices, seed):
            write(midi, voices, random.Random(seed))
            subprocess.run([cadenza, "render", midi, "--out", wav, *bank], check=True, stdout=subprocess.DEVNULL)
            level, centroid, crest, balance, quiet = figures(wav)
            print(f"{name:34} {level:6.1f} dB  {centroid:6.0f} Hz  crest {crest:4.1f} dB  right/left {balance:+5.1f} dB  silent {100 * quiet:3.0f} %")
            return level, centroid, crest, balance, quiet

        for i, (name, voices) in enumerate(PIECES.items()):
            level, centroid, crest, balance, quiet = render(name, voices, i)
            for what, value, bounds in zip(("level", "centroid", "crest", "balance", "silent"),
                                           (level, centroid, crest, balance, quiet), (LEVEL, CENTROID, CREST, BALANCE, SILENT)):
                within(f"{name}, {what}", value, bounds)
            for voice in voices:
                level, centroid, crest, *_ = render(f"   channel {voice[0] + 1}, program {voice[1] + 1}, {voice[2]}", [voice], i)
                within(f"{name}, {voice[2]}, level", level, VOICE)
                if voice[2] == "bass" and voice[1] not in (42, 43):
                    within(f"{name}, bass, centroid", centroid, BASS)
                if voice[2] == "drums":
                    within(f"{name}, drums, crest", crest, DRUM_CREST)
    print("\n".join(bad) or "all within bounds")
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
