"""examples/05-gitops as a pipeline applies it with kubectl: who owns what, nothing for nothing, drift, prune, and waiting."""

import json

import pytest

from gitops import EXAMPLE, HOST, REGION, SYSTEM, TENANT, Reader, copy_of_example, remove_lines, site
from platform_under_test import eventually

MANAGER = "pipeline"
APPLIED = [("cluster", REGION, SYSTEM), ("imagetemplate", "site-v1", SYSTEM), ("repo", "notes", TENANT), ("demo", "notes", TENANT)]
NAMES = {f"Cluster {SYSTEM}/{REGION}", f"ImageTemplate {SYSTEM}/site-v1", f"Repo {TENANT}/notes", f"Demo {TENANT}/notes"}


@pytest.fixture
def apply(platform):
    """apply(folder) as a pipeline does; everything is gone at the end."""
    def apply(folder=EXAMPLE):
        return platform.shell(folder / "apply.sh", timeout=400)
    yield apply
    platform.delete_all("demos", TENANT, timeout=120)
    platform.kubectl("delete", "-k", str(EXAMPLE), "--ignore-not-found", "--timeout=180s", timeout=200)
    platform.kubectl("delete", "imagetemplate", "site-v2", "-n", SYSTEM, "--ignore-not-found")


def wait(platform, kind, name, namespace, condition, timeout=180):
    platform.kubectl("wait", f"{kind}/{name}", "-n", namespace, f"--for=condition={condition}", f"--timeout={timeout}s",
                     timeout=timeout + 30)


def managed_fields(platform, kind, name, namespace):
    shown = platform.kubectl("get", kind, name, "-n", namespace, "-o", "json", "--show-managed-fields").stdout
    return json.loads(shown)["metadata"]["managedFields"]


def what_was_applied(platform):
    """Of every object: what an apply may change, and when the pipeline last changed anything."""
    found = {}
    for kind, name, namespace in APPLIED:
        metadata = platform.get(kind, name, namespace)["metadata"]
        found[name] = (metadata["uid"], metadata["generation"], metadata.get("labels"),
                       [f["time"] for f in managed_fields(platform, kind, name, namespace) if f["manager"] == MANAGER])
    return found


def test_a_pipeline_applies_the_example(platform, digits, apply, tmp_path):
    reader = Reader(platform, tmp_path)

    # All at once, in any order: nobody who waits is told that it failed.
    apply()
    pushed, seen, now = None, set(), {}

    def settled():
        nonlocal pushed, now
        now = {name: state for name, state in reader.read().items() if name in NAMES}
        seen.update(now.items())
        assert "Failed" not in {kstatus for kstatus, _ in now.values()}, now
        if not pushed and now[f"Repo {TENANT}/notes"][0] == "Current":
            pushed = platform.push("lovelace/notes", site("first"))
        return now == {name: ("Current", "Healthy") for name in NAMES}
    try:
        eventually("kstatus and Argo CD agree that everything is there", settled, timeout=240)
    except AssertionError as error:
        raise AssertionError(f"{error}: {now}") from None
    assert (f"Cluster {SYSTEM}/{REGION}", ("InProgress", "Progressing")) in seen
    assert (f"Demo {TENANT}/notes", ("InProgress", "Progressing")) in seen
    for kind, name, namespace in APPLIED:
        wait(platform, kind, name, namespace, "Ready", timeout=5)
    assert platform.request(HOST)[2] == b"first"

    # Nothing changed in the repository: nothing changes in the cluster.
    before = what_was_applied(platform)
    apply()
    assert what_was_applied(platform) == before

    # What is in the repository is the pipeline's, and nobody else's; the operator's is the status.
    for kind, name, namespace in APPLIED:
        owners = {f["manager"] for f in managed_fields(platform, kind, name, namespace) if "f:spec" in f["fieldsV1"]}
        assert owners == {MANAGER}, f"{kind}/{name}"
    other = platform.kubectl("apply", "--server-side", "--field-manager=somebody", "-n", TENANT, "-f", "-", check=False,
                             stdin="{apiVersion: causeway.dev/v1alpha1, kind: Repo, metadata: {name: notes}, spec: {path: lovelace/other}}")
    assert other.returncode != 0 and MANAGER in other.stderr and ".spec.path" in other.stderr

    # Changed by hand, it is put back.
    platform.kubectl("patch", "repo", "notes", "-n", TENANT, "--type=merge", "-p", '{"spec":{"displayName":"by hand"}}')
    apply()
    assert platform.get("repo", "notes", TENANT)["spec"]["displayName"] == "Notes on the engine"

    # A pause is an end to wait for; a template that cannot be used fails whoever waits.
    copy = copy_of_example(tmp_path)
    with open(copy / "tenants" / "lovelace" / "demo.yaml", "a") as file:
        file.write("  paused: true\n")
    template = (copy / "templates" / "site-v1.yaml").read_text()
    (copy / "templates" / "site-v2.yaml").write_text(
        template.replace("site-v1", "site-v2").replace("version: 1", "version: 2").replace("FROM ", "FRUM "))
    with open(copy / "templates" / "kustomization.yaml", "a") as file:
        file.write("  - site-v2.yaml\n")
    apply(copy)
    platform.stage("notes", TENANT, "Paused")
    wait(platform, "demo", "notes", TENANT, "Ready", timeout=30)
    wait(platform, "imagetemplate", "site-v2", SYSTEM, "Stalled", timeout=30)
    now = reader.read()
    assert now[f"Demo {TENANT}/notes"] == ("Current", "Suspended")
    assert now[f"ImageTemplate {SYSTEM}/site-v2"] == ("Failed", "Degraded")

    # What the repository no longer has goes, and nothing else. A Cluster waits for its demos.
    asked = platform.kubectl("delete", "cluster", REGION, "-n", SYSTEM, "--wait=false", check=False)
    if asked.returncode == 0:  # where no webhook has refused it already
        eventually("it is not deleted with demos", lambda: reader.read()[f"Cluster {SYSTEM}/{REGION}"] == ("Terminating", "Degraded"))
    remove_lines(copy / "tenants" / "lovelace" / "kustomization.yaml", "demo.yaml")
    remove_lines(copy / "templates" / "kustomization.yaml", "site-v2.yaml")
    remove_lines(copy / "kustomization.yaml", "clusters")
    apply(copy)
    for kind, name, namespace in (("demo", "notes", TENANT), ("imagetemplate", "site-v2", SYSTEM), ("cluster", REGION, SYSTEM)):
        eventually(f"{kind}/{name} is gone", lambda: platform.get(kind, name, namespace) is None, timeout=180)
    assert platform.get("repo", "notes", TENANT) and platform.get("imagetemplate", "site-v1", SYSTEM)
    assert platform.get("namespace", TENANT)
    platform.stage("digits", "u-ada", "Running")
