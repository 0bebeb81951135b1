#!/usr/bin/env python3
"""Digits: draw one, watch a small network read it. See README.md.

Environment: PORT (8080), HOST (0.0.0.0); CAUSEWAY_REVISION, CAUSEWAY_REGION and CAUSEWAY_DEMO are set by the platform
and shown in the page and in the response headers.
"""
import os
import signal
import sys
import threading

# One thread is the fastest for so small a network, and leaves the node's processors to the other demos.
for library in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(library, "1")

# Blocked everywhere and awaited by one thread, not handled: a handler runs between any two instructions of the main
# thread, and a second signal inside the first can deadlock it. Before numpy, whose threads inherit what is blocked.
STOP = {signal.SIGTERM, signal.SIGINT}
signal.pthread_sigmask(signal.SIG_BLOCK, STOP)

from html import escape  # noqa: E402

from model import FOLDER, Model  # noqa: E402
from server import Server, log  # noqa: E402


def environment():
    """What the platform says about this deployment; header-safe, and short enough to show."""
    found = {}
    for name in ("revision", "region", "demo"):
        value = os.environ.get(f"CAUSEWAY_{name.upper()}") or (os.environ.get("REVISION") if name == "revision" else None)
        if value:
            found[name] = "".join(c for c in value if 32 < ord(c) < 127)[:80]
    return found


def load_page(model, labels):
    with open(os.path.join(FOLDER, "page.html"), encoding="utf-8") as file:
        page = file.read()
    values = {"MODEL": model.name, "PARAMETERS": f'{model.card["parameters"]:,}',
              "REVISION": labels.get("revision", "local"), "REGION": labels.get("region", "this machine"), "DEMO": labels.get("demo", "digits")}
    for name, value in values.items():
        page = page.replace("{{" + name + "}}", escape(value))
    return page.encode()


def main():
    try:
        port = int(os.environ.get("PORT") or 8080)
        if not 0 <= port <= 65535:
            raise ValueError
    except ValueError:
        sys.exit(f"app: PORT is {os.environ['PORT']!r}; it must be a number from 0 (any free port) to 65535")
    model, labels = Model(), environment()
    try:
        server = Server((os.environ.get("HOST") or "0.0.0.0", port), model, load_page(model, labels), labels)
    except OSError as error:
        sys.exit(f"app: cannot listen on port {port}: {error.strerror}")
    def stop_when_told():
        log(event="stopping", signal=signal.Signals(signal.sigwait(STOP)).name)
        server.stop()

    stopper = threading.Thread(target=stop_when_told, daemon=True)
    stopper.start()
    log(event="listening", port=server.server_address[1], model=model.name, **labels)
    server.serve_forever(poll_interval=.1)
    stopper.join()
    server.server_close()                                # waits for the requests still running
    log(event="stopped")


if __name__ == "__main__":
    main()
