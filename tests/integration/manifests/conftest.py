"""An API server with nothing in it but what these tests install; `apiserver.sh` starts one for them alone."""

import contextlib
import json
import os
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "manifests" / "tests")]

from kubernetes_api import KubernetesApi  # noqa: E402
from rendered import kubectl  # noqa: E402


class Server:
    """`kubectl` where it is what an administrator types, `api` for the many questions."""

    kubeconfig = os.environ.get("CAUSEWAY_TEST_KUBECONFIG")

    def __init__(self):
        self.api = KubernetesApi(self.kubeconfig)

    def kubectl(self, *arguments, check=True):
        done = subprocess.run([*kubectl(), "--kubeconfig", self.kubeconfig, *map(str, arguments)], capture_output=True, text=True, timeout=120)
        assert not check or done.returncode == 0, f"kubectl {' '.join(map(str, arguments))}: {done.stderr}"
        return done

    def get(self, *arguments):
        return json.loads(self.kubectl("get", *arguments, "-o", "json").stdout)

    def apply(self, *objects):
        for o in objects:
            done = self.api.apply(o)
            assert done.ok, done.said

    def namespace(self, name, **labels):
        self.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}})


@pytest.fixture(scope="session")
def server():
    assert Server.kubeconfig, "run by tests/integration/apiserver.sh, which says where the API server is"
    server = Server()
    server.kubectl("apply", "--server-side", "-k", ROOT / "crds")
    server.kubectl("wait", "--for=condition=Established", "crd", "-l", "app.kubernetes.io/part-of=causeway", "--timeout=30s")
    server.kubectl("apply", "--server-side", "-f", ROOT / "manifests" / "base" / "namespaces.yaml")
    return server


@pytest.fixture(scope="session")
def installed(server):
    """The production overlay, with the region role beside it: every account there is."""
    for folder in ("overlays/production", "in-cluster"):
        server.kubectl("apply", "--server-side", "--field-manager=install", "-k", ROOT / "manifests" / folder)
    return server


@contextlib.contextmanager
def without_webhooks(server):
    """Nobody serves them here: whoever writes what they are asked about has to do so without them."""
    kinds = ("mutatingwebhookconfiguration", "validatingwebhookconfiguration")
    hooks = [hook for hook in (server.api.get(kind, "causeway") for kind in kinds) if hook]
    for kind in kinds:
        server.api.delete(kind, "causeway")
    try:
        yield
    finally:
        for hook in hooks:
            hook["metadata"] = {"name": "causeway", "labels": hook["metadata"].get("labels", {})}
            done = server.api.apply(hook, manager="install")
            assert done.ok, done.said
