"""examples/05-gitops by Flux, from the platform's own git server: order, drift, commits, failures, prune. --long only."""

import shutil

import pytest

from flux import NAMESPACE, Flux
from gitops import EXAMPLE, HOST, REGION, SYSTEM, TENANT, Reader, remove_lines, site
from platform_under_test import eventually

OWNER = "o-platform"


@pytest.fixture
def flux(platform, tmp_path):
    """Flux in the hub, and the Repo that it is to pull from; both and what it applied are gone at the end."""
    folder = tmp_path / "flux"
    folder.mkdir()
    flux = Flux(platform)
    platform.apply({"apiVersion": "v1", "kind": "Namespace",
                    "metadata": {"name": OWNER, "labels": {"causeway.dev/owner": "platform"}}})
    platform.apply({"apiVersion": "causeway.dev/v1alpha1", "kind": "Repo", "metadata": {"name": "gitops", "namespace": OWNER},
                    "spec": {"type": "Space", "owner": "platform", "path": "platform/gitops", "visibility": "Public"}})
    platform.kubectl("wait", "repo/gitops", "-n", OWNER, "--for=condition=Ready", "--timeout=60s")
    try:
        flux.install(folder)
        yield flux
    finally:
        platform.kubectl("delete", "kustomizations.kustomize.toolkit.fluxcd.io", "--all", "-n", NAMESPACE, "--timeout=240s",
                         check=False, timeout=300)
        flux.uninstall(folder)
        platform.kubectl("delete", "networkpolicy", "git-for-flux", "-n", SYSTEM, "--ignore-not-found", check=False)
        platform.delete_all("demos,repos", TENANT, timeout=120)
        platform.kubectl("delete", "-k", str(EXAMPLE), "--ignore-not-found", "--timeout=180s", check=False, timeout=200)
        platform.kubectl("delete", "namespace", OWNER, "--timeout=60s", check=False, timeout=90)


def all_files(folder):
    for item in EXAMPLE.iterdir():
        (shutil.copytree if item.is_dir() else shutil.copy)(item, folder / item.name)


def test_flux_reconciles_the_example(platform, digits, flux, tmp_path):
    reader = Reader(platform, tmp_path)

    def commit(change, message):
        revision = platform.push("platform/gitops", change, message=message)
        flux.fetch(revision)
        return revision

    # Once by hand; from then on a commit is all it takes.
    first = platform.push("platform/gitops", all_files, message="Everything")
    platform.kubectl("apply", "-k", str(EXAMPLE / "flux"))

    # Order: no tenant before there is a region.
    eventually("tenants wait for the clusters", lambda: flux.condition("kustomization", "tenants").get("reason") == "DependencyNotReady", timeout=60)
    eventually("the Cluster is there and not Ready", lambda: reader.read().get(f"Cluster {SYSTEM}/{REGION}", ("",))[0] == "InProgress", timeout=60)
    assert platform.get("namespace", TENANT) is None
    for name in ("clusters", "templates", "tenants"):
        flux.applied(name, first)
    ready = platform.condition("cluster", REGION, SYSTEM, "Ready")
    born = platform.get("demo", "notes", TENANT)["metadata"]["creationTimestamp"]
    assert ready["status"] == "True" and ready["lastTransitionTime"] <= born, (ready, born)

    # What the tenant pushes is not Flux's business.
    platform.push("lovelace/notes", site("first"))
    platform.stage("notes", TENANT, "Running", timeout=240)
    assert platform.request(HOST)[2] == b"first"
    assert reader.read()[f"Demo {TENANT}/notes"] == ("Current", "Healthy")

    # Drift: what was changed, and what was deleted, by hand.
    platform.kubectl("patch", "repo", "notes", "-n", TENANT, "--type=merge", "-p", '{"spec":{"displayName":"by hand"}}')
    platform.kubectl("patch", "demo", "notes", "-n", TENANT, "--type=merge", "-p", '{"spec":{"paused":true}}')
    platform.kubectl("delete", "imagetemplate", "site-v1", "-n", SYSTEM, "--timeout=60s")
    assert flux.reconcile("templates")["status"] == "True"
    assert flux.reconcile("tenants")["status"] == "True"
    assert platform.get("repo", "notes", TENANT)["spec"]["displayName"] == "Notes on the engine"
    assert "paused" not in platform.get("demo", "notes", TENANT)["spec"], "what kubectl has added is taken away"
    assert platform.get("imagetemplate", "site-v1", SYSTEM)
    platform.stage("notes", TENANT, "Running", timeout=120)

    # Nothing changed: nothing changes.
    def state():
        return [(m["uid"], m["generation"]) for kind, name, namespace in (
            ("cluster", REGION, SYSTEM), ("imagetemplate", "site-v1", SYSTEM), ("repo", "notes", TENANT), ("demo", "notes", TENANT))
            for m in [platform.get(kind, name, namespace)["metadata"]]]
    before = state()
    for name in ("clusters", "templates", "tenants"):
        assert flux.reconcile(name)["status"] == "True"
    assert state() == before

    # A template that cannot be used fails at once, and holds up what depends on it; the demo serves on.
    def broken(folder):
        good = (folder / "templates" / "site-v1.yaml").read_text()
        (folder / "templates" / "site-v2.yaml").write_text(
            good.replace("site-v1", "site-v2").replace("version: 1", "version: 2").replace("FROM ", "FRUM "))
        with open(folder / "templates" / "kustomization.yaml", "a") as file:
            file.write("  - site-v2.yaml\n")
    commit(broken, "Break a template")
    eventually("Flux is told", lambda: flux.condition("kustomization", "templates").get("reason") == "HealthCheckFailed", timeout=60)
    eventually("what depends waits", lambda: flux.condition("kustomization", "tenants").get("reason") == "DependencyNotReady", timeout=60)
    assert platform.request(HOST)[2] == b"first"

    # Mended, and the demo taken out: it goes, and nothing else does.
    def mended(folder):
        (folder / "templates" / "site-v2.yaml").unlink()
        remove_lines(folder / "templates" / "kustomization.yaml", "site-v2.yaml")
        (folder / "tenants" / "lovelace" / "demo.yaml").unlink()
        remove_lines(folder / "tenants" / "lovelace" / "kustomization.yaml", "demo.yaml")
    last = commit(mended, "Take the demo out")
    for name in ("templates", "tenants"):
        flux.applied(name, last)
    eventually("the demo is gone", lambda: platform.get("demo", "notes", TENANT) is None, timeout=120)
    assert platform.get("imagetemplate", "site-v2", SYSTEM) is None
    assert platform.get("imagetemplate", "site-v1", SYSTEM) and platform.get("repo", "notes", TENANT)
    assert platform.get("cluster", REGION, SYSTEM)["status"]["phase"] == "Ready"

    # Without Flux's objects nothing of the repository stays.
    platform.kubectl("delete", "kustomizations.kustomize.toolkit.fluxcd.io", "--all", "-n", NAMESPACE, "--timeout=240s", timeout=300)
    for kind, name, namespace in (("cluster", REGION, SYSTEM), ("imagetemplate", "site-v1", SYSTEM), ("repo", "notes", TENANT)):
        eventually(f"{kind}/{name} is gone", lambda: platform.get(kind, name, namespace) is None, timeout=180)
    platform.stage("digits", "u-ada", "Running")
