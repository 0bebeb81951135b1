"""A push replaces the demo with no failed request in between."""

from platform_under_test import Load, eventually, kill_process_in_pod

HOST = "digits--ada.localhost"


def serves(platform, commit):
    return platform.request(HOST)[1].get("X-Causeway-Revision") == commit


def change_readme(marker):
    def change(folder):
        (folder / "CHANGES.txt").write_text(marker)
    return change


def test_a_push_replaces_the_demo_without_a_failed_request(platform):
    platform.wait_field("demo", "digits", "u-ada", ".status.stage", "Running", timeout=300)
    with Load(platform, HOST, "/healthz") as load:
        commit = platform.push("ada/digits", change_readme("push under load"))
        eventually("the new commit is served", lambda: serves(platform, commit), timeout=180)
        platform.wait_field("demo", "digits", "u-ada", ".status.stage", "Running", timeout=60)
        # The old pod drains under load as well.
        eventually("the old pod is gone", lambda: len(platform.get("pods", namespace="u-ada", cluster="local-1")["items"]) == 1)
    assert load.failures == []
    assert load.answered > 100
    assert commit in load.revisions and len(load.revisions) == 2


def test_killed_operators_repeat_no_build_and_restart_no_container(platform):
    """SIGKILL of the hub's and the region's operator while a push is on its way: the same end state, one build."""
    platform.wait_field("demo", "digits", "u-ada", ".status.stage", "Running", timeout=300)
    jobs_before = {j["metadata"]["uid"] for j in platform.get("jobs", namespace="causeway-builds")["items"]}
    commit = platform.push("ada/digits", change_readme("operators killed"))
    assert kill_process_in_pod(platform, None, "causeway-system", "app.kubernetes.io/component=hub", "causeway-operator") > 0
    assert kill_process_in_pod(platform, "local-1", "causeway-system", "app.kubernetes.io/component=region", "causeway-operator") > 0
    eventually("the new commit is served", lambda: serves(platform, commit), timeout=240)
    platform.wait_field("demo", "digits", "u-ada", ".status.stage", "Running", timeout=120)
    new_jobs = {j["metadata"]["uid"] for j in platform.get("jobs", namespace="causeway-builds")["items"]} - jobs_before
    assert len(new_jobs) <= 1, "the build ran twice"
    eventually("one pod serves", lambda: len(platform.get("pods", namespace="u-ada", cluster="local-1")["items"]) == 1)
    pod = platform.get("pods", namespace="u-ada", cluster="local-1")["items"][0]
    assert pod["status"]["containerStatuses"][0]["restartCount"] == 0
