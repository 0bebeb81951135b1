"""The machine's own part dies, alone and with everything else: `./causeway up` finds what was there."""

import os
import signal

from load import Load
from platform_under_test import eventually

SYSTEM = "causeway-system"


def kill_onebox(platform):
    os.kill(int((platform.data / "onebox.pid").read_text()), signal.SIGKILL)


def inits(platform):
    return {c["id"]: c["initPid"] for c in platform.onebox("GET", "/v1/clusters")}


def terraform_runs(platform, uid):
    return {job["metadata"]["uid"] for job in platform.get("jobs", namespace=f"causeway-run-{uid[:8]}")["items"]}


def test_clusters_outlive_onebox_and_are_adopted(platform, digits):
    before, pods = inits(platform), platform.demo_pods("digits", "u-ada")
    kill_onebox(platform)
    platform.up()
    assert inits(platform) == before
    assert platform.demo_pods("digits", "u-ada") == pods
    with Load(platform, digits, "/healthz") as load:
        load.more_answers(10)
    assert load.failures == []


def test_up_after_the_machine_lost_its_power(platform, digits):
    before = inits(platform)
    shared = platform.onebox("GET", "/v1/status")["shared"]
    commit = platform.get("demo", "digits", "u-ada")["status"]["revision"]
    uid = platform.get("cluster", "local-1", SYSTEM)["metadata"]["uid"]
    runs = terraform_runs(platform, uid)
    assert set(before) == {"hub", uid} and len(shared) == 2

    # The init of a PID namespace takes everything in it along.
    kill_onebox(platform)
    for pid in [*before.values(), platform.shared_init()]:
        os.kill(pid, signal.SIGKILL)
    platform.up()

    after = inits(platform)
    assert set(after) == set(before), "another cluster was made"
    assert not set(after.values()) & set(before.values()), "a process outlived the power cut"
    platform.wait_field("cluster", "local-1", SYSTEM, "status.phase", "Ready", timeout=120)
    assert platform.get("cluster", "local-1", SYSTEM)["metadata"]["uid"] == uid
    eventually("the demo answers", lambda: platform.serves(digits, commit), timeout=120)
    platform.stage("digits", "u-ada", "Running")
    assert terraform_runs(platform, uid) == runs, "Terraform ran again"
