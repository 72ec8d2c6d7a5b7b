#!/usr/bin/env python3
"""lay.py PLANS > BOOK: writes four-voice settings out in full from their plans.

A plan is the tune with our harmony over it: chord symbols with their bass ("D/F#"), one for every change. The bass
and the harmony are ours; alto and tenor are laid out by a search that takes, of all ways through the chords that
break no rule of scripts/check/voices.py, the smoothest; then passing notes fill thirds of the lower voices where
that breaks no rule either. The book that comes out is committed: this is how it was written, not part of the build.
"""
import os
import re
import sys
from fractions import Fraction

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "check"))
import voices as rules  # noqa: E402

QUALITY = {"": (0, 4, 7), "m": (0, 3, 7), "7": (0, 4, 7, 10), "m7": (0, 3, 7, 10), "dim": (0, 3, 6), "maj7": (0, 4, 7, 11)}
STEPS = {3: 2, 4: 2, 6: 4, 7: 4, 10: 6, 11: 6, 0: 0}
COMFORT = {"A": (55, 74), "T": (48, 67), "B": (40, 62)}
SYMBOL = re.compile(r"([A-G][#b]?)(m7|maj7|m|7|dim)?(?:/([A-G][#b]?))?$")


def name(text):
    return text[0], {"#": 1, "b": -1, "": 0}[text[1:]]


class Chord:
    def __init__(self, text):
        root, quality, bass = SYMBOL.match(text).groups()
        letter, alter = name(root)
        self.root, self.tones = (rules.BASE[letter] + alter) % 12, {}
        for interval in QUALITY[quality or ""]:
            step = rules.LETTERS[(rules.LETTERS.index(letter) + STEPS[interval]) % 7]
            self.tones[(self.root + interval) % 12] = step
        intervals = QUALITY[quality or ""]
        self.third, self.fifth = (self.root + intervals[1]) % 12, (self.root + intervals[2]) % 12
        self.seventh = (self.root + intervals[3]) % 12 if len(intervals) > 3 else None
        # A symbol without its bass leaves the choice between the root and the third.
        self.basses = {self.root: 0.0, self.third: 0.9}
        if bass:
            letter, alter = name(bass)
            given = (rules.BASE[letter] + alter) % 12
            self.basses = {given: 0.0}
            self.tones.setdefault(given, letter)

    def pitches(self, voice):
        low, high = COMFORT[voice]
        return [p for p in range(low, high + 1) if p % 12 in self.tones]


def slices(body, unit, signature, beat):
    """The tune cut where the chord or the beat changes: (bar, chord, length, melody notes)."""
    out, chord = [], None
    bars = [b for b in re.split(r"\|+\]?", body) if b.strip()]
    full = None
    for i, bar in enumerate(bars):
        position = Fraction(0)
        tokens = re.findall(r'"[^"]*"|' + rules.NOTE.pattern.replace("(", "(?:"), bar)
        played = rules.notes(bar, unit, signature)
        k, fresh = 0, False
        for token in tokens:
            if token.startswith('"'):
                chord, fresh = Chord(token[1:-1]), True
                continue
            length, pitch, _ = played[k]
            k += 1
            on_beat = (position / beat).denominator == 1
            if fresh or on_beat or not out or out[-1][0] != i:
                out.append([i, chord, length, [(length, pitch, token)]])
            else:
                out[-1][2] += length
                out[-1][3].append((length, pitch, token))
            fresh = False
            position += length
    return out, len(bars)


def states(chord, melody, tonic, at_the_edge):
    """(A, T, B) that make the chord under this note. The first chord and the last stand on their roots."""
    soprano = melody[0]
    for b in (p for p in chord.pitches("B") if p % 12 in chord.basses):
        if at_the_edge and b % 12 != chord.root:
            continue
        for t in chord.pitches("T"):
            if not b <= t <= b + 24 or t > soprano:
                continue
            for a in chord.pitches("A"):
                if not t <= a <= min(melody) or a - t > 12 or max(melody) - a > 12:
                    continue
                sounding = [soprano % 12, a % 12, t % 12, b % 12]
                lead = (tonic + 11) % 12
                if chord.third not in sounding + [m % 12 for m in melody] or chord.root not in sounding:
                    continue
                if chord.seventh is not None and sounding.count(chord.seventh) != 1:
                    continue
                if (a % 12, t % 12, b % 12).count(lead) + (lead in {m % 12 for m in melody}) > 1 or (sounding.count(chord.third) > 1 and chord.third == lead):
                    continue
                cost = chord.basses[b % 12]
                cost += 1.5 if chord.fifth not in sounding else 0
                cost += 1.2 * (sounding.count(chord.third) - 1)
                cost += 0.6 if sounding.count(chord.root) < 2 and chord.seventh is None else 0
                cost += 2 if sounding.count(chord.root) > 2 else 0
                cost += 0.8 * (a == t) + 0.4 * (a == soprano) + 0.4 * (t == b)
                cost += 0.12 * abs(t - 57) + 0.08 * abs(a - 64) + 0.05 * abs(b - 50)
                cost += 0.15 * max(0, a - t - 9)
                yield (a, t, b), cost


def moved(before, after, s0, s1, chords, letters, tonic):
    """What going from one chord to the next costs, or None if a rule forbids it."""
    old, new = (s0[1],) + before, (s1[0],) + after
    start = (s0[0],) + before
    cost = 0.0
    for one in {old, start}:
        for i in range(4):
            for j in range(i + 1, 4):
                if one[i] == new[i] or one[j] == new[j]:
                    continue
                gap = (new[i] - new[j]) % 12
                if gap in (0, 7) and (one[i] - one[j]) % 12 == gap and (new[i] - one[i]) * (new[j] - one[j]) > 0:
                    return None
        if (new[0] - new[3]) % 12 in (0, 7) and (new[0] - one[0]) * (new[3] - one[3]) > 0 and abs(new[0] - one[0]) > 2:
            cost += 1.5
    for i in range(1, 4):
        leap = abs(new[i] - old[i])
        if leap in (6, 10, 11) or leap > (9 if i < 3 else 12):
            return None
        steps = abs(letters(new[i], chords[1]) - letters(old[i], chords[0]))
        sizes = (0, 2, 4, 5, 7, 9, 11, 12)
        if steps > 7 or leap > sizes[steps]:
            return None
        weight = 1.0 if i < 3 else 0.35
        cost += weight * (leap * 0.35 + max(0, leap - 4) * 0.7)
        # Overlap: a voice goes beyond where its neighbour just was.
        if new[i] > old[i - 1] or (i < 3 and new[i] < old[i + 1]):
            cost += 2.5
    tones = {(p - tonic) % 12 for p in old}
    if 11 in tones and 7 in tones and chords[1].root == tonic % 12:
        for i in range(1, 4):
            if (old[i] - tonic) % 12 == 11 and new[i] != old[i] + 1:
                if i == 3 or new[i] != old[i] - 4 or new[3] % 12 != tonic:
                    return None
                cost += 1.5
    if chords[0].seventh is not None and chords[0] is not chords[1] and chords[1].root != chords[0].root:
        for i in range(1, 4):
            if old[i] % 12 == chords[0].seventh and old[i] - new[i] not in (0, 1, 2):
                return None
    return cost


def lay(parts, tonic):
    def letters(pitch, chord):
        letter = rules.LETTERS.index(chord.tones[pitch % 12])
        octave = (pitch - rules.BASE[rules.LETTERS[letter]] + 6) // 12
        return 7 * octave + letter

    best, trail = None, []
    for k, (bar, chord, _, melody) in enumerate(parts):
        soprano = (melody[0][1], melody[-1][1])
        edge = k in (0, len(parts) - 1)
        here = dict(states(chord, [m[1] for m in melody], tonic, edge))
        if best is None:
            best = here
            trail.append(dict.fromkeys(here))
            continue
        before = parts[k - 1]
        last = (before[3][0][1], before[3][-1][1])
        found, back = {}, {}
        for state, own in here.items():
            for old, so_far in best.items():
                step = moved(old, state, last, soprano, (before[1], chord), letters, tonic)
                if step is not None and (state not in found or so_far + step + own < found[state]):
                    found[state], back[state] = so_far + step + own, old
        if not found:
            raise ValueError(f"no way on in bar {bar}, slice {k} ({len(here)} chords there)")
        best = found
        trail.append(back)
    state = min(best, key=best.get)
    out = [state]
    for back in reversed(trail[1:]):
        state = back[state]
        out.append(state)
    return out[::-1], letters


def write(pitch, letter, signature, marks):
    """A note's ABC, with the accidental it needs in this bar."""
    base = rules.BASE[letter]
    octave = (pitch - base + 6) // 12
    alter = pitch - base - 12 * octave
    up = octave - 5
    text = letter.lower() + "'" * (up - 1) if up > 0 else letter + "," * -up
    if marks.get((letter, up), signature.get(letter, 0)) != alter:
        marks[letter, up] = alter
        text = {1: "^", -1: "_", 0: "="}[alter] + text
    return text


def number(length, unit):
    n = length / unit
    return ("" if n == 1 else str(n.numerator) if n.denominator == 1 else
            f"{'' if n.numerator == 1 else n.numerator}/{'' if n.denominator == 2 else n.denominator}")


def book_lines(parts, events, body, n_bars, unit, signature):
    """The four voices' lines: the soprano as it is in the plan, four bars a line."""
    bars = [re.sub(r'"[^"]*"', "", b).strip() for b in re.split(r"\|+\]?", body) if b.strip()]
    out = {"S": bars}
    for v in "ATB":
        texts = []
        for i in range(n_bars):
            marks = {}
            here = [e for e in events[v] if e[0] == i]
            texts.append(" ".join(write(p, letter, signature, marks) + number(n, unit) for _, n, p, letter in here))
        out[v] = texts
    lines = []
    for v, clef in zip("SATB", ("treble", "treble", "bass", "bass")):
        lines.append(f"V:{v} clef={clef} name=\"{dict(S='Soprano', A='Alto', T='Tenor', B='Bass')[v]}\"")
        rows = [out[v][i:i + 8] for i in range(0, n_bars, 8)]
        lines += ["|".join(row) + ("|]" if row is rows[-1] else "|") for row in rows]
    return lines, out


def joined(parts, way, letters):
    """Each lower voice's events (bar, length, pitch, letter): notes that stay through one chord are held."""
    events = {}
    for index, v in enumerate("ATB"):
        line = []
        for (bar, chord, length, _), state in zip(parts, way):
            letter = chord.tones[state[index] % 12]
            line.append((bar, length, state[index], letter))
        events[v] = line
    return events


def with_passing_notes(parts, events, fields, body, n_bars, unit, signature):
    """Fills thirds of the lower voices with a passing note where no rule speaks against it."""
    tonic_marks, _ = rules.key(fields["K"])
    scale = {(rules.BASE[x] + tonic_marks.get(x, 0)) % 12: x for x in rules.LETTERS}
    beat = Fraction(1, 4)
    for v in "BTA":
        k, since = 0, 9
        while k + 1 < len(events[v]):
            bar, length, pitch, letter = events[v][k]
            _, _, after, _ = events[v][k + 1]
            between = [p for p in range(min(pitch, after) + 1, max(pitch, after)) if p % 12 in scale]
            since += 1
            if abs(after - pitch) in (3, 4) and len(between) == 1 and length in (beat, 2 * beat) and since > 1:
                p = between[0]
                tail = beat / 2 if length == beat else beat
                trial = dict(events)
                trial[v] = events[v][:k] + [(bar, length - tail, pitch, letter), (bar, tail, p, scale[p % 12])] + events[v][k + 1:]
                _, bars = book_lines(parts, trial, body, n_bars, unit, signature)
                if clean(fields, bars) and consonant(trial, parts, v, bar):
                    events, since = trial, 0
                    k += 1
            k += 1
    return events


def clean(fields, bars):
    return not rules.faults(fields, bars)


def consonant(events, parts, voice, bar):
    """No passing note strikes a neighbour a semitone or a whole tone away in another voice at the same moment."""
    starts = {}
    for v in "ATB":
        now, at = Fraction(0), None
        for b, n, p, _ in events[v]:
            if b != at:
                now, at = Fraction(0), b
            if b == bar:
                starts.setdefault(v, []).append((now, now + n, p))
            now += n
    now = Fraction(0)
    for b, _, _, melody in parts:
        if b == bar:
            for n, p, _ in melody:
                starts.setdefault("S", []).append((now, now + n, p))
                now += n
    for s, e, p in starts[voice]:
        for v, others in starts.items():
            for s2, e2, p2 in others:
                if v != voice and s2 <= s < e2 and abs(p - p2) in (1,):
                    return False
                if v != voice and s2 == s and (s / Fraction(1, 4)).denominator != 1 and abs(p - p2) % 12 in (1, 2, 10, 11, 6):
                    return False
    return True


def main():
    number_of = 0
    for block in re.split(r"^# ", open(sys.argv[1], encoding="utf-8").read(), flags=re.M)[1:]:
        head, *body = block.strip().split("\n")
        title, origin, source, music, *composer = [x.strip() for x in head.split(" @ ")]
        meter, unit_text, tempo, tonic_key = music.split()
        body = "".join(body)
        fields = {"K": tonic_key, "L": unit_text, "M": meter}
        signature, tonic = rules.key(tonic_key)
        unit = Fraction(unit_text)
        beat = Fraction(3, 8) if meter in ("6/8", "9/8") else Fraction(1, 2) if meter in ("3/2", "4/2", "2/2") else Fraction(1, 4)
        number_of += 1
        try:
            parts, n_bars = slices(body, unit, signature, beat)
            way, letters = lay(parts, tonic)
        except (ValueError, AttributeError, IndexError, TypeError) as why:
            print(f"{title}: {why}", file=sys.stderr)
            continue
        events = joined(parts, way, letters)
        _, bars = book_lines(parts, events, body, n_bars, unit, signature)
        wrong = rules.faults(fields, bars)
        for sentence in wrong:
            print(f"{title}: {sentence}", file=sys.stderr)
        if not wrong:
            events = with_passing_notes(parts, events, fields, body, n_bars, unit, signature)
        lines, _ = book_lines(parts, events, body, n_bars, unit, signature)
        ours = composer and composer[0] == "Cadenza"
        print(f"X:{number_of}\nT:{title}" + (f"\nC:{composer[0]}" if composer else "") + f"\nO:{origin}\nS:{source}"
              + ("\nN:our own tune" if ours else "") + f"\nM:{meter}\nL:{unit_text}\nQ:{tempo}\nK:{tonic_key}")
        print("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
