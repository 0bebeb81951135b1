#!/usr/bin/env python3
"""kube/ beside client-go and controller-runtime on one API server (`./causeway bench kube`).

Run by tests/integration/apiserver.sh. Both sides take turns; each figure is the median of --runs. CPU is user and system
time of the whole process, so that a busy machine disturbs it little.
"""

import argparse
import glob
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

import demos
from processes import free_port, process_cpu, process_status
from table import heading, kilobytes, megabytes, row, seconds

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KUBECONFIG = os.environ["CAUSEWAY_TEST_KUBECONFIG"]
ETCD = os.environ["CAUSEWAY_TEST_ETCD"]


def kubectl(*arguments, may_fail=False, **options):
    command = [os.environ["CAUSEWAY_KUBERNETES_BIN"], "kubectl", "--kubeconfig", KUBECONFIG, *arguments]
    done = subprocess.run(command, text=True, capture_output=True, **options)
    if done.returncode != 0 and may_fail:
        return None
    if done.returncode != 0:
        sys.exit(f"kubectl {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout


# --- list + watch, reconcile: programs that tell what they used ---

def measured(program, *arguments):
    done = subprocess.run([*program, "--kubeconfig", KUBECONFIG, *arguments], text=True, capture_output=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(program)}: {done.stderr.strip()[-2000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def in_turns(runs, ours, peer, *arguments):
    samples = ([], [])
    for _ in range(runs):
        for side, program in enumerate((ours, peer)):
            if program:
                samples[side].append(measured(program, *arguments))
    return samples


def rows(samples, what, columns):
    for name, label, show in columns:
        row(f"{what}: {label}", [s[name] for s in samples[0]], [s[name] for s in samples[1]], show)


def cache(options, size):
    columns = [("cpu_seconds", "CPU", seconds), ("peak_bytes", "peak memory", megabytes),
               ("bytes_per_object", "memory per object", kilobytes),
               ("live_bytes_per_object", "of it in use", kilobytes)]
    for flag, kind in ((), "structs"), (("--dynamic",), "dynamic"):
        peer = [f"{options.peers}/informer", *flag] if options.peers else None
        samples = in_turns(options.runs, [options.ours, "cache", *flag], peer, "--objects", str(size))
        rows(samples, f"{size} Demos, {kind}", columns)


def reconcile(options, size):
    columns = [("cpu_seconds", "CPU", seconds), ("wall_seconds", "wall", seconds),
               ("peak_bytes", "peak memory", megabytes)]
    for flag, kind in ((), "nothing to do"), (("--write",), "status written"):
        peer = [f"{options.peers}/manager", "reconcile", *flag] if options.peers else None
        samples = in_turns(options.runs, [options.ours, "reconcile", *flag], peer, "--objects", str(size))
        rows(samples, f"{size} reconciled, {kind}", columns)


# --- the operator's binary ---

def reconciled(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=1) as answer:
            lines = answer.read().decode().splitlines()
    except OSError:
        return False
    return any(line.startswith("controller_runtime_reconcile_total{") and float(line.split()[-1]) > 0 for line in lines)


def operate(command, listen, idle):
    """Starts a program, waits for its first reconcile, looks at it at rest, ends it."""
    kubectl("delete", "lease", "--all", "--namespace", "default")
    port = free_port()
    with tempfile.TemporaryFile() as log:
        begin = time.monotonic()
        process = subprocess.Popen([*command, "--kubeconfig", KUBECONFIG, listen, f"127.0.0.1:{port}"],
                                   stdout=log, stderr=log, env=os.environ | {"POD_NAMESPACE": "default"})
        try:
            while not reconciled(port):
                if process.poll() is not None or time.monotonic() - begin > 60:
                    log.seek(0)
                    sys.exit(f"{command[0]} does not reconcile: {log.read().decode()[-2000:]}")
                time.sleep(0.01)
            result = {"start_seconds": time.monotonic() - begin, "start_cpu_seconds": process_cpu(process.pid)}
            time.sleep(idle / 2)  # the measured time itself: at rest is a matter of time
            cpu = process_cpu(process.pid)
            time.sleep(idle / 2)
            result["rest_cpu_per_minute"] = (process_cpu(process.pid) - cpu) * 60 / (idle / 2)
            result["rest_bytes"] = process_status(process.pid, "VmRSS")
            result["rest_own_bytes"] = process_status(process.pid, "RssAnon")
            return result
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


def operator(options):
    kubectl("create", "namespace", "causeway-system")
    kubectl("apply", "-f", f"{ROOT}/crds/image_template/example.yaml")
    for kind in ("assignments", "clusters", "demos", "imagetemplates", "repos"):
        kubectl("get", kind, "--all-namespaces")  # the server opens a new kind at its first use
    samples = ([], [])
    with tempfile.NamedTemporaryFile("w", suffix=".json") as settings:
        # As installed: the registry's certificate is of an authority of its own, the machine's trust store stays unread.
        with open(f"{os.path.dirname(KUBECONFIG)}/ca.crt", encoding="ascii") as authority:
            json.dump({"registry": {"ca": authority.read()}}, settings)
        settings.flush()
        ours = [options.operator, "--roles", "hub", "--settings", settings.name]
        for _ in range(options.runs):
            samples[0].append(operate(ours, "--listen", options.idle))
            if options.peers:
                samples[1].append(operate([f"{options.peers}/manager", "run"], "--listen", options.idle))
    rows(samples, "operator with four kinds", [
        ("start_seconds", "start to first reconcile", seconds), ("start_cpu_seconds", "CPU until then", seconds),
        ("rest_bytes", "memory at rest", megabytes), ("rest_own_bytes", "of it not backed by files", megabytes),
        ("rest_cpu_per_minute", "CPU a minute at rest", seconds)])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ours", required=True, help="kube_bench")
    parser.add_argument("--operator", required=True, help="causeway-operator")
    parser.add_argument("--peers", help="folder with the peers' programs; without it only ours is measured")
    parser.add_argument("--sizes", default="1000,10000,50000", help="Demos in the cache")
    parser.add_argument("--reconcile-sizes", default="1000,3000,10000", help="Demos reconciled")
    parser.add_argument("--runs", type=int, default=3, help="of each; the median is shown")
    parser.add_argument("--idle", type=float, default=20, help="seconds at rest before memory is looked at")
    parser.add_argument("--only", choices=("operator", "cache", "reconcile"), help="one part")
    options = parser.parse_args()

    def wanted(part):
        return options.only in (None, part)

    kubectl("apply", *[a for crd in sorted(glob.glob(f"{ROOT}/crds/*/crd.yaml")) for a in ("-f", crd)])
    kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=60s")
    if wanted("operator"):
        heading(f"operator binary (median of {options.runs})", "ctrl-runtime")
        operator(options)

    original = demos.first(kubectl, ETCD)
    print(f"\na Demo is {len(original[1]) / 1e3:.1f} kB of JSON at the server, "
          f"{len(json.dumps(json.loads(original[1])['metadata']['managedFields'], separators=(',', ':'))) / 1e3:.1f} kB "
          "of it managedFields")
    parts = [("cache", options.sizes, cache, "list and watch into a cache", "client-go"),
             ("reconcile", options.reconcile_sizes, reconcile, "reconcile", "ctrl-runtime")]
    have = 1
    work = sorted((int(size), n) for n, part in enumerate(parts) if wanted(part[0]) for size in part[1].split(","))
    for size, n in work:
        demos.fill(kubectl, original, ETCD, have, size)
        have = max(have, size)
        _, _, measure, title, peer = parts[n]
        heading(f"{title} (median of {options.runs})", peer)
        measure(options, size)


if __name__ == "__main__":
    main()
