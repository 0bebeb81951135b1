"""The real process, started as the platform starts it, spoken to over a socket."""
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

APP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, APP)

from training.fixtures import load  # noqa: E402
from training.ink import frame  # noqa: E402

SEVEN = next(d for d in load() if d["digit"] == 7)
PIXELS = frame(SEVEN["strokes"], 2.4).astype(float).round(3).tolist()
JSON = {"Content-Type": "application/json"}


class Running:
    """The app on a free port; its log lines collected."""

    def __init__(self, **environment):
        self.process = subprocess.Popen(
            [sys.executable, "-B", os.path.join(APP, "app.py")], stdout=subprocess.PIPE, text=True, cwd=tempfile.gettempdir(),
            env={"PATH": os.environ["PATH"], "PORT": "0", "HOST": "127.0.0.1", **environment})
        self.lines = [json.loads(self.process.stdout.readline())]
        self.port = self.lines[0]["port"]
        self.reader = threading.Thread(target=lambda: self.lines.extend(json.loads(line) for line in self.process.stdout))
        self.reader.start()

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)

    def ask(self, method, path, body=None, headers=JSON, connection=None):
        used = connection or self.connect()
        used.request(method, path, body, headers)
        response = used.getresponse()
        answer = response.read()
        if connection is None:
            used.close()
        return response, answer

    def logged(self, **wanted):
        """Log lines with these fields; waits a little, since the answer arrives before the line is read."""
        for _ in range(50):
            found = [line for line in list(self.lines) if wanted.items() <= line.items()]
            if found:
                return found
            time.sleep(.02)
        return []

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(15)
        self.reader.join()
        self.process.stdout.close()
        return code


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.app = Running(CAUSEWAY_REVISION="abc123\r\nX-Evil: 1", CAUSEWAY_REGION="<eu-1>")

    @classmethod
    def tearDownClass(cls):
        cls.app.stop()

    def problem(self, status, method="POST", path="/api/predict", body=None, headers=JSON):
        response, answer = self.app.ask(method, path, body, headers)
        self.assertEqual(response.status, status, answer)
        self.assertEqual(response.headers["Content-Type"], "application/problem+json")
        document = json.loads(answer)
        self.assertEqual(document["status"], status)
        return document, response


class Answers(Case):
    def test_predict(self):
        response, body = self.app.ask("POST", "/api/predict", json.dumps({"pixels": PIXELS}))
        answer = json.loads(body)
        self.assertEqual(response.status, 200)
        self.assertEqual(sorted(answer), ["digit", "milliseconds", "model", "probabilities"])
        self.assertEqual(answer["digit"], 7)
        self.assertEqual(len(answer["probabilities"]), 10)
        self.assertAlmostEqual(sum(answer["probabilities"]), 1, places=3)

    def test_predict_16_and_charset(self):
        pixels = [[1 if x == 8 and 2 <= y < 14 else 0 for x in range(16)] for y in range(16)]
        _, body = self.app.ask("POST", "/api/predict", json.dumps({"pixels": pixels}), {"Content-Type": "application/json; charset=utf-8"})
        self.assertEqual(json.loads(body)["digit"], 1)

    def test_include_input(self):
        _, body = self.app.ask("POST", "/api/predict", json.dumps({"pixels": PIXELS, "include_input": True}))
        self.assertEqual(json.loads(body)["input"], PIXELS)

    def test_healthz_and_card(self):
        self.assertEqual(json.loads(self.app.ask("GET", "/healthz")[1])["status"], "ok")
        card = json.loads(self.app.ask("GET", "/api/model?x=1")[1])
        self.assertIn("evaluation", card)
        self.assertRegex(card["sha256"], "^[0-9a-f]{64}$")

    def test_page_is_complete_in_itself(self):
        response, page = self.app.ask("GET", "/")
        page = page.decode()
        self.assertIn("text/html", response.headers["Content-Type"])
        self.assertNotIn("{{", page)
        self.assertIn("&lt;eu-1&gt;", page)
        self.assertIn("abc123", page)
        self.assertEqual(re.findall(r"(?:src|href)=\"(?!data:|api/)[^\"]*\"|url\(|@import|https?://(?!www\.w3\.org)", page), [])
        self.assertIn("default-src 'none'", response.headers["Content-Security-Policy"])

    def test_headers_of_the_platform(self):
        for path in ("/", "/healthz", "/nothing"):
            response, _ = self.app.ask("GET", path)
            self.assertEqual(response.headers["X-Causeway-Revision"], "abc123X-Evil:1")      # one line, whatever it was
            self.assertIsNone(response.headers["X-Evil"])

    def test_head(self):
        response, body = self.app.ask("HEAD", "/")
        self.assertEqual((response.status, body), (200, b""))
        self.assertGreater(int(response.headers["Content-Length"]), 1000)

    def test_keep_alive(self):
        connection = self.app.connect()
        for _ in range(3):
            self.app.ask("POST", "/api/predict", json.dumps({"pixels": PIXELS}), JSON, connection)
            first = connection.sock
            self.app.ask("POST", "/api/predict", "{}", JSON, connection)
            self.assertIs(connection.sock, first)                        # not opened anew
        connection.close()

    def test_one_log_line_per_request(self):
        self.app.ask("GET", "/log-me?secret=1")
        lines = self.app.logged(path="/log-me")
        self.assertEqual(len(lines), 1)
        self.assertEqual((lines[0]["method"], lines[0]["status"]), ("GET", 404))
        self.assertIn("milliseconds", lines[0])

    def test_many_at_once(self):
        wrong = []

        def work():
            connection = self.app.connect()
            for _ in range(20):
                if json.loads(self.app.ask("POST", "/api/predict", json.dumps({"pixels": PIXELS}), JSON, connection)[1])["digit"] != 7:
                    wrong.append(1)
            connection.close()
        threads = [threading.Thread(target=work) for _ in range(16)]
        [t.start() for t in threads]
        [t.join() for t in threads]
        self.assertEqual(wrong, [])


class Refusals(Case):
    def test_what_is_wrong_and_what_is_right(self):
        def changed(value, y=3, x=27):
            rows = [list(row) for row in PIXELS]
            rows[y][x] = value
            return json.dumps({"pixels": rows})
        for body, words in (
            ("", "not JSON"), ("{", "not JSON"), (b"\xff\xfe", "UTF-8"), ("[1]", "an array"), ("7", "a number"), ("{}", '"pixels" is missing'),
            ("[" * 60000, "JSON|nested"), ('{"pixels": null}', "null"), ('{"pixels": [[0.5]]}', "has 1 rows; it must have 28"),
            (json.dumps({"pixels": [5] * 28}), "Row 0 must be an array"), (json.dumps({"pixels": [[0] * 28] * 27 + [[0]]}), "Row 27 has 1 numbers"),
            (changed(255), "Row 3, column 27 is 255.*Divide"), (changed(-.1), "-0.1"), (changed("1"), "a string"), (changed(True), "a boolean"), (changed(None), "null"),
            (changed(10 ** 400), "very large"), (changed(float("nan")), "NaN"), (changed(0).replace("0.0", "1e999", 1), "inf"),
            (json.dumps({"pixels": [[0] * 28] * 28}), "empty"), (json.dumps({"pixels": PIXELS, "include_input": 1}), "include_input"),
        ):
            with self.subTest(words=words):
                document, _ = self.problem(400, body=body)
                self.assertRegex(document["detail"], words)

    def test_pointer(self):
        rows = [list(row) for row in PIXELS]
        rows[2][9] = 2
        self.assertEqual(self.problem(400, body=json.dumps({"pixels": rows}))[0]["pointer"], "/pixels/2/9")

    def test_too_large(self):
        for size in (65537, 3_000_000):
            document, response = self.problem(413, body=b" " * size)
            self.assertIn("65536", document["detail"])
            self.assertEqual(response.headers["Connection"], "close")

    def test_type_path_method(self):
        self.assertIn("application/json", self.problem(415, body="{}", headers={"Content-Type": "text/plain"})[0]["detail"])
        self.problem(415, body="{}", headers={})
        self.problem(404, "GET", "/api/nothing")
        self.problem(404, "GET", "/../app.py")
        document, response = self.problem(405, "GET", "/api/predict")
        self.assertEqual(response.headers["Allow"], "POST")
        self.assertEqual(self.problem(405, "DELETE", "/")[1].headers["Allow"], "GET, HEAD")
        self.problem(405, "BREW", "/")

    def raw(self, text):
        with socket.create_connection(("127.0.0.1", self.app.port), 5) as s:
            s.sendall(text)
            s.shutdown(socket.SHUT_WR)
            answer = b""
            while chunk := s.recv(65536):
                answer += chunk
        return answer

    def test_raw(self):
        head = b"POST /api/predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        self.assertIn(b" 411 ", self.raw(head + b"\r\n"))
        self.assertIn(b" 411 ", self.raw(head + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"))
        self.assertIn(b" 400 ", self.raw(head + b"Content-Length: -1\r\n\r\n"))
        self.assertIn(b"ended after 2 of 9", self.raw(head + b"Content-Length: 9\r\n\r\n{}"))
        self.assertIn(b" 400 ", self.raw(b"nonsense with four words\r\n\r\n"))
        self.assertIn(b" 414 ", self.raw(b"GET /" + b"a" * 70000 + b" HTTP/1.1\r\n\r\n"))
        self.assertIn(b"HTTP/1.1 100 ", self.raw(head + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}"))
        self.assertNotIn(b"HTTP/1.1 100 ", self.raw(head + b"Expect: 100-continue\r\nContent-Length: 99999\r\n\r\n"))

    def test_an_unread_body_is_not_taken_for_a_request(self):
        hidden = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
        answer = self.raw(b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(hidden) + hidden)
        self.assertEqual(answer.count(b"HTTP/1.1 "), 1)


class Stopping(unittest.TestCase):
    def test_finishes_what_is_under_way_and_closes_what_is_idle(self):
        app = Running()
        idle = app.connect()
        app.ask("GET", "/healthz", connection=idle)                    # kept alive, silent from here on
        body = json.dumps({"pixels": PIXELS}).encode()
        with socket.create_connection(("127.0.0.1", app.port), 10) as slow:
            slow.sendall(b"POST /api/predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body[:100])
            time.sleep(.3)
            app.process.send_signal(signal.SIGTERM)
            self.assertTrue(app.logged(event="stopping"))
            time.sleep(.4)
            with self.assertRaises(OSError):
                for _ in range(100):                                     # no new connections, at the latest in a moment
                    socket.create_connection(("127.0.0.1", app.port), 1).close()
                    time.sleep(.05)
            slow.sendall(body[100:])
            answer = slow.makefile("rb").read()
        self.assertIn(b" 200 ", answer)
        self.assertIn(b"Connection: close", answer)
        self.assertIn(b'"digit":7', answer)
        self.assertEqual(app.stop(), 0)
        self.assertTrue(app.logged(event="stopped"))
        idle.close()

    def test_a_second_signal_does_not_hurt(self):
        app = Running()
        app.process.send_signal(signal.SIGINT)
        app.process.send_signal(signal.SIGTERM)
        self.assertEqual(app.stop(), 0)

    def test_a_port_that_is_no_port(self):
        for port in ("http", "70000"):
            done = subprocess.run([sys.executable, os.path.join(APP, "app.py")], env={"PORT": port}, capture_output=True, text=True)
            self.assertEqual(done.returncode, 1)
            self.assertIn("PORT", done.stderr)


if __name__ == "__main__":
    unittest.main()
