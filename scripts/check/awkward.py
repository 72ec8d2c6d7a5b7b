#!/usr/bin/env python3
"""awkward.py FOLDER: makes a folder of everything that an import may meet, for a look at what becomes of it.

Then: cadenza import FOLDER --no-cache --report fates.csv, and fates.py FOLDER fates.csv counts along.
"""
import io
import os
import struct
import sys
import zipfile
import zlib

NOTES = (60, 62, 64, 65, 67, 69, 71, 72, 71, 69, 67, 65, 64, 62, 60, 67)


def number(n):
    out = bytes((n & 127,))
    while n := n >> 7:
        out = bytes((n & 127 | 128,)) + out
    return out


def track(body, end=True):
    body += b"\x00\xff\x2f\x00" if end else b""
    return b"MTrk" + struct.pack(">I", len(body)) + body


def smf(tracks, form=1, division=480):
    return b"MThd" + struct.pack(">IHHH", 6, form, len(tracks), division) + b"".join(tracks)


def notes(pitches=NOTES, channel=0, ticks=240, shift=0, off=True):
    out = b""
    for p in pitches:
        out += b"\x00" + bytes((0x90 | channel, p + shift, 80))
        out += number(ticks) + (bytes((0x80 | channel, p + shift, 64)) if off else b"\xff\x01\x00")
    return out


def meta(kind, data):
    return b"\x00\xff" + bytes((kind,)) + number(len(data)) + data


PLAIN = smf([track(notes())])
ABC = "X:1\nT:{}\nM:4/4\nL:1/8\nK:G\nGABc dedB|dedB dedB|c2ec B2dB|A2F2 G4|]\n"
XML_HEAD = '<?xml version="1.0" encoding="{}"?>\n<score-partwise version="4.0"><part-list><score-part id="P1"><part-name>Flöte</part-name></score-part></part-list><part id="P1">'
XML = XML_HEAD.format("UTF-8") + "".join(
    f'<measure number="{m}">' + ('<attributes><divisions>1</divisions><time><beats>4</beats><beat-type>4</beat-type></time></attributes>' if m == 1 else "")
    + "".join(f"<note><pitch><step>{s}</step><octave>5</octave></pitch><duration>1</duration></note>" for s in "CDEF") + "</measure>"
    for m in range(1, 5)) + "</part></score-partwise>"
CONTAINER = '<container><rootfiles><rootfile full-path="score.xml"/></rootfiles></container>'


def pack(files, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as z:
        for name, data in files:
            z.writestr(name, data)
    return out.getvalue()


def played():
    out, lag = b"", 1
    for i, p in enumerate(NOTES * 2):
        lag = lag * 1103515245 + 12345 & 0x7FFFFFFF
        wait = 180 + lag % 97
        out += b"\x00" + bytes((0x90, p, 70 + i)) + number(wait) + bytes((0x80, p, 0)) + b"\x07\xb0\x40\x7f"
    return smf([track(out)])


def locked(data):
    """Sets the bit that says that a password is needed, in both headers."""
    data = bytearray(data)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        i = data.find(mark)
        data[i + at] |= 1
    return bytes(data)


def files():
    yield "good.mid", PLAIN
    yield "copy of good.midi", PLAIN
    yield "a fifth up.mid", smf([track(notes(shift=7))])
    yield "twice as slow.mid", smf([track(meta(0x51, b"\x0f\x42\x40") + notes(ticks=480))])
    yield "type 0, two channels.mid", smf([track(notes() + notes((48, 43, 45, 48) * 2, 1, 960))], 0)
    yield "type 2.mid", smf([track(notes()), track(notes(shift=5))], 2)
    yield "karaoke.kar", smf([track(meta(1, b"@KMIDI KARAOKE FILE") + meta(1, b"@TSong") + b"".join(meta(5, s) + notes((p,)) for s, p in zip((b"Sing ", b"me ", b"a ", b"song ") * 4, NOTES)))], 0)
    yield "wrapped.rmi", b"RIFF" + struct.pack("<I", len(PLAIN) + 12) + b"RMIDdata" + struct.pack("<I", len(PLAIN)) + PLAIN
    yield "LOUD.MID", smf([track(notes(shift=2))])
    yield "no ending", smf([track(notes(shift=3))])
    yield ".hidden.mid", smf([track(notes(shift=4))])
    yield "empty.mid", b""
    yield "cut in a track.mid", PLAIN[:70]
    yield "cut in the header.mid", PLAIN[:9]
    yield "header alone.mid", PLAIN[:14]
    yield "web page.mid", b"<!DOCTYPE html><html><body>404 Not Found</body></html>"
    yield "picture.mid", b"\x89PNG\r\n\x1a\n" + bytes(64)
    yield "drums.mid", smf([track(notes((36, 38, 42, 38) * 4, 9))])
    yield "drums and tune.mid", smf([track(notes()), track(notes((36, 38, 42, 38) * 4, 9))])
    yield "short.mid", smf([track(notes(NOTES[:3]))])
    yield "tempo alone.mid", smf([track(meta(0x51, b"\x07\xa1\x20"))])
    yield "hung notes.mid", smf([track(notes(off=False))])
    yield "no lengths.mid", smf([track(notes() + b"".join(b"\x00" + bytes((0x90, p, 80)) + b"\x00" + bytes((0x80, p, 0)) for p in NOTES[:3]))])
    yield "overlaps.mid", smf([track(notes() + b"\x00\x90\x3c\x50\x60\x90\x3c\x50\x60\x80\x3c\x00\x60\x80\x3c\x00")])
    yield "performed.mid", played()
    yield "in frames.mid", smf([track(notes(ticks=20))], division=0xE728)
    yield "division zero.mid", smf([track(notes())], division=0)
    yield "type 7.mid", smf([track(notes())], 7)
    yield "more tracks promised.mid", PLAIN[:10] + b"\x00\x09" + PLAIN[12:]
    yield "rubbish between.mid", smf([track(notes())]).replace(b"MTrk", b"XFIHxxxx"[:4] + struct.pack(">I", 3) + b"abcMTrk")
    yield "no status byte.mid", smf([track(b"\x00\x3c\x50" + notes())])
    yield "impossible meter.mid", smf([track(meta(0x58, b"\x00\x09\x18\x08") + meta(0x51, b"\x00\x00\x00") + notes())])
    yield "no end of track.mid", smf([track(notes(), end=False)])
    yield "a year of silence.mid", smf([track(notes() + b"\xff\xff\xff\x7f\x90\x3c\x50\x60\x80\x3c\x00")])
    yield "sysex and bends.mid", smf([track(b"\x00\xf0\x05\x7e\x7f\x09\x01\xf7" + notes() + b"\x00\xe0\x00\x50\x00\xd0\x40")])
    yield "二泉映月.mid", smf([track(meta(3, "二泉映月".encode()) + notes(shift=6))])
    yield "names in shift-jis.mid", smf([track(meta(3, "さくらさくら 弥生の空は".encode("shift-jis")) + notes(shift=8))])
    yield "too large.mid", None
    yield "book.abc", (ABC.format("One") + "\n" + ABC.format("Two").replace("X:1", "X:2").replace("GABc", "gfed") + "\nX:3\nT:Stub\nK:C\nCDE|\n").encode()
    yield "latin-1.abc", ABC.format("Ländler für Änne").replace("GABc", "BAGF").encode("latin-1")
    yield "gbk.abc", ABC.format("茉莉花 好一朵美丽的茉莉花").replace("GABc", "DEFG").encode("gbk")
    yield "unknown signs.abc", ABC.format("Signs").replace("|A2", "|@@A2").encode()
    yield "no tune.abc", b"Just a letter about tunes.\n"
    yield "score.musicxml", XML.encode()
    yield "score in utf-16.xml", b"\xff\xfe" + XML.replace("UTF-8", "UTF-16").replace("CDEF", "EDCF").encode("utf-16-le")
    yield "score.mxl", pack([("META-INF/container.xml", CONTAINER), ("score.xml", XML)])
    yield "no container.mxl", pack([("some.xml", XML.replace("<octave>5", "<octave>4"))])
    yield "damaged.mxl", pack([("score.xml", XML)])[:-30]
    yield "cut.musicxml", XML.encode()[:400]
    yield "other xml.xml", b"<?xml version='1.0'?><feed><title>news</title></feed>"
    yield "entities.musicxml", b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>' + XML.replace("Flöte", "&b;").encode()
    yield "all sorts.zip", pack([("jazz/a.mid", smf([track(notes(shift=9))])), ("jazz/deep/歌.mid", smf([track(notes(shift=10))])), ("cover.jpg", b"\xff\xd8\xff\xe0"), ("../../out.mid", smf([track(notes(shift=11))])), ("more.zip", pack([("x.mid", PLAIN)])), ("__MACOSX/._a.mid", b"\0\x05\x16\x07")])
    yield "bomb.zip", pack([("bomb.mid", b"MThd" + bytes(60_000_000))])
    yield "locked.zip", locked(pack([("secret.mid", PLAIN)]))
    yield "empty.zip", pack([])
    yield "not a zip.zip", b"PK\x03\x04 and then nothing"
    yield "notes.txt", b"Nothing to hear here.\n"
    yield "song.als", b"\x1f\x8b" + zlib.compress(b"live set")
    yield "a folder.mid/inside.mid", smf([track(notes(shift=12))])
    yield "deep/er/and/deeper/tune.mid", smf([track(notes(shift=1))])


def main():
    root = sys.argv[1]
    for name, data in files():
        path = os.path.join(root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            if data is None:
                file.write(PLAIN)
                file.truncate(65 << 20)
            else:
                file.write(data)
    with open(os.path.join(root.encode(), b"\x82\xb3\x82\xad\x82\xe7.mid"), "wb") as file:
        file.write(smf([track(notes(ticks=120))]))
    for name, target in (("broken link.mid", "nowhere.mid"), ("link.mid", "good.mid"), ("round and round", "."), ("itself.mid", "itself.mid")):
        os.symlink(target, os.path.join(root, name))
    os.mkfifo(os.path.join(root, "pipe.mid"))


main()
