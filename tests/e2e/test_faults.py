"""Parts of a cluster die: what serves goes on serving, the part comes back, and work goes on afterwards."""

import uuid

import pytest

from load import Load
from platform_under_test import eventually


def write_and_remove(platform, cluster):
    name = f"written-{uuid.uuid4().hex[:8]}"
    platform.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "default"}}, cluster)
    platform.delete("configmap", name, "default", cluster)


def add(name, text):
    return lambda folder: (folder / name).write_text(text)


@pytest.mark.parametrize("cluster, components", [
    (None, ("kube-apiserver", "etcd", "kube-controller-manager", "kube-scheduler")),
    ("local-1", ("kube-apiserver", "etcd", "kube-scheduler", "containerd", "coredns")),
], ids=["hub", "region"])
def test_demo_serves_on_while_parts_die_and_pushes_are_deployed_afterwards(platform, digits, cluster, components):
    cluster_id = platform.cluster_id(cluster) if cluster else "hub"
    before = platform.demo_pods("digits", "u-ada")
    with Load(platform, digits, "/healthz") as load:
        for component in components:
            def killed_among_answers():
                answered = load.answered
                platform.kill_component(cluster_id, component)
                return load.answered > answered
            # Again, where it was back before a visitor got to ask.
            eventually(f"something is answered while {component} is away", killed_among_answers)
            write_and_remove(platform, cluster)
        assert platform.demo_pods("digits", "u-ada") == before, "a container was started again"

        commit = platform.push("ada/digits", add("CHANGES.txt", f"after {components} of {cluster_id}"))
        eventually("a push is deployed", lambda: platform.serves(digits, commit), timeout=180)
        platform.stage("digits", "u-ada", "Running")
    assert load.failures == []


def test_kubelets_death_starts_no_container_again(platform, digits):
    """For a moment the pods count as not ready, as on every node with Kubernetes before 1.35: visitors may notice."""
    before = platform.demo_pods("digits", "u-ada")
    platform.kill_component(platform.cluster_id("local-1"), "kubelet")
    # That moment comes a second later, and is over when the new kubelet has probed the pod.
    eventually("the new kubelet has found the demo ready", lambda: any(
        'probe_type="Readiness",result="successful"' in line and 'pod="digits-' in line
        for line in platform.api("local-1").text("/api/v1/nodes/local-1/proxy/metrics/probes").splitlines()))
    platform.kubectl("-n", "u-ada", "wait", "pod", "-l", "causeway.dev/demo=digits", "--for=condition=Ready", "--timeout=60s", cluster="local-1")
    eventually("the demo answers", lambda: platform.request(digits, "/healthz")[0] == 200)
    platform.stage("digits", "u-ada", "Running")
    assert platform.demo_pods("digits", "u-ada") == before
