"""A real Prometheus asks a running platform; every panel and every alert asks it, and what programs tell is documented.

A new panel or alert is tested without being named here: they are read from manifests/observability.
"""

import os
import re
import sys

import pytest

from prometheus import Prometheus, families
from steps import ROOT, eventually, run

sys.path.insert(0, str(ROOT / "manifests" / "observability" / "tests"))
import observability  # noqa: E402

PAGE = ROOT / "docs" / "metrics.md"
# Metrics of a program that an installation may lack, and how to know.
OF_WEBHOOKS = re.compile(r"controller_runtime_webhook_|causeway_webhooks_")
# Panels that show something only after a fault: they have to be understood, not to have data.
AFTER_A_FAULT = set()


def ask_git(platform):
    """A request through the gateway to the git server; whether it was answered."""
    return run("git", "ls-remote", platform.git_url("ada/digits"), check=False).returncode == 0


@pytest.fixture(scope="module")
def prometheus(platform):
    """With a build, a rollout, a Terraform run and git traffic since it watches."""
    platform.up("--monitoring")
    prometheus = Prometheus(platform)
    eventually("Prometheus answers", lambda: platform.request("prometheus.localhost", "/-/ready")[0] == 200, timeout=60)
    eventually("the git server answers", lambda: ask_git(platform), timeout=60)  # `up` may have replaced it
    # Rates need two samples: what happens now has to come after the first.
    eventually("the leader was asked", lambda: prometheus.query('leader_election_master_status == 1'), timeout=90)
    commit = platform.push("ada/digits", lambda folder: (folder / "CHANGES.txt").write_text("for the dashboards"))
    set_drift_interval(platform, "1m")
    try:
        eventually("a Terraform run has ended", lambda: prometheus.query(
            'sum(causeway_terraform_run_duration_seconds_count{operation="refresh"}) > 0'), timeout=180)
    finally:
        set_drift_interval(platform, None)
    eventually("the new commit is served", lambda: platform.serves("digits--ada.localhost", commit), timeout=180)
    eventually("the rollout was counted", lambda: prometheus.query(
        'sum(causeway_demo_rollout_duration_seconds_count{outcome="Succeeded"}) > 0'), timeout=90)
    platform.stage("digits", "u-ada", "Running")
    eventually("one pod is left", lambda: len(platform.demo_pods("digits", "u-ada")) == 1)
    return prometheus


def set_drift_interval(platform, interval):
    value = "null" if interval is None else f'"{interval}"'
    platform.kubectl("-n", "causeway-system", "patch", "cluster.causeway.dev", "local-1", "--type=merge", "-p",
                     f'{{"spec": {{"terraform": {{"driftInterval": {value}}}}}}}')


def has_webhooks(platform):
    return platform.get("deployment", "causeway-webhooks", "causeway-system") is not None


def test_every_target_is_up(platform, prometheus):
    def all_up():
        targets = prometheus.targets()
        states = {(target["labels"]["job"], target["health"]) for target in targets}
        jobs = {"operator", "repo", "git", "web", "web-controllers", "gateway", "apiserver"} | ({"webhooks"} if has_webhooks(platform) else set())
        return states == {(job, "up") for job in jobs} and sum(t["labels"]["job"] == "operator" for t in targets) == 2
    eventually("every program is asked and answers", all_up, timeout=90)


@pytest.mark.parametrize("dashboard,title,expression", observability.queries(),
                         ids=[f"{name}: {title}" for name, title, _ in observability.queries()])
def test_panels_have_data(platform, prometheus, dashboard, title, expression):
    if (OF_WEBHOOKS.search(expression) and not has_webhooks(platform)) or (dashboard, title) in AFTER_A_FAULT:
        prometheus.query(expression)  # it is understood
        return

    def data():
        if "git" in expression or "causeway_http" in expression or "traefik" in expression:
            ask_git(platform)
        return prometheus.has_data(expression)
    eventually(f"{dashboard}, {title}: {expression}", data, timeout=60)


@pytest.mark.parametrize("rule", observability.rules(), ids=lambda rule: rule["alert"])
def test_alerts_are_evaluated(platform, prometheus, rule):
    """On a platform without a fault: none fires, and that is not because it asks for what does not exist."""
    seen = eventually("it was evaluated", lambda: (r := prometheus.alerts()[rule["alert"]])["health"] != "unknown" and r, timeout=60)
    assert seen["health"] == "ok" and not seen.get("lastError"), seen
    assert seen["state"] != "firing", seen
    prometheus.query(rule["expr"])
    if rule["expr"].startswith("absent("):
        assert prometheus.has_data(rule["expr"].removeprefix("absent(").removesuffix(")"))
        return
    for metric in observability.metrics_in(rule["expr"]):
        if metric.startswith(("causeway_trace_", "causeway_http_certificate_", "causeway_malware_")) or (OF_WEBHOOKS.search(metric) and not has_webhooks(platform)):
            continue  # only with tracing on, https inside, or who looks for malware; only with webhooks
        assert prometheus.has_data(f"{metric} or {metric}_count"), metric


def scraped(platform):
    """name -> (type, help, labels) of what every program on the hub and in the region tells, read as Prometheus reads it."""
    found = {}
    for cluster in (None, "local-1"):
        for pod in platform.pods("causeway-system", "app.kubernetes.io/part-of=causeway", cluster=cluster):
            if pod["metadata"]["labels"]["app.kubernetes.io/name"] not in ("causeway-apiserver", "causeway-operator", "causeway-webhooks", "git"):
                continue
            for container in pod["spec"]["containers"]:
                for port in container.get("ports", []):
                    if port["name"] not in ("metrics", "http"):
                        continue
                    path = f"/api/v1/namespaces/causeway-system/pods/{pod['metadata']['name']}:{port['containerPort']}/proxy/metrics"
                    if port["name"] == "http":  # of causeway-apiserver, which does not tell who comes by way of a proxy
                        text = platform.fetch_inside(f"http://{pod['status']['podIP']}:{port['containerPort']}/metrics")
                    else:
                        text = platform.api(cluster).text(path)
                    for name, (kind, about, labels) in families(text).items():
                        was = found.get(name, (kind, about, frozenset()))
                        assert was[:2] == (kind, about), f"{name} is told in two ways"
                        found[name] = (kind, about, was[2] | labels)
    return found


def documented():
    rows = re.findall(r"^\| `([a-z0-9_]+)` \| (\w+) \| (.*?) \| (.*) \|$", PAGE.read_text(), re.MULTILINE)
    return {name: (kind, about, frozenset(re.findall(r"`(\w+)`", labels))) for name, kind, labels, about in rows}


def test_the_page_of_metrics_is_what_programs_tell(platform, prometheus):
    """CAUSEWAY_WRITE_DOCS=1 writes it. What only shows later (a failed run's reason) stays in the page; that it is in the
    sources is looked at by manifests/observability/tests/test_metrics_page.py."""
    told, page = scraped(platform), documented() if PAGE.exists() else {}
    if os.environ.get("CAUSEWAY_WRITE_DOCS"):
        merged = {**page, **{name: (kind, about, labels | page.get(name, ("", "", frozenset()))[2])
                             for name, (kind, about, labels) in told.items()}}
        PAGE.write_text(observability.metrics_page(merged))
        page = documented()
    unknown = set(told) - set(page)
    assert not unknown, f"not in docs/metrics.md (CAUSEWAY_WRITE_DOCS=1 writes it): {sorted(unknown)}"
    for name, (kind, about, labels) in told.items():
        assert page[name][:2] == (kind, about) and labels <= page[name][2], f"{name}: {told[name]} is documented as {page[name]}"
