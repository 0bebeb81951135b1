"""A running `./causeway up` and what a user does with it: kubectl, git, HTTP through the gateway."""

import contextlib
import http.client
import json
import os
import pathlib
import socket
import tempfile

from kubernetes_api import KubernetesApi
from steps import ROOT, eventually, run


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a socket of the file system."""

    def __init__(self, path, timeout):
        super().__init__("onebox", timeout=timeout)
        self._path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def pod_ready(pod):
    return any(c["type"] == "Ready" and c["status"] == "True" for c in pod["status"].get("conditions", []))


class Platform:
    def __init__(self, data):
        self.data = pathlib.Path(data)
        self._program = None
        self._apis = {}

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
        if not self._program:
            folder = run(str(ROOT / "onebox" / "build.sh"), "kubernetes", "--print-path").stdout.strip()
            self._program = os.path.join(folder, "bin", "kubectl")
        return self._program

    def kubectl(self, *arguments, cluster=None, check=True, stdin=None, timeout=120, inside=False):
        """On the hub, or the named cluster. `inside`: from the cluster's own network, which works while it is cut off."""
        cluster_id = self.cluster_id(cluster) if cluster else "hub"
        folder = self.data / "onebox" / "clusters" / cluster_id
        enter = []
        if inside:
            names = run("ip", "netns", "list").stdout.split()
            enter = ["ip", "netns", "exec", next(n for n in names if n == f"cw-{self.instance}-{cluster_id}")]
        return run(*enter, self._kubectl_program(), "--kubeconfig", str(folder / ("kubeconfig" if inside else "kubeconfig.local")),
                   *arguments, check=check, input=stdin, timeout=timeout)

    def fetch_inside(self, url):
        """A URL, asked from the hub's own network as a pod would."""
        return self._curl_inside("-f", url).stdout

    def answers_inside(self, url):
        """Whatever it says, and whoever signed for it."""
        return self._curl_inside("--insecure", url, check=False).returncode == 0

    def _curl_inside(self, *arguments, check=True):
        return run("ip", "netns", "exec", f"cw-{self.instance}-hub", "curl", "-sS", "--max-time", "20", *arguments, check=check)

    def shell(self, program, *arguments, **kwargs):
        """A script as a user would run it, with kubectl on the PATH and the hub as its cluster."""
        environment = {**os.environ, "KUBECONFIG": str(self.data / "onebox" / "clusters" / "hub" / "kubeconfig.local"),
                       "PATH": f"{os.path.dirname(self._kubectl_program())}:{os.environ['PATH']}"}
        return run(str(program), *arguments, env=environment, **kwargs)

    def api(self, cluster=None):
        """Of the hub, or the named cluster, as its administrator."""
        kubeconfig = self.data / "onebox" / "clusters" / (self.cluster_id(cluster) if cluster else "hub") / "kubeconfig.local"
        written = (kubeconfig, kubeconfig.stat().st_mtime_ns)  # anew with each start, with another port
        if written not in self._apis:
            self._apis[written] = KubernetesApi(kubeconfig)
        return self._apis[written]

    def get(self, kind, name=None, namespace=None, cluster=None):
        """The object or list as JSON; None when it is not there."""
        return self.api(cluster).get(kind, name, namespace)

    def apply(self, manifest, cluster=None):
        done = self.api(cluster).apply(manifest)
        assert done.ok, f"{manifest['kind']} {manifest['metadata']['name']}: {done.said}"

    def delete(self, kind, name, namespace=None, cluster=None, timeout=120):
        """What is not there is as good as deleted. With a `timeout` of None: without waiting until it is gone."""
        done = self.api(cluster).delete(kind, name, namespace)
        assert done.ok or done.code == 404, done.said
        if timeout is not None:
            self.gone(kind, name, namespace, cluster, timeout)

    def gone(self, kind, name, namespace=None, cluster=None, timeout=60):
        eventually(f"{kind} {name} is gone", lambda: self.get(kind, name, namespace, cluster) is None, timeout)

    def delete_all(self, kinds, namespace, timeout=180):
        """Of "demos,repos", in this order; returns when all are gone."""
        for kind in kinds.split(","):
            for found in self.get(kind, namespace=namespace)["items"]:
                self.delete(kind, found["metadata"]["name"], namespace, timeout=None)
        eventually(f"{kinds} of {namespace} are gone", lambda: not self.get(kinds, namespace=namespace)["items"], timeout)

    def pods(self, namespace, selector="", cluster="local-1"):
        """`cluster` None: the hub."""
        return self.api(cluster).get("pods", namespace=namespace, selector=selector)["items"]

    def replace_pods(self, namespace, selector, cluster=None, timeout=180):
        """Deletes them, and returns when others have come and are ready."""
        old = {pod["metadata"]["uid"]: pod["metadata"]["name"] for pod in self.pods(namespace, selector, cluster)}
        assert old, selector
        for name in old.values():
            self.delete("pod", name, namespace, cluster, timeout=None)

        def replaced():
            now = self.pods(namespace, selector, cluster)
            return len(now) == len(old) and not any(pod["metadata"]["uid"] in old for pod in now) and all(map(pod_ready, now))
        eventually(f"pods with {selector} are new and ready", replaced, timeout)

    def log(self, selector, namespace, cluster=None):
        """Of all pods that are there, one after the other."""
        return "".join(self.pod_log(pod["metadata"]["name"], namespace, cluster) for pod in self.pods(namespace, selector, cluster=cluster))

    def pod_log(self, name, namespace, cluster=None):
        """Empty as long as there is none."""
        return self.api(cluster).text(f"/api/v1/namespaces/{namespace}/pods/{name}/log")

    def wait_field(self, kind, name, namespace, path, value, timeout=120):
        """Until the field at `path`, as "status.phase", is `value`."""
        def field():
            found = self.get(kind, name, namespace) or {}
            for key in path.split("."):
                found = found.get(key, {})
            return found == value
        self._wait(kind, name, namespace, f"{path} is {value}", field, timeout)

    def ready(self, kind, name, namespace, timeout=120, cluster=None):
        """Until its condition says so."""
        self._wait(kind, name, namespace, "is ready", lambda: (self.condition(kind, name, namespace, "Ready", cluster) or {}).get("status") == "True",
                   timeout, cluster)

    def _wait(self, kind, name, namespace, what, probe, timeout, cluster=None):
        try:
            eventually(f"{kind} {namespace}/{name} {what}", probe, timeout)
        except AssertionError as late:
            raise AssertionError(f"{late}\n{json.dumps(self.get(kind, name, namespace, cluster), indent=1)[-4000:]}") from None

    def condition(self, kind, name, namespace, type_, cluster=None):
        found = self.get(kind, name, namespace, cluster) or {}
        return next((c for c in found.get("status", {}).get("conditions", []) if c["type"] == type_), None)

    # -- demos -------------------------------------------------------------------------------------------------------

    def stage(self, name, namespace, stage, timeout=120):
        self.wait_field("demo", name, namespace, "status.stage", stage, timeout=timeout)

    def message(self, name, namespace):
        return (self.get("demo", name, namespace) or {}).get("status", {}).get("message", "")

    def demo_pods(self, name, namespace, cluster="local-1"):
        """UID and restarts of every pod: what changes when anything was started again."""
        return sorted((pod["metadata"]["uid"], sum(c["restartCount"] for c in pod["status"].get("containerStatuses", [])))
                      for pod in self.pods(namespace, f"causeway.dev/demo={name}", cluster=cluster))

    def build_jobs(self, name, namespace):
        """UIDs of the build Jobs there are of a demo."""
        jobs = self.get("jobs", namespace="causeway-builds")["items"]
        return {job["metadata"]["uid"] for job in jobs if job["metadata"]["labels"]["causeway.dev/demo"] == name
                and job["metadata"]["labels"]["causeway.dev/demo-namespace"] == namespace}

    def serves(self, host, commit):
        status, headers, _ = self.request(host)
        return status == 200 and headers.get("X-Causeway-Revision") == commit

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
            run("git", "-C", folder, "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "--allow-empty", "-m", message)
            run("git", "-C", folder, "push", "-q", "origin", branch)
            return run("git", "-C", folder, "rev-parse", "HEAD").stdout.strip()

    # -- onebox ------------------------------------------------------------------------------------------------------

    def onebox(self, method, path, body=None):
        connection = UnixConnection(str(self.data / "onebox" / "onebox.sock"), timeout=300)
        with contextlib.closing(connection):
            connection.request(method, path, body=None if body is None else json.dumps(body), headers={"Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read()
        assert answer.status < 300, f"{method} {path}: {answer.status}\n{text.decode()}"
        return json.loads(text) if text.strip() else None

    def fault(self, cluster_id, action, component=None):
        return self.onebox("POST", f"/v1/clusters/{cluster_id}/faults", {"action": action, **({"component": component} if component else {})})

    def cluster_id(self, name):
        return next(c["id"] for c in self.onebox("GET", "/v1/clusters") if c["name"] == name)

    @property
    def instance(self):
        return self.onebox("GET", "/v1/status")["instance"]

    def shared_init(self):
        """Process 1 of the services that the clusters share."""
        return json.loads((self.data / "onebox" / "shared" / "process.json").read_text())["pid"]

    def component(self, cluster_id, name):
        """A component as its init sees it: state, ready, restarts. `shared` has registry and dns."""
        components = (self.onebox("GET", "/v1/status")["shared"] if cluster_id == "shared"
                      else self.onebox("GET", f"/v1/clusters/{cluster_id}")["components"])
        return next(c for c in components if c["name"] == name)

    def kill_component(self, cluster_id, name):
        """SIGKILL; returns when that process has ended and its successor is ready, and so is the whole cluster."""
        before = self.component(cluster_id, name)
        self.fault(cluster_id, "kill", name)

        def back():
            now = self.component(cluster_id, name)
            return now["restarts"] > before["restarts"] and now["pid"] != before["pid"] and now["ready"]
        eventually(f"{name} of {cluster_id} was started again", back, timeout=90)
        eventually(f"{cluster_id} is ready", lambda: self.onebox("GET", f"/v1/clusters/{cluster_id}")["ready"], timeout=90)

    @contextlib.contextmanager
    def registry_stopped(self):
        self.fault("shared", "stop", "registry")
        try:
            eventually("the registry has ended", lambda: self.component("shared", "registry")["state"] == "Stopped")
            yield
        finally:
            self.fault("shared", "start", "registry")
            eventually("the registry is ready", lambda: self.component("shared", "registry")["ready"])
