"""A Cluster is interrupted while it is being made: nothing is made twice, nothing is left."""

import contextlib

import pytest

from machine import kill_in_pods, state_of_cluster
from manifests import cluster
from platform_under_test import eventually

NAMESPACE = "causeway-system"


@contextlib.contextmanager
def slow_creation(platform, milliseconds=20000):
    """Long enough for what a test does meanwhile, on a slow machine as well; a request that is given up ends at once, and
    those that come afterwards are not slow."""
    platform.onebox("PUT", "/v1/faults", {"slowMilliseconds": milliseconds})
    try:
        yield
    finally:
        platform.onebox("PUT", "/v1/faults", {})


def start(platform, name, region):
    """Applies a Cluster and waits until its Terraform run is at the module's one slow resource; the Cluster's UID."""
    platform.apply(cluster(name, region))

    def creating():
        run = platform.get("cluster", name, NAMESPACE).get("status", {}).get("lastRun", {})
        return run.get("operation") == "Apply" and run.get("phase") == "Running" and run.get("current") == "terraform_data.cluster"
    eventually("Terraform creates the cluster", creating, timeout=60)
    return platform.get("cluster", name, NAMESPACE)["metadata"]["uid"]


def delete(platform, name, uid):
    platform.delete("cluster", name, NAMESPACE, timeout=150)
    eventually("nothing is left on the machine", lambda: not state_of_cluster(platform, uid), timeout=30)
    assert uid not in [c["id"] for c in platform.onebox("GET", "/v1/clusters")]
    for namespace in (f"causeway-run-{uid[:8]}", f"cluster-{uid[:8]}"):
        platform.gone("namespace", namespace)


def test_killed_terraform_run_is_taken_up_and_makes_one_cluster(platform):
    name = "killed"
    try:
        with slow_creation(platform):
            uid = start(platform, name, "local-3")
            assert kill_in_pods(platform, None, f"causeway-run-{uid[:8]}", "") > 0
        platform.wait_field("cluster", name, NAMESPACE, "status.phase", "Ready", timeout=180)
        assert [c["id"] for c in platform.onebox("GET", "/v1/clusters") if c["name"] == name] == [uid]
        runs = [job["metadata"]["name"] for job in platform.get("jobs", namespace=f"causeway-run-{uid[:8]}")["items"]]
        assert sorted(runs) == ["terraform-1", "terraform-2"]
        assert platform.get("cluster", name, NAMESPACE)["status"]["lastRun"]["phase"] == "Succeeded"
    finally:
        delete(platform, name, platform.get("cluster", name, NAMESPACE)["metadata"]["uid"])


@pytest.mark.parametrize("killed", [False, True], ids=["running", "killed"])
def test_cluster_deleted_while_it_is_created_leaves_nothing(platform, killed):
    name = "deleted-early"
    with slow_creation(platform):
        uid = start(platform, name, "local-4")
        platform.delete("cluster", name, NAMESPACE, timeout=None)
        if killed:
            assert kill_in_pods(platform, None, f"causeway-run-{uid[:8]}", "") > 0
    delete(platform, name, uid)
