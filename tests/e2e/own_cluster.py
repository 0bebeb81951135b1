"""A cluster that somebody else set up, with a registry beside it: what `./causeway up --context` is pointed at."""

import http.client
import json
import os
import pathlib
import signal
import subprocess

from steps import ROOT, eventually, run

HOST = "digits--ada.demos.example"


class OwnCluster:
    """A bare cluster with a registry beside it, as somebody else would have set them up."""

    def __init__(self):
        self.program = str(ROOT / "build" / "release" / "bin" / "causeway-onebox")
        self.process = None

    def start(self, data):
        self.data = pathlib.Path(data)
        kubernetes = run(str(ROOT / "onebox" / "build.sh"), "kubernetes", "--print-path").stdout.strip()
        self.kubectl_program = os.path.join(kubernetes, "bin", "kubectl")
        with open(self.data / "onebox.log", "wb") as log:
            self.process = subprocess.Popen(
                [self.program, "serve", "--data", str(self.data), "--kubernetes",
                 os.path.join(kubernetes, "bin", "causeway-kubernetes"),
                 "--pause-image", "registry.causeway.internal/causeway/pause:1"], stdout=log, stderr=log)
        self.socket = str(self.data / "onebox" / "onebox.sock")
        eventually("onebox answers", lambda: self.onebox("GET", "/v1/status", check=False).returncode == 0)
        cluster = json.loads(self.onebox("PUT", "/v1/clusters/own", {"name": "own", "region": "local-1", "node": True}).stdout)
        self.address = cluster["address"]
        self.registry = json.loads(self.onebox("GET", "/v1/status").stdout)["registry"]
        self.kubeconfig = str(self.data / "onebox" / "clusters" / "own" / "kubeconfig.local")
        self.context = self.kubectl("config", "current-context").stdout.strip()

    def onebox(self, method, path, body=None, check=True):
        data = ["-H", "Content-Type: application/json", "--data-binary", json.dumps(body)] if body else []
        return run("curl", "-sS", "--fail-with-body", "--unix-socket", self.socket, "-X", method, *data, f"http://onebox{path}",
                   check=check)

    def kubectl(self, *arguments, stdin=None, check=True):
        return run(self.kubectl_program, "--kubeconfig", self.kubeconfig, *arguments, input=stdin, check=check)

    def get(self, *arguments):
        done = self.kubectl("get", *arguments, "-o", "json", check=False)
        return json.loads(done.stdout) if done.returncode == 0 else None

    def volume(self, name, size, statefulset):
        """A PersistentVolume on this machine for the one pod of a StatefulSet."""
        folder = self.data / name
        folder.mkdir()
        os.chown(folder, 65532, 65532)
        self.kubectl("apply", "-f", "-", stdin=json.dumps({
            "apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": name},
            "spec": {"capacity": {"storage": size}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": str(folder)},
                     "claimRef": {"namespace": "causeway-system", "name": f"data-{statefulset}-0"}}}))

    def images_of(self, namespace):
        """The images its pods run, by the last part of their names."""
        used = {c["image"] for pod in self.get("pods", "-n", namespace)["items"] for c in pod["spec"]["containers"]}
        return {image.rsplit("/", 1)[1].split(":")[0]: image for image in used}

    def inventory(self):
        """Every object there is, but what comes and goes by itself."""
        kinds = self.kubectl("api-resources", "--verbs=list", "-o", "name").stdout.split()
        passing = {"events", "endpoints", "events.events.k8s.io", "leases.coordination.k8s.io", "componentstatuses"}
        line = r'{range .items[*]}{.kind} {.metadata.namespace}/{.metadata.name}{"\n"}{end}'
        return set(self.kubectl("get", ",".join(k for k in kinds if k not in passing), "-A", "-o", f"jsonpath={line}").stdout.splitlines())

    def up(self, *arguments, check=True):
        return run(str(ROOT / "causeway"), "up", "--data", str(self.data / "causeway"), "--context", self.context, *arguments,
                   check=check, timeout=1500, env={**os.environ, "KUBECONFIG": self.kubeconfig})

    def request(self, path="/"):
        connection = http.client.HTTPConnection(self.address, 80, timeout=10)
        try:
            connection.request("GET", path, headers={"Host": HOST})
            answer = connection.getresponse()
            answer.read()
            return answer
        finally:
            connection.close()

    def stop(self, data):
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        return run(self.program, "down", "--data", str(data), check=False)
