"""What kube-state-metrics is told is where the CRDs have it."""

import pytest
import yaml

from observability import FOLDER, ROOT

RESOURCES = yaml.safe_load((FOLDER / "kube-state-metrics" / "custom-resource-state.yaml").read_text())["spec"]["resources"]
CRDS = {crd["spec"]["names"]["kind"]: crd for crd in
        (yaml.safe_load(file.read_text()) for file in (ROOT / "crds").glob("*/crd.yaml"))}
METADATA = {"type": "object", "properties": {name: {"type": "string"} for name in
                                             ("name", "namespace", "creationTimestamp", "deletionTimestamp")}}


def schema_at(kind, path):
    crd = CRDS[kind]
    schema = next(v for v in crd["spec"]["versions"] if v["name"] == "v1alpha1")["schema"]["openAPIV3Schema"]
    schema = {**schema, "properties": {**schema["properties"], "metadata": METADATA}}
    for step in path:
        schema = schema.get("items", schema)
        assert step in schema.get("properties", {}), f"{kind} has no {'.'.join(path)}"
        schema = schema["properties"][step]
    return schema


def test_all_four_kinds_are_there():
    assert {r["groupVersionKind"]["kind"] for r in RESOURCES} == {"Cluster", "Demo", "ImageTemplate", "Repo"}


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda r: r["groupVersionKind"]["kind"])
def test_paths_exist(resource):
    kind = resource["groupVersionKind"]["kind"]
    for metric in resource["metrics"]:
        each = metric["each"]
        details = each[each["type"][0].lower() + each["type"][1:]]
        base = details.get("path", [])
        schema_at(kind, base)
        for label in details.get("labelsFromPath", {}).values():
            schema_at(kind, base + label)
        if "valueFrom" in details:
            schema_at(kind, base + details["valueFrom"])
        if each["type"] == "StateSet":
            assert details["list"] == schema_at(kind, base)["enum"], f"{kind} {metric['name']}"


def test_it_may_read_what_it_tells_of():
    roles = [o for o in yaml.safe_load_all((FOLDER / "kube-state-metrics" / "rbac.yaml").read_text()) if o["kind"] == "ClusterRole"]
    ours = next(rule for rule in roles[0]["rules"] if rule["apiGroups"] == ["causeway.dev"])
    assert set(ours["resources"]) == {CRDS[r["groupVersionKind"]["kind"]]["spec"]["names"]["plural"] for r in RESOURCES}
