"""The HTTP side: routes, limits, one log line per request, and a stop that lets everybody finish."""
import hashlib
import json
import re
import socket
import sys
import threading
import time
from base64 import b64encode
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prediction import Refused, predict

MAX_BODY = 64 * 1024          # bytes; a 28x28 drawing with 17 digits per pixel is 16 KiB
MAX_CONNECTIONS = 256         # each is a thread
IDLE = 65                     # seconds a kept-alive connection may say nothing: longer than the usual proxy's 60
LINGER = 1 << 20              # bytes of a refused body read and thrown away, so that the refusal reaches the sender

ROUTES = {"/": ("GET", "HEAD"), "/healthz": ("GET", "HEAD"), "/api/model": ("GET", "HEAD"), "/api/predict": ("POST",)}


class Server(ThreadingHTTPServer):
    """A thread per connection; knows which connections are between requests, to close those at once when stopping."""

    daemon_threads = False
    block_on_close = True
    request_queue_size = 128

    def __init__(self, address, model, page, labels):
        super().__init__(address, Handler)
        self.model, self.labels = model, labels
        self.page, self.policy = page, content_policy(page)
        self.started = time.time()
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        self.open, self.idle = set(), set()

    def process_request(self, request, client_address):
        with self.lock:
            full = len(self.open) >= MAX_CONNECTIONS
            if not full:
                self.open.add(request)
                self.idle.add(request)
        if full:
            refuse_connection(request)
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def shutdown_request(self, request):
        with self.lock:
            self.open.discard(request)
            self.idle.discard(request)
        super().shutdown_request(request)

    def busy(self, request):
        with self.lock:
            self.idle.discard(request)

    def at_rest(self, request):
        with self.lock:
            if request in self.open:
                self.idle.add(request)
        return not self.stopping.is_set()

    def stop(self):
        """Stop accepting, close what is idle, let the rest finish. Returns when serve_forever() has been left."""
        self.stopping.set()
        self.shutdown()
        with self.lock:
            # Reading ends, so the waiting thread sees the end of the connection and leaves; nothing is cut off.
            for request in self.idle:
                try:
                    request.shutdown(socket.SHUT_RD)
                except OSError:
                    pass

    def handle_error(self, request, client_address):
        error = sys.exc_info()[1]
        if not isinstance(error, (ConnectionError, TimeoutError)):
            log(event="error", error=f"{type(error).__name__}: {error}")


def refuse_connection(request):
    try:
        request.sendall(b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        log(event="refused", reason="too many connections")
    except OSError:
        pass


def content_policy(page):
    """Only the page's own style and script may run, named by their hashes; nothing is loaded from anywhere else."""
    def hashes(tag):
        found = re.findall(rf"<{tag}>(.*?)</{tag}>".encode(), page, re.S)
        return " ".join(f"'sha256-{b64encode(hashlib.sha256(text).digest()).decode()}'" for text in found)
    return (f"default-src 'none'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
            f"style-src {hashes('style')}; script-src {hashes('script')}")


def log(**fields):
    print(json.dumps({"time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), **fields}, ensure_ascii=False), flush=True)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "digits"
    sys_version = ""
    timeout = IDLE
    disable_nagle_algorithm = True          # headers and body leave in two writes; without this the second may wait 40 ms

    def handle_one_request(self):
        # A kept-alive connection reuses this object: nothing of the previous request may be left.
        self.path, self.headers, self.body_read, self.begun = "-", {}, False, time.perf_counter()
        super().handle_one_request()
        if not self.close_connection and not self.server.at_rest(self.connection):
            self.close_connection = True

    def parse_request(self):
        self.begun = time.perf_counter()
        self.server.busy(self.connection)
        return super().parse_request()

    def route(self):
        """Every method ends here: find the path, then the method, then answer."""
        self.path_only = self.path.split("?", 1)[0]
        methods = ROUTES.get(self.path_only)
        try:
            if methods is None:
                self.problem(404, f"There is nothing at {self.path_only[:100]}. Try GET /, GET /healthz, GET /api/model or POST /api/predict.")
            elif self.command not in methods:
                self.problem(405, f"{self.path_only} answers {' and '.join(methods)}, not {self.command[:20]}.", Allow=", ".join(methods))
            elif self.path_only == "/api/predict":
                self.answer_predict()
            elif self.path_only == "/":
                self.reply(200, "text/html; charset=utf-8", self.server.page, **{"Content-Security-Policy": self.server.policy})
            elif self.path_only == "/healthz":
                self.reply_json(200, {"status": "ok", "model": self.server.model.name, "uptime_seconds": round(time.time() - self.server.started, 1)})
            else:
                self.reply_json(200, self.server.model.card)
        except (ConnectionError, TimeoutError):
            self.close_connection = True
            log(event="gone", method=self.command, path=self.path_only[:200])

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = route

    def answer_predict(self):
        body = self.body()
        if body is None:
            return
        try:
            self.reply_json(200, predict(self.server.model, body))
        except Refused as refused:
            self.problem(400, refused.detail, **({"pointer": refused.pointer} if refused.pointer else {}))
        except Exception as error:                       # a fault of ours: the caller gets a plain 500, the log gets the reason
            log(event="error", error=f"{type(error).__name__}: {error}")
            self.problem(500, "The model could not answer. Nothing is wrong with the request as far as we know.")

    def body(self):
        """The request's body, or None after a refusal was sent."""
        kind = self.headers.get("Content-Type", "")
        if kind.split(";")[0].strip().lower() != "application/json":
            return self.problem(415, f'Content-Type is {kind[:60] or "missing"}; it must be application/json.')
        if "Transfer-Encoding" in self.headers or "Content-Length" not in self.headers:
            return self.problem(411, "Send the body with a Content-Length header.")
        length = self.headers["Content-Length"].strip()
        if not re.fullmatch(r"[0-9]{1,15}", length):
            return self.problem(400, f"Content-Length is {length[:30]}; it must be a number of bytes.")
        if int(length) > MAX_BODY:
            return self.problem(413, f"The body is {int(length)} bytes; at most {MAX_BODY} are read. A 28x28 drawing needs about 5000.")
        if self.headers.get("Expect", "").lower() == "100-continue":
            self.send_response_only(HTTPStatus.CONTINUE)
            self.end_headers(plain=True)
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            self.close_connection = True
            return self.problem(400, f"The body ended after {len(body)} of {length} bytes.")
        self.body_read = True
        return body

    def handle_expect_100(self):
        return True                                      # answered in body(), once the length is known to be acceptable

    def problem(self, status, detail, pointer=None, **headers):
        """RFC 9457."""
        document = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
        if pointer:
            document["pointer"] = pointer
        self.reply_json(status, document, "application/problem+json", **headers)

    def discard(self):
        """Read some of what the caller still sends: closing at once would reset the connection under the answer."""
        try:
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(1)
            left = LINGER
            while left > 0 and (chunk := self.connection.recv(65536)):
                left -= len(chunk)
        except OSError:
            pass

    def reply_json(self, status, document, kind="application/json", **headers):
        self.reply(status, kind, json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode(), **headers)

    def reply(self, status, kind, body, **headers):
        # A body nobody read would be taken for the next request, so such a connection ends here.
        unread = not self.body_read and (self.headers.get("Content-Length", "0") != "0" or "Transfer-Encoding" in self.headers)
        if unread or self.server.stopping.is_set():
            self.close_connection = True
        self.send_response_only(status)
        self.send_header("Date", self.date_time_string())
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store" if self.path_only != "/" else "no-cache")
        for name, value in headers.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        log(event="request", method=self.command, path=self.path_only[:200], status=status, bytes=len(body),
            milliseconds=round((time.perf_counter() - self.begun) * 1000, 2), client=self.client_address[0])
        if unread:
            self.discard()

    def end_headers(self, plain=False):
        if not plain:
            self.send_header("X-Content-Type-Options", "nosniff")
            self.send_header("Referrer-Policy", "no-referrer")
            for name, value in self.server.labels.items():
                self.send_header(f"X-Causeway-{name.capitalize()}", value)
        super().end_headers()

    def send_error(self, code, message=None, explain=None):
        """What the standard library refuses by itself (an unreadable request line, an unknown method), in our format."""
        self.path_only = self.path.split("?", 1)[0]
        self.command = self.command or "-"
        self.request_version = self.protocol_version     # it may be unreadable, and the answer should have a status line
        self.close_connection = True
        known = self.path_only in ROUTES
        if code == HTTPStatus.NOT_IMPLEMENTED and known:
            methods = ROUTES[self.path_only]
            return self.problem(405, f"{self.path_only} answers {' and '.join(methods)}, not {self.command[:20]}.", Allow=", ".join(methods))
        self.problem(404 if code == HTTPStatus.NOT_IMPLEMENTED else int(code), message or HTTPStatus(code).phrase)

    def log_message(self, *_):
        pass                                             # reply() logs; timeouts of idle connections are not news
