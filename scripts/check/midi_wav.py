"""What the sound checks share: small MIDI files, WAV files, mel spectra, places in a document."""
import os
import re
import struct
import subprocess
import wave

import numpy as np

PPQ = 480


def number(n):
    out = bytes((n & 127,))
    while n := n >> 7:
        out = bytes((n & 127 | 128,)) + out
    return out


def write_midi(path, channel, program, notes, bpm=120):
    """Notes are (start and length in seconds at 120 bpm, pitch, velocity). No reverb, no chorus."""
    ticks = lambda secs: round(secs * PPQ * bpm / 60)
    events = [(0, 0, bytes((0xB0 | channel, 91, 0))), (0, 0, bytes((0xB0 | channel, 93, 0)))]
    if channel != 9:
        events.append((0, 1, bytes((0xC0 | channel, program))))
    for start, length, pitch, velocity in notes:
        events.append((ticks(start), 3, bytes((0x90 | channel, pitch, velocity))))
        events.append((ticks(start + length), 2, bytes((0x80 | channel, pitch, 0))))
    events.sort(key=lambda e: e[:2])
    body, now = b"\x00\xff\x51\x03" + (60_000_000 // bpm).to_bytes(3, "big"), 0
    for tick, _, event in events:
        body += number(tick - now) + event
        now = tick
    body += b"\x00\xff\x2f\x00"
    with open(path, "wb") as f:
        f.write(b"MThd" + struct.pack(">IHHH", 6, 0, 1, PPQ) + b"MTrk" + struct.pack(">I", len(body)) + body)


def channels_of(body):
    """The channels that a track's events are on."""
    at, status, seen = 0, 0, set()
    while at < len(body):
        while body[at] & 128:
            at += 1
        at += 1
        if body[at] & 128:
            status = body[at]
            at += 1
        if status in (0xF0, 0xF7, 0xFF):
            at += status == 0xFF
            length = 0
            while True:
                length = length << 7 | body[at] & 127
                at += 1
                if not body[at - 1] & 128:
                    break
            at += length
        else:
            seen.add(status & 15)
            at += 1 if status >> 4 in (0xC, 0xD) else 2
    return seen


def dry_copy(source, target):
    """The same MIDI file with reverb and chorus turned off on every channel of every track."""
    data = open(source, "rb").read()
    out, at = data[:14], 14
    while at + 8 <= len(data):
        length = struct.unpack(">I", data[at + 4 : at + 8])[0]
        body = data[at + 8 : at + 8 + length]
        if data[at : at + 4] == b"MTrk":
            off = b"".join(bytes((0, 0xB0 | c, cc, 0)) for c in sorted(channels_of(body)) for cc in (91, 93))
            out += b"MTrk" + struct.pack(">I", len(off) + length) + off + body
        at += 8 + length
    open(target, "wb").write(out)


def read_wav(path):
    """(both sides as an array of two rows, rate)"""
    with wave.open(path) as w:
        x = np.frombuffer(w.readframes(w.getnframes()), dtype="<i2").astype(float) / 32768
        return x.reshape(-1, w.getnchannels()).T, w.getframerate()


def log_mel(x, rate, n=2048, hop=1024, bands=64, low=40.0, high=16_000.0):
    """Power in mel bands, dB; a row a frame."""
    mel = lambda hz: 2595 * np.log10(1 + hz / 700)
    hz = 700 * (10 ** (np.linspace(mel(low), mel(high), bands + 2) / 2595) - 1)
    bins = np.fft.rfftfreq(n, 1 / rate)
    up = (bins - hz[:-2, None]) / (hz[1:-1] - hz[:-2])[:, None]
    down = (hz[2:, None] - bins) / (hz[2:] - hz[1:-1])[:, None]
    weights = np.clip(np.minimum(up, down), 0, None)
    window = np.hanning(n)
    frames = 1 + max(0, len(x) - n) // hop
    rows = [weights @ np.abs(np.fft.rfft(window * x[i * hop : i * hop + n])) ** 2 for i in range(frames)]
    return 10 * np.log10(np.array(rows) + 1e-12)


def cpu_seconds(command):
    """Runs it on one core; user and system time that it took."""
    before = os.times()
    subprocess.run(["taskset", "-c", "0", *command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = os.times()
    return after.children_user - before.children_user + after.children_system - before.children_system


def put(document, name, text):
    """Replaces what stands in the document between the marks of `name`."""
    whole = open(document, encoding="utf-8").read()
    marks = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.S)
    assert marks.search(whole), f"{document} has no place for {name}"
    open(document, "w", encoding="utf-8").write(marks.sub(lambda m: m[1] + text + m[2], whole))
