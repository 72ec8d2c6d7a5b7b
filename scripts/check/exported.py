#!/usr/bin/env python3
"""exported.py FOLDER: reads what `cadenza export` wrote with numpy alone, computes the logits of the
worked example, and says how far they are from those that Cadenza gives. Exit 0 within 1e-4.

A whole implementation of the transformer in fifty lines: docs/model-exchange.md in code.
"""
import json
import math
import struct
import sys

import numpy as np


def read_safetensors(path):
    raw = open(path, "rb").read()
    (n,) = struct.unpack("<Q", raw[:8])
    body = raw[8 + n :]
    header = json.loads(raw[8 : 8 + n])
    return {
        name: np.frombuffer(body[slice(*t["data_offsets"])], "<f4").reshape(t["shape"]).astype(np.float64)
        for name, t in header.items()
        if name != "__metadata__"
    }


def gelu(x):
    return x * 0.5 * (1.0 + np.vectorize(math.erf)(x / math.sqrt(2.0)))


def norm(x, gain):
    return x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-6) * gain


def rotated(x, angle):  # x: [positions, d_head], angle: [positions, d_head / 2]
    a, b = np.split(x, 2, -1)
    return np.concatenate([a * np.cos(angle) - b * np.sin(angle), b * np.cos(angle) + a * np.sin(angle)], -1)


def logits(w, config, x):
    n, d, heads = len(x["place"]), config["d_model"], config["n_heads"]
    d_head = d // heads
    place = w["embedding.place.weight"][x["place"]] + w["embedding.beat.weight"][np.array(x["place"]) % config["beat"]]
    values = [w[f"embedding.fields.{f}.weight"][x["fields"][f]] for f in range(len(config["fields"]))]
    event = place + sum(values)

    read = np.zeros((n, d))
    for t in range(n):
        read[t] += w["embedding.meter.weight"][x["meter"][t]]
        read[t] += w["embedding.opening"] * x["opens"][t]
        if x["given"][t]:
            read[t] += event[t] + w["embedding.told.given.mark"]
        elif x["open"][t]:
            groups = w["embedding.told.given.groups.weight"]
            read[t] += w["embedding.told.given.header"] + sum(groups[g] for g in range(len(groups)) if x["open"][t] >> g & 1)
        elif t > x["begins"][t]:
            read[t] += event[t - 1]
        for c, told in enumerate(x["conditions"]):
            read[t] += w[f"embedding.told.conditions.{c}.weight"][told[t]]

    rates = np.exp(-np.arange(d_head // 2) / (d_head // 2) * math.log(10_000.0))
    by_index, by_time = np.outer(x["index"], rates), np.outer(x["time"], rates)
    t, s = np.arange(n)[:, None], np.arange(n)[None, :]
    seen = (s >= np.array(x["begins"])[:, None]) & (s <= np.array(x["sees"])[:, None])
    h = read
    for b in range(config["n_layers"]):
        p = f"transformer.blocks.{b}."
        z = norm(h, w[p + "norm_attention.gain"])
        q, k, v = (z @ w[p + name + ".weight"] for name in ("query", "key", "value"))
        found = []
        for i in range(heads):
            own, angle = slice(i * d_head, (i + 1) * d_head), by_index if i < heads // 2 else by_time
            query = rotated(norm(q[:, own], w[p + "norm_query.gain"]), angle)
            key = rotated(norm(k[:, own], w[p + "norm_key.gain"]), angle)
            scores = np.where(seen, query @ key.T / math.sqrt(d_head), -np.inf)
            weights = np.exp(scores - scores.max(-1, keepdims=True))
            found.append(weights / weights.sum(-1, keepdims=True) @ v[:, own])
        h = h + np.concatenate(found, -1) @ w[p + "out.weight"]
        up = gelu(norm(h, w[p + "norm_mlp.gain"]) @ w[p + "up.weight"] + w[p + "up.bias"])
        h = h + up @ w[p + "down.weight"] + w[p + "down.bias"]
    state = norm(h, w["transformer.norm.gain"])

    out = []
    for f, spec in enumerate(config["fields"]):
        z = state
        if spec["hidden"]:
            z = gelu(z @ w[f"heads.{f}.hidden.weight"] + w[f"heads.{f}.hidden.bias"])
        out.append(z @ w[f"heads.{f}.out.weight"] + w[f"heads.{f}.out.bias"])
        state = state + values[f]
        if f + 1 == config["place_after"]:
            state = state + place
    return out


def main(folder):
    described = json.load(open(f"{folder}/config.json"))
    config, example = described["config"], json.load(open(f"{folder}/example.json"))
    if config["arch"] != "transformer":
        sys.exit(f"this script reads transformers; this is a model of the kind {config['arch']}")
    worst = 0.0
    for spec, got, expected in zip(config["fields"], logits(read_safetensors(f"{folder}/model.safetensors"), config, example), example["logits"]):
        worst = max(worst, apart := np.abs(got.ravel() - np.array(expected)).max())
        print(f"{spec['name']:<10} {len(expected)} logits, furthest apart {apart:.2e}")
    print("the same within 1e-4" if worst < 1e-4 else "NOT the same")
    return 0 if worst < 1e-4 else 1


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
