"""What POST /api/predict accepts, checked piece by piece so that a refusal names the piece and says what is right."""
import json
import math
import time

from preprocess import normalise

ACCEPTED_SIZES = (16, 28)
EXAMPLE = 'Send {"pixels": [[...28 rows of 28 numbers...]]} (or 16 rows of 16); 0 is paper, 1 is ink.'


class Refused(Exception):
    """The request cannot be answered; `detail` tells the caller what is wrong and what is right."""

    def __init__(self, detail, pointer=None):
        super().__init__(detail)
        self.detail, self.pointer = detail, pointer


def parse(body):
    """The request's JSON object. Strict: NaN and Infinity are not JSON."""
    def constant(name):
        raise ValueError(f"{name} is not a JSON number")
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=constant)
    except UnicodeDecodeError:
        raise Refused("The body is not UTF-8. " + EXAMPLE) from None
    except RecursionError:
        raise Refused("The body is nested too deeply. " + EXAMPLE) from None
    except ValueError as error:
        raise Refused(f"The body is not JSON: {error}. {EXAMPLE}") from None
    if not isinstance(value, dict):
        raise Refused(f"The body must be a JSON object, this is {kind(value)}. {EXAMPLE}")
    return value


def kind(value):
    return {dict: "an object", list: "an array", str: "a string", bool: "a boolean", type(None): "null"}.get(type(value), "a number")


def read_pixels(request):
    """The drawing as a list of rows of floats."""
    if "pixels" not in request:
        found = ", ".join(sorted(request)[:5]) or "no field at all"
        raise Refused(f'The field "pixels" is missing (found: {found[:120]}). {EXAMPLE}', "/pixels")
    rows = request["pixels"]
    if not isinstance(rows, list):
        raise Refused(f'"pixels" must be an array of rows, this is {kind(rows)}. {EXAMPLE}', "/pixels")
    size = len(rows)
    if size not in ACCEPTED_SIZES:
        raise Refused(f'"pixels" has {size} rows; it must have 28 (or 16), one per line of the drawing.', "/pixels")
    for y, row in enumerate(rows):
        if not isinstance(row, list):
            raise Refused(f"Row {y} must be an array of {size} numbers, this is {kind(row)}.", f"/pixels/{y}")
        if len(row) != size:
            raise Refused(f"Row {y} has {len(row)} numbers; each of the {size} rows must have {size}.", f"/pixels/{y}")
        for x, value in enumerate(row):
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1 or not math.isfinite(value):
                raise Refused(wrong_pixel(value, y, x), f"/pixels/{y}/{x}")
    return rows


def wrong_pixel(value, y, x):
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return f"Row {y}, column {x} is {kind(value)}; each pixel must be a number from 0 (paper) to 1 (ink)."
    advice = " Divide 0..255 values by 255." if 1 < value <= 255 else ""
    shown = f"{value:g}" if isinstance(value, float) or abs(value) < 10 ** 9 else "a very large number"
    return f"Row {y}, column {x} is {shown}; each pixel must be a number from 0 (paper) to 1 (ink).{advice}"


def predict(model, body):
    """The answer to one request body. Raises Refused."""
    request = parse(body)
    pixels = read_pixels(request)
    echo = request.get("include_input", False)
    if not isinstance(echo, bool):
        raise Refused(f'"include_input" must be true or false, this is {kind(echo)}.', "/include_input")
    started = time.perf_counter()
    image = normalise(pixels)
    if image is None:
        raise Refused("The drawing is empty: no pixel is darker than 0.05. Ink is 1, paper is 0.", "/pixels")
    probabilities = model.probabilities(image[None])[0]
    answer = {
        "digit": int(probabilities.argmax()),
        "probabilities": [round(float(p), 5) for p in probabilities],
        "model": model.name,
        "milliseconds": round((time.perf_counter() - started) * 1000, 3),
    }
    if echo:
        answer["input"] = [[round(float(v), 3) for v in row] for row in image]
    return answer
