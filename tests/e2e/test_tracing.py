"""One trace from the Demo that was applied to the request that its region answered, and back."""

import json
import os
import re

import pytest

from collector import Collector, as_text
from manifests import demo, python_app
from steps import ROOT, eventually

PAGE = ROOT / "docs" / "tracing.md"
HUB, REGION, BUILD = "causeway-operator-hub", "causeway-operator-region", "causeway-build"


def endpoint_of(platform, deployment, cluster):
    """What a Deployment's pods have been given, once all of them have it; None before."""
    found = platform.get("deployment", deployment, "causeway-system", cluster=cluster)
    status, spec = found["status"], found["spec"]
    if status.get("observedGeneration") != found["metadata"]["generation"] or status.get("updatedReplicas") != spec["replicas"] \
            or status.get("readyReplicas") != spec["replicas"] or status.get("replicas") != spec["replicas"]:
        return None
    environment = {e["name"]: e.get("value", "") for e in spec["template"]["spec"]["containers"][0]["env"]}
    return environment.get("OTEL_EXPORTER_OTLP_ENDPOINT", "")


def set_endpoint(platform, endpoint):
    """As an administrator does: the hub's own by its environment, builds and regions by the platform settings. "": off."""
    settings = json.loads(platform.get("configmap", "platform", "causeway-system")["data"]["platform.json"])
    settings.pop("tracing", None)
    if endpoint:
        settings["tracing"] = {"endpoint": endpoint}
    platform.kubectl("-n", "causeway-system", "patch", "configmap", "platform", "--type=merge", "-p",
                     json.dumps({"data": {"platform.json": json.dumps(settings)}}))
    platform.kubectl("-n", "causeway-system", "set", "env", f"deployment/{HUB}",
                     f"OTEL_EXPORTER_OTLP_ENDPOINT={endpoint}" if endpoint else "OTEL_EXPORTER_OTLP_ENDPOINT-")
    eventually("the hub has it", lambda: endpoint_of(platform, HUB, None) == endpoint, timeout=300)
    eventually("the region has it", lambda: endpoint_of(platform, REGION, "local-1") == endpoint, timeout=300)


@pytest.fixture
def collector(platform, tenant):
    collector = Collector(platform, tenant)
    set_endpoint(platform, collector.endpoint)
    try:
        yield collector
    finally:
        set_endpoint(platform, "")
        platform.kubectl("-n", tenant, "delete", "pod", "collector", "--grace-period=1")


def test_a_rollout_is_one_trace(platform, collector, app):
    key = f"{app.namespace}/traced"
    app.push(python_app())
    platform.apply(demo(app.namespace, "traced", template="python"))
    platform.stage("traced", app.namespace, "Running", timeout=600)

    def rollout():
        return next((s for s in collector.spans() if s.name == "rollout" and s.attributes["causeway.object"] == key), None)
    root = eventually("the rollout's span has arrived", rollout, timeout=120)
    assert root.error == "" and root.attributes["causeway.stage"] == "Running"

    log = platform.log("app.kubernetes.io/component=hub", "causeway-system")
    lines = [json.loads(line) for line in log.splitlines()]
    assert all({"ts", "level", "msg"} <= set(line) for line in lines)
    ours = [line for line in lines if line.get("trace_id") == root.trace]
    assert any(line["msg"] == "demo is Running" for line in ours), "the log has the trace"
    assert all(line["object"] == key and line["controller"] == "demo" and line["reconcile_id"] for line in ours)

    def complete():
        found = [s for s in collector.spans() if s.trace == root.trace]
        ids = {s.id for s in found}
        logged = {line["span_id"] for line in ours} <= ids
        wanted = {(BUILD, "build"), (REGION, "reconcile mirror"), (REGION, "reconcile workload")}
        # Each process sends by itself, and a child may come before what it belongs to.
        with_parents = sum(s.parent not in ids for s in found) == 1
        return logged and with_parents and wanted <= {(s.service, s.name) for s in found} and found
    spans = eventually("all of them have sent theirs", complete, timeout=120)
    by_id = {span.id: span for span in spans}

    began = by_id[root.parent]
    assert (began.service, began.name, began.parent) == (HUB, "reconcile demo", ""), "the trace begins with the Demo's event"
    assert began.attributes["causeway.object"] == key and began.attributes["causeway.reconcile_id"]
    for service, name in ((HUB, "reconcile demo"), (BUILD, "build"), (REGION, "reconcile mirror"), (REGION, "reconcile workload")):
        assert [s for s in spans if (s.service, s.name, s.parent) == (service, name, root.id)], f"{name} of {service} is no part of the rollout"
    build = next(s for s in spans if s.name == "build")
    assert {s.name for s in spans if s.parent == build.id} == {"fetch", "build image", "push image"}
    assert all(span is began or span.parent in by_id for span in spans), "every span has its parent in the trace"

    # The region's last report is what the hub says Running by, in its last reconcile of the rollout.
    last = max((s for s in spans if s.name == "reconcile demo" and s.parent == root.id), key=lambda s: s.start)
    reported = max((s for s in spans if s.name == "reconcile mirror" and s.start < last.end), key=lambda s: s.start)
    assert began.start <= root.start <= build.start < build.end <= reported.start < last.end

    page = PAGE.read_text()
    if os.environ.get("CAUSEWAY_WRITE_DOCS"):
        text = as_text(spans)
        page = re.sub(r"(?s)(<!-- trace -->\n```\n).*?(\n```\n)", lambda m: m[1] + text + m[2], page)
        PAGE.write_text(page)
    documented = re.search(r"(?s)<!-- trace -->\n```\n(.*?)\n```\n", page)[1]
    names = set(re.findall(r"^ *[\d.]+ s +[\d.]+ s +(\S.*?)(?: ×\d+)? +(\S+)$", documented, re.MULTILINE))
    assert names == {(s.name, s.service) for s in spans}, "docs/tracing.md shows another trace: CAUSEWAY_WRITE_DOCS=1 writes it"
