"""What only a real API server can tell of the kinds in crds/: that it accepts the schemas and the cost of their CEL rules, fills in
defaults, refuses what crds/testdata says it must with the words it says, and shows people what they look for."""

import re

import pytest
import yaml

from conftest import ROOT, without_webhooks

CRDS = ROOT / "crds"
EXAMPLES = sorted(CRDS.glob("*/example.yaml"))
CASES = sorted(CRDS.glob("testdata/*/*.yaml"))
OURS = re.compile("^apiVersion: causeway.dev/", re.MULTILINE)
SHIPPED = sorted(file for folder in ("examples", "manifests") for file in (ROOT / folder).rglob("*.yaml")
                 if file.name != "kustomization.yaml" and OURS.search(file.read_text()))


def objects_of(file):
    return [o for o in yaml.safe_load_all(file.read_text()) if o]


def name_of(file):
    return str(file.relative_to(ROOT))


@pytest.fixture(scope="module")
def kinds(server):
    """The examples, created."""
    examples = [o for file in EXAMPLES for o in objects_of(file)]
    with without_webhooks(server):
        for namespace in {o["metadata"]["namespace"] for o in examples}:
            server.namespace(namespace)
        for o in examples:
            done = server.api.create(o)
            assert done.ok, done.said
        yield server
        for o in examples:
            server.api.delete((o["apiVersion"], o["kind"]), o["metadata"]["name"], o["metadata"]["namespace"])


def test_the_schemas_are_structural(server):
    kinds = [kind for kind in server.api.get("customresourcedefinitions")["items"] if kind["spec"]["group"] == "causeway.dev"]
    assert len(kinds) >= 5
    for kind in kinds:
        conditions = {condition["type"]: condition["status"] for condition in kind["status"]["conditions"]}
        assert conditions["Established"] == "True" and conditions.get("NonStructuralSchema", "False") == "False", kind["metadata"]["name"]


@pytest.mark.parametrize("file", SHIPPED, ids=name_of)
def test_what_the_tree_ships_is_accepted(kinds, file):
    for o in objects_of(file):
        if not o["apiVersion"].startswith("causeway.dev/"):
            continue
        kinds.namespace(o["metadata"].setdefault("namespace", "default"))
        done = kinds.api.create(o, dry_run=True)
        assert done.ok or done.object["reason"] == "AlreadyExists", done.said


@pytest.mark.parametrize("file", CASES, ids=name_of)
def test_of_the_cases_it_accepts_and_refuses_what_they_say(kinds, file):
    """`# server: TEXT`: with these words."""
    expected = re.search("^# server: (.*)$", file.read_text(), re.MULTILINE)
    [o] = objects_of(file)
    done = kinds.api.create(o, dry_run=True)
    if expected:
        assert not done.ok and expected[1] in done.said, done.said or "accepted"
    else:
        assert done.ok, done.said


@pytest.mark.parametrize("kind, name, namespace, spec, words", [
    ("cluster", "guangzhou", "causeway-system", {"role": "Management"}, "role cannot be changed"),
    ("cluster", "guangzhou", "causeway-system", {"source": {"terraform": {"region": "ap-shanghai"}}}, "source cannot be changed"),
    ("cluster", "guangzhou", "causeway-system", {"network": {"cidr": "10.9.0.0/16"}}, "network cannot be changed"),
    ("repo", "ada-digits", "u-ada", {"type": "Model"}, "type cannot be changed"),
    ("imagetemplate", "python-web-v1", "causeway-system", {"family": "other"}, "family cannot be changed"),
    ("assignment", "digits-1f0b5c2a", "cluster-0f3a9c51", {"epoch": 0}, "epoch never goes back"),
])
def test_what_stays_as_it_was_made(kinds, kind, name, namespace, spec, words):
    done = kinds.api.patch(kind, name, namespace, {"spec": spec})
    assert not done.ok and words in done.said, done.said or "accepted"


def test_build_inputs_of_a_template_change_until_demos_use_it(kinds):
    def change(what, subresource=""):
        return kinds.api.patch("imagetemplate", "python-web-v1", "causeway-system", what, subresource)
    for done in (change({"spec": {"proc": ["python3", "main.py"]}}), change({"status": {"demoCount": 1}}, "status")):
        assert done.ok, done.said
    done = change({"spec": {"proc": ["python3", "app.py"]}})
    assert not done.ok and "create the next version" in done.said, done.said or "accepted"


def test_defaults_and_the_status_before_the_first_visit(kinds):
    demo = kinds.api.get("demo", "digits", "u-ada")
    spec = demo["spec"]
    assert spec["placement"]["clusterCount"] == 1
    assert (spec["rollout"], spec["placement"]["failover"]["after"], spec["scaling"]["idleTimeout"], spec["autoDeploy"]) == ("Rolling", "5m", "15m", True)
    assert demo["status"]["observedGeneration"] == -1
    assert kinds.api.get("cluster", "guangzhou", "causeway-system")["status"]["phase"] == "Pending"


def test_a_finalizer_is_patched_only_into_the_list_that_was_read(kinds):
    """What kube/core rests on: a missing member tests equal to null, and a changed list is refused."""
    def patch(*change):
        return kinds.api.patch("demo", "digits", "u-ada", list(change))
    first = ({"op": "test", "path": "/metadata/finalizers", "value": None},
             {"op": "add", "path": "/metadata/finalizers", "value": ["causeway.dev/a"]})
    done = patch(*first)
    assert done.ok, done.said
    done = patch(*first)
    assert done.code == 422, done
    done = patch({"op": "test", "path": "/metadata/finalizers/0", "value": "causeway.dev/a"}, {"op": "remove", "path": "/metadata/finalizers/0"})
    assert done.ok, done.said


@pytest.mark.parametrize("command, words", [
    ("explain demo.spec.placement", "Where the Demo runs."),
    ("explain demo.spec.placement.regions", "ap-guangzhou"),
    ("explain cluster", "runs demos"),
    ("get demos -n u-ada", "NAME     STAGE    READY   CLUSTER   URL   AGE"),
    ("get clusters -n causeway-system", "PROVIDER       REGION         NODES   DEMOS   AGE"),
    ("get causeway -A", "demo.causeway.dev/digits"),
    ("get cwr -n u-ada", "ada/Digits"),
])
def test_what_people_see(kinds, command, words):
    assert words in kinds.kubectl(*command.split()).stdout
