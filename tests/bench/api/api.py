#!/usr/bin/env python3
"""The API server beside koa + ioredis + pg, and its git beside nginx + git http-backend (`./causeway bench api`).

Run by tests/integration/postgresql.sh: one database for both sides, which take turns; a figure is the median of --runs. CPU is user
and system time of the server's processes without PostgreSQL's and Redis', so that a busy machine and the client disturb it little.
"""

import argparse
import contextlib
import hashlib
import json
import os
import pathlib
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests/bench"))

from processes import free_port, process_cpu, process_stat, process_status  # noqa: E402
from table import heading, megabytes, milliseconds, row, whole  # noqa: E402

DATABASE = os.environ["CAUSEWAY_TEST_DATABASE"]

LISTS = ["/api/v1/repositories?limit=20", "/api/v1/repositories?limit=20&tag=vision&sort=stars",
         "/api/v1/repositories?limit=20&type=space&sort=trending", "/api/v1/repositories?limit=20&q=repository-77&sort=downloads"]


# --- processes ---

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


# --- requests ---

class Side:
    """A server under load."""

    def __init__(self, pid, url, cookie=""):
        self.pid, self.url, self.cookie = pid, url, cookie


def load(options, side, targets, rate, *more):
    before = cpu_of(side.pid)
    done = subprocess.run([options.load, "load", "--url", side.url, "--rate", str(rate), "--seconds", str(options.seconds),
                           *[part for target in targets for part in ("--target", target)],
                           *(["--cookie", side.cookie] if side.cookie else []), *more], text=True, capture_output=True)
    if done.returncode:
        sys.exit(f"the load failed: {done.stderr}")
    result = json.loads(done.stdout)
    if result["failed"]:
        sys.exit(f"{result['failed']} of {result['requests']} requests to {side.url}{targets[0]} failed")
    used = cpu_of(side.pid) - before
    return {"per_core": result["requests"] / used if used else 0, "p50": result["p50"], "p99": result["p99"], "memory": memory_of(side.pid)}


def compare(options, what, ours, peer, targets, rate, *more):
    samples = ([], [])
    for _ in range(options.runs):
        for index, side in enumerate((ours, peer)):
            if side:
                samples[index].append(load(options, side, targets, rate, *more))
    for name, label, show, better in (("per_core", "requests per second of a core", whole, True), ("p50", "p50", milliseconds, False),
                                      ("p99", "p99", milliseconds, False), ("memory", "memory behind it", megabytes, False)):
        row(f"{what}: {label}", [s[name] for s in samples[0]], [s[name] for s in samples[1]], show, better)


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
    command = [options.ours, "--roles=web", "--listen=127.0.0.1:0", "--public-url=http://127.0.0.1", "--database", DATABASE,
               "--secret-file", folder / "secret", "--first-administrator", first, "--requests-per-minute=100000000",
               "--sign-ins-per-minute=100000000"]
    with running(command, log) as process:
        url = f"http://127.0.0.1:{port_in_log(process, log)}"
        wait_for("the server is ready", lambda: answers(f"{url}/readyz"))
        fill(options, options.sizes[0])
        credentials = json.dumps({"account": "bench-1", "password": password}).encode()
        request = urllib.request.Request(f"{url}/login", credentials, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            cookie = answer.headers["Set-Cookie"].split(";")[0]
        side = Side(process.pid, url, cookie)
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


def requests(options, folder):
    with our_web(options, folder) as ours, koa(options, folder) as peer:
        heading(f"requests ({options.seconds} s each, median of {options.runs})", "koa")
        for rate in options.rates:
            compare(options, f"/identity, {rate} a second", ours, peer, ["/identity"], rate)
        for size in options.sizes:
            fill(options, size)
            compare(options, f"list of {size:,}, filters, {options.list_rate} a second", ours, peer, LISTS, options.list_rate)
        heading("signing in with a password", "argon2id")
        signing = [load(options, Side(ours.pid, ours.url), ["/login"], 4, "--method", "POST",
                        *[part for body in ours.credentials for part in ("--body", body)]) for _ in range(options.runs)]
        alone = [json.loads(subprocess.run([options.load, "hash"], text=True, capture_output=True, check=True).stdout)["cpu"]
                 for _ in range(options.runs)]
        row("CPU of a login; of its argon2id alone", [1000 / s["per_core"] for s in signing], [1000 * s for s in alone], milliseconds)
        row("p50, 4 a second", [s["p50"] for s in signing], [], milliseconds)
        row("p99", [s["p99"] for s in signing], [], milliseconds)


# --- git ---

GIT = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_TERMINAL_PROMPT": "0", "HOME": "/nonexistent",
       "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.org", "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.org"}


def git(*arguments, cwd=None):
    done = subprocess.run(["git", *map(str, arguments)], cwd=cwd, env=os.environ | GIT, text=True, capture_output=True)
    if done.returncode:
        sys.exit(f"git {' '.join(map(str, arguments))}: {done.stderr[-2000:]}")
    return done.stdout


@contextlib.contextmanager
def our_git(options, folder):
    data, log = folder / "ours", folder / "git.log"
    data.mkdir()
    (folder / "credentials").write_text(f"ada:{hashlib.sha256(b'0123456789abcdef0123456789abcdef').hexdigest()}\n")
    with running([options.ours, "--roles=git", "--listen=127.0.0.1:0", "--data", data, "--credentials-file", folder / "credentials",
                  "--max-push-mib=1000000"], log) as process:
        side = Side(process.pid, f"http://ada:0123456789abcdef0123456789abcdef@127.0.0.1:{port_in_log(process, log)}/ada")
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


def content(folder, mebibytes):
    """A repository of files that do not compress, of 4 MiB each."""
    folder.mkdir()
    git("init", "-q", "--initial-branch=main", ".", cwd=folder)
    for number in range(max(1, mebibytes // 4)):
        (folder / f"{number}.bin").write_bytes(os.urandom(min(mebibytes, 4) << 20))
    git("add", ".", cwd=folder)
    git("commit", "-qm", "all", cwd=folder)
    git("repack", "-adq", cwd=folder)


def transfers(options, folder):
    with our_git(options, folder) as ours, http_backend(options, folder) as peer:
        heading(f"git (median of {options.runs})", "http-backend")
        for mebibytes in options.git_sizes:
            work = folder / "work"
            content(work, mebibytes)
            figures = {}
            for run in range(options.runs):
                for name, side in (("ours", ours), ("peer", peer)):
                    if not side:
                        continue
                    side.data.mkdir(parents=True, exist_ok=True)
                    bare = side.data / f"r{mebibytes}-{run}.git"
                    git("init", "-q", "--bare", "--initial-branch=main", bare)
                    git("config", "http.receivepack", "true", cwd=bare)
                    git("config", "causeway.visibility", "public", cwd=bare)
                    with PeakMemory(side.pid) as of_server, PeakMemory(getattr(side, "wrap", side.pid)) as of_wrap:
                        before = memory_of(side.pid, children=False)
                        for what, command in (("push", ("push", "-q", f"{side.url}/{bare.name}", "main")),
                                              ("clone", ("clone", "-q", "--bare", f"{side.url}/{bare.name}", folder / "clone"))):
                            since = time.monotonic()
                            git("-c", "http.postBuffer=1048576", *command, cwd=work)
                            figures.setdefault((what, name), []).append(mebibytes / (time.monotonic() - since))
                        figures.setdefault(("growth", name), []).append(max(0, memory_of(side.pid, children=False) - before))
                    peak = of_server.bytes + (of_wrap.bytes if side is peer else 0)
                    figures.setdefault(("peak", name), []).append(peak)
                    shutil.rmtree(folder / "clone")
                    shutil.rmtree(bare)
            shutil.rmtree(work)
            for what in ("push", "clone"):
                row(f"{what} of {mebibytes} MiB, MiB/s", figures[what, "ours"], figures.get((what, "peer"), []), whole, True)
            row("  memory at most, with git's own processes", figures["peak", "ours"], figures.get(("peak", "peer"), []), megabytes)
            row("  of it what the server itself grew by", figures["growth", "ours"], figures.get(("growth", "peer"), []), megabytes)


def numbers(text):
    return [int(part) for part in text.split(",")]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ours", required=True, help="causeway-apiserver")
    parser.add_argument("--load", required=True, help="api_bench")
    parser.add_argument("--koa", type=pathlib.Path, help="folder of the peer with its modules; without it only ours is measured")
    parser.add_argument("--node", default="node")
    parser.add_argument("--redis", default="redis-server")
    parser.add_argument("--redis-cli", default="redis-cli")
    parser.add_argument("--redis-libraries", default="", help="where its packages were unpacked")
    parser.add_argument("--nginx", help="without it only our git is measured")
    parser.add_argument("--fcgiwrap")
    parser.add_argument("--nginx-libraries", default="", help="of fcgiwrap")
    parser.add_argument("--runs", type=int, default=3, help="of each; the median is shown")
    parser.add_argument("--seconds", type=int, default=10, help="of load")
    parser.add_argument("--rates", type=numbers, default=[250, 1000, 2500], help="of /identity, a second")
    parser.add_argument("--sizes", type=numbers, default=[1000, 10000, 100000], help="repositories in the list")
    parser.add_argument("--list-rate", type=int, default=100, help="of the list, a second")
    parser.add_argument("--git-sizes", type=numbers, default=[16, 128, 1024], help="MiB")
    parser.add_argument("--only", choices=("requests", "git"), help="one part")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="causeway-bench-api-") as name:
        if options.only in (None, "requests"):
            requests(options, pathlib.Path(name))
        if options.only in (None, "git"):
            transfers(options, pathlib.Path(name))


main()
