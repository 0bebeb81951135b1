#!/usr/bin/env python3
"""Train the digit reader: writes ../model.npz and ../model-card.json.

Seeded: the same packages on the same kind of processor give the same weights. About three minutes on one core with
OpenBLAS. Run from anywhere: `python3 training/train.py [--steps N] [--seed N] [--digits FILE] [--fonts FOLDER]`.
"""
import argparse
import json
import os
import sys
import time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")           # before numpy: one core, and one order of summation
APP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, APP)

import numpy as np  # noqa: E402

from model import Model  # noqa: E402
from training import datasets, network  # noqa: E402
from training.augment import augment  # noqa: E402
from training.fixtures import drawings  # noqa: E402

BATCH = 128
# Each batch: mostly strokes, since that is what the page sends; people and fonts for the styles nobody thought of.
SHARE = {"strokes": .62, "people": .18, "fonts": .20}


def evaluate(model, sets):
    scores = {}
    for name, (images, labels) in sets.items():
        guess = model.probabilities(images).argmax(1)
        wrong = [(int(labels[i]), int(guess[i])) for i in np.flatnonzero(guess != labels)]
        scores[name] = {"samples": len(labels), "correct": len(labels) - len(wrong),
                        "accuracy": round(1 - len(wrong) / len(labels), 4)}
        print(f"{name:28} {scores[name]['correct']:5}/{len(labels):<5} {scores[name]['accuracy']:.4f}  "
              f"wrong (drawn, read): {wrong[:12]}")
    return scores


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--steps", type=int, default=9000)
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--per-digit", type=int, default=4000, help="synthetic drawings per digit")
    options.add_argument("--digits", default=datasets.DIGITS, help="digits.csv.gz of scikit-learn")
    options.add_argument("--fonts", default=datasets.FONTS)
    options = options.parse_args()
    r = np.random.default_rng(options.seed)
    started = time.process_time()

    try:
        people, people_labels = datasets.people(options.digits)
        train = {"strokes": datasets.strokes(options.per_digit, r),
                 "fonts": datasets.fonts(datasets.TRAIN_FONTS, options.fonts)}
        unseen_fonts = datasets.fonts(datasets.HOLDOUT_FONTS, options.fonts)
    except (OSError, ImportError) as error:
        sys.exit(f"train: {error}\nNeeded: apt-get install --no-install-recommends {datasets.PACKAGES}")
    held = len(people) // 5
    train["people"] = (people[:-held], people_labels[:-held])
    sets = {"people, unseen writers": (people[-held:], people_labels[-held:]),
            "handwriting fonts, unseen": unseen_fonts,
            "synthetic strokes, fresh": datasets.strokes(200, np.random.default_rng(options.seed + 1)),
            "mouse drawings, fixtures": drawings()}
    print(f"data ready after {time.process_time() - started:.0f} s:", {k: len(v[1]) for k, v in train.items()})

    weights = network.initial(r)
    adam = network.Adam(weights)
    average = {k: v.copy() for k, v in weights.items()}
    running = None
    for step in range(options.steps):
        images, labels = [], []
        for name, share in SHARE.items():
            chosen = r.integers(0, len(train[name][1]), round(share * BATCH))
            images.append(train[name][0][chosen])
            labels.append(train[name][1][chosen])
        loss, gradients = network.loss_and_gradients(weights, augment(np.concatenate(images), r), np.concatenate(labels), r)
        rate = 2.5e-3 * min(1, (step + 1) / 200) * .5 * (1 + np.cos(np.pi * step / options.steps)) + 1e-5
        adam.update(weights, gradients, rate)
        for k in weights:
            average[k] += .003 * (weights[k] - average[k])
        running = loss if running is None else running + .01 * (loss - running)
        if (step + 1) % 500 == 0:
            print(f"step {step + 1}/{options.steps}  loss {running:.3f}  {time.process_time() - started:.0f} s", flush=True)

    np.savez_compressed(os.path.join(APP, "model.npz"), **{k: v.astype(np.float16) for k, v in average.items()})
    card = {
        "name": "digits-cnn", "version": "1.0.0", "license": "Apache-2.0",
        "task": "One handwritten digit, 0 to 9, from a 28x28 drawing.",
        "architecture": "conv 5x5/2 -> 12, conv 5x5/2 -> 24, dense 72, dense 10; ReLU; 28x28x1 in",
        "parameters": int(sum(v.size for v in average.values())), "storage": "float16",
        "training": {"seed": options.seed, "steps": options.steps, "batch": BATCH, "optimiser": "Adam, cosine rate, averaged weights",
                     "data": {"synthetic strokes": len(train["strokes"][1]), "UCI optical digits (people)": len(train["people"][1]),
                              "handwriting fonts": len(train["fonts"][1])}},
        "limitations": ["It has only ever seen digits: a letter or a doodle gets the digit it resembles most.",
                        "One digit at a time; two next to each other are read as one shape.",
                        "Trained without MNIST and not measured on it."],
    }
    path = os.path.join(APP, "model-card.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(card, file)
    card["evaluation"] = evaluate(Model(), sets)             # the file just written, read the way the server reads it
    with open(path, "w", encoding="utf-8") as file:
        json.dump(card, file, indent=2)
        file.write("\n")
    print(f"{card['parameters']} parameters, {os.path.getsize(os.path.join(APP, 'model.npz'))} bytes, "
          f"{time.process_time() - started:.0f} s of processor time")


if __name__ == "__main__":
    main()
