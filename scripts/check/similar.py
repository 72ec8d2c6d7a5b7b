#!/usr/bin/env python3
"""similar.py CADENZA FOLDER [N]: takes N (50) MIDI pieces of FOLDER, transposes, re-times and ornaments each, and
asks `cadenza similar` for it: how often the original comes first. Needs mido.

Each is moved by 1 to 6 semitones; its notes are played 0.6 to 1.6 times as long, from another beat; of its
notes one in six gets a turn to a neighbour and back, one in twelve is left out, lengths vary by a tenth.
"""
import glob
import json
import os
import random
import subprocess
import sys
import tempfile

import mido


def notes_of(file):
    for number, track in enumerate(file.tracks):
        now, open_ = 0, {}
        for m in track:
            now += m.time
            if m.type == "note_on" and m.velocity:
                open_.setdefault((m.channel, m.note), []).append((now, m.velocity))
            elif m.type in ("note_on", "note_off") and open_.get((m.channel, m.note)):
                start, velocity = open_[m.channel, m.note].pop(0)
                yield number, m.channel, start, now - start, m.note, velocity


def changed(file, r):
    """The piece as somebody else would play it."""
    shift, factor, late = r.choice((-1, 1)) * r.randrange(1, 7), r.uniform(0.6, 1.6), r.randrange(4) * file.ticks_per_beat
    out = []
    for track, channel, start, length, pitch, velocity in notes_of(file):
        pitch += shift if channel != 9 else 0
        if not 0 <= pitch < 126 or r.random() < 1 / 12:
            continue
        start, length = int(start * factor) + late, max(3, int(length * factor * r.uniform(0.9, 1.0)))
        parts = [(start, length, pitch)]
        if r.random() < 1 / 6 and length > file.ticks_per_beat / 6:
            third = length // 4
            parts = [(start, third, pitch), (start + third, third, pitch + r.choice((1, 2))), (start + 2 * third, length - 2 * third, pitch)]
        out += [(track, channel, *part, velocity) for part in parts]
    made = mido.MidiFile(type=1, ticks_per_beat=file.ticks_per_beat)
    for number in sorted({o[0] for o in out}):
        events = [e for t, c, s, l, p, v in out if t == number for e in ((s, 1, mido.Message("note_on", channel=c, note=p, velocity=v)), (s + l, 0, mido.Message("note_off", channel=c, note=p)))]
        made.tracks.append(track := mido.MidiTrack())
        now = 0
        for at, _, message in sorted(events, key=lambda e: e[:2]):
            track.append(message.copy(time=at - now))
            now = at
    return made


def main():
    cadenza, folder, n = sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 50
    r = random.Random(7)
    chosen = r.sample(sorted(glob.glob(folder + "/**/*.mid", recursive=True)), n)
    first = 0
    with tempfile.TemporaryDirectory() as temp:
        for path in chosen:
            mine = os.path.join(temp, "changed.mid")
            changed(mido.MidiFile(path, clip=True), r).save(mine)
            out = subprocess.run([cadenza, "similar", mine, folder, "--top", "3", "--json"], check=True, capture_output=True).stdout
            report = json.loads(out)
            hits = [os.path.realpath(hit["file"]) for hit in report["results"]]
            found = hits[:1] == [os.path.realpath(path)]
            first += found
            if not found:
                print(f"{path}: first is {hits[:1]}, scores {[round(h['score'], 3) for h in report['results']]}")
    print(f"the original is first for {first} of {n} among {report['pieces']:,} pieces; index {report['index_seconds']:.2f} s, {report['index_bytes'] / 1e6:.1f} MB; a search {report['search_seconds'] * 1e3:.1f} ms")


main()
