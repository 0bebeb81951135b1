"""The servers that are compared: what starts them, and what they take of the machine."""

import contextlib
import hashlib
import json
import os
import pathlib
import secrets
import subprocess
import sys
import threading
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests/bench"))

from processes import free_port, process_cpu, process_stat, process_status  # noqa: E402

DATABASE = os.environ["CAUSEWAY_TEST_DATABASE"]


def wait_for(what, found, seconds=60):
    end = time.monotonic() + seconds
    while not (value := found()):
        if time.monotonic() > end:
            sys.exit(f"waited for {seconds} s: {what}")
        time.sleep(0.02)
    return value


@contextlib.contextmanager
def running(command, log, **options):
    """A process in a group of its own, ended with all that it started."""
    with open(log, "wb") as file:
        process = subprocess.Popen([str(part) for part in command], stdout=file, stderr=file, start_new_session=True, **options)
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, 15)
        process.wait()


def family(pid):
    """The process and what it has started, which still runs."""
    found, parents = {pid}, {}
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                parents[int(entry.name)] = int(process_stat(entry.name)[1])
    grown = True
    while grown:
        more = {child for child, parent in parents.items() if parent in found} - found
        found, grown = found | more, bool(more)
    return found


def cpu_of(pid):
    """Seconds, with those of children that have ended."""
    total = 0
    for member in family(pid):
        with contextlib.suppress(OSError):
            total += process_cpu(member, ended_children=member == pid)
    return total


def memory_of(pid, children=True):
    """Bytes of its own (not backed by files), now."""
    total = 0
    for member in family(pid) if children else [pid]:
        with contextlib.suppress(OSError, StopIteration):
            total += process_status(member, "RssAnon")
    return total


class PeakMemory:
    """Looks at a process and what it starts, ten times a second."""

    def __init__(self, pid):
        self.pid, self.bytes, self.done = pid, 0, threading.Event()
        self.thread = threading.Thread(target=self.look)

    def look(self):
        while not self.done.wait(0.1):
            self.bytes = max(self.bytes, memory_of(self.pid))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        self.thread.join()


def port_in_log(process, log):
    """The API server says where it listens."""
    def found():
        if process.poll() is not None:
            sys.exit(f"the server has ended: {pathlib.Path(log).read_text()[-2000:]}")
        for line in pathlib.Path(log).read_text().splitlines():
            if '"listening"' in line:
                return json.loads(line)["port"]
        return None
    return wait_for("the server listens", found)


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


class Side:
    """A server under load."""

    def __init__(self, pid, url, cookie=""):
        self.pid, self.url, self.cookie = pid, url, cookie

    def post(self, path, body):
        """(answer, its Set-Cookie) of a request as our own pages make it."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": secrets.token_hex(8), **({"Cookie": self.cookie} if self.cookie else {})}
        request = urllib.request.Request(self.url + path, json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer), answer.headers["Set-Cookie"]


# Of the first repository that fill() makes, a public one.
USER, REPOSITORY = "bench-2", "repository-1"


def of_site(folder):
    """What both roles are told."""
    return ["--listen=127.0.0.1:0", "--public-url=http://127.0.0.1", "--database", DATABASE, "--secret-file", folder / "secret",
            "--requests-per-minute=100000000"]


@contextlib.contextmanager
def our_web(options, folder):
    """The role web, and a session of an ordinary user."""
    first = folder / "first"
    first.mkdir()
    password = secrets.token_hex(16)
    (first / "name").write_text("ada")
    (first / "password").write_text(password)
    (folder / "secret").write_bytes(secrets.token_bytes(32))
    log = folder / "web.log"
    subprocess.run(["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", str(folder / "identity.pem")], check=True)
    command = [options.ours, "--roles=web", *of_site(folder), "--first-administrator", first, "--sign-ins-per-minute=100000000",
               "--trusted-proxy=127.0.0.1/32", "--identity-keys", folder / "identity.pem"]
    with running(command, log) as process:
        url = f"http://127.0.0.1:{port_in_log(process, log)}"
        wait_for("the server is ready", lambda: answers(f"{url}/readyz"))
        fill(options, options.sizes[0])
        side = Side(process.pid, url)
        side.cookie = side.post("/login", {"account": USER, "password": password})[1].split(";")[0]
        # Of many: how often one may try is limited.
        side.credentials = [json.dumps({"account": f"bench-{i}", "password": password}) for i in range(1, 200)]
        yield side


@contextlib.contextmanager
def koa(options, folder):
    if not options.koa:
        yield None
        return
    socket, log = folder / "redis.sock", folder / "koa.log"
    redis = [options.redis, "--port", "0", "--unixsocket", socket, "--save", "", "--dir", folder]
    libraries = os.environ | {"LD_LIBRARY_PATH": str(options.redis_libraries)}
    with running(redis, folder / "redis.log", env=libraries):
        wait_for("Redis is there", socket.exists)
        session = json.dumps({"role": "user", "id": "1", "name": "bench-1", "initialised": True, "proof": "session"})
        token = secrets.token_hex(32)
        subprocess.run([options.redis_cli, "-s", str(socket), "SET", f"session:{token}", session], check=True, capture_output=True, env=libraries)
        with running([options.node, options.koa / "server.mjs", socket, DATABASE], log, env=os.environ | {"NODE_ENV": "production"}) as process:
            def port():
                text = log.read_text()
                if process.poll() is not None:
                    sys.exit(f"koa has ended: {text[-2000:]}")
                return text.strip().isdigit() and int(text)
            yield Side(process.pid, f"http://127.0.0.1:{wait_for('koa listens', port)}", f"session={token}")


def fill(options, repositories):
    subprocess.run([options.load, "fill", "--database", DATABASE, "--repositories", str(repositories)], check=True, stdout=subprocess.DEVNULL)


GIT = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_TERMINAL_PROMPT": "0", "HOME": "/nonexistent",
       "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.org", "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.org"}


def git(*arguments, cwd=None):
    done = subprocess.run(["git", *map(str, arguments)], cwd=cwd, env=os.environ | GIT, text=True, capture_output=True)
    if done.returncode:
        sys.exit(f"git {' '.join(map(str, arguments))}: {done.stderr[-2000:]}")
    return done.stdout


@contextlib.contextmanager
def our_content(options, folder, web):
    """The role git beside the role web, with one repository of its user; people push there with a token."""
    data, log = folder / "content", folder / "content.log"
    repository = data / USER / f"{REPOSITORY}.git"
    repository.parent.mkdir(parents=True)
    git("init", "-q", "--bare", "--initial-branch=main", repository)
    git("config", "causeway.visibility", "public", cwd=repository)
    token = web.post("/api/v1/me/tokens", {"name": "bench", "scopes": ["repository:write"]})[0]["token"]
    with running([options.ours, "--roles=git", *of_site(folder), "--data", data], log) as process:
        side = Side(process.pid, f"http://127.0.0.1:{port_in_log(process, log)}", web.cookie)
        wait_for("the server is ready", lambda: answers(f"{side.url}/readyz"))
        side.remote = side.url.replace("//", f"//{USER}:{token}@") + f"/{USER}/{REPOSITORY}.git"
        yield side


@contextlib.contextmanager
def our_git(options, folder):
    """The role git without people: one credential."""
    data, log = folder / "ours", folder / "git.log"
    data.mkdir()
    password = secrets.token_hex(16)
    (folder / "credentials").write_text(f"ada:{hashlib.sha256(password.encode()).hexdigest()}\n")
    with running([options.ours, "--roles=git", "--listen=127.0.0.1:0", "--data", data, "--credentials-file", folder / "credentials",
                  "--max-push-mib=1000000"], log) as process:
        side = Side(process.pid, f"http://ada:{password}@127.0.0.1:{port_in_log(process, log)}/ada")
        side.data = data / "ada"
        yield side


@contextlib.contextmanager
def http_backend(options, folder):
    """nginx, which hands everything to git http-backend by way of fcgiwrap."""
    if not options.nginx:
        yield None
        return
    data, socket = folder / "peer", folder / "fcgi.sock"
    data.mkdir()
    port = free_port()
    backend = pathlib.Path(git("--exec-path").strip()) / "git-http-backend"
    (folder / "nginx.conf").write_text(f"""
worker_processes 2; daemon off; user root; pid {folder}/nginx.pid; error_log {folder}/nginx-error.log;
events {{ worker_connections 256; }}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    client_max_body_size 0; fastcgi_request_buffering off; fastcgi_buffering off; fastcgi_read_timeout 600s; gzip off;
    location / {{
      fastcgi_pass unix:{socket};
      fastcgi_param SCRIPT_FILENAME {backend}; fastcgi_param PATH_INFO $uri; fastcgi_param GIT_PROJECT_ROOT {data};
      fastcgi_param GIT_HTTP_EXPORT_ALL 1; fastcgi_param REMOTE_USER ada; fastcgi_param GIT_PROTOCOL $http_git_protocol;
      fastcgi_param REQUEST_METHOD $request_method; fastcgi_param QUERY_STRING $query_string; fastcgi_param CONTENT_TYPE $content_type;
      fastcgi_param CONTENT_LENGTH $content_length; fastcgi_param HTTP_CONTENT_ENCODING $http_content_encoding;
    }}
  }}
}}
""")
    libraries = os.environ | {"LD_LIBRARY_PATH": str(options.nginx_libraries), "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory",
                              "GIT_CONFIG_VALUE_0": "*"}
    with running([options.fcgiwrap, "-c", "4", "-s", f"unix:{socket}"], folder / "fcgi.log", env=libraries) as wrap, \
            running([options.nginx, "-c", folder / "nginx.conf", "-p", folder, "-e", folder / "nginx-error.log"], folder / "nginx.log") as server:
        wait_for("fcgiwrap is there", socket.exists)
        wait_for("nginx is there", (folder / "nginx.pid").exists)
        side = Side(server.pid, f"http://127.0.0.1:{port}/ada")
        side.wrap, side.data = wrap.pid, data / "ada"
        yield side


