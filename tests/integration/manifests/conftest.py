"""An API server with nothing in it but what these tests install; `apiserver.sh` starts one for them alone."""

import json
import os
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "manifests" / "tests")]

from rendered import kubectl  # noqa: E402


class Server:
    kubeconfig = os.environ.get("CAUSEWAY_TEST_KUBECONFIG")

    def kubectl(self, *arguments, check=True, stdin=None):
        done = subprocess.run([*kubectl(), "--kubeconfig", self.kubeconfig, *map(str, arguments)], capture_output=True, text=True,
                              input=json.dumps(stdin) if stdin is not None else None, timeout=120)
        assert not check or done.returncode == 0, f"kubectl {' '.join(map(str, arguments))}: {done.stderr}"
        return done

    def get(self, *arguments):
        return json.loads(self.kubectl("get", *arguments, "-o", "json").stdout)


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
