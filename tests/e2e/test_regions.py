"""A Cluster is made by Terraform, joins, runs demos, and is destroyed with nothing left."""


import pytest

from machine import state_of_cluster
from platform_under_test import ROOT, eventually

EXAMPLE = str(ROOT / "examples" / "02-second-region")


@pytest.fixture
def example(platform):
    platform.kubectl("apply", "-f", EXAMPLE)
    yield
    for file in ("demo.yaml", "cluster.yaml"):  # a Cluster goes after its demos
        platform.kubectl("delete", "-f", f"{EXAMPLE}/{file}", "--ignore-not-found", "--timeout=120s", timeout=300)


def test_second_region_joins_runs_the_demo_and_is_destroyed(platform, digits, example):
    platform.wait_field("cluster", "local-2", "causeway-system", "status.phase", "Ready", timeout=180)
    platform.causeway("status")
    cluster_id = platform.cluster_id("local-2")
    assert {"network namespaces", "links", "cgroups", "folder", "processes"} <= set(state_of_cluster(platform, cluster_id))

    status = platform.get("cluster", "local-2", "causeway-system")["status"]
    assert status["lastRun"]["phase"] == "Succeeded"
    assert status["agent"]["nodes"] == 1
    platform.wait_field("demo", "digits-everywhere", "u-ada", "status.stage", "Running", timeout=240)
    for region in ("local-1", "local-2"):
        assert len(platform.demo_pods("digits-everywhere", "u-ada", cluster=region)) == 1, region

    refused = platform.kubectl("-n", "causeway-system", "delete", "cluster", "local-2", "--wait=false", check=False)
    assert refused.returncode != 0 and "runs demos: u-ada/digits-everywhere" in refused.stderr
    assert "deletionTimestamp" not in platform.get("cluster", "local-2", "causeway-system")["metadata"]

    # Both at once, demos first: the Cluster goes as soon as they have left.
    platform.kubectl("delete", "-f", f"{EXAMPLE}/demo.yaml", "-f", f"{EXAMPLE}/cluster.yaml", "--wait=false")
    eventually("the Cluster is gone", lambda: platform.get("cluster", "local-2", "causeway-system") is None, timeout=180)
    eventually("nothing of it is left on the machine", lambda: not state_of_cluster(platform, cluster_id), timeout=30)
    uid8 = [n["metadata"]["name"] for n in platform.get("namespaces")["items"]]
    assert len([n for n in uid8 if n.startswith("causeway-run-")]) == 1
    platform.causeway("status")


def test_what_rbac_cannot_tell_apart_is_refused_all_the_same(platform, digits):
    """The region's account may delete namespaces and ask for tokens; admission policies say which."""
    uid8 = platform.get("cluster", "local-1", "causeway-system")["metadata"]["uid"].replace("-", "")[:8]
    home = f"cluster-{uid8}"

    def token(*arguments):
        return platform.kubectl("-n", home, "create", "token", "region", f"--as=system:serviceaccount:{home}:region", *arguments,
                                check=False)
    bound = ("--bound-object-kind=Secret", "--bound-object-name=region-credential")
    assert "bound to the Secret" in token("--duration=1h").stderr
    assert "7 days at most" in token("--duration=200h", *bound).stderr
    assert token("--duration=1h", *bound).stdout.count(".") == 2

    def deleted(namespace):
        return platform.kubectl("delete", "namespace", namespace, "--dry-run=server",
                                "--as=system:serviceaccount:causeway-system:causeway-operator-region", cluster="local-1", check=False)
    assert "that it made itself" in deleted("causeway-system").stderr
    assert deleted("u-ada").returncode == 0
