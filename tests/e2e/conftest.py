"""One platform for all end-to-end tests: started as a user starts it, stopped at the end, nothing may be left."""

import os
import pathlib
import sys
import tempfile
import zlib

import pytest

# What other tests in Python share with these.
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from machine import folder_of_a_platform  # noqa: E402
from manifests import repo  # noqa: E402
from platform_under_test import Platform, eventually  # noqa: E402

# What takes longer than a run may: ./causeway test --long.
collect_ignore = [] if os.environ.get("CAUSEWAY_TEST_LONG") else ["test_flux.py", "test_operators_killed_for_long.py", "test_two_operators.py"]

# Files that take a minute and more, the longest first: what is begun last ends alone.
LONG = ["test_operators_killed.py", "test_own_cluster.py", "test_bad_input.py", "test_gitops.py", "test_terraform_interrupted.py", "test_faults.py",
        "test_regions.py", "test_addons.py", "test_region_cut_off.py", "test_registry.py", "test_upgrade.py"]

# How the reason of a test begins that may be skipped: what a machine may lack without being a wrong one to test on.
MAY_LACK = "this machine "


def fail_when_skipped(report):
    """What was not run was not shown."""
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2].removeprefix("Skipped: ")
        if not reason.startswith(MAY_LACK):
            report.outcome = "failed"
            report.longrepr = f"skipped, though no reason that begins with {MAY_LACK!r} was given: {reason}"


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: LONG.index(item.path.name) if item.path.name in LONG else len(LONG))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport():
    fail_when_skipped((yield).get_result())


@pytest.hookimpl(hookwrapper=True)
def pytest_make_collect_report():
    fail_when_skipped((yield).get_result())


@pytest.fixture(scope="session")
def platform():
    """CAUSEWAY_E2E_DATA=DIR uses a platform that is up already there and leaves it up (for working on a test)."""
    running = os.environ.get("CAUSEWAY_E2E_DATA")
    if running:
        yield Platform(running)
        return
    with folder_of_a_platform("causeway-e2e-", lambda data: Platform(data).causeway("down", check=False)) as data:
        platform = Platform(data)
        platform.up("--port", "0")
        yield platform


@pytest.fixture
def tenant(platform, request):
    """A tenant namespace of the test's own, with its owner label; removed afterwards."""
    words = request.node.name.removeprefix("test_").replace("_", "-")[:20].split("[")[0].strip("-")
    name = f"{words}-{zlib.crc32(request.node.nodeid.encode()):08x}"
    namespace = f"u-{name}"
    platform.gone("namespace", namespace)  # of an earlier run
    platform.apply({"apiVersion": "v1", "kind": "Namespace",
                    "metadata": {"name": namespace, "labels": {"causeway.dev/owner": name}}})
    yield namespace
    platform.delete_all("demos,repos,clusters", namespace, timeout=180)
    platform.delete("namespace", namespace, timeout=None)


class Application:
    """A tenant's repository `app`, and the commits pushed to it."""

    def __init__(self, platform, namespace):
        self.platform, self.namespace = platform, namespace
        self.owner = namespace.removeprefix("u-")

    def push(self, change, **kwargs):
        return self.platform.push(f"{self.owner}/app", change, **kwargs)

    def host(self, demo):
        return f"{demo}--{self.owner}.localhost"


@pytest.fixture
def app(platform, tenant):
    platform.apply(repo(tenant, tenant.removeprefix("u-")))
    platform.ready("repo", "app", tenant, timeout=60)
    return Application(platform, tenant)


@pytest.fixture
def folder():
    """One of the test's own. Not pytest's tmp_path, which another session may clean up."""
    with tempfile.TemporaryDirectory(prefix="causeway-test-") as name:
        yield pathlib.Path(name)


@pytest.fixture
def digits(platform):
    """The quick-start's demo, at rest: its host name. The pod of an earlier version has drained."""
    platform.stage("digits", "u-ada", "Running", timeout=300)
    eventually("one pod is left", lambda: len(platform.demo_pods("digits", "u-ada")) == 1)
    return "digits--ada.localhost"
