"""Change pictures the way hands, pens and mice do, a batch at a time."""
import numpy as np

from preprocess import SIZE


def blur3(images):
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    rows = padded[:, :-2] + 2 * padded[:, 1:-1] + padded[:, 2:]
    return (rows[:, :, :-2] + 2 * rows[:, :, 1:-1] + rows[:, :, 2:]) / 16


def spread(images):
    """Thicker ink: each pixel takes the most of itself and its four neighbours."""
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    return np.maximum.reduce([padded[:, 1:-1, 1:-1], padded[:, :-2, 1:-1], padded[:, 2:, 1:-1], padded[:, 1:-1, :-2], padded[:, 1:-1, 2:]])


def warp(images, r, strength=1.0):
    """Rotate, slant, scale, shift, and bend smoothly; bilinear."""
    n = len(images)
    angle, slant = r.normal(0, np.radians(6), n) * strength, r.normal(0, .1, n) * strength
    sx, sy = np.exp(r.normal(0, .08, (2, n)) * strength)
    cos, sin = np.cos(angle), np.sin(angle)
    matrix = np.empty((n, 2, 2), np.float32)                 # output (y, x) -> source (y, x)
    matrix[:, 0, 0], matrix[:, 0, 1] = cos / sy, sin / sx
    matrix[:, 1, 0], matrix[:, 1, 1] = (-sin + slant) / sy, cos / sx
    middle = (SIZE - 1) / 2
    grid = np.stack(np.meshgrid(np.arange(SIZE), np.arange(SIZE), indexing="ij")).reshape(2, -1).astype(np.float32) - middle
    source = matrix @ grid + middle + r.normal(0, .7, (n, 2, 1)).astype(np.float32) * strength
    # Two slow waves per axis stand for the elastic bending of a hand.
    for axis in (0, 1):
        for _ in range(2):
            wave = r.uniform(-.28, .28, (n, 2, 1)).astype(np.float32)
            phase = r.uniform(0, 6.28, (n, 1)).astype(np.float32)
            swell = r.normal(0, .55, (n, 1)).astype(np.float32) * strength
            source[:, axis] += swell * np.sin(wave[:, 0] * grid[0] + wave[:, 1] * grid[1] + phase)
    np.clip(source, -1, SIZE, out=source)
    low = np.floor(source).astype(np.int32)
    share = source - low
    padded = np.pad(images, ((0, 0), (1, 2), (1, 2)))
    side = padded.shape[1]
    flat = padded.reshape(n, -1)
    index = (low[:, 0] + 1) * side + low[:, 1] + 1
    fy, fx = share[:, 0], share[:, 1]

    def take(offset):
        return np.take_along_axis(flat, index + offset, 1)

    warped = (take(0) * (1 - fx) + take(1) * fx) * (1 - fy) + (take(side) * (1 - fx) + take(side + 1) * fx) * fy
    return warped.reshape(n, SIZE, SIZE)


def augment(images, r):
    out = warp(images, r)
    kind = r.random(len(out))
    for chosen, change in ((kind < .12, spread), ((kind > .12) & (kind < .3), blur3)):
        out[chosen] = change(out[chosen])
    contrast = np.exp(r.normal(0, .18, (len(out), 1, 1))).astype(np.float32)
    noise = r.normal(0, 1, out.shape).astype(np.float32) * (np.abs(r.normal(0, .03, (len(out), 1, 1))))
    return np.clip(out * contrast + noise, 0, 1).astype(np.float32)
