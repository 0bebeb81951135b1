"""Overlays on a real API server."""

import json

import pytest

from conftest import ROOT
from rendered import name_of, pod_templates, render

OVERLAYS = sorted(path.parent.name for path in (ROOT / "manifests" / "overlays").glob("*/kustomization.yaml"))


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_a_dry_run_is_clean(server, overlay):
    done = server.kubectl("apply", "--server-side", "--dry-run=server", "-k", ROOT / "manifests" / "overlays" / overlay)
    # One machine's gateway takes a port of the node, which `restricted` warns of.
    warnings = [line for line in done.stderr.splitlines() if line]
    assert not warnings if overlay == "production" else all("would violate PodSecurity" in w for w in warnings)
    assert len(done.stdout.splitlines()) == len(render(f"overlays/{overlay}"))


def test_the_second_time_changes_nothing(installed):
    production = ROOT / "manifests" / "overlays" / "production"

    def versions():
        return {name_of(o): o["metadata"]["resourceVersion"] for o in installed.get("-k", production)["items"]}
    before = versions()
    installed.kubectl("apply", "--server-side", "--field-manager=install", "-k", production)
    assert versions() == before and len(before) == len(render("overlays/production"))


def test_its_pods_pass_the_admission_of_their_namespaces(installed):
    """As the controllers would make them; there are none here."""
    tried = 0
    for folder in ("overlays/production", "addons/postgresql"):
        for owner, template in pod_templates(render(folder)):
            pod = {"apiVersion": "v1", "kind": "Pod",
                   "metadata": {"name": "tried", "namespace": owner["metadata"]["namespace"], "labels": template["metadata"]["labels"]},
                   "spec": template["spec"]}
            claims = [claim["metadata"]["name"] for claim in owner["spec"].get("volumeClaimTemplates", [])]
            pod["spec"] = {**pod["spec"], "volumes": [*pod["spec"].get("volumes", []),
                                                      *({"name": claim, "emptyDir": {}} for claim in claims)]}
            done = installed.api.create(pod, dry_run=True)
            assert done.ok and not done.warnings, f"{name_of(owner)}: {done.said} {done.warnings}"
            tried += 1
    assert tried >= 5


@pytest.mark.parametrize("namespace, spec, word", [
    ("causeway-system", {"hostNetwork": True}, "restricted"),
    ("causeway-builds", {"hostPID": True}, "baseline"),
])
def test_others_do_not(installed, namespace, spec, word):
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "tried", "namespace": namespace},
           "spec": {"containers": [{"name": "c", "image": "i"}], **spec}}
    done = installed.api.create(pod, dry_run=True)
    assert not done.ok and f'violates PodSecurity "{word}' in done.said, done.said or "accepted"


def test_production_names_every_image_once(installed):
    """Images of pods, and those that the operator starts by itself, are of one version and one registry."""
    objects = render("overlays/production")
    settings = next(json.loads(o["data"]["platform.json"]) for o in objects
                    if o["kind"] == "ConfigMap" and "platform.json" in o.get("data", {}))
    of_pods = {c["image"] for _, template in pod_templates(objects) for c in template["spec"]["containers"]}
    assert all(image.startswith("registry.example.org/causeway/") for image in of_pods)
    by_name = {image.rsplit("/", 1)[1].split(":")[0]: image for image in of_pods}
    for name in settings["images"].keys() & by_name.keys():
        assert settings["images"][name] == by_name[name]
    tags = {settings["images"]["operator"].rsplit(":", 1)[1], settings["images"]["builder"].rsplit(":", 1)[1],
            by_name["git"].rsplit(":", 1)[1]}
    assert len(tags) == 1, "operator, builder and git are built together"
