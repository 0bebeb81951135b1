"""The mouse drawings of tests/fixtures, rendered the way the page renders them. Never trained on."""
import json
import os

import numpy as np

from training.ink import frame

FILE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tests", "fixtures", "drawings.json")


def load():
    """[{digit, style, strokes}] with strokes in canvas pixels, 0 to 280, y down."""
    with open(FILE, encoding="utf-8") as file:
        return json.load(file)["drawings"]


def variants(strokes):
    """The drawing as it is, tilted either way, narrower, and wider: people hold a mouse at different angles."""
    points = [np.asarray(stroke, dtype=np.float64) - 140 for stroke in strokes]
    for degrees, narrow in ((0, 1), (-9, 1), (9, 1), (0, .75), (0, 1.25)):
        angle = np.radians(degrees)
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]) * [narrow, 1]
        yield [stroke @ turn for stroke in points]


def drawings(width=2.4):
    """All drawings in all variants: images and labels."""
    images, labels = [], []
    for drawing in load():
        for strokes in variants(drawing["strokes"]):
            images.append(frame(strokes, width))
            labels.append(drawing["digit"])
    return np.stack(images), np.array(labels)
