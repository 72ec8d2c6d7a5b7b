#!/usr/bin/env python3
"""xml.py CADENZA FOLDER [N [SEED]]: reads N (50) .mxl files of FOLDER with us and with music21, played out, and
compares the notes: start and length in quarters, sounding pitch, and voice. Needs mido and music21.

Of music21's reading chord symbols, grace and cue notes are passed over, tied notes of a part are joined, and
its repeats are played out by its own expandRepeats. Its voices are matched with ours by the notes that they
share; a note counts as the same only in the voice matched.
"""
import glob
import os
import random
import subprocess
import sys
import tempfile
import warnings
from collections import Counter, defaultdict
from fractions import Fraction

import mido
import music21

warnings.filterwarnings("ignore")
GRID = 480  # starts and lengths are rounded to so many parts of a quarter for comparing


def grid(x):
    return round(Fraction(x).limit_denominator(10080) * GRID)


def ours(cadenza, path, temp):
    """Notes by voice, chord symbols left out."""
    out = os.path.join(temp, "ours.mid")
    subprocess.run([cadenza, "convert", path, out], check=True, capture_output=True)
    file = mido.MidiFile(out)
    notes = []
    for number, track in enumerate(file.tracks):
        if track.name == "Chords" and any(m.type == "program_change" and m.program == 24 for m in track):
            continue
        now, open_ = 0, defaultdict(list)
        for m in track:
            now += m.time
            if m.type == "note_on" and m.velocity:
                open_[m.note].append(now)
            elif m.type in ("note_on", "note_off") and open_[m.note]:
                start = open_[m.note].pop(0)
                q = file.ticks_per_beat
                notes.append((grid(Fraction(start, q)), grid(Fraction(now - start, q)), m.note, number))
    return notes


def theirs(path):
    score = music21.converter.parse(path)
    score = score.toSoundingPitch()
    padding = max((float(m.paddingLeft) for p in score.parts for m in p.getElementsByClass("Measure")[:1]), default=0.0)
    expanded = score.expandRepeats()
    notes = []
    for number, part in enumerate(expanded.parts):
        found = []
        for measure in part.getElementsByClass("Measure"):
            layers = list(measure.voices) or [measure]
            for layer in layers:
                offset = measure.offset + (layer.offset if layer is not measure else 0)
                for n in layer.notes:
                    if isinstance(n, music21.harmony.Harmony) or n.duration.isGrace or n.style.noteSize == "cue":
                        continue
                    name = (number, layer.id if layer is not measure else "1")
                    for one in n.notes if isinstance(n, music21.chord.Chord) else [n]:
                        if not hasattr(one, "pitch"):
                            continue
                        tie = (one.tie or n.tie)
                        found.append([offset + n.offset, n.quarterLength, one.pitch.midi, name, tie.type if tie else None])
        found.sort(key=lambda x: (x[0], x[2]))
        joined, held = [], {}
        for start, length, pitch, name, tie in found:
            before = held.pop(pitch, None)
            if tie in ("stop", "continue") and before is not None and abs(before[0] + before[1] - start) < 1e-6:
                before[1] += length
                note = before
            else:
                note = [start, length, pitch, name]
                joined.append(note)
            if tie in ("start", "continue"):
                held[pitch] = note
        notes += joined
    return [(grid(s), grid(d), p, v) for s, d, p, v in notes], padding


def compare(mine, other):
    """Notes equal with and without the voice."""
    bare = Counter(n[:3] for n in mine) & Counter(n[:3] for n in other)
    votes, by_note = Counter(), defaultdict(list)
    for n in other:
        by_note[n[:3]].append(n[3])
    for n in mine:
        for voice in set(by_note.get(n[:3], [])):
            votes[n[3], voice] += 1
    matched = {}
    for (a, b), _ in votes.most_common():
        if a not in matched:
            matched[a] = b
    full = Counter((*n[:3], matched.get(n[3])) for n in mine) & Counter(other)
    return sum(bare.values()), sum(full.values())


def main():
    cadenza, folder = sys.argv[1:3]
    n, seed = int(sys.argv[3]) if len(sys.argv) > 3 else 50, int(sys.argv[4]) if len(sys.argv) > 4 else 1
    paths = sorted(glob.glob(folder + "/**/*.mxl", recursive=True))
    paths = random.Random(seed).sample(paths, min(n, len(paths)))
    total, same, full, pieces = 0, 0, 0, 0
    with tempfile.TemporaryDirectory() as temp:
        for path in paths:
            mine = ours(cadenza, path, temp)
            try:
                other, padding = theirs(path)
            except Exception as why:
                print(f"{os.path.basename(path)}: music21 cannot: {type(why).__name__} {str(why)[:100]}", flush=True)
                continue
            best = None
            # A pickup stands at the end of our bar 0, and at music21's beginning.
            starts = {0, grid(padding)} | ({min(mine)[0] - min(other)[0]} if mine and other else set())
            for shift in starts:
                moved = [(s + shift, d, p, v) for s, d, p, v in other]
                result = (*compare(mine, moved), moved)
                best = max(best, result, key=lambda r: r[0]) if best else result
            a, b, moved = best
            most = max(len(mine), len(other))
            total, same, full, pieces = total + most, same + a, full + b, pieces + 1
            if b < most:
                only = list((Counter(x[:3] for x in mine) - Counter(x[:3] for x in moved)).elements())
                left = list((Counter(x[:3] for x in moved) - Counter(x[:3] for x in mine)).elements())
                print(f"{os.path.basename(path)}: {most} notes, {most - a} differ, {a - b} in another voice; ours {sorted(only)[:3]}, music21's {sorted(left)[:3]}", flush=True)
    print(f"{folder}: {pieces} pieces, {total:,} notes: {same / total:.4%} equal in start, length and pitch, {full / total:.4%} in voice too")


main()
