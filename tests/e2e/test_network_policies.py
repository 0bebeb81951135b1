"""The NetworkPolicies of a running platform, those that the operator makes among them, evaluated for its pods: one machine has no
engine that enforces them. Those of manifests/ alone: manifests/tests/test_networks.py."""

import sys

from steps import ROOT

sys.path.insert(0, str(ROOT / "manifests" / "tests"))

from network_rules import NetworkRules, Pod  # noqa: E402

PUBLIC, PRIVATE, METADATA, NAMES = "203.0.113.5", "192.168.1.4", "169.254.169.254", "10.96.0.10"


def look(platform, cluster=None):
    """The rules of a cluster, its pods by the name of what they are, and its API server's address."""
    objects = platform.get("networkpolicies,namespaces,pods", cluster=cluster)["items"]
    pods = {}
    for o in objects:
        if o["kind"] == "Pod" and o["status"].get("podIP"):
            ports = {p["name"]: p["containerPort"] for c in o["spec"]["containers"] for p in c.get("ports", []) if "name" in p}
            labels = o["metadata"]["labels"]
            pods[labels.get("app.kubernetes.io/name")] = Pod(o["metadata"]["namespace"], labels, ports, o["status"]["podIP"])
    address = platform.get("nodes", cluster=cluster)["items"][0]["status"]["addresses"][0]["address"]
    return NetworkRules(objects), pods, address


def test_demos_reach_what_is_public_and_are_reached_by_the_gateway_alone(platform, digits):
    rules, pods, api = look(platform, "local-1")
    demo, gateway, operator = pods["digits"], pods["traefik"], pods["causeway-operator"]
    assert rules.allows(gateway, demo, "http")
    for port in (80, 443, 8080):
        assert rules.allows(demo, PUBLIC, port)
    assert rules.allows(demo, NAMES, 53, "UDP")
    assert rules.allows(operator, api, 6443) and rules.allows(operator, gateway, "web")

    stranger = Pod("u-eve", {"causeway.dev/demo": "other"})
    for source in (stranger, Pod("default", {}), pods["registry-cache"], PUBLIC, api):
        assert not rules.may_allow(source, demo, "http"), source
    for target, port in ((api, 6443), (PRIVATE, 443), (METADATA, 80), (gateway, "web"), (operator, "metrics"),
                         (pods["registry-cache"], "registry"), (Pod("u-ada", {}, address="10.244.0.9"), 7860)):
        assert not rules.may_allow(demo, target, port), target


def test_terraform_runs_reach_everything_but_the_nodes_credentials(platform, digits):
    rules, pods, api = look(platform)
    run = Pod(platform.get("cluster", "local-1", "causeway-system")["status"]["runNamespace"], {})
    for target, port in ((api, 6443), (PUBLIC, 443), (PRIVATE, 22), (PUBLIC, 6443)):
        assert rules.allows(run, target, port), target
    assert rules.allows(run, "169.254.20.10", 53, "UDP")
    for target, port in ((METADATA, 80), ("fe80::1", 443), (pods["git"], "http"), (pods["causeway-operator"], "metrics")):
        assert not rules.may_allow(run, target, port), target
    for source in (PUBLIC, pods["traefik"], Pod("default", {})):
        assert not rules.may_allow(source, run, 8080), source
