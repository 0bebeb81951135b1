import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import numpy as np  # noqa: E402

from model import FOLDER, Model  # noqa: E402
from preprocess import normalise  # noqa: E402
from training.fixtures import drawings, load  # noqa: E402
from training.ink import frame, rasterise  # noqa: E402


class Reading(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.model = Model()

    def accuracy(self, images, labels):
        return (self.model.probabilities(np.stack(images)).argmax(1) == labels).mean()

    def test_every_mouse_drawing_as_drawn(self):
        for drawing in load():
            with self.subTest(digit=drawing["digit"], style=drawing["style"]):
                p = self.model.probabilities(frame(drawing["strokes"], 2.4)[None])[0]
                self.assertEqual(p.argmax(), drawing["digit"], p.round(2))

    def test_tilted_narrowed_and_widened(self):
        self.assertGreaterEqual(self.accuracy(*drawings()), .98)

    def test_pens(self):
        for width in (1.4, 1.8, 3, 3.6):
            self.assertGreaterEqual(self.accuracy(*drawings(width)), .96, width)

    def test_pixels_drawn_anywhere_on_a_small_grid(self):
        # What an API client sends that does not frame the drawing itself.
        for size, scale, width, least in ((28, .09, 2.2, .95), (28, .06, 1.8, .93), (16, .055, 1.4, .93)):
            images = [normalise(rasterise([np.asarray(s) * scale + .5 for s in d["strokes"]], width, size)) for d in load()]
            self.assertGreaterEqual(self.accuracy(images, np.array([d["digit"] for d in load()])), least, (size, scale))

    def test_fixtures_cover_every_digit(self):
        digits = [d["digit"] for d in load()]
        for digit in range(10):
            self.assertGreaterEqual(digits.count(digit), 5)

    def test_probabilities_are_a_distribution(self):
        p = self.model.probabilities(np.random.default_rng(1).random((8, 28, 28)))
        np.testing.assert_allclose(p.sum(1), 1, rtol=1e-5)
        self.assertTrue((p >= 0).all())

    def test_the_card_tells_the_truth(self):
        self.assertEqual(self.model.card["parameters"], sum(w.size for w in self.model.weights.values()))
        said = self.model.card["evaluation"]["mouse drawings, fixtures"]
        images, labels = drawings()
        self.assertEqual(said["samples"], len(labels))
        self.assertAlmostEqual(said["accuracy"], self.accuracy(images, labels), delta=.005)
        self.assertLess(os.path.getsize(os.path.join(FOLDER, "model.npz")), 300 * 1024)


if __name__ == "__main__":
    unittest.main()
