"""Both roles of the API server, with a real database and a real Kubernetes API server behind them, and people who use them."""

import contextlib
import hashlib
import http.client
import http.server
import json
import os
import pathlib
import queue
import secrets
import signal
import subprocess
import sys
import threading

import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests/e2e"))

from steps import eventually  # noqa: E402

PROGRAM = os.environ.get("CAUSEWAY_APISERVER", ROOT / "build/asan/bin/causeway-apiserver")
KUBECONFIG = os.environ["CAUSEWAY_TEST_KUBECONFIG"]
DATABASE = os.environ["CAUSEWAY_TEST_DATABASE"]


def kubectl(*arguments, **options):
    return subprocess.run([os.environ["CAUSEWAY_KUBERNETES_BIN"], "kubectl", "--kubeconfig", KUBECONFIG, *arguments], check=True, text=True,
                          capture_output=True, **options).stdout


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("api")


@pytest.fixture(scope="session")
def codes():
    """Codes as a provider of short messages would get them."""
    received = queue.Queue()

    class Receiver(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            received.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1], received
    server.shutdown()
    server.server_close()


@contextlib.contextmanager
def running(folder, role, *arguments):
    """A role's address; it has to end well, which is also when the sanitizers speak."""
    log = folder / f"{role}.log"
    with open(log, "wb") as file:
        process = subprocess.Popen([PROGRAM, f"--roles={role}", "--listen=127.0.0.1:0", "--database", DATABASE, *map(str, arguments)],
                                   stdout=file, stderr=file, env=os.environ | {"ASAN_OPTIONS": "detect_leaks=0"})
    try:
        def port():
            assert process.poll() is None, log.read_text()[-3000:]
            return next((json.loads(line)["port"] for line in log.read_text().splitlines() if '"listening"' in line), None)
        address = ("127.0.0.1", eventually("the role listens", port))

        def ready():
            connection = http.client.HTTPConnection(*address, timeout=10)
            connection.request("GET", "/readyz")
            answer = connection.getresponse()
            said.append(answer.read())
            return answer.status == 200
        said = []
        try:
            eventually("the role is ready", ready, timeout=60)
        except AssertionError:
            pytest.fail(f"{role} is not ready: {said[-1]}\n{log.read_text()[-3000:]}")
        yield address
        assert process.poll() is None, f"the server has ended: {log.read_text()[-5000:]}"
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait(timeout=60)
    assert code == 0, log.read_text()[-5000:]


@pytest.fixture(scope="session")
def web(folder, codes):
    kubectl("apply", "--server-side", "-k", str(ROOT / "crds"))
    kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=60s")
    # What people may do in their namespaces.
    roles = [o for o in yaml.safe_load_all((ROOT / "manifests/base/apiserver.yaml").read_text()) if o["metadata"]["name"] == "causeway-tenant"]
    kubectl("apply", "--server-side", "-f", "-", input=yaml.safe_dump_all(roles))
    kubectl("apply", "--server-side", "-f", str(ROOT / "manifests/base/namespaces.yaml"))
    first = folder / "first"
    first.mkdir()
    (first / "name").write_text("ada")
    (first / "password").write_text(secrets.token_hex(16))
    (folder / "secret").write_bytes(secrets.token_bytes(32))
    (folder / "second-factor-key").write_text(secrets.token_hex(32))
    with running(folder, "web", "--public-url=http://127.0.0.1", "--secret-file", folder / "secret", "--first-administrator", first,
                 "--second-factor-keys", folder / "second-factor-key",
                 "--trusted-proxy=127.0.0.0/8", "--requests-per-minute=1000000", "--sign-ins-per-minute=1000000",
                 "--posts-per-minute=1000000", "--code-webhook", f"http://127.0.0.1:{codes[0]}/",
                 "--kubernetes", "--kubeconfig", KUBECONFIG, "--hub-url=https://127.0.0.1:6443") as address:
        yield address


@pytest.fixture(scope="session")
def git(folder, web):
    (folder / "git").mkdir()
    (folder / "credentials").write_text(f"system:{hashlib.sha256(b'0123456789abcdef0123456789abcdef').hexdigest()}\n")
    with running(folder, "git", "--data", folder / "git", "--credentials-file", folder / "credentials", "--public-url=http://127.0.0.1",
                 "--trusted-proxy=127.0.0.0/8", "--requests-per-minute=1000000") as address:
        yield address


class Person:
    """Who asks, from the same site as the pages: a visitor until signed in."""

    def __init__(self, web, git):
        self.addresses = {"web": web, "git": git}
        self.name, self.cookies, self.token = "", {}, ""
        # As the gateway says it: how many codes a network gets is limited.
        self.address = f"2001:db8:{secrets.token_hex(2)}:{secrets.token_hex(2)}::1"

    def call(self, method, path, body=None, headers=None):
        """(status, headers, bytes), from the role that the gateway would lead to."""
        address = self.addresses["git" if path.startswith("/api/v1/content/") else "web"]
        sent = {"Host": "127.0.0.1", "Origin": "http://127.0.0.1", "Sec-Fetch-Site": "same-origin", "X-Causeway-Request": "1", "X-Forwarded-For": self.address,
                "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()),
                "Authorization": self.token and f"Bearer {self.token}", **(headers or {})}
        connection = http.client.HTTPConnection(*address, timeout=60)
        try:
            connection.request(method, path, body=body, headers={k: v for k, v in sent.items() if v})
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, rest = cookie.partition("=")
            value = rest.split(";")[0]
            if value:
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)
        return answer.status, answer.headers, content

    def must(self, method, path, body=None):
        status, _, content = self.call(method, path, json.dumps(body) if body is not None else None,
                                       {"Content-Type": "application/json", "Idempotency-Key": secrets.token_hex(8)} if body is not None else None)
        assert 200 <= status < 300, (method, path, status, content)
        return json.loads(content) if content else None

    def role(self):
        return self.must("GET", "/identity")["role"]


@pytest.fixture(scope="session")
def people(web, git, codes, folder):
    """Makes them: visitor(), user(), administrator()."""
    class People:
        token = ""

        def visitor(self):
            return Person(web, git)

        def user(self):
            person, phone = Person(web, git), f"+86138{secrets.randbelow(10**8):08d}"
            person.must("POST", "/phone_code", {"phone": phone})
            while (sent := codes[1].get(timeout=30))["to"] != phone:
                pass  # what an operation asked for before
            person.must("POST", "/login", {"phone": phone, "code": sent["code"]})
            person.name, person.phone = f"u{secrets.token_hex(4)}", phone
            person.must("POST", "/api/v1/me/initialisation", {"name": person.name})
            return person

        def administrator(self):
            """The first one, by an access token: how often somebody signs in with a password is limited."""
            if not self.token:
                person = Person(web, git)
                person.must("POST", "/login", {"account": "ada", "password": (folder / "first/password").read_text()})
                person.must("PUT", "/api/v1/me/password", {"password": secrets.token_hex(16)})
                scopes = ["account:write", "repository:write", "demo:write", "administration"]
                self.token = person.must("POST", "/api/v1/me/tokens", {"name": "test", "scopes": scopes, "days": 1})["token"]
            person = Person(web, git)
            person.name, person.token = "ada", self.token
            return person

    return People()
