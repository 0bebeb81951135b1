"""The network between hub and region is gone for longer than the hub's patience."""

import json

from load import Load
from platform_under_test import eventually


def test_region_cut_off_is_told_serves_on_and_comes_back(platform, digits):
    uid = platform.get("cluster", "local-1", "causeway-system")["metadata"]["uid"]
    pods = platform.demo_pods("digits", "u-ada")
    runs = len(platform.get("jobs", namespace=f"causeway-run-{uid[:8]}")["items"])

    def seen(kind, name, namespace):
        done = platform.kubectl("-n", namespace, "get", kind, name, "-o", "json", inside=True, check=False)
        return json.loads(done.stdout)["status"] if done.returncode == 0 else {}

    with Load(platform, digits, "/healthz") as load:
        platform.fault("hub", "cut")
        try:
            # After 40 s without a renewal of its Lease.
            eventually("the Cluster is Unreachable",
                       lambda: seen("cluster", "local-1", "causeway-system").get("phase") == "Unreachable", timeout=90)
            demo = eventually("the demo's region is offline", lambda: (
                lambda status: status.get("stage") == "RegionOffline" and status)(seen("demo", "digits", "u-ada")))
            assert "local-1" in demo["message"] and "runs on" in demo["message"], demo["message"]
            assert platform.demo_pods("digits", "u-ada") == pods
            load.more_answers(10)
        finally:
            platform.fault("hub", "heal")
        platform.wait_field("cluster", "local-1", "causeway-system", ".status.phase", "Ready", timeout=60)
        platform.stage("digits", "u-ada", "Running", timeout=60)
        load.more_answers(10)
    assert load.failures == []
    assert platform.get("cluster", "local-1", "causeway-system")["metadata"]["uid"] == uid
    assert platform.demo_pods("digits", "u-ada") == pods, "the demo was started again"
    assert len(platform.get("jobs", namespace=f"causeway-run-{uid[:8]}")["items"]) == runs, "Terraform ran again"
