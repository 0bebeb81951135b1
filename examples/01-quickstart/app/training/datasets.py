"""Where the pictures come from: strokes (handwriting.py), people (UCI digits), and handwriting fonts.

Nothing is downloaded: the UCI digits are a file of Debian's python3-sklearn, the fonts are Debian packages.
"""
import gzip
import os

import numpy as np

from preprocess import normalise
from training.handwriting import write
from training.ink import frame

DIGITS = "/usr/lib/python3/dist-packages/sklearn/datasets/data/digits.csv.gz"
FONTS = "/usr/share/fonts"
TRAIN_FONTS = """
    truetype/breip/Breip.ttf opentype/comic-neue/ComicNeue-Light.otf opentype/comic-neue/ComicNeue-Regular.otf
    opentype/comic-neue/ComicNeue-Bold.otf opentype/comic-neue/ComicNeue-Italic.otf truetype/humor-sans/Humor-Sans.ttf
    truetype/kristi/Kristi.ttf truetype/rufscript/Rufscript010.ttf truetype/tomsontalks/TomsonTalks.ttf
    truetype/klee/KleeOne-Regular.ttf truetype/klee/KleeOne-SemiBold.ttf truetype/yusei-magic/YuseiMagic-Regular.ttf
    opentype/bwht/BecauseWeBuild-Regular.otf opentype/bwht/BecauseWeCreate-Regular.otf
    opentype/bwht/BecauseWeOrganize-Regular.otf
""".split()
HOLDOUT_FONTS = """
    truetype/fifthhorseman/dkg.ttf truetype/fifthhorseman/dkgBd.ttf truetype/fifthhorseman/dkgIt.ttf
    truetype/sjfonts/Delphine.ttf truetype/sjfonts/SteveHand.ttf opentype/bwht/BecauseWeConnect-Regular.otf
    opentype/bwht/BecauseWeLearn-Regular.otf opentype/bwht/BecauseWeMentor-Regular.otf
""".split()
PACKAGES = ("python3-numpy python3-pil python3-sklearn fonts-breip fonts-bwht fonts-comic-neue fonts-dkg-handwriting "
            "fonts-humor-sans fonts-klee fonts-kristi fonts-rufscript fonts-sjfonts fonts-tomsontalks fonts-yusei-magic")


def strokes(per_digit, r):
    """Synthetic drawings: images and labels."""
    images = [frame(write(digit, r), r.uniform(1.3, 3.6)) for digit in range(10) for _ in range(per_digit)]
    return np.stack(images), np.arange(10).repeat(per_digit)


def people(path=DIGITS):
    """The 1797 UCI digits, in their order: the file goes writer by writer, so a cut at the end leaves other writers."""
    with gzip.open(path, "rt") as file:
        table = np.loadtxt(file, delimiter=",")
    frames = []
    for row in table:
        small = row[:64].reshape(8, 8) / 16
        smooth = enlarge(small, 5)
        # 8x8 counts are grey; a steeper curve brings back a stroke with an edge.
        frames.append(normalise(np.clip((smooth - .22) / .5, 0, 1)))
    return np.stack(frames), table[:, 64].astype(int)


def enlarge(image, times):
    """Cubic-kernel enlargement of a small grey picture."""
    side = image.shape[0]
    at = (np.arange(side * times) + .5) / times - .5
    distance = np.abs(at[:, None] - np.arange(side)[None, :])
    near, far = 1.5 * distance ** 3 - 2.5 * distance ** 2 + 1, -.5 * distance ** 3 + 2.5 * distance ** 2 - 4 * distance + 2
    kernel = np.where(distance <= 1, near, np.where(distance < 2, far, 0))
    return kernel @ image @ kernel.T


def fonts(names, root=FONTS):
    """Each digit of each font, once."""
    from PIL import Image, ImageDraw, ImageFont
    images, labels = [], []
    for name in names:
        font = ImageFont.truetype(os.path.join(root, name), 56)
        for digit in range(10):
            canvas = Image.new("L", (120, 120))
            ImageDraw.Draw(canvas).text((30, 15), str(digit), font=font, fill=255)
            images.append(normalise(np.asarray(canvas) / 255))
            labels.append(digit)
    return np.stack(images), np.array(labels)
