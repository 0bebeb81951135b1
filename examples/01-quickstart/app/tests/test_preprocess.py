import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import numpy as np  # noqa: E402

from preprocess import BOX, SIZE, normalise  # noqa: E402
from training.fixtures import load  # noqa: E402
from training.ink import frame, rasterise  # noqa: E402


def extent(image):
    ink = image > .12
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    return max(rows[-1] - rows[0], columns[-1] - columns[0]) + 1


def centre(image):
    return (image.sum(1) @ np.arange(SIZE) / image.sum(), image.sum(0) @ np.arange(SIZE) / image.sum())


class Normalise(unittest.TestCase):
    def test_no_ink(self):
        self.assertIsNone(normalise(np.zeros((28, 28))))
        self.assertIsNone(normalise(np.full((16, 16), .01)))

    def test_a_framed_drawing_is_left_alone(self):
        for drawing in load():
            image = frame(drawing["strokes"], 2.4)
            np.testing.assert_array_equal(normalise(image), image, str((drawing["digit"], drawing["style"])))

    def test_everything_else_is_brought_into_the_frame(self):
        for drawing in load():
            for size, scale, shift in ((28, .05, 2), (28, .095, 0), (16, .05, 1)):
                points = [np.asarray(stroke) * scale + shift for stroke in drawing["strokes"]]
                image = normalise(rasterise(points, 1.6, size))
                self.assertEqual(image.shape, (SIZE, SIZE))
                self.assertLessEqual(abs(extent(image) - BOX), 3)
                for axis in centre(image):
                    self.assertAlmostEqual(axis, (SIZE - 1) / 2, delta=1.01)

    def test_one_pixel(self):
        image = np.zeros((28, 28))
        image[0, 27] = .3
        self.assertAlmostEqual(float(normalise(image).max()), 1, places=3)


if __name__ == "__main__":
    unittest.main()
