#!/usr/bin/env python3
"""musicxml.py CADENZA FOLDER [N [SEED]]: reads N (50) .mxl files of FOLDER with us and with music21, played out, and
compares the notes: start and length in quarters, sounding pitch, and voice. Needs mido and music21.

Of music21's reading chord symbols, grace and cue notes are passed over, tied notes of a part are joined, and
its repeats are played out by its own expandRepeats; measures are as long as the durations in them (music21 fills
a measure of rest up to the time signature); where that gives up, both read the file without its signs
of repetition. Its voices are matched with ours of the same part by the notes
that they share; a note counts as the same only in the voice matched, or where music21 keeps no voice's name.
"""
import glob
import os
import random
import re
import subprocess
import sys
import tempfile
import warnings
import zipfile
from collections import Counter, defaultdict
from fractions import Fraction
from xml.etree import ElementTree

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
                notes.append((grid(Fraction(start, q)), grid(Fraction(now - start, q)), m.note, (number, track.name)))
    return notes


SIGNS = re.compile(r"<(repeat|ending|segno|coda)\b[^>]*?(/>|>.*?</\1>)|<words\b[^>]*>[^<]*</words>| (dacapo|dalsegno|segno|tocoda|coda|fine)=\"[^\"]*\"", re.S)


def once_through(path, temp):
    """The file without what is played again."""
    plain = os.path.join(temp, "once.musicxml")
    text = ElementTree.tostring(written(path), encoding="unicode")
    with open(plain, "w", encoding="utf-8") as file:
        file.write(SIGNS.sub("", text))
    return plain


def written(path):
    """The root of the score in a .mxl or .musicxml file."""
    if not path.endswith(".mxl"):
        return ElementTree.parse(path).getroot()
    archive = zipfile.ZipFile(path)
    name = next(n for n in archive.namelist() if n.endswith((".xml", ".musicxml")) and not n.startswith("META-INF"))
    return ElementTree.fromstring(archive.read(name))


def lengths(root):
    """How long each measure is, in quarters, by the durations in it; the longest part decides."""
    longest = []
    for part in root.findall("part"):
        divisions = Fraction(1)
        for i, measure in enumerate(part.findall("measure")):
            now = most = Fraction(0)
            for item in measure:
                divisions = Fraction(item.findtext("divisions") or divisions) if item.tag == "attributes" else divisions
                step = Fraction(item.findtext("duration") or 0) / divisions
                if item.tag == "backup":
                    now -= step
                elif item.tag in ("note", "forward") and item.find("chord") is None and item.find("grace") is None:
                    now += step
                most = max(most, now)
            longest += [Fraction(0)] * (i + 1 - len(longest))
            longest[i] = max(longest[i], most)
    return longest


def theirs(path, played_out=True):
    score = music21.converter.parse(path)
    score = score.toSoundingPitch()
    bars = lengths(written(path))
    for part in score.parts:
        for i, measure in enumerate(part.getElementsByClass("Measure")):
            measure.editorial.place = i
    padding = max((float(m.paddingLeft) for p in score.parts for m in p.getElementsByClass("Measure")[:1]), default=0.0)
    expanded = score.expandRepeats() if played_out else score
    notes, by_part = [], defaultdict(list)
    for part in expanded.parts:
        # Staves of one part have its name before a hyphen.
        group, start = str(part.id).split("-Staff")[0], Fraction(0)
        # A voice may cross the staves of its part.
        staff = (group, " ".join((part.partName or "").split()))
        for measure in part.getElementsByClass("Measure"):
            for layer in list(measure.voices) or [measure]:
                for n in layer.notes:
                    if isinstance(n, music21.harmony.Harmony) or n.duration.isGrace or n.style.noteSize == "cue":
                        continue
                    at = start + Fraction(n.offset) + (Fraction(layer.offset) if layer is not measure else 0)
                    # Where a measure has one voice it goes by no name.
                    name = (staff, layer.id if layer is not measure else None)
                    for one in n.notes if isinstance(n, music21.chord.Chord) else [n]:
                        if hasattr(one, "pitch"):
                            tie = one.tie
                            by_part[group].append([at, Fraction(n.quarterLength), one.pitch.midi, name, tie.type if tie else None])
            bar = bars[measure.editorial.place]
            start += bar or Fraction(measure.barDuration.quarterLength)
    for found in by_part.values():
        found.sort(key=lambda x: (x[0], x[2], x[4] == "start"))
        held = defaultdict(list)
        for start, length, pitch, name, tie in found:
            note = [start, length, pitch, name]
            if tie in ("stop", "continue"):
                same = [h for h in held[pitch] if h[0] + h[1] == start]
                same.sort(key=lambda h: h[3] != name)
                if same:
                    held[pitch].remove(same[0])
                    same[0][1] += length
                    note = same[0]
            if not any(note is n for n in notes[-400:]):
                notes.append(note)
            if tie in ("start", "continue"):
                held[pitch].append(note)
    return [(grid(s), grid(d), p, v) for s, d, p, v in notes], padding


def compare(mine, other):
    """Notes equal without and with the voice."""
    bare = Counter(n[:3] for n in mine) & Counter(n[:3] for n in other)
    by_note = defaultdict(list)
    for n in other:
        by_note[n[:3]].append(n[3])
    # Our voice goes with the staff of its part that shares most notes with it, and of its voices with the best.
    parts = {n[3][0][1] for n in other}
    home = {}
    for voice in {n[3] for n in mine}:
        own = {p for p in parts if p and (voice[1] == p or voice[1].startswith(p + " "))} or parts
        votes = Counter(v for n in mine if n[3] == voice for v in set(by_note.get(n[:3], [])) if v[0][1] in own)
        staffs = Counter()
        for (staff, _), n in votes.items():
            staffs[staff] += n
        staff = max(staffs, key=staffs.get, default=None)
        named = {v: n for v, n in votes.items() if v[0] == staff and v[1] is not None}
        home[voice] = (staff, max(named, key=named.get)[1] if named else None)
    same = 0
    for n in mine:
        voices = by_note.get(n[:3], [])
        fits = next((v for v in voices if v[0] == home[n[3]][0] and v[1] in (home[n[3]][1], None)), None)
        if fits is not None:
            voices.remove(fits)
            same += 1
    return sum(bare.values()), same


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
            except music21.repeat.ExpanderException:
                print(f"{os.path.basename(path)}: music21 cannot play it out; compared as written", flush=True)
                plain = once_through(path, temp)
                mine, (other, padding) = ours(cadenza, plain, temp), theirs(plain, played_out=False)
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
