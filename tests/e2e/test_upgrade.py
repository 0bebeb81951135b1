"""From the manifests and CRDs before their last change to those of the checkout: everything stays."""

import json
import os
import shutil
import subprocess

import pytest

from browser import first_administrator
from load import Load
from manifests import repo
from steps import ROOT, eventually, run

KINDS = "clusters,demos,repos,imagetemplates,assignments"


def git(*arguments):
    return run("git", "-C", str(ROOT), *arguments, check=False)


@pytest.fixture
def earlier(folder):
    """A folder with manifests/ and crds/ as they were before; or in the commit CAUSEWAY_UPGRADE_FROM."""
    commits = git("log", "--format=%H", "--", "manifests", "crds").stdout.split()
    found = os.environ.get("CAUSEWAY_UPGRADE_FROM") or next((c for c in commits if git("diff", "--quiet", c, "--", "manifests/**.yaml", "crds/**.yaml").returncode), None)
    if not found:
        pytest.skip("this machine has a checkout without the history of manifests/ and crds/")
    archive = subprocess.run(["git", "-C", str(ROOT), "archive", found, "manifests", "crds"], check=True, capture_output=True).stdout
    tree = folder / "earlier"
    tree.mkdir()
    subprocess.run(["tar", "-x", "-C", str(tree)], input=archive, check=True)
    return tree


class Installation:
    """What `./causeway up` applies, from this checkout's manifests or others."""

    def __init__(self, platform, tree, folder):
        self.platform, self.tree = platform, tree
        self.top = folder
        shutil.copytree(platform.data / "install", self.top)
        file = self.top / "kustomization.yaml"
        now = os.path.relpath(ROOT / "manifests" / "overlays" / "onebox", platform.data / "install")
        there = os.path.relpath(tree / "manifests" / "overlays" / "onebox", self.top)
        assert f"- {now}\n" in file.read_text()
        file.write_text(file.read_text().replace(f"- {now}\n", f"- {there}\n"))
        region = self.top / "region"
        region.mkdir()
        images = json.loads((platform.data / "install" / "platform.json").read_text())["images"]
        values = {"IMAGE_OPERATOR": images["operator"], "IMAGE_REGISTRY": images["registry"], "HUB_PORT": "6443",
                  "REGISTRY_PORT": "443", "REGISTRY_HOST": "registry.causeway.internal"}
        for source in (tree / "manifests" / "region").glob("*.yaml"):
            text = source.read_text()
            for name, value in values.items():
                text = text.replace(f"${{{name}}}", value)
            (region / source.name).write_text(text)

    def objects(self, folder, cluster=None):
        """(kind, namespace, name) -> object, as the server would have them."""
        done = self.platform.kubectl("apply", "--server-side", "--dry-run=server", "--force-conflicts", "-k", str(folder), "-o", "json",
                                     cluster=cluster)
        return {(o["kind"], o["metadata"].get("namespace", ""), o["metadata"]["name"]): o for o in json.loads(done.stdout)["items"]}

    def apply(self, folder, manager, cluster=None):
        self.platform.kubectl("apply", "--server-side", "--force-conflicts", "--field-manager", manager, "-k", str(folder), cluster=cluster)


def install(platform, old, new):
    """`old` where `new` is: what only `new` has goes."""
    old.apply(old.tree / "crds", "causeway-install")
    for part, manager, cluster in ((".", "causeway-install", None), ("region", "causeway-hub", "local-1")):
        there, before = new.objects(new.top / part, cluster), old.objects(old.top / part, cluster)
        added = [o for key, o in there.items() if key not in before and o["kind"] != "Namespace"]
        if added:
            platform.kubectl("delete", "--ignore-not-found", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": added}),
                             cluster=cluster)
        old.apply(old.top / part, manager, cluster)
    platform.kubectl("annotate", "namespace", "causeway-system", "--overwrite", "causeway.dev/bootstrap=earlier", cluster="local-1")


def everything(platform):
    """What people and the platform have written: uid and spec of each object."""
    return {(o["kind"], o["metadata"]["namespace"], o["metadata"]["name"]): (o["metadata"]["uid"], o["spec"])
            for o in platform.get(KINDS)["items"]}


def version(platform):
    namespace = platform.get("namespace", "causeway-system", cluster="local-1")
    return namespace["metadata"]["annotations"]["causeway.dev/bootstrap"]


def test_an_upgrade_keeps_everything(platform, tenant, digits, earlier, folder):
    before, pods, ours = everything(platform), platform.demo_pods("digits", "u-ada"), version(platform)
    head = run("git", "ls-remote", platform.git_url("ada/digits"), "main").stdout
    claim = platform.get("persistentvolumeclaim", "data-git-0", "causeway-system")["metadata"]["uid"]

    with Load(platform, digits, "/healthz") as load:
        install(platform, Installation(platform, earlier, folder / "old"), Installation(platform, ROOT, folder / "new"))
        # Today's operator with yesterday's rights and CRDs: what was there goes on.
        platform.apply(repo(tenant, tenant.removeprefix("u-")))
        load.more_answers(20)

        # What `up` knows it by; and an earlier one did not say that it had set the administrator's password, which holds.
        platform.kubectl("-n", "causeway-system", "delete", "configmap", "causeway-install", "causeway-first-step")
        platform.up("--port", str(platform.web_port))
        for workload in ("deployment/causeway-operator-hub", "statefulset/git", "daemonset/traefik"):
            platform.kubectl("-n", "causeway-system", "rollout", "status", workload, "--timeout=120s", timeout=130)
        # As another operator's image would make it: a region is installed again when the images that it gets are others.
        platform.kubectl("-n", "causeway-system", "annotate", "cluster", "local-1", "--overwrite", "causeway.dev/bootstrapped=earlier")
        eventually("the hub has upgraded the region", lambda: version(platform) == ours, timeout=120)
        platform.kubectl("-n", "causeway-system", "rollout", "status", "deployment/causeway-operator-region", "--timeout=120s",
                         cluster="local-1", timeout=130)
        platform.wait_field("cluster", "local-1", "causeway-system", "status.phase", "Ready")
        platform.ready("repo", "app", tenant)
        load.more_answers(20)

    assert {key: o for key, o in everything(platform).items() if key[1] != tenant} == before
    assert platform.demo_pods("digits", "u-ada") == pods, "no pod of a demo was started again"
    assert run("git", "ls-remote", platform.git_url("ada/digits"), "main").stdout == head
    assert platform.get("persistentvolumeclaim", "data-git-0", "causeway-system")["metadata"]["uid"] == claim
    assert load.failures == []
    assert first_administrator(platform).get("/identity")["role"] == "administrator"
    assert platform.get("configmap", "causeway-first-step", "causeway-system")
