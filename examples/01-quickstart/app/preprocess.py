"""Bring any drawing into the frame the network was trained on.

The frame is the one MNIST made customary: 28x28 pixels, ink is 1 and paper is 0, the longer side of the digit is
20 pixels, and its centre of mass sits in the middle. A drawing already framed so (what the page sends) is returned
untouched, since resampling twice blurs; everything else is cropped, scaled and centred in one resampling step.
"""
import numpy as np

SIZE = 28            # side of the frame, pixels
BOX = 20             # longer side of the digit inside it, pixels
INK = 0.12           # fraction of the darkest pixel above which a pixel counts as ink when cropping


def resample(image, top, left, step, size=SIZE):
    """Read `size`x`size` points of `image`, starting at (top, left), `step` source pixels apart, bilinearly.

    When shrinking (step > 1) each point is averaged over step x step source pixels, so thin strokes keep their weight.
    Everything outside the image is paper.
    """
    taps = max(1, int(np.ceil(step)))
    offsets = ((np.arange(taps) + 0.5) / taps - 0.5) * step
    padded = np.pad(image, 1)

    def weights(start, length):
        # One row per output pixel: how much of every source line it reads. Separable, so two matrix products do.
        at = (start + np.arange(size) * step)[:, None] + offsets[None, :] + 1      # +1: the padding
        low = np.floor(at).astype(int)
        share = at - low
        rows = np.zeros((size, length))
        index = np.arange(size)[:, None].repeat(taps, 1)
        for position, weight in ((low, 1 - share), (low + 1, share)):
            inside = (position >= 0) & (position < length)
            np.add.at(rows, (index[inside], position[inside]), weight[inside] / taps)
        return rows

    return weights(top, padded.shape[0]) @ padded @ weights(left, padded.shape[1]).T


def is_framed(rows, columns, centre):
    """Whether ink spanning these rows and columns, with this centre of mass, already is in the frame."""
    longer = max(rows[-1] - rows[0], columns[-1] - columns[0]) + 1
    middle = (SIZE - 1) / 2
    return abs(longer - BOX) <= 2 and abs(centre[0] - middle) <= 1 and abs(centre[1] - middle) <= 1


def normalise(image):
    """The drawing (2-d array, 0 paper to 1 ink) as a framed 28x28 float32 array, or None where there is no ink."""
    image = np.asarray(image, dtype=np.float64)
    peak = image.max()
    if peak < 0.05:
        return None
    ink = image > INK * peak
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    mass = image * ink
    total = mass.sum()
    centre = ((mass.sum(1) @ np.arange(image.shape[0])) / total, (mass.sum(0) @ np.arange(image.shape[1])) / total)
    if image.shape == (SIZE, SIZE) and is_framed(rows, columns, centre):
        return image.astype(np.float32)
    longer = max(rows[-1] - rows[0], columns[-1] - columns[0]) + 1
    step = max(longer, 2) / BOX
    half = (SIZE - 1) / 2 * step
    framed = resample(image, centre[0] - half, centre[1] - half, step)
    return np.clip(framed / max(framed.max(), 1e-6), 0, 1).astype(np.float32)
