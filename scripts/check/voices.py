#!/usr/bin/env python3
"""voices.py FILE.abc…: the four-voice settings of a book by the rules of the school: ranges, crossing, spacing,
parallel fifths and octaves, leaps, the leading tone (not doubled, led to the tonic), sevenths led down, and the
length of every bar. One line a fault; ends with 1 if there is any. Needs nothing but Python.

The soprano is the tune as it was handed down, so its own leaps and how it leads its notes are not judged; all that
the other voices do against it is.

Reads only the ABC that these books use: V:S V:A V:T V:B, single notes, rests, no repeats or ties over a change.
"""
import re
import sys
from fractions import Fraction

VOICES = "SATB"
# Lowest and highest note of each voice (MIDI), as a choir of amateurs has them.
RANGE = {"S": (60, 81), "A": (53, 76), "T": (47, 69), "B": (38, 64)}
# The widest leap of each voice; an octave is always good, a tritone or a seventh never.
WIDEST = {"A": 9, "T": 9, "B": 12}
FIFTHS = dict(zip("F C G D A E B".split(), range(-1, 6)))
MODE = {"": 0, "m": -3, "dor": -2, "mix": -1}
BASE = dict(C=0, D=2, E=4, F=5, G=7, A=9, B=11)
LETTERS = "CDEFGAB"
NOTE = re.compile(r"([\^_=]?)([A-Ga-gz])([,']*)(\d*)(/?)(\d*)([<>]?)")


def key(text):
    """Accidentals of the signature by letter, and the tonic's pitch class."""
    tonic, mode = re.match(r"([A-G][#b]?)\s*(\w*)", text).groups()
    sharps = FIFTHS[tonic[0]] + {"#": 7, "b": -7}.get(tonic[1:], 0) + MODE[mode[:3].lower()]
    order = "FCGDAEB" if sharps > 0 else "BEADGCF"
    marks = {letter: 1 if sharps > 0 else -1 for letter in order[: abs(sharps)]}
    return marks, (BASE[tonic[0]] + {"#": 1, "b": -1}.get(tonic[1:], 0)) % 12


def notes(bar, unit, signature):
    """The notes of a bar: (length, MIDI number or None, letter step for the size of intervals)."""
    marks, out, broken = dict(), [], None
    for accidental, letter, octave, n, slash, d, dots in NOTE.findall(re.sub(r'"[^"]*"', "", bar)):
        length = unit * Fraction(int(n or 1), int(d or 2) if slash else 1)
        if broken:
            length *= Fraction(1, 2) if broken == ">" else Fraction(3, 2)
        if dots:
            length *= Fraction(3, 2) if dots == ">" else Fraction(1, 2)
        broken = dots or None
        if letter == "z":
            out.append((length, None, None))
            continue
        up = (1 if letter.islower() else 0) + octave.count("'") - octave.count(",")
        name = letter.upper()
        if accidental:
            marks[name, up] = {"^": 1, "_": -1, "=": 0}[accidental]
        alter = marks.get((name, up), signature.get(name, 0))
        out.append((length, 60 + BASE[name] + 12 * up + alter, 7 * up + LETTERS.index(name)))
    return out


def settings(path):
    """Every tune of a book that has four voices: title, fields, and the bars of each voice."""
    for text in re.split(r"\n(?=X:)", open(path, encoding="utf-8").read()):
        fields, bars, voice = {}, {}, None
        for line in text.splitlines():
            field = re.match(r"([A-Za-z]):\s*(.*)", line)
            if field and field[1] == "V":
                voice = field[2].split()[0]
                bars.setdefault(voice, [])
            elif field:
                fields.setdefault(field[1], field[2])
            elif voice and line.strip() and not line.startswith("%"):
                bars[voice] += [b for b in re.split(r"\|+\]?", line) if b.strip()]
        if set(VOICES) <= set(bars):
            yield fields.get("T", "?"), fields, bars


def faults(fields, bars):
    """Sentences about everything that is wrong."""
    out = []
    signature, tonic = key(fields["K"])
    unit = Fraction(fields["L"])
    full = Fraction(fields["M"])
    n_bars = {v: len(bars[v]) for v in VOICES}
    if len(set(n_bars.values())) > 1:
        return [f"the voices have {n_bars} bars"]
    events, where = {v: [] for v in VOICES}, {}
    for v in VOICES:
        now = Fraction(0)
        for i, bar in enumerate(bars[v]):
            here = notes(bar, unit, signature)
            total = sum(n[0] for n in here)
            edge = i in (0, n_bars[v] - 1)
            if total != full and not (edge and total < full):
                out.append(f"{v} bar {i}: {total} long and not {full}")
            for length, pitch, step in here:
                where[now] = i
                if pitch is not None:
                    events[v].append((now, now + length, pitch, step))
                now += length
        first, last = (sum(n[0] for n in notes(bars[v][i], unit, signature)) for i in (0, -1))
        if first < full and last != full and first + last != full:
            out.append(f"{v}: the pickup and the last bar make {first + last} and not {full}")
    minor = fields["K"].endswith("m")
    for v in VOICES:
        low, high = RANGE[v]
        for start, _, pitch, _ in events[v]:
            if not low <= pitch <= high:
                out.append(f"{v} bar {where[start]}: the note {pitch} is out of range")
        for (s0, _, p0, d0), (s1, _, p1, d1) in zip(events[v], events[v][1:]):
            leap, steps = abs(p1 - p0), abs(d1 - d0)
            sizes = {0: 0, 1: 2, 2: 4, 3: 5, 4: 7, 5: 9, 6: 11, 7: 12}
            if v == "S":
                continue
            if leap > WIDEST[v] or leap in (10, 11) or leap == 6:
                out.append(f"{v} bar {where[s1]}: a leap of {leap} semitones")
            elif steps in sizes and leap > sizes[steps]:
                out.append(f"{v} bar {where[s1]}: an augmented step ({p0} to {p1})")
    times = sorted({e[0] for v in VOICES for e in events[v]})

    def at(v, t):
        return next((e for e in events[v] if e[0] <= t < e[1]), None)

    chords = [(t, [at(v, t) for v in VOICES]) for t in times]
    for t, chord in chords:
        if None in chord:
            out.append(f"bar {where[t]}: not all four voices sound")
            continue
        for (v, a), (w, b) in zip(zip(VOICES, chord), zip(VOICES[1:], chord[1:])):
            if b[2] > a[2]:
                out.append(f"bar {where[t]}: {w} crosses over {v}")
            elif w != "B" and a[2] - b[2] > 12:
                out.append(f"bar {where[t]}: {v} and {w} are more than an octave apart")
        leading = [v for v, e in zip(VOICES, chord) if (e[2] - tonic) % 12 == 11 and e[0] == t]
        held = [v for v, e in zip(VOICES, chord) if (e[2] - tonic) % 12 == 11]
        if len(held) > 1 and leading:
            out.append(f"bar {where[t]}: the leading tone is doubled in {' and '.join(held)}")
    for (t0, before), (t1, after) in zip(chords, chords[1:]):
        if None in before or None in after:
            continue
        for i in range(4):
            for j in range(i + 1, 4):
                a, b, c, d = before[i][2], before[j][2], after[i][2], after[j][2]
                if a == c or b == d:
                    continue
                if (a - b) % 12 == (c - d) % 12 and (a - b) % 12 in (0, 7) and (c - a) * (d - b) > 0:
                    what = "octaves" if (a - b) % 12 == 0 else "fifths"
                    out.append(f"bar {where[t1]}: parallel {what} in {VOICES[i]} and {VOICES[j]}")
        # A dominant going home: its leading tone rises (in the middle it may fall a third to the fifth).
        roots = {(e[2] - tonic) % 12 for e in before}, {(e[2] - tonic) % 12 for e in after}
        bass = (before[3][2] - tonic) % 12, (after[3][2] - tonic) % 12
        third = 3 if minor else 4
        if 11 in roots[0] and 7 in roots[0] and bass[1] in (0, third) and roots[1] <= {0, third, 4, 7}:
            for v, e, f in list(zip(VOICES, before, after))[1:]:
                if (e[2] - tonic) % 12 == 11 and f[2] != e[2] + 1:
                    if not (v != "B" and f[2] == e[2] - 4 and bass[1] == 0):
                        out.append(f"bar {where[t1]}: the leading tone in {v} goes from {e[2]} to {f[2]}")
                if (e[2] - tonic) % 12 == 5 and 2 in roots[0] and e[2] - f[2] not in (0, 1, 2):
                    out.append(f"bar {where[t1]}: the seventh in {v} goes from {e[2]} to {f[2]}")
    return out


def main():
    n, n_faults = 0, 0
    for path in sys.argv[1:]:
        for title, fields, bars in settings(path):
            n += 1
            for sentence in faults(fields, bars):
                n_faults += 1
                print(f"{title}: {sentence}")
    print(f"{n} settings, {n_faults} faults")
    sys.exit(1 if n_faults or not n else 0)


if __name__ == "__main__":
    main()
