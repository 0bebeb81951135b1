"""`./causeway up --context`: Causeway in a cluster that was there before, which runs the demos itself."""

import http.client
import json
import os
import pathlib
import signal
import subprocess

import pytest

from machine import folder_of_a_platform
from platform_under_test import ROOT, eventually, run

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


@pytest.fixture
def own():
    cluster = OwnCluster()
    with folder_of_a_platform("causeway-own-", cluster.stop) as data:
        cluster.start(data)
        yield cluster
    assert cluster.process.returncode == 0, "causeway-onebox did not end well when it was asked to"


def test_causeway_runs_demos_in_the_cluster_it_was_installed_into(own):
    refused = own.up("--registry", "registry.causeway.internal", check=False)
    assert refused.returncode == 1 and "default StorageClass" in refused.stderr

    repositories = own.data / "repositories"
    repositories.mkdir()
    os.chown(repositories, 65532, 65532)
    own.kubectl("apply", "-f", "-", stdin=json.dumps({
        "apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "repositories"},
        "spec": {"capacity": {"storage": "10Gi"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": str(repositories)}}}))
    done = own.up("--registry", own.registry["host"], "--registry-push", own.registry["loopback"],
                  "--registry-ca", own.registry["caFile"], "--domain", "demos.example")
    assert own.address in done.stderr
    demo = own.get("demo", "digits", "-n", "u-ada")
    assert demo["status"]["stage"] == "Running" and demo["status"]["url"] == f"http://{HOST}"
    assert own.get("cluster", "here", "-n", "causeway-system")["status"]["phase"] == "Ready"
    answer = own.request()
    assert answer.status == 200
    assert answer.getheader("X-Causeway-Region") == "here"
    # The region's mirror lies in the same API and is nobody's Assignment.
    names = [i["metadata"]["namespace"] for i in own.get("assignments", "-A")["items"]]
    assert len(names) == 2 and "causeway-system" in names
    endpoints = json.loads((own.data / "causeway" / "endpoints.json").read_text())
    assert endpoints["demos"] == [{"namespace": "u-ada", "name": "digits", "url": f"http://{HOST}"}]

    # Again: nothing changes. Then everything goes, and what is the user's stays.
    pods = [p["metadata"]["uid"] for p in own.get("pods", "-n", "u-ada")["items"]]
    own.up("--registry", own.registry["host"], "--registry-push", own.registry["loopback"],
           "--registry-ca", own.registry["caFile"], "--domain", "demos.example")
    assert [p["metadata"]["uid"] for p in own.get("pods", "-n", "u-ada")["items"]] == pods
    own.kubectl("-n", "u-ada", "delete", "demo", "digits", "--timeout=120s")
    eventually("the demo's pods are gone", lambda: own.get("pods", "-n", "u-ada")["items"] == [])
    eventually("its Assignments are gone", lambda: own.get("assignments", "-A")["items"] == [])
    assert own.get("repo", "digits", "-n", "u-ada") is not None
    own.kubectl("-n", "causeway-system", "delete", "cluster", "here", "--timeout=120s")
    assert own.get("deployment", "causeway-operator-hub", "-n", "causeway-system") is not None
