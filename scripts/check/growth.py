#!/usr/bin/env python3
"""growth.py FILE.json [OUT.svg]: what `cadenza bench growth --json` has measured, as a table in Markdown (on stdout)
and as a picture: each figure as a multiple of its first, by a multiple of what it grows with; what stays on or below
the dashed line grows no more than that does. Plain Python.

  cadenza bench growth --most 100000 --json > docs/scaling.json
  scripts/check/growth.py docs/scaling.json docs/scaling.svg
"""
import json
import math
import sys

PANELS = (
    ("train/window", "a training step by notes in its window", ("time", "memory")),
    ("train/d_model", "a training step by weights of the network", ("time", "memory")),
    ("generate/length", "one more note by notes there are", ("time",)),
    ("import/files", "importing by files", ("first", "again", "memory")),
    ("originality/pieces", "originality by training pieces", ("layout", "take", "memory")),
    ("similar/pieces", "similar pieces by pieces", ("layout", "search", "memory")),
)
NAMES = {
    "time": "time", "memory": "memory", "first": "first time", "again": "again",
    "layout": "laying out", "take": "looking a take up", "search": "searching",
}
COLOURS = ("#1f6feb", "#d1242f", "#1a7f37")
WIDTH, HEIGHT, LEFT, TOP = 380, 270, 52, 34


def read(path):
    """Points by series and figure, [(x, value, unit)]; the width of a network is told by its weights."""
    points = json.load(open(path))["points"]
    weights = {p["at"]: int(p["value"]) for p in points if p["name"] == "train/d_model/weights"}
    series = {}
    for p in points:
        name, what = p["name"].rsplit("/", 1)
        if what != "weights":
            x = weights[p["at"]] if name == "train/d_model" else p["at"]
            series.setdefault((name, what), []).append((x, p["value"], p["unit"]))
    return {key: sorted(all) for key, all in series.items()}


def number(x):
    return f"{x:,.0f}" if x >= 100 else f"{x:.3g}"


def steepness(points):
    """The power of x that the last two points go by; None where there is but one."""
    (x0, y0, _), (x1, y1, _) = points[-2:] if len(points) > 1 else (points * 2)
    return None if x0 == x1 or y0 <= 0 or y1 <= 0 else math.log(y1 / y0) / math.log(x1 / x0)


def table(series):
    for name, title, whats in PANELS:
        whats = [w for w in whats if (name, w) in series]
        if not whats:
            continue
        places = sorted({x for w in whats for x, _, _ in series[name, w]})
        print(f"\n**{title[0].upper()}{title[1:]}** (`{name}`)\n")
        print("| | " + " | ".join(number(x) for x in places) + " | last power |\n|---|" + "---:|" * (len(places) + 1))
        for w in whats:
            values = {x: value for x, value, _ in series[name, w]}
            power = steepness(series[name, w])
            cells = [number(values[x]) if x in values else "" for x in places]
            print(f"| {NAMES[w]}, {series[name, w][0][2]} | " + " | ".join(cells) + f" | {'' if power is None else f'{power:.2f}'} |")


def ticks(low, high):
    return [10**e for e in range(math.floor(math.log10(low) + 1e-9), math.ceil(math.log10(high) - 1e-9) + 1)]


def panel(series, name, title, whats):
    lines = [(w, [(x, y) for x, y, _ in series[name, w] if y > 0]) for w in whats if (name, w) in series]
    lines = [(w, points) for w, points in lines if points]
    out = [f'<text x="{LEFT}" y="18" class="title">{title}</text>']
    if not lines:
        return out
    first = min(x for _, points in lines for x, _ in points)
    last = max(x for _, points in lines for x, _ in points) / first
    rising = [y / points[0][1] for _, points in lines for _, y in points]
    xs = ticks(1, max(last, 10))
    ys = ticks(min([1.0, *rising]), max([last, *rising]))
    w, h = WIDTH - LEFT - 16, HEIGHT - TOP - 46

    def place(x, y):
        right = math.log10(x) / math.log10(xs[-1])
        up = math.log10(y / ys[0]) / math.log10(ys[-1] / ys[0])
        return f"{LEFT + w * right:.1f},{TOP + h * (1 - up):.1f}"

    for x in xs:
        px, py = place(x, ys[0]).split(",")
        out.append(f'<path class="grid" d="M{px},{TOP}V{py}"/><text class="x" x="{px}" y="{float(py) + 14}">× {x:g}</text>')
    for y in ys:
        px, py = place(1, y).split(",")
        out.append(f'<path class="grid" d="M{px},{py}h{w}"/><text class="y" x="{float(px) - 6}" y="{float(py) + 4}">× {y:g}</text>')
    out.append(f'<path class="linear" d="M{place(1, 1)}L{place(last, last)}"/>')
    for i, ((what, points), colour) in enumerate(zip(lines, COLOURS)):
        at = [place(x / first, y / points[0][1]) for x, y in points]
        out.append(f'<path fill="none" stroke="{colour}" stroke-width="2" d="M{"L".join(at)}"/>')
        out += [f'<circle cx="{p.split(",")[0]}" cy="{p.split(",")[1]}" r="3" fill="{colour}"/>' for p in at]
        out.append(f'<text x="{LEFT + 8}" y="{TOP + 16 + 15 * i}" style="fill:{colour}">{NAMES[what]}</text>')
    out.append(f'<text class="x" x="{LEFT + w / 2}" y="{HEIGHT - 10}">× {number(first)}</text>')
    return out


def picture(series):
    columns, rows = 3, (len(PANELS) + 2) // 3
    style = (
        "text{font:12px sans-serif;fill:#24292f}.title{font-weight:600}.x{text-anchor:middle;fill:#57606a}"
        ".y{text-anchor:end;fill:#57606a}.grid{stroke:#d0d7de;fill:none}.linear{stroke:#57606a;stroke-dasharray:5 4;fill:none}"
    )
    size = f'width="{columns * WIDTH}" height="{rows * HEIGHT}" viewBox="0 0 {columns * WIDTH} {rows * HEIGHT}"'
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" {size}><style>{style}</style>']
    out.append('<rect width="100%" height="100%" fill="#ffffff"/>')
    for i, (name, title, whats) in enumerate(PANELS):
        out.append(f'<g transform="translate({i % columns * WIDTH},{i // columns * HEIGHT})">')
        out += panel(series, name, title, whats) + ["</g>"]
    return "\n".join(out + ["</svg>"]) + "\n"


def main():
    series = read(sys.argv[1])
    table(series)
    if len(sys.argv) > 2:
        with open(sys.argv[2], "w") as file:
            file.write(picture(series))


main()
