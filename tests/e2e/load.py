"""Visitors of a demo who never stop asking."""

import http.client
import threading
import time

from steps import eventually


# Between an answer and the next question of a thread: no gap that a visitor would notice is missed, and others get to work.
PAUSE = 0.02


class Load:
    """Asks a demo all the time from several threads and keeps what was not answered with 200."""

    def __init__(self, platform, host, path="/", threads=2):
        self.platform, self.host, self.path = platform, host, path
        self.answered, self.failures, self.revisions = 0, [], set()
        self._began = time.monotonic()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run) for _ in range(threads)]

    def _run(self):
        while not self._stop.wait(PAUSE):
            try:
                status, headers, body = self.platform.request(self.host, self.path)
                failure = None if status == 200 else f"{status} {body[:200]!r}"
            except (OSError, http.client.HTTPException) as error:
                headers, failure = {}, repr(error)
            with self._lock:
                if failure:
                    self.failures.append(f"after {time.monotonic() - self._began:.2f} s: {failure}")
                else:
                    self.answered += 1
                    self.revisions.add(headers.get("X-Causeway-Revision"))

    def more_answers(self, count):
        """Waits until `count` more requests were answered: whatever is broken now did not keep them."""
        aim = self.answered + count
        eventually(f"{count} more answers of {self.host}", lambda: self.answered >= aim, timeout=30)

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        self.more_answers(1)
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join()
