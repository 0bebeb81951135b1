"""Things that die come back; what serves goes on serving."""

import os
import signal

from platform_under_test import Load, eventually

HOST = "digits--ada.localhost"


def running(platform):
    platform.wait_field("demo", "digits", "u-ada", ".status.stage", "Running", timeout=300)


def test_demo_serves_on_while_the_regions_api_server_and_etcd_die(platform):
    running(platform)
    region = platform.cluster_id("local-1")
    with Load(platform, HOST, "/healthz", threads=2) as load:
        for component in ("kube-apiserver", "etcd"):
            platform.fault(region, "kill", component)
            eventually(f"{component} is back", lambda: platform.kubectl("get", "nodes", cluster="local-1", check=False, timeout=20).returncode == 0)
    assert load.failures == []


def test_demo_serves_on_while_the_hubs_api_server_dies(platform):
    running(platform)
    with Load(platform, HOST, "/healthz", threads=2) as load:
        platform.fault("hub", "kill", "kube-apiserver")
        eventually("the hub's API server is back", lambda: platform.kubectl("get", "nodes", check=False, timeout=20).returncode == 0)
    assert load.failures == []


def test_clusters_outlive_onebox_and_are_adopted(platform):
    running(platform)
    before = {c["id"]: c["initPid"] for c in platform.onebox("GET", "/v1/clusters")}
    os.kill(int((platform.data / "onebox.pid").read_text()), signal.SIGKILL)
    platform.up()
    assert {c["id"]: c["initPid"] for c in platform.onebox("GET", "/v1/clusters")} == before
    eventually("the demo answers", lambda: platform.request(HOST)[0] == 200)


def test_region_cut_off_from_the_hub_serves_on_and_comes_back(platform):
    running(platform)
    uid = platform.get("cluster", "local-1", "causeway-system")["metadata"]["uid"]
    platform.fault("hub", "cut")
    try:
        # Its gateway is asked at the node, as a visitor's DNS would have it.
        assert platform.request(HOST)[0] == 200
    finally:
        platform.fault("hub", "heal")
    platform.wait_field("cluster", "local-1", "causeway-system", ".status.phase", "Ready", timeout=120)
    assert platform.get("cluster", "local-1", "causeway-system")["metadata"]["uid"] == uid
