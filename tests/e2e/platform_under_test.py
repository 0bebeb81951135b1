"""A running `./causeway up` and what a user does with it: kubectl, git, HTTP through the gateway."""

import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


def run(*argv, check=True, timeout=600, **kwargs):
    """Runs a program; on failure the exception shows what it printed."""
    done = subprocess.run(argv, capture_output=True, text=True, timeout=timeout, **kwargs)
    if check and done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, argv))}: exit {done.returncode}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")
    return done


def eventually(what, probe, timeout=60):
    """The first true value of probe(); AssertionError naming `what` and the last value after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while True:
        value = probe()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {timeout} s: {what}; last seen: {value!r}")
        threading.Event().wait(0.2)


class Platform:
    def __init__(self, data):
        self.data = pathlib.Path(data)

    # -- the command -------------------------------------------------------------------------------------------------

    def causeway(self, command, *arguments, **kwargs):
        return run(str(ROOT / "causeway"), command, "--data", str(self.data), *arguments, **kwargs)

    def up(self, *arguments, **kwargs):
        return self.causeway("up", "--detach", *arguments, timeout=1500, **kwargs)

    def endpoints(self):
        return json.loads((self.data / "endpoints.json").read_text())

    @property
    def web_port(self):
        return int(self.endpoints()["git"].rsplit(":", 1)[1])

    # -- kubectl -----------------------------------------------------------------------------------------------------

    def _kubectl_program(self):
        folder = run(str(ROOT / "onebox" / "build.sh"), "kubernetes", "--print-path").stdout.strip()
        return os.path.join(folder, "bin", "kubectl")

    def kubectl(self, *arguments, cluster=None, check=True, stdin=None, timeout=120):
        if cluster is None:
            kubeconfig = self.endpoints()["hub"]["kubeconfig"]
        else:
            kubeconfig = next(c["kubeconfig"] for c in self.endpoints()["clusters"] if c["name"] == cluster)
        return run(self._kubectl_program(), "--kubeconfig", kubeconfig, *arguments, check=check, input=stdin, timeout=timeout)

    def get(self, kind, name=None, namespace=None, cluster=None):
        """The object or list as JSON; None when it is not there."""
        arguments = ["get", kind, *([name] if name else []), *(["-n", namespace] if namespace else ["-A"]), "-o", "json"]
        done = self.kubectl(*arguments, cluster=cluster, check=False)
        if done.returncode != 0:
            if "NotFound" in done.stderr or "not found" in done.stderr:
                return None
            raise AssertionError(done.stderr)
        return json.loads(done.stdout)

    def apply(self, manifest):
        return self.kubectl("apply", "-f", "-", stdin=manifest if isinstance(manifest, str) else json.dumps(manifest))

    def wait_field(self, kind, name, namespace, path, value, timeout=120):
        """Waits, by a watch, until the field at `path` (jsonpath) is `value`."""
        done = self.kubectl("-n", namespace, "wait", f"{kind}/{name}", f"--for=jsonpath={{{path}}}={value}",
                            f"--timeout={timeout}s", check=False, timeout=timeout + 30)
        if done.returncode != 0:
            seen = self.kubectl("-n", namespace, "get", f"{kind}/{name}", "-o", "yaml", check=False).stdout
            raise AssertionError(f"{kind}/{name} {path} is not {value} after {timeout} s: {done.stderr}\n{seen[-4000:]}")

    def condition(self, kind, name, namespace, type_):
        found = self.get(kind, name, namespace) or {}
        return next((c for c in found.get("status", {}).get("conditions", []) if c["type"] == type_), None)

    # -- demos -------------------------------------------------------------------------------------------------------

    def request(self, host, path="/", method="GET", body=None, headers=None, timeout=10):
        """(status, headers, body) of a request for `host` through the machine's one port."""
        connection = http.client.HTTPConnection("127.0.0.1", self.web_port, timeout=timeout)
        try:
            connection.request(method, path, body=body, headers={"Host": f"{host}:{self.web_port}", **(headers or {})})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    # -- git ---------------------------------------------------------------------------------------------------------

    def git_url(self, path):
        password = (self.data / "git-password").read_text().strip()
        return f"http://causeway:{password}@git.localhost:{self.web_port}/{path}.git"

    def push(self, path, change, branch="main", message="Change"):
        """Clones, lets change(folder) edit, commits and pushes; returns the commit."""
        with tempfile.TemporaryDirectory() as folder:
            run("git", "clone", "-q", self.git_url(path), folder)
            run("git", "-C", folder, "checkout", "-q", "-B", branch)
            change(pathlib.Path(folder))
            run("git", "-C", folder, "add", "-A")
            run("git", "-C", folder, "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "-m", message)
            run("git", "-C", folder, "push", "-q", "origin", branch)
            return run("git", "-C", folder, "rev-parse", "HEAD").stdout.strip()

    # -- onebox ------------------------------------------------------------------------------------------------------

    def onebox(self, method, path, body=None):
        arguments = ["curl", "-sS", "--fail-with-body", "--unix-socket", str(self.data / "onebox" / "onebox.sock"), "-X", method,
                     f"http://onebox{path}"]
        if body is not None:
            arguments += ["-H", "Content-Type: application/json", "--data-binary", json.dumps(body)]
        done = run(*arguments)
        return json.loads(done.stdout) if done.stdout.strip() else None

    def fault(self, cluster_id, action, component=None):
        return self.onebox("POST", f"/v1/clusters/{cluster_id}/faults", {"action": action, **({"component": component} if component else {})})

    def cluster_id(self, name):
        return next(c["id"] for c in self.onebox("GET", "/v1/clusters") if c["name"] == name)


class Load:
    """Asks a demo all the time from several threads and counts what was not answered with 200."""

    def __init__(self, platform, host, path="/", threads=4):
        self.platform, self.host, self.path = platform, host, path
        self.answered, self.failures, self.revisions = 0, [], set()
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run) for _ in range(threads)]

    def _run(self):
        while not self._stop.is_set():
            try:
                status, headers, body = self.platform.request(self.host, self.path)
                if status == 200:
                    self.answered += 1
                    self.revisions.add(headers.get("X-Causeway-Revision"))
                else:
                    self.failures.append(f"{status} {body[:200]!r}")
            except OSError as error:
                self.failures.append(repr(error))
            except http.client.HTTPException as error:
                self.failures.append(repr(error))

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join()


def machine_state():
    """What a cluster could leave behind on this machine, as comparable sets."""
    def lines(*argv):
        return set(run(*argv, check=False).stdout.splitlines())

    rules = {re.sub(r"\[\d+:\d+\]", "", line) for line in lines("iptables-save") if not line.startswith("#")}
    cgroups = {str(p) for p in pathlib.Path("/sys/fs/cgroup").glob("*/causeway-*/**/")} | {
        str(p) for p in pathlib.Path("/sys/fs/cgroup").glob("causeway-*/**/")}
    processes = set()
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes().split(b"\0")[0].decode(errors="replace")
            except OSError:
                continue
            name = os.path.basename(command)
            if name in {"causeway-onebox", "causeway-kubernetes", "etcd", "kube-apiserver", "kubelet", "containerd", "kube-proxy",
                        "kube-scheduler", "kube-controller-manager", "coredns", "docker-registry", "containerd-shim-runc-v2",
                        "causeway-operator", "causeway-apiserver", "traefik"}:
                processes.add(f"{entry.name} {command}")
    return {
        "network namespaces": lines("ip", "netns", "list"),
        "links": {line.split(": ")[1].split("@")[0] for line in lines("ip", "-o", "link")},
        "firewall rules": rules,
        "mounts": {line.split()[1] for line in pathlib.Path("/proc/mounts").read_text().splitlines()},
        "cgroups": cgroups,
        "processes": processes,
    }


def state_of_cluster(platform, cluster_id):
    """What this machine has of one cluster of the platform: everything onebox makes for it carries its short id."""
    short = cluster_id.replace("-", "")[:8]
    state = machine_state()
    found = {what: sorted(item for item in state[what] if short in item or cluster_id in item)
             for what in ("network namespaces", "links", "firewall rules", "mounts", "cgroups")}
    folder = platform.data / "onebox" / "clusters" / cluster_id
    found["folder"] = [str(folder)] if folder.exists() else []
    found["processes"] = []
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if str(folder).encode() in (entry / "cmdline").read_bytes():
                    found["processes"].append(entry.name)
            except OSError:
                pass
    return {what: items for what, items in found.items() if items}


def leftovers(before, after):
    return {what: sorted(after[what] - before[what]) for what in after if after[what] - before[what]}


def kill_process_in_pod(platform, cluster, namespace, selector, program):
    """SIGKILL to `program` of every pod that matches, from the machine, as a crash would."""
    killed = 0
    uids = {p["metadata"]["uid"] for p in json.loads(
        platform.kubectl("-n", namespace, "get", "pods", "-l", selector, "-o", "json", cluster=cluster).stdout)["items"]}
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if os.path.basename((entry / "cmdline").read_bytes().split(b"\0")[0].decode(errors="replace")) != program:
                continue
            environment = (entry / "mountinfo").read_text()
        except OSError:
            continue
        if any(uid in environment for uid in uids):
            os.kill(int(entry.name), signal.SIGKILL)
            killed += 1
    return killed


def remove_tree(path):
    shutil.rmtree(path, ignore_errors=True)
