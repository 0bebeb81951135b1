"""Ours, the peer's and the ratio, a row each."""

import statistics


def seconds(value):
    return f"{value:.2f} s"


def milliseconds(value):
    return f"{value:.2f} ms"


def megabytes(value):
    return f"{value / 1e6:.1f} MB"


def kilobytes(value):
    return f"{value / 1e3:.2f} kB"


def whole(value):
    return f"{value:,.0f}"


def row(what, ours, peer, show, more_is_better=False):
    """Of lists of samples; the ratio is of their medians, above 1 where ours is the better."""
    mine, theirs = statistics.median(ours), statistics.median(peer) if peer else None
    ratio = "-"
    if theirs and mine > 0:
        ratio = f"{(mine / theirs if more_is_better else theirs / mine):.1f}x"
    print(f"{what:<72} {show(mine):>11} {show(theirs) if peer else '-':>12} {ratio:>7}", flush=True)


def heading(text, peer):
    print(f"\n{text:<72} {'ours':>11} {peer:>12} {'ratio':>7}", flush=True)
