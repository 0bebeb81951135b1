"""A deleted Demo leaves nothing, neither on the hub, nor in its region, nor in the registry."""

import json

from manifests import demo, python_app
from platform_under_test import eventually, run

HUB = "assignments,dnsendpoints,jobs,controllerrevisions,configmaps,secrets"
REGION = "assignments,deployments,replicasets,services,endpointslices,ingresses,pods,poddisruptionbudgets,configmaps,secrets"


def traces(platform, kinds, namespaces, cluster=None):
    """What is labelled for the demo, or named after it or its Secret's copy, in namespaces that matter."""
    found = []
    for namespace in namespaces:
        for item in platform.get(kinds, namespace=namespace, cluster=cluster)["items"]:
            meta = item["metadata"]
            if any(value.startswith("files") for value in [meta["name"], *meta.get("labels", {}).values()]):
                found.append(f"{item['kind']} {namespace}/{meta['name']}")
    return found


def test_deleting_a_demo_removes_everything_it_made(platform, app):
    platform.apply({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "greeting", "namespace": app.namespace},
                    "stringData": {"GREETING": "a secret greeting"}})
    app.push(python_app())
    platform.apply(demo(app.namespace, "files", template="python", secretRefs=[{"name": "greeting"}], scaling={"min": 2, "max": 2}))
    platform.stage("files", app.namespace, "Running", timeout=120)
    host = app.host("files")
    eventually("the demo has its Secret", lambda: platform.request(host)[2] == b"a secret greeting")

    uid8 = platform.get("cluster", "local-1", "causeway-system")["metadata"]["uid"][:8]
    hub = [app.namespace, "causeway-system", "causeway-builds", f"cluster-{uid8}"]
    region = [app.namespace, "causeway-system"]
    kinds = {trace.split()[0] for trace in traces(platform, HUB, hub)}
    assert {"Assignment", "DNSEndpoint", "Job", "ControllerRevision", "ConfigMap", "Secret"} <= kinds
    kinds = {trace.split()[0] for trace in traces(platform, REGION, region, "local-1")}
    assert {"Assignment", "Deployment", "Service", "Ingress", "Pod", "PodDisruptionBudget", "Secret"} <= kinds
    registry = platform.onebox("GET", "/v1/status")["registry"]
    tags = ["curl", "-sS", "--cacert", registry["caFile"], f"https://{registry['loopback']}/v2/{app.namespace}/files/tags/list"]
    assert json.loads(run(*tags).stdout)["tags"]

    platform.delete("demo", "files", app.namespace, timeout=120)
    # Jobs and what a Deployment owns are removed by the garbage collector, after their owner.
    eventually("nothing is left in the region", lambda: traces(platform, REGION, region, "local-1") == [])
    eventually("nothing is left on the hub", lambda: traces(platform, HUB, hub) == [])
    assert platform.get("secret", "greeting", app.namespace), "the user's own Secret was removed"
    eventually("the gateway knows it no more", lambda: platform.request(host)[0] == 404)
    assert not json.loads(run(*tags).stdout).get("tags")
