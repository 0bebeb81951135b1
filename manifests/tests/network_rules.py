"""What NetworkPolicies (networking.k8s.io/v1) allow, for clusters of tests that have no engine to enforce them.

Whether an `ipBlock` holds for pods is left to the engine. `allows` takes the narrow reading, in which a pod is no address, so
that what is needed works everywhere; `may_allow` the wide one, so that what is unwanted is refused everywhere."""

import dataclasses
import ipaddress


@dataclasses.dataclass(frozen=True)
class Pod:
    namespace: str
    labels: dict
    ports: dict = dataclasses.field(default_factory=dict)  # of its containers, by name
    address: str = "10.244.0.77"


def pod_of(owner, template):
    """A pod that this object's template makes."""
    ports = {port["name"]: port["containerPort"] for container in template["spec"]["containers"]
             for port in container.get("ports", [])}
    return Pod(owner["metadata"]["namespace"], template["metadata"]["labels"], ports)


class NetworkRules:
    def __init__(self, objects):
        self.policies = [o for o in objects if o["kind"] == "NetworkPolicy"]
        self.namespaces = {o["metadata"]["name"]: {"kubernetes.io/metadata.name": o["metadata"]["name"],
                                                   **o["metadata"].get("labels", {})}
                           for o in objects if o["kind"] == "Namespace"}

    def allows(self, source, target, port, protocol="TCP"):
        return self._passes(source, target, port, protocol, pods_are_addresses=False)

    def may_allow(self, source, target, port, protocol="TCP"):
        return self._passes(source, target, port, protocol, pods_are_addresses=True)

    def _passes(self, source, target, port, protocol, pods_are_addresses):
        """`source` and `target`: a Pod or an address. `port`: a number, or the name of one of the target's."""
        number = target.ports[port] if isinstance(port, str) else port
        return (self._one_side(source, target, "egress", "to", target, number, protocol, pods_are_addresses)
                and self._one_side(target, source, "ingress", "from", target, number, protocol, pods_are_addresses))

    def _one_side(self, pod, peer, direction, key, target, port, protocol, pods_are_addresses):
        if not isinstance(pod, Pod):
            return True
        policies = [p for p in self.policies if p["metadata"]["namespace"] == pod.namespace
                    and direction.capitalize() in self._types(p["spec"]) and matches(p["spec"].get("podSelector"), pod.labels)]
        return not policies or any(
            self._peer_matches(rule.get(key), peer, pod.namespace, pods_are_addresses)
            and port_matches(rule.get("ports"), target, port, protocol)
            for policy in policies for rule in policy["spec"].get(direction) or [])

    @staticmethod
    def _types(spec):
        return spec.get("policyTypes") or ["Ingress", *(["Egress"] if "egress" in spec else [])]

    def _peer_matches(self, peers, peer, own_namespace, pods_are_addresses):
        if not peers:
            return True
        for p in peers:
            if "ipBlock" in p:
                if isinstance(peer, str) or pods_are_addresses:
                    if in_block(p["ipBlock"], peer if isinstance(peer, str) else peer.address):
                        return True
            elif isinstance(peer, Pod):
                in_namespace = (matches(p["namespaceSelector"], self.namespaces.get(peer.namespace, {}))
                                if "namespaceSelector" in p else peer.namespace == own_namespace)
                if in_namespace and matches(p.get("podSelector"), peer.labels):
                    return True
        return False


def matches(selector, labels):
    selector = selector or {}
    unknown = selector.keys() - {"matchLabels", "matchExpressions"}
    assert not unknown, f"a selector that is not understood here: {selector}"
    return (selector.get("matchLabels", {}).items() <= labels.items()
            and all(expression_matches(one, labels) for one in selector.get("matchExpressions", [])))


def expression_matches(expression, labels):
    """labelselector: `NotIn` is met by who has no such label."""
    key, operator, values = expression["key"], expression["operator"], expression.get("values", [])
    return {"In": labels.get(key) in values, "NotIn": labels.get(key) not in values, "Exists": key in labels,
            "DoesNotExist": key not in labels}[operator]


def in_block(block, address):
    def inside(cidr):
        network = ipaddress.ip_network(cidr)
        return ipaddress.ip_address(address).version == network.version and ipaddress.ip_address(address) in network
    return inside(block["cidr"]) and not any(inside(cidr) for cidr in block.get("except", []))


def port_matches(ports, target, port, protocol):
    if not ports:
        return True
    for p in ports:
        assert p.keys() <= {"protocol", "port"}, f"a port that is not understood here: {p}"
        wanted = p.get("port")
        if isinstance(wanted, str):
            wanted = target.ports.get(wanted) if isinstance(target, Pod) else None
            if wanted is None:
                continue
        if p.get("protocol", "TCP") == protocol and wanted in (None, port):
            return True
    return False
