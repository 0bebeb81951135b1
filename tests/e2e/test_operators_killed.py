"""SIGKILL of every operator, on the hub and in the region, at a moment of a demo's life: the end is the same."""

import pytest

from load import Load
from machine import kill_in_pods
from manifests import demo, python_app
from platform_under_test import eventually

OPERATORS = [(None, "hub"), ("local-1", "region")]
SYSTEM = "causeway-system"


@pytest.fixture
def kill_operators(platform):
    def kill():
        for cluster, role in OPERATORS:
            assert kill_in_pods(platform, cluster, SYSTEM, f"app.kubernetes.io/component={role}") > 0
    yield kill
    # A pod that crashed is started again later each time; new pods owe nothing.
    for cluster, role in OPERATORS:
        platform.replace_pods(SYSTEM, f"app.kubernetes.io/component={role}", cluster)


def settled(platform, host, name, namespace, commit, jobs):
    """One build, one pod that was never started again, one deployment served."""
    eventually("the commit is served", lambda: platform.serves(host, commit), timeout=120)
    platform.stage(name, namespace, "Running")
    eventually("one pod is left", lambda: len(platform.demo_pods(name, namespace)) == 1)
    assert [restarts for _, restarts in platform.demo_pods(name, namespace)] == [0]
    assert len(platform.build_jobs(name, namespace) - jobs) == 1, "not built once"
    status = platform.get("demo", name, namespace)["status"]
    assert status["revision"] == commit
    assert [p["ready"] for p in status["placements"]] == [True]


@pytest.mark.parametrize("stage", ["Building", "AppStarting"])
def test_first_deployment_survives(platform, app, kill_operators, stage):
    # The application takes a moment to start, so that there is one to be killed in.
    commit = app.push(python_app(start_seconds=3))
    platform.apply(demo(app.namespace, "demo", template="python"))
    platform.stage("demo", app.namespace, stage, timeout=90)
    kill_operators()
    settled(platform, app.host("demo"), "demo", app.namespace, commit, set())


@pytest.mark.parametrize("stage", ["RunningBuilding", "RunningAppStarting"])
def test_rollout_survives_and_serves_all_the_time(platform, digits, kill_operators, stage):
    jobs = platform.build_jobs("digits", "u-ada")
    with Load(platform, digits, "/healthz") as load:
        commit = platform.push("ada/digits", lambda folder: (folder / "CHANGES.txt").write_text(f"killed at {stage}"))
        platform.stage("digits", "u-ada", stage, timeout=90)
        kill_operators()
        settled(platform, digits, "digits", "u-ada", commit, jobs)
    assert load.failures == []
