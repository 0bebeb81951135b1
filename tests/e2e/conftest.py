"""One platform for all end-to-end tests: started as a user starts it, stopped at the end, nothing may be left."""

import os
import tempfile

import pytest

from platform_under_test import Platform, leftovers, machine_state, remove_tree


@pytest.fixture(scope="session")
def platform():
    """CAUSEWAY_E2E_DATA=DIR uses a platform that is up already there and leaves it up (for working on a test)."""
    running = os.environ.get("CAUSEWAY_E2E_DATA")
    if running:
        yield Platform(running)
        return
    before = machine_state()
    data = tempfile.mkdtemp(prefix="causeway-e2e-")
    platform = Platform(data)
    try:
        platform.up("--port", "0")
        yield platform
    finally:
        platform.causeway("down", check=False)
        left = leftovers(before, machine_state())
        keep = os.environ.get("CAUSEWAY_E2E_KEEP")
        if not keep:
            remove_tree(data)
    assert not left, f"`./causeway down` left behind: {left}"


@pytest.fixture
def tenant(platform, request):
    """A tenant namespace of the test's own, with its owner label; removed afterwards."""
    name = request.node.name.removeprefix("test_").replace("_", "-").split("[")[0][:30].strip("-")
    namespace = f"u-{name}"
    platform.apply({"apiVersion": "v1", "kind": "Namespace",
                    "metadata": {"name": namespace, "labels": {"causeway.dev/owner": name}}})
    yield namespace
    platform.kubectl("delete", "demos,repos,clusters", "--all", "-n", namespace, "--timeout=180s", check=False, timeout=200)
    platform.kubectl("delete", "namespace", namespace, "--wait=false", check=False)
