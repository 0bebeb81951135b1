#!/usr/bin/env python3
"""The API server beside koa + ioredis + pg, and its git beside nginx + git http-backend (`./causeway bench api`).

Run by tests/integration/postgresql.sh: one database for both sides, which take turns; a figure is the median of --runs. CPU is user
and system time of the server's processes without PostgreSQL's and Redis', so that a busy machine and the client disturb it little.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

from sides import REPOSITORY, USER, PeakMemory, Side, cpu_of, fill, git, http_backend, koa, memory_of, our_content, our_git, our_web
from table import heading, megabytes, milliseconds, row, whole

# Whom a gateway asks about, and the request.
FORWARDED = ["X-Forwarded-Method: GET", "X-Forwarded-Host: 127.0.0.1", "X-Forwarded-Uri: /behind/page?of=it", "X-Forwarded-For: 192.0.2.7"]

LISTS = ["/api/v1/repositories?limit=20", "/api/v1/repositories?limit=20&tag=vision&sort=stars",
         "/api/v1/repositories?limit=20&type=space&sort=trending", "/api/v1/repositories?limit=20&q=repository-77&sort=downloads"]


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


def at(rate):
    return f"{rate:,} a second" if rate else "as many as go"


def compare(options, what, ours, peer, targets, rate, *more):
    samples = ([], [])
    for _ in range(options.runs):
        for index, side in enumerate((ours, peer)):
            if side:
                samples[index].append(load(options, side, targets, rate, *more))
    for name, label, show, better in (("per_core", "requests per second of a core", whole, True), ("p50", "p50", milliseconds, False),
                                      ("p99", "p99", milliseconds, False), ("memory", "memory behind it", megabytes, False)):
        row(f"{what}: {label}", [s[name] for s in samples[0]], [s[name] for s in samples[1]], show, better)


def requests(options, folder):
    with our_web(options, folder) as ours, koa(options, folder) as peer:
        heading(f"requests ({options.seconds} s each, median of {options.runs})", "koa")
        for rate in options.rates:
            compare(options, f"/identity, {at(rate)}", ours, peer, ["/identity"], rate)
        for rate in options.rates:
            compare(options, f"/auth/forward, {at(rate)}", ours, None, ["/auth/forward?renew=true&mode=require"], rate,
                    *[part for field in FORWARDED for part in ("--header", field)])
        for size in options.sizes:
            fill(options, size)
            compare(options, f"list of {size:,}, filters, {at(options.list_rate)}", ours, peer, LISTS, options.list_rate)
        heading("signing in with a password", "argon2id")
        signing = [load(options, Side(ours.pid, ours.url), ["/login"], 4, "--method", "POST",
                        *[part for body in ours.credentials for part in ("--body", body)]) for _ in range(options.runs)]
        alone = [json.loads(subprocess.run([options.load, "hash"], text=True, capture_output=True, check=True).stdout)["cpu"]
                 for _ in range(options.runs)]
        row("CPU of a login; of its argon2id alone", [1000 / s["per_core"] for s in signing], [1000 * s for s in alone], milliseconds)
        row("p50, 4 a second", [s["p50"] for s in signing], [], milliseconds)
        row("p99", [s["p99"] for s in signing], [], milliseconds)
        with our_content(options, folder, ours) as repositories:
            content(options, folder, repositories)


# --- what is in repositories ---

def pages(folder):
    """Files as people look at them, of so many KiB."""
    for kibibytes in (2, 20, 200):
        text = "".join(f"def step_{i}(weights, x={i}):\n    # of a model\n    return weights[{i}] * x + 0.{i}\n\n" for i in range(4000))
        (folder / f"code-{kibibytes}.py").write_text(text[:kibibytes << 10])
        text = "".join(f"## Part {i}\n\nA *paragraph* with `code`, [a link](https://example.org/{i}) and more words.\n\n| a | b |\n|---|---|\n| {i} | 2 |\n\n"
                       for i in range(2500))
        (folder / f"text-{kibibytes}.md").write_text(text[:kibibytes << 10])
        yield kibibytes


def content(options, folder, ours):
    work = folder / "pages"
    work.mkdir()
    git("init", "-q", "--initial-branch=main", ".", cwd=work)
    sizes = list(pages(work))
    git("add", ".", cwd=work)
    git("commit", "-qm", "all", cwd=work)
    git("push", "-q", ours.remote, "main", cwd=work)
    heading(f"a file of a repository, rendered ({options.seconds} s each, median of {options.runs})", "")
    for kibibytes in sizes:
        for name in (f"text-{kibibytes}.md", f"code-{kibibytes}.py"):
            compare(options, f"{name}, {kibibytes} KiB, {options.file_rate} a second", ours, None,
                    [f"/api/v1/content/{USER}/{REPOSITORY}/files/main/{name}"], options.file_rate)
    if not shutil.which("git-lfs"):
        print("git-lfs is not there: large files are left out")
        return
    heading(f"Git LFS (median of {options.runs})", "")
    for mebibytes in options.git_sizes:
        figures = [large_file(folder, ours, work, mebibytes) for _ in range(options.runs)]
        row(f"push of {mebibytes} MiB, MiB/s", [f["push"] for f in figures], [], whole, True)
        row(f"clone of {mebibytes} MiB, MiB/s", [f["clone"] for f in figures], [], whole, True)
        row("  CPU of the server for both", [1000 * f["cpu"] for f in figures], [], milliseconds)
        row("  memory at most", [f["memory"] for f in figures], [], megabytes)


def large_file(folder, ours, work, mebibytes):
    """Both ways through the real git-lfs, with a file that nobody has yet."""
    with open(work / "weights.bin", "wb") as file:
        for _ in range(mebibytes):
            file.write(os.urandom(1 << 20))
    for command in (("lfs", "install", "--local"), ("lfs", "track", "*.bin"), ("add", "."), ("commit", "-qm", "weights")):
        git(*command, cwd=work)
    before = cpu_of(ours.pid)
    copy, figures = folder / "copy", {}
    with PeakMemory(ours.pid) as memory:
        for what, command in (("push", ("push", "-q", ours.remote, "main")),
                              ("clone", ("-c", "filter.lfs.process=git-lfs filter-process", "-c", "filter.lfs.required=true", "clone", "-q", ours.remote, copy))):
            since = time.monotonic()
            git(*command, cwd=work)
            figures[what] = mebibytes / (time.monotonic() - since)
    if (copy / "weights.bin").stat().st_size != mebibytes << 20:
        sys.exit("git-lfs did not bring the file")
    shutil.rmtree(copy)
    return figures | {"cpu": cpu_of(ours.pid) - before, "memory": memory.bytes}


# --- git ---

def incompressible(folder, mebibytes):
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
            incompressible(work, mebibytes)
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
    parser.add_argument("--rates", type=numbers, default=[500, 2500, 0], help="of /identity and /auth/forward, a second; 0: as many as go")
    parser.add_argument("--sizes", type=numbers, default=[1000, 10000, 100000], help="repositories in the list")
    parser.add_argument("--list-rate", type=int, default=100, help="of the list, a second")
    parser.add_argument("--file-rate", type=int, default=50, help="of files, a second")
    parser.add_argument("--git-sizes", type=numbers, default=[16, 128, 1024], help="MiB")
    parser.add_argument("--only", choices=("requests", "git"), help="one part")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="causeway-bench-api-") as name:
        if options.only in (None, "requests"):
            requests(options, pathlib.Path(name))
        if options.only in (None, "git"):
            transfers(options, pathlib.Path(name))


main()
