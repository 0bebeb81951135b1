"""Ink from strokes: what the page's canvas does, in numpy, for training and for tests.

A drawing is a list of strokes, a stroke a sequence of (x, y) points in any unit, y downwards.
"""
import numpy as np

from preprocess import BOX, SIZE


def dense(points, gap=0.35):
    """Points along the polyline, at most `gap` apart."""
    points = np.asarray(points, dtype=np.float64)
    if len(points) == 1:
        return points
    steps = np.diff(points, axis=0)
    counts = np.maximum(1, np.ceil(np.hypot(steps[:, 0], steps[:, 1]) / gap).astype(int))
    parts = [start + step * (np.arange(count) / count)[:, None]
             for start, step, count in zip(points[:-1], steps, counts)]
    return np.concatenate(parts + [points[-1:]])


def rasterise(strokes, width, size=SIZE):
    """Strokes given in pixels as a size x size image: round pen of `width` pixels, one pixel of soft edge."""
    points = np.concatenate([dense(stroke) for stroke in strokes])
    grid = np.arange(size)
    dx = (grid[None, :] - points[:, 0:1]) ** 2
    dy = (grid[None, :] - points[:, 1:2]) ** 2
    nearest = np.min(dy[:, :, None] + dx[:, None, :], axis=0)
    return np.clip(width / 2 + 0.5 - np.sqrt(nearest), 0, 1)


def frame(strokes, width):
    """Strokes in any unit, drawn into the 28x28 frame with a pen of `width` of its pixels (see preprocess)."""
    points = np.concatenate([np.asarray(stroke, dtype=np.float64) for stroke in strokes])
    low, high = points.min(0), points.max(0)
    scale = (BOX - width) / max((high - low).max(), 1e-6)
    middle = (SIZE - 1) / 2
    placed = [(np.asarray(stroke) - (low + high) / 2) * scale + middle for stroke in strokes]
    image = rasterise(placed, width)
    mass = image.sum()
    shift = np.array([middle - (image.sum(0) @ np.arange(SIZE)) / mass, middle - (image.sum(1) @ np.arange(SIZE)) / mass])
    return rasterise([stroke + shift for stroke in placed], width).astype(np.float32)
