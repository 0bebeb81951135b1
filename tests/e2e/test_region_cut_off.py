"""The network between hub and region is gone for longer than the hub's patience."""

from load import Load


def test_region_cut_off_is_told_serves_on_and_comes_back(platform, digits):
    uid = platform.get("cluster", "local-1", "causeway-system")["metadata"]["uid"]
    pods = platform.demo_pods("digits", "u-ada")
    runs = len(platform.get("jobs", namespace=f"causeway-run-{uid[:8]}")["items"])

    def comes(kind, name, namespace, field, value, timeout):
        platform.kubectl("-n", namespace, "wait", f"{kind}/{name}", f"--for=jsonpath={{.status.{field}}}={value}", f"--timeout={timeout}s",
                         inside=True, timeout=timeout + 30)

    with Load(platform, digits, "/healthz") as load:
        platform.fault("hub", "cut")
        try:
            # After 40 s without a renewal of its Lease.
            comes("cluster", "local-1", "causeway-system", "phase", "Unreachable", timeout=90)
            comes("demo", "digits", "u-ada", "stage", "RegionOffline", timeout=60)
            message = platform.kubectl("-n", "u-ada", "get", "demo", "digits", "-o", "jsonpath={.status.message}", inside=True).stdout
            assert "local-1" in message and "runs on" in message, message
            assert platform.demo_pods("digits", "u-ada") == pods
            load.more_answers(10)
        finally:
            platform.fault("hub", "heal")
        platform.wait_field("cluster", "local-1", "causeway-system", "status.phase", "Ready", timeout=60)
        platform.stage("digits", "u-ada", "Running", timeout=60)
        load.more_answers(10)
    assert load.failures == []
    assert platform.get("cluster", "local-1", "causeway-system")["metadata"]["uid"] == uid
    assert platform.demo_pods("digits", "u-ada") == pods, "the demo was started again"
    assert len(platform.get("jobs", namespace=f"causeway-run-{uid[:8]}")["items"]) == runs, "Terraform ran again"
