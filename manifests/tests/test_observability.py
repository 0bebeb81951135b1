"""The component manifests/observability, on top of an overlay."""

import os

import pytest
import yaml

from network_rules import matches
from rendered import MANIFESTS, pod_templates, render


@pytest.fixture(scope="module")
def objects(tmp_path_factory):
    folder = tmp_path_factory.mktemp("monitored")
    above = os.path.relpath(MANIFESTS, folder.resolve())
    (folder / "kustomization.yaml").write_text(yaml.safe_dump({
        "apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization",
        "resources": [f"{above}/overlays/production"], "components": [f"{above}/observability"]}))
    return render(folder)


def test_every_monitor_finds_pods_with_its_port(objects):
    monitors = [o for o in objects if o["kind"] == "PodMonitor"]
    assert len(monitors) == 3
    for monitor in monitors:
        found = [template for _, template in pod_templates(objects)
                 if matches(monitor["spec"]["selector"], template["metadata"]["labels"])]
        ports = {port["name"] for template in found for c in template["spec"]["containers"] for port in c.get("ports", [])}
        assert {endpoint["port"] for endpoint in monitor["spec"]["podMetricsEndpoints"]} <= ports, monitor["metadata"]["name"]


def test_every_program_of_ours_is_monitored(objects):
    monitors = [o for o in objects if o["kind"] == "PodMonitor"]
    for owner, template in pod_templates(objects):
        if template["metadata"]["labels"].get("app.kubernetes.io/name") in ("causeway-operator", "causeway-webhooks", "git", "traefik"):
            assert any(matches(m["spec"]["selector"], template["metadata"]["labels"]) for m in monitors), owner["metadata"]["name"]


def test_alerts_and_dashboards_come_with_it(objects):
    assert [o["metadata"]["name"] for o in objects if o["kind"] == "PrometheusRule"] == ["causeway"]
    dashboards = [o for o in objects if o["kind"] == "ConfigMap" and (o["metadata"].get("labels") or {}).get("grafana_dashboard") == "1"]
    assert len(dashboards) == 5 and all(o["metadata"]["namespace"] == "causeway-system" for o in dashboards)
