"""A pen that writes digits the way people do with a mouse: a few styles each, never twice the same.

Each style is a function of the random generator that returns strokes in a unit square (x right, y down). `write`
picks one and gives it the slant, the proportions and the tremor of a hand.
"""
import numpy as np

from training.ink import dense


def spline(points, steps=7):
    """Catmull-Rom curve through the points."""
    p = np.asarray(points, dtype=np.float64)
    p = np.vstack([2 * p[0] - p[1], p, 2 * p[-1] - p[-2]])
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    parts = [0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t ** 2 + (3 * b - a - 3 * c + d) * t ** 3)
             for a, b, c, d in zip(p[:-3], p[1:-2], p[2:-1], p[3:])]
    return np.concatenate(parts + [p[-2:-1]])


def arc(x, y, rx, ry, start, sweep, count=26):
    """Part of an ellipse; angles in degrees, 0 is right, 90 is down."""
    angle = np.radians(start + sweep * np.linspace(0, 1, count))
    return np.stack([x + rx * np.cos(angle), y + ry * np.sin(angle)], 1)


def line(*points):
    return np.asarray(points, dtype=np.float64)


def near(r, points, by=0.035):
    """The control points, each a little off."""
    return np.asarray(points, dtype=np.float64) + r.normal(0, by, (len(points), 2))


def zero(r):
    turn = r.choice([-1, 1])
    ring = arc(.5, .5, r.uniform(.24, .48), .5, r.uniform(-150, -30), turn * r.uniform(325, 400))
    if r.random() < .08:                                     # an overlap that curls into the ring
        ring = np.vstack([ring, ring[-1] + r.normal(0, .08, 2)])
    return [ring]


def slashed_zero(r):
    return [arc(.5, .5, r.uniform(.3, .42), .5, -90, -r.uniform(350, 375)), near(r, [(.72, .2), (.28, .8)])]


def one_plain(r):
    return [near(r, [(.5, 0), (.5, .5), (.5, 1)], .015)]


def one_flag(r):
    reach = r.uniform(.1, .38)
    start = (.5 - reach, r.uniform(.08, .4))
    return [np.vstack([near(r, [start, (.5, 0)], .02), near(r, [(.5, .5), (.5, 1)], .015)])]


def one_base(r):
    foot = r.uniform(.15, .36)
    base = near(r, [(.5 - foot, 1), (.5 + foot, 1)], .02)
    return one_flag(r) + [base] if r.random() < .85 else one_plain(r) + [base]


def two_head(r):
    return near(r, [(.12, .25), (.25, .06), (.5, 0), (.76, .08), (.84, .28), (.7, .52)])


def two_flat(r):
    corner = near(r, [(.1, .97)])
    curve = spline(np.vstack([two_head(r), near(r, [(.4, .76)]), corner]))
    tail = r.uniform(-.08, .06)
    return [np.vstack([curve, near(r, [(.5, 1 + tail / 2), (.92, 1 + tail)], .02)])]


def two_loop(r):
    return [spline(np.vstack([two_head(r), near(r, [(.42, .78), (.2, .95), (.08, .88), (.2, .76), (.42, .86), (.68, .98), (.95, .92)])]))]


def two_angular(r):
    return [near(r, [(.12, .12), (.45, .0), (.85, .12), (.8, .35), (.12, .98), (.9, 1)])]


def three_round(r):
    waist = (r.uniform(.38, .58), r.uniform(.44, .52))
    return [spline(near(r, [(.14, .16), (.42, 0), (.76, .1), (.76, .33), waist, (.84, .58), (.88, .8), (.55, 1), (.1, .87)]))]


def three_sharp(r):
    waist = near(r, [(r.uniform(.3, .55), .47)])
    top = spline(np.vstack([near(r, [(.14, .12), (.45, 0), (.78, .13), (.7, .36)]), waist]))
    return [np.vstack([top, spline(np.vstack([waist, near(r, [(.78, .55), (.88, .77), (.55, 1), (.1, .88)])]))])]


def three_flat(r):
    neck = near(r, [(.4, .4)])
    bowl = spline(np.vstack([neck, near(r, [(.75, .48), (.88, .74), (.55, 1), (.08, .9)])]))
    return [np.vstack([near(r, [(.1, .02), (.85, .02)]), bowl])]


def three_curl(r):
    return [spline(near(r, [(.14, .16), (.45, 0), (.78, .14), (.7, .38), (.48, .48), (.4, .42), (.52, .4), (.84, .58), (.84, .84), (.5, 1), (.1, .86)], .028))]


def four_open(r):
    bar = r.uniform(.52, .72)
    left = near(r, [(r.uniform(.12, .4), 0), (.08, bar), (r.uniform(.82, 1), bar + r.normal(0, .03))], .025)
    x = r.uniform(.58, .78)
    return [left, near(r, [(x, r.uniform(0, .4)), (x, 1)], .025)]


def four_closed(r):
    bar = r.uniform(.55, .74)
    left = near(r, [(.68, 0), (.04, bar), (r.uniform(.85, 1), bar)], .025)
    return [left, near(r, [(.68, r.uniform(-.03, .08)), (.68, 1)], .025)]


def four_single(r):
    bar = r.uniform(.58, .72)
    return [near(r, [(.95, bar), (.05, bar), (.7, 0), (.7, 1)], .025)]


def four_curved(r):
    bar = r.uniform(.45, .62)
    cup = spline(near(r, [(.12, .0), (.08, .3), (.2, bar), (.5, bar + .03), (.8, bar - .08)]))
    return [cup, near(r, [(.82, 0), (.78, .5), (.76, 1)], .025)]


def five_bowl(r, neck):
    return spline(np.vstack([neck, near(r, [(.5, .34), (.82, .48), (.86, .76), (.52, 1), (.08, .9)])]))


def five_one_stroke(r):
    neck = near(r, [(.18, r.uniform(.38, .48))], .025)
    bar = near(r, [(.86, .02), (.22, .02)], .025)
    return [np.vstack([bar, five_bowl(r, neck)])]


def five_two_strokes(r):
    neck = near(r, [(.17, r.uniform(.38, .48))], .025)
    top = near(r, [(.22, .03)], .02)
    start = top[0] + r.normal(0, .045, 2)
    return [np.vstack([top, five_bowl(r, neck)]), np.vstack([start, near(r, [(.9, r.uniform(-.03, .05))], .02)])]


def five_smooth(r):
    return [spline(near(r, [(.84, .03), (.5, 0), (.22, .06), (.17, .26), (.24, .42), (.55, .4), (.84, .55), (.8, .85), (.45, 1), (.08, .9)], .028))]


def six_curve(r):
    top = r.uniform(.4, .58)
    return [spline(near(r, [(.8, .05), (.55, .02), (.25, .22), (.08, .58), (.18, .9), (.5, 1), (.84, .86), (.84, top + .1), (.52, top), (.2, top + .14), (.12, .74)], .028))]


def six_straight(r):
    top = r.uniform(.48, .62)
    return [spline(near(r, [(.72, 0), (.38, .33), (.14, .64), (.18, .92), (.5, 1), (.82, .88), (.8, top + .08), (.5, top), (.2, .8)], .028))]


def six_tall(r):
    stem = spline(near(r, [(r.uniform(.12, .45), 0), (.1, .35), (.08, .7)], .02))
    ring = arc(.42, .75, .34, .25, 180, -r.uniform(330, 385))
    return [np.vstack([stem, ring])]


def seven_plain(r):
    foot = r.uniform(.15, .6)
    return [near(r, [(.06, r.uniform(-.02, .08)), (.88, .02), ((.88 + foot) / 2 - r.uniform(-.02, .08), .5), (foot, 1)], .025)]


def seven_crossed(r):
    foot = r.uniform(.2, .5)
    x, y = (.88 + foot) / 2, r.uniform(.42, .6)
    reach = r.uniform(.14, .3)
    return [near(r, [(.06, .03), (.88, .02), (foot, 1)], .025), near(r, [(x - reach, y), (x + reach, y)], .03)]


def seven_hooked(r):
    drop = r.uniform(.12, .3)
    strokes = [near(r, [(.1, drop), (.12, .03), (.9, .02), (.4, 1)], .02)]
    return strokes + [near(r, [(.4, .5), (.85, .5)], .03)] if r.random() < .3 else strokes


def seven_curved(r):
    return [spline(near(r, [(.06, .1), (.3, .05), (.6, .06), (.88, .03), (.66, .34), (.48, .66), (.42, 1)], .028))]


def eight_single(r):
    mirror = r.choice([-1, 1])
    curve = spline(near(r, [(.72, .12), (.45, 0), (.2, .12), (.24, .33), (.5, .48), (.8, .66), (.82, .88), (.5, 1), (.18, .88), (.2, .66), (.5, .47), (.76, .32), (.76, .12)], .025))
    curve[:, 0] = .5 + mirror * (curve[:, 0] - .5)
    return [curve[: len(curve) - r.integers(0, 9)]]


def eight_rings(r):
    waist = r.uniform(.42, .52)
    small, large = r.uniform(.22, .36), r.uniform(.3, .42)
    lap = r.uniform(-.03, .04)
    return [arc(.5 + r.normal(0, .02), waist / 2, small, waist / 2 + lap, r.uniform(0, 360), r.uniform(340, 385)),
            arc(.5 + r.normal(0, .02), (1 + waist) / 2, large, (1 - waist) / 2, -90 + r.normal(0, 40), r.uniform(340, 385))]


def eight_sharp(r):
    return [near(r, [(.5, .48), (.2, .28), (.3, .04), (.7, .04), (.8, .26), (.2, .72), (.28, .98), (.74, .98), (.82, .74), (.48, .46)], .03)]


def nine_ring(r, low):
    return arc(.46, low / 2, r.uniform(.3, .42), low / 2, r.uniform(-50, 0), -r.uniform(325, 370))


def nine_straight(r):
    low = r.uniform(.42, .58)
    ring = nine_ring(r, low)
    lean = r.uniform(-.25, .05)
    return [np.vstack([ring, near(r, [(.84, .16), (.82 + lean / 2, .6), (.82 + lean, 1)], .022)])]


def nine_hooked(r):
    ring = nine_ring(r, r.uniform(.42, .56))
    tail = spline(near(r, [(.84, .14), (.86, .5), (.78, .86), (.48, 1), (.15, .9)], .028))
    return [np.vstack([ring, tail])]


def nine_two_strokes(r):
    low = r.uniform(.42, .56)
    ring = arc(.45, low / 2, .35, low / 2, r.uniform(-90, 0), -r.uniform(340, 375))
    return [ring, near(r, [(.82, r.uniform(0, .12)), (.8, .5), (r.uniform(.5, .84), 1)], .022)]


# Per digit: the styles and how often each is seen.
STYLES = [
    [(zero, .96), (slashed_zero, .04)],
    [(one_plain, .4), (one_flag, .4), (one_base, .2)],
    [(two_flat, .6), (two_loop, .25), (two_angular, .15)],
    [(three_round, .4), (three_sharp, .25), (three_flat, .2), (three_curl, .15)],
    [(four_open, .4), (four_closed, .3), (four_single, .15), (four_curved, .15)],
    [(five_one_stroke, .4), (five_two_strokes, .4), (five_smooth, .2)],
    [(six_curve, .45), (six_straight, .3), (six_tall, .25)],
    [(seven_plain, .4), (seven_crossed, .25), (seven_hooked, .15), (seven_curved, .2)],
    [(eight_single, .5), (eight_rings, .35), (eight_sharp, .15)],
    [(nine_straight, .45), (nine_hooked, .3), (nine_two_strokes, .25)],
]


def write(digit, r):
    """One digit, as strokes with the longer side about 1."""
    styles, odds = zip(*STYLES[digit])
    strokes = styles[r.choice(len(styles), p=odds)](r)
    turn, slant = r.normal(0, np.radians(7)), r.normal(.02, .16)
    narrow = r.uniform(.55, 1.15)
    shape = np.array([[narrow, 0], [-slant, 1.0]]) @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    wave, phase, swell = r.uniform(1.5, 5, 2), r.uniform(0, 6.3, 2), r.normal(0, .018, 2)
    tremor = abs(r.normal(0, .008))
    written = []
    for stroke in strokes:
        stroke = dense(stroke, .03)
        if len(stroke) > 20:                                  # a hand starts late and lifts early
            stroke = stroke[r.integers(0, 3): len(stroke) - r.integers(0, 3)]
        bend = np.stack([swell[0] * np.sin(wave[0] * stroke[:, 1] * 2 + phase[0]), swell[1] * np.sin(wave[1] * stroke[:, 0] * 2 + phase[1])], 1)
        shake = r.normal(0, tremor, stroke.shape)
        shake[1:] += shake[:-1]
        written.append((stroke - .5 + bend + shake) @ shape)
    return written
