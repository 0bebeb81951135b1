"""What every pod of the platform has. A new workload cannot forget one of it: folders and templates are found, not listed."""

import pytest

from rendered import accounts_with_rights, folders, name_of, pod_templates, render

# (owner, container or "", property): why it is so. What is not needed any more fails as well.
EXCEPTIONS = {
    ("DaemonSet traefik", "traefik", "no host port"): "the gateway answers at port 80 of each node, where there is no load balancer",
    ("DaemonSet registry-cache", "registry", "no host port"): "the node's containerd asks at the node's own address",
    ("DaemonSet log-forwarding", "", "no host path"): "what it sends is on the node, and nowhere else; read-only: test_log_forwarding.py",
    ("DaemonSet log-forwarding", "rsyslog", "livenessProbe"): "rsyslog answers nothing; when it ends so does the container, and it is not ready without a collector",
    ("StatefulSet git", "own-volume", "not root"): "a hostPath belongs to root; the folder is handed over once",
    ("StatefulSet git", "own-volume", "no added capabilities"): "CHOWN, for the same",
    ("StatefulSet git", "clamd", "readinessProbe"): "while it reads its signatures, repositories are served",
    ("StatefulSet git", "clamd", "livenessProbe"): "who asks says so when it hangs, and an alert with it; a start takes a minute of signatures",
    ("StatefulSet git", "freshclam", "readinessProbe"): "as with clamd",
    ("StatefulSet git", "freshclam", "livenessProbe"): "it listens to nobody",
    ("StatefulSet postgresql", "own-volume", "not root"): "as with git",
    ("StatefulSet postgresql", "own-volume", "no added capabilities"): "as with git",
}


def pod_problems(owner, template, objects):
    pod = template["spec"]
    context = pod.get("securityContext", {})
    if context.get("seccompProfile", {}).get("type") != "RuntimeDefault":
        yield "", "seccomp RuntimeDefault"
    for key in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.get(key):
            yield "", f"no {key}"
    if any("hostPath" in volume for volume in pod.get("volumes", [])):
        yield "", "no host path"
    if pod.get("priorityClassName") != "causeway-platform":
        yield "", "priority class"
    account = (owner["metadata"].get("namespace"), pod.get("serviceAccountName", "default"))
    if account in accounts_with_rights(objects):
        # One for another audience is none for the API server.
        mounts_itself = any("audience" not in source.get("serviceAccountToken", {"audience": ""}) for volume in pod.get("volumes", [])
                            for source in volume.get("projected", {}).get("sources", []))
        if mounts_itself and pod.get("automountServiceAccountToken", True):
            yield "", "one way to its token"
    elif pod.get("automountServiceAccountToken", True):
        yield "", "no token where it has no rights"
    if owner["spec"].get("replicas", 1) > 1:
        labels = template["metadata"]["labels"].items()
        if not any(labels >= c["labelSelector"]["matchLabels"].items() for c in pod.get("topologySpreadConstraints", [])):
            yield "", "spread over nodes"
        if not any(o["kind"] == "PodDisruptionBudget" and o["metadata"]["namespace"] == owner["metadata"]["namespace"]
                   and labels >= o["spec"]["selector"]["matchLabels"].items() for o in objects):
            yield "", "disruption budget"


def container_problems(pod, container, init):
    context = {**pod.get("securityContext", {}), **container.get("securityContext", {})}
    if not context.get("runAsNonRoot") or context.get("runAsUser", 0) == 0:
        yield "not root"
    if context.get("allowPrivilegeEscalation") is not False or context.get("privileged"):
        yield "no more privileges"
    if context.get("readOnlyRootFilesystem") is not True:
        yield "read-only root"
    if context.get("capabilities", {}).get("drop") != ["ALL"]:
        yield "capabilities dropped"
    if context.get("capabilities", {}).get("add"):
        yield "no added capabilities"
    if any("hostPort" in port for port in container.get("ports", [])):
        yield "no host port"
    resources = container.get("resources", {})
    if not {"cpu", "memory"} <= resources.get("requests", {}).keys():
        yield "requests of cpu and memory"
    if "memory" not in resources.get("limits", {}):
        yield "limit of memory"
    for probe in () if init else ("readinessProbe", "livenessProbe"):
        if probe not in container:
            yield probe


def problems(folder):
    found = set()
    objects = render(folder)
    for owner, template in pod_templates(objects):
        who = f"{owner['kind']} {owner['metadata']['name']}"
        found |= {(who, where, what) for where, what in pod_problems(owner, template, objects)}
        for init, key in ((False, "containers"), (True, "initContainers")):
            for container in template["spec"].get(key, []):
                found |= {(who, container["name"], what) for what in container_problems(template["spec"], container, init)}
    return found


@pytest.mark.parametrize("folder", folders())
def test_every_pod_is_as_locked_down_as_it_can_be(folder):
    missing = sorted(problems(folder) - EXCEPTIONS.keys())
    assert not missing, "\n".join(f"manifests/{folder}: {who} {container}: missing: {what}" for who, container, what in missing)


def test_no_exception_has_outlived_its_reason():
    assert EXCEPTIONS.keys() <= set().union(*map(problems, folders()))


def test_these_checks_find_what_is_missing():
    naked = {"kind": "Deployment", "metadata": {"name": "x", "namespace": "n"}, "spec": {"replicas": 2}}
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "ports": [{"hostPort": 1}]}]}}
    assert {what for _, what in pod_problems(naked, template, ())} == {
        "seccomp RuntimeDefault", "priority class", "no token where it has no rights", "spread over nodes", "disruption budget"}
    assert set(container_problems(template["spec"], template["spec"]["containers"][0], init=False)) == {
        "not root", "no more privileges", "read-only root", "capabilities dropped", "no host port",
        "requests of cpu and memory", "limit of memory", "readinessProbe", "livenessProbe"}


@pytest.mark.parametrize("folder", [f for f in folders() if f.startswith("overlays/")])
def test_an_overlay_is_whole(folder):
    """What its objects name is there: namespaces, classes, accounts; and every namespace says what pods it takes."""
    objects = render(folder)
    there = {name_of(o) for o in objects}
    namespaces = {o["metadata"]["name"]: o["metadata"].get("labels", {}) for o in objects if o["kind"] == "Namespace"}
    assert {o["metadata"]["namespace"] for o in objects if "namespace" in o["metadata"]} <= namespaces.keys()
    for name, labels in namespaces.items():
        assert labels.get("pod-security.kubernetes.io/enforce"), f"{name} has no pod-security label"
    for owner, template in pod_templates(objects):
        assert f"PriorityClass /{template['spec']['priorityClassName']}" in there
        account = template["spec"].get("serviceAccountName")
        assert account is None or f"ServiceAccount {owner['metadata']['namespace']}/{account}" in there, name_of(owner)
    denied = {o["metadata"]["namespace"] for o in objects if o["kind"] == "NetworkPolicy" and o["spec"]["podSelector"] == {}
              and set(o["spec"]["policyTypes"]) == {"Ingress", "Egress"} and not o["spec"].get("ingress")
              and not o["spec"].get("egress")}
    assert denied == namespaces.keys(), "every namespace denies what is not allowed"
