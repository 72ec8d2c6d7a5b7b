#!/usr/bin/env python3
"""hundred.py FOLDER [N]: writes N (100,000) different MIDI files below FOLDER, for measurements.

Tunes of two to four voices with phrases that come back, 100 to 1,500 notes each, in 100 folders; one in
twenty is a near-copy of an earlier one (another key, another tempo), one in a hundred is of no use: empty,
cut off, drums only, no music. The same N gives the same files.
"""
import os
import random
import struct
import sys

SCALES = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10), (0, 2, 3, 5, 7, 9, 10))


def number(n):
    out = bytes((n & 127,))
    while n := n >> 7:
        out = bytes((n & 127 | 128,)) + out
    return out


NUMBERS = [number(n) for n in range(4096)]


def track(events):
    body = b"".join(events) + b"\x00\xff\x2f\x00"
    return b"MTrk" + struct.pack(">I", len(body)) + body


def tune(seed, shift=0, tempo=None):
    r = random.Random(seed)
    scale, tonic = r.choice(SCALES), 55 + r.randrange(12)
    ppq = r.choice((96, 192, 240, 480))
    unit = ppq // 2
    phrases = [[(r.choice((1, 1, 2, 2, 2, 3, 4)), r.randrange(14)) for _ in range(r.randrange(8, 40))] for _ in range(r.randrange(2, 6))]
    form = [r.randrange(len(phrases)) for _ in range(r.randrange(4, 12))]
    micros = tempo or r.randrange(300_000, 900_000)
    name = b"Tune %d" % seed
    head = [b"\x00\xff\x03", bytes((len(name),)), name, b"\x00\xff\x51\x03" + micros.to_bytes(3, "big"), b"\x00\xff\x58\x04" + r.choice((b"\x04\x02", b"\x03\x02", b"\x06\x03")) + b"\x18\x08"]
    tracks = [track(head)]
    for v in range(r.randrange(1, 4)):
        on, off = bytes((0x90 | v,)), bytes((0x80 | v,))
        events = [b"\x00" + bytes((0xC0 | v, r.randrange(128)))]
        for p in form:
            for length, degree in phrases[p]:
                pitch = tonic + shift + scale[degree % 7] + 12 * (degree // 7)
                ticks = length * unit
                if v == 1:
                    pitch -= 24
                elif v == 2:
                    pitch -= 12
                key = bytes((pitch & 127,))
                events.append(b"\x00" + on + key + bytes((60 + degree * 3,)))
                events.append(NUMBERS[ticks - 1] + off + key + b"\x40\x01\xb0\x07\x64" if degree == 13 and v == 0 else NUMBERS[ticks] + off + key + b"\x40")
        tracks.append(track(events))
    return b"MThd" + struct.pack(">IHHH", 6, 1, len(tracks), ppq) + b"".join(tracks)


def main():
    folder, n = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    for i in range(100):
        os.makedirs(os.path.join(folder, f"style {i:02}"), exist_ok=True)
    for i in range(n):
        data = tune(i)
        if i % 20 == 19:
            data = tune(i // 2, 1 + i % 7, 400_000 + i)
        if i % 100 == 50:
            data = (b"", data[: len(data) // 2], b"no music at all", data.replace(b"\x90", b"\x99"))[i // 100 % 4]
        with open(os.path.join(folder, f"style {i % 100:02}", f"tune {i:06}.mid"), "wb") as file:
            file.write(data)


main()
