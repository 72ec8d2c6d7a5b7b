#!/usr/bin/env python3
"""abc_tunes.py CADENZA TUNES: each .abc file of a folder as we play it, as abc2midi plays it (Debian's abcmidi) and
as music21 does, note for note: start and length in quarters and pitch of the melody. Needs mido and music21.

abc2midi ends a note a tick early and rolls chords by some ticks: starts and lengths are the same within 1/16
of a quarter.
"""
import glob
import os
import subprocess
import sys
import tempfile
from collections import Counter

import mido
import music21

NEAR = 1 / 16


def of_midi(path, track=None):
    """Notes of the first track that has any: start, length, pitch."""
    file = mido.MidiFile(path)
    for t in file.tracks:
        now, open_, out = 0, {}, []
        for m in t:
            now += m.time
            if m.type == "note_on" and m.velocity:
                open_.setdefault(m.note, []).append(now)
            elif m.type in ("note_on", "note_off") and open_.get(m.note):
                start = open_[m.note].pop(0)
                out.append((start / file.ticks_per_beat, (now - start) / file.ticks_per_beat, m.note))
        if out:
            return sorted(out)
    return []


def of_music21(path):
    score = music21.converter.parse(path, format="abc")
    part = (score.parts[0] if score.parts else score).expandRepeats().stripTies()
    out = []
    for n in part.flatten().notes:
        if isinstance(n, music21.harmony.Harmony) or n.duration.isGrace:
            continue
        pitches = n.pitches
        out += [(float(n.offset), float(n.quarterLength), p.midi) for p in pitches]
    return sorted(out)


def differ(ours, theirs):
    """Notes that only one of the two has; both begin with their first note."""
    def aligned(notes):
        return [(s - notes[0][0], d, p) for s, d, p in notes] if notes else []
    ours, theirs = aligned(ours), aligned(theirs)
    only, left = [], list(theirs)
    for n in ours:
        same = next((t for t in left if t[2] == n[2] and abs(t[0] - n[0]) <= NEAR and abs(t[1] - n[1]) <= NEAR), None)
        left.remove(same) if same else only.append(n)
    return only, left


def main():
    cadenza, folder = sys.argv[1:]
    totals = Counter()
    with tempfile.TemporaryDirectory() as temp:
        mine, other = os.path.join(temp, "mine.mid"), os.path.join(temp, "other.mid")
        for path in sorted(glob.glob(os.path.join(folder, "*.abc"))):
            subprocess.run([cadenza, "convert", path, mine], check=True, capture_output=True)
            subprocess.run(["abc2midi", path, "-NGUI", "-o", other], check=True, capture_output=True)
            ours = of_midi(mine)
            totals["tunes"] += 1
            totals["notes"] += len(ours)
            for peer, notes in (("abc2midi", lambda: of_midi(other)), ("music21", lambda: of_music21(path))):
                try:
                    only, left = differ(ours, notes())
                except Exception as why:  # music21 gives up on some tunes
                    print(f"{os.path.basename(path)}: {peer} cannot: {type(why).__name__} {str(why)[:80]}")
                    totals[f"{peer} cannot"] += 1
                    continue
                totals[f"{peer} same"] += not only and not left
                totals[f"{peer} notes that differ"] += max(len(only), len(left))
                if only or left:
                    print(f"{os.path.basename(path)}: {len(only)} ours alone {only[:2]}, {len(left)} {peer}'s alone {left[:2]}")
    print(dict(totals))


main()
