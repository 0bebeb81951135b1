"""What is wrong shows as a condition that says what to do, and goes away by itself when the cause does."""

import pytest


from manifests import SERVES, cluster, demo, dockerfile, repo
from platform_under_test import eventually, run


def test_demo_of_a_missing_repo_waits_and_recovers(platform, tenant):
    platform.apply(demo(tenant, "orphan", placement={"regions": ["nowhere"]}))
    eventually("the message names the Repo", lambda: "app" in platform.message("orphan", tenant))
    owner = tenant.removeprefix("u-")
    platform.apply(repo(tenant, owner))
    platform.ready("repo", "app", tenant, timeout=60)
    platform.push(f"{owner}/app", lambda folder: (folder / "Dockerfile").write_text("FROM scratch\nCOPY . /\n"))
    eventually("the message names the regions there are", lambda: "local-1" in platform.message("orphan", tenant), timeout=180)


def test_missing_template_and_revision_are_named_and_found_when_they_appear(platform, app):
    app.push(dockerfile(*SERVES))
    platform.apply(demo(app.namespace, "app", template="cobol", revision="release"))
    eventually("the template is named", lambda: "cobol" in platform.message("app", app.namespace))
    assert platform.get("demo", "app", app.namespace)["status"]["stage"] == "ConfigError"

    template = platform.get("imagetemplate", "docker-v1", "causeway-system")
    platform.apply({"apiVersion": template["apiVersion"], "kind": "ImageTemplate",
                    "metadata": {"name": "cobol-v1", "namespace": app.namespace},
                    "spec": {**template["spec"], "family": "cobol"}})
    try:
        eventually("the revision is named", lambda: "release" in platform.message("app", app.namespace))
        commit = app.push(dockerfile(*SERVES), branch="release")
        platform.stage("app", app.namespace, "Running", timeout=120)
        assert platform.serves(app.host("app"), commit)
    finally:
        platform.delete("demo", "app", app.namespace, timeout=120)
        platform.delete("imagetemplate", "cobol-v1", app.namespace)


def test_each_push_heals_what_the_one_before_broke(platform, app):
    app.push(dockerfile("RUN echo something-distinct && exit 7"))
    platform.apply(demo(app.namespace, "app", health={"startupTimeout": "5s"}))
    platform.stage("app", app.namespace, "BuildError", timeout=180)
    build = platform.get("demo", "app", app.namespace)["status"]["build"]
    log = platform.get("configmap", build["logsRef"]["name"], build["logsRef"]["namespace"])
    assert any("something-distinct" in text for text in log["data"].values())

    # Builds, and never answers; it ends when it is asked to, as a well-behaved process 1.
    app.push(dockerfile("""CMD ["sh", "-c", "trap 'exit 0' TERM; sleep infinity & wait"]"""))
    platform.stage("app", app.namespace, "RuntimeError", timeout=240)
    message = eventually("the message names the port", lambda: (
        lambda text: "port" in text and text)(platform.message("app", app.namespace)))
    assert "0.0.0.0" in message, message

    commit = app.push(dockerfile(*SERVES))
    platform.stage("app", app.namespace, "Running", timeout=180)
    assert platform.serves(app.host("app"), commit)


def test_a_demo_waits_for_its_volume_and_goes_with_it(platform, app, folder):
    app.push(dockerfile(*SERVES))
    platform.apply(demo(app.namespace, "stored", storage={"size": "10Mi", "mountPath": "/data"}))
    platform.stage("stored", app.namespace, "Unschedulable", timeout=180)
    assert "PersistentVolumeClaims" in platform.message("stored", app.namespace)

    # No class of volumes on one machine: an administrator makes one by hand.
    folder.chmod(0o777)
    volume = {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": app.namespace},
              "spec": {"capacity": {"storage": "10Mi"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": str(folder)}}}
    platform.apply(volume, cluster="local-1")
    try:
        platform.stage("stored", app.namespace, "Running", timeout=180)
        pod = platform.pods(app.namespace, "causeway.dev/demo=stored")[0]["metadata"]["name"]
        platform.kubectl("-n", app.namespace, "exec", pod, "--", "sh", "-c", "echo kept > /data/note", cluster="local-1")
        assert (folder / "note").read_text() == "kept\n"
        platform.delete("demo", "stored", app.namespace, timeout=120)
        eventually("its claim has gone with it", lambda: not platform.get("pvc", namespace=app.namespace, cluster="local-1")["items"])
    finally:
        platform.kubectl("delete", "persistentvolume", app.namespace, cluster="local-1")


def test_builds_reach_the_package_sources_that_the_machine_reaches(platform, app):
    if run("apt-get", "-o", "APT::Update::Error-Mode=any", "update", check=False).returncode != 0:
        pytest.skip("this machine itself cannot `apt-get update`")
    app.push(dockerfile("RUN apt-get -o APT::Update::Error-Mode=any update", base="debian"))
    # Only the build is of interest: no region takes the demo.
    platform.apply(demo(app.namespace, "packages", placement={"regions": ["nowhere"]}))
    platform.wait_field("demo", "packages", app.namespace, "status.build.phase", "Succeeded", timeout=180)


def test_an_unknown_region_names_what_there_is(platform):
    platform.apply(cluster("bad-region", "atlantis"))
    try:
        def stalled():
            condition = platform.condition("cluster", "bad-region", "causeway-system", "Stalled")
            return condition and condition["status"] == "True" and "local-1" in condition["message"]
        eventually("the regions are named", stalled, timeout=120)
    finally:
        platform.delete("cluster", "bad-region", "causeway-system", timeout=180)
