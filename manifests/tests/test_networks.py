"""Every flow that Causeway needs is allowed, and what nobody needs is not. Clusters of tests have no engine that enforces
NetworkPolicies; `network_rules.py` evaluates them instead. Namespaces that the operator makes: tests/e2e."""

import copy
import json

import pytest

from network_rules import NetworkRules, Pod, matches, pod_of
from rendered import pod_templates, render

API, OTHER_API, PUBLIC, PRIVATE = "10.0.0.2", "192.0.2.9", "203.0.113.5", "10.0.0.7"
METADATA, NODE_DNS = "169.254.169.254", "169.254.20.10"
PROMETHEUS = Pod("monitoring", {"app.kubernetes.io/name": "prometheus"})
DEMO = Pod("u-ada", {"causeway.dev/demo": "digits"}, {"http": 7860})
BUILD = Pod("causeway-builds", {"app.kubernetes.io/name": "build"})
STRANGER = Pod("default", {"app": "stranger"})
CLIENT = Pod("causeway-system", {"causeway.dev/database-client": "true"})


def namespace(name, **labels):
    return {"kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def with_ports(objects, **ports):
    """As the hub fills in what only it knows."""
    objects = copy.deepcopy(objects)
    for o in objects:
        for rule in o["spec"].get("egress", []) if o["kind"] == "NetworkPolicy" else []:
            for port in rule.get("ports", []):
                if str(port["port"]).startswith("${"):
                    port["port"] = ports[port["port"][2:-1]]
    return objects


class Place:
    """A cluster with its policies, and the pods of its workloads by name."""

    def __init__(self, objects):
        self.rules = NetworkRules([*objects, namespace("default"), namespace("monitoring"),
                                   namespace("u-ada", **{"causeway.dev/tenant": "true"})])
        self.pods = {owner["metadata"]["name"]: pod_of(owner, template) for owner, template in pod_templates(objects)}

    def __getattr__(self, name):
        return self.pods[name.replace("_", "-")]


HUB = Place([*render("overlays/own-cluster"), *render("addons/registry")])
REGION = Place([namespace("causeway-system"), *with_ports(render("region"), HUB_PORT=16443, REGISTRY_PORT=5443),
                *render("addons/traefik")])

NEEDED = [
    *[(HUB, pod, API, port) for pod in (HUB.causeway_operator_hub, HUB.git, HUB.traefik, HUB.causeway_operator_region)
      for port in (443, 6443)],
    (HUB, HUB.causeway_operator_hub, OTHER_API, 6443),
    (HUB, HUB.causeway_operator_hub, PRIVATE, 443),  # a registry beside the cluster
    (HUB, HUB.causeway_operator_hub, HUB.git, "http"),
    (HUB, HUB.causeway_operator_hub, PUBLIC, 80),
    (HUB, HUB.git, PUBLIC, 443),
    (HUB, HUB.causeway_operator_hub, HUB.registry, "registry"),
    (HUB, CLIENT, HUB.postgresql, "postgresql"),
    (HUB, HUB.causeway_apiserver, HUB.postgresql, "postgresql"),
    (HUB, HUB.git, HUB.postgresql, "postgresql"),
    (HUB, HUB.causeway_apiserver, PUBLIC, 443),
    (HUB, HUB.causeway_apiserver, API, 6443),
    (HUB, HUB.traefik, HUB.causeway_apiserver, "http"),
    (HUB, PROMETHEUS, HUB.causeway_apiserver, "http"),
    (HUB, PROMETHEUS, HUB.causeway_apiserver, "metrics"),
    (HUB, BUILD, HUB.git, "http"),
    (HUB, BUILD, HUB.registry, "registry"),
    (HUB, BUILD, PUBLIC, 443),
    (HUB, BUILD, PUBLIC, 80),
    (HUB, BUILD, "2001:db8::5", 443),
    (HUB, PUBLIC, HUB.traefik, "web"),
    (HUB, HUB.traefik, HUB.git, "http"),
    (HUB, HUB.traefik, DEMO, "http"),
    (HUB, HUB.causeway_operator_region, HUB.traefik, "web"),
    (HUB, PROMETHEUS, HUB.causeway_operator_hub, "metrics"),
    (HUB, PROMETHEUS, HUB.git, "metrics"),
    (HUB, PROMETHEUS, HUB.causeway_webhooks, "metrics"),
    (HUB, API, HUB.causeway_webhooks, "webhooks"),
    (HUB, HUB.causeway_webhooks, API, 6443),
    (HUB, PROMETHEUS, HUB.causeway_operator_region, "metrics"),
    (HUB, PROMETHEUS, HUB.traefik, "ping"),
    (REGION, REGION.causeway_operator_region, API, 6443),
    (REGION, REGION.causeway_operator_region, PUBLIC, 16443),
    (REGION, REGION.causeway_operator_region, REGION.traefik, "web"),
    (REGION, REGION.traefik, API, 443),
    (REGION, REGION.traefik, DEMO, "http"),
    (REGION, PUBLIC, REGION.traefik, "web"),
    (REGION, PRIVATE, REGION.registry_cache, "registry"),
    (REGION, REGION.registry_cache, PUBLIC, 5443),
]

# To everybody: gateways, the cache, which nodes ask, and the webhooks, whose API servers are at no address known here.
OPEN = [*[(pod, port) for pod in (HUB.traefik, REGION.traefik, REGION.registry_cache) for port in pod.ports if port != "ping"],
        (HUB.causeway_webhooks, "webhooks")]

UNWANTED = [
    *[(place, source, pod, port) for place in (HUB, REGION) for pod in place.pods.values() for port in pod.ports
      if (pod, port) not in OPEN for source in (STRANGER, DEMO, PUBLIC)],
    *[(HUB, BUILD, pod, port) for pod in HUB.pods.values() for port in pod.ports
      if (pod, port) not in ((HUB.git, "http"), (HUB.registry, "registry"))],
    *[(HUB, pod, HUB.postgresql, "postgresql") for pod in HUB.pods.values() if pod not in (HUB.causeway_apiserver, HUB.git)],
    *[(HUB, pod, peer, 443) for pod in (HUB.registry, HUB.postgresql) for peer in (API, PUBLIC)],
    *[(place, pod, METADATA, port) for place in (HUB, REGION) for pod in place.pods.values() for port in (80, 443, 6443)],
    (HUB, BUILD, METADATA, 80),
    (HUB, BUILD, API, 443),
    (HUB, BUILD, API, 6443),
    (HUB, BUILD, PRIVATE, 443),
    (HUB, BUILD, PRIVATE, 80),
    (HUB, BUILD, BUILD, 8080),
    (HUB, BUILD, DEMO, "http"),
    (HUB, BUILD, "fd00::1", 443),
    (HUB, BUILD, PUBLIC, 22),
    (HUB, STRANGER, BUILD, 8080),
    (HUB, HUB.git, HUB.causeway_operator_hub, "metrics"),
    (HUB, HUB.git, PRIVATE, 80),
    (HUB, HUB.traefik, HUB.git, "metrics"),
    (HUB, HUB.traefik, HUB.causeway_operator_hub, "metrics"),
    (HUB, HUB.traefik, PUBLIC, 80),
    (HUB, HUB.causeway_operator_region, HUB.git, "http"),
    (HUB, HUB.causeway_operator_hub, PRIVATE, 22),
    (REGION, REGION.registry_cache, API, 6443),
    (REGION, REGION.causeway_operator_region, DEMO, "http"),
]


def words(flow):
    place, source, target, port = flow
    name = {id(pod): name for name, pod in place.pods.items()}
    def one(peer):
        return peer if isinstance(peer, str) else name.get(id(peer)) or f"{peer.namespace}/{'/'.join(peer.labels.values())}"
    return f"{'hub' if place is HUB else 'region'}: {one(source)} -> {one(target)}:{port}"


@pytest.mark.parametrize("flow", NEEDED, ids=words)
def test_is_allowed(flow):
    place, source, target, port = flow
    assert place.rules.allows(source, target, port)


@pytest.mark.parametrize("flow", UNWANTED, ids=words)
def test_is_not_allowed(flow):
    place, source, target, port = flow
    assert not place.rules.may_allow(source, target, port)


@pytest.mark.parametrize("server", [NODE_DNS, "10.96.0.10", "203.0.113.53"])
def test_every_pod_may_ask_for_names(server):
    for place in (HUB, REGION):
        for pod in (*place.pods.values(), *([BUILD] if place is HUB else [])):
            for protocol in ("UDP", "TCP"):
                assert place.rules.allows(pod, server, 53, protocol)


def test_without_policies_everything_is_allowed():
    """What is evaluated can say yes and no."""
    free = NetworkRules([namespace("default"), namespace("causeway-system")])
    for _, source, target, port in UNWANTED:
        assert free.may_allow(source, target, port)


def test_production_is_reached_by_https_only():
    ports = [port["port"] for o in render("overlays/production") if o["kind"] == "Service"
             and o["spec"].get("type") == "LoadBalancer" for port in o["spec"]["ports"]]
    assert ports and set(ports) == {443}


def test_in_production_what_people_name_is_asked_at_listed_hosts_only():
    data = {}
    for o in render("overlays/production"):
        if o["kind"] == "ConfigMap" and o["metadata"]["name"].startswith(("platform-", "causeway-apiserver-")):
            data.update(o["data"])
    for hosts in (json.loads(data["platform.json"])["imports"]["hosts"], data["WEBHOOK_HOSTS"].split(",")):
        assert hosts and "*" not in hosts


def test_selectors_are_read_as_kubernetes_does():
    def one(operator, *values):
        return {"matchExpressions": [{"key": "app", "operator": operator, **({"values": list(values)} if values else {})}]}
    for selector, there, absent in ((one("In", "git", "web"), True, False), (one("NotIn", "git"), False, True), (one("Exists"), True, False),
                                    (one("DoesNotExist"), False, True), (one("In", "web"), False, False), (None, True, True)):
        assert (matches(selector, {"app": "git"}), matches(selector, {})) == (there, absent), selector
    assert not matches({"matchLabels": {"app": "git"}, **one("In", "web")}, {"app": "git"})
