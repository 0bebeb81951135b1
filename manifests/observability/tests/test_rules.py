"""Alerts: valid, tested, explained."""

import os
import re
import shutil
import subprocess

import pytest
import yaml

from observability import FOLDER, FOREIGN, ROOT, documented_metrics, metrics_in, rules

TESTS = sorted((FOLDER / "tests" / "rules").glob("*.test.yaml"))
ALERTS = {rule["alert"]: rule for rule in rules()}


@pytest.fixture
def promtool():
    program = os.environ.get("CAUSEWAY_PROMTOOL") or shutil.which("promtool")
    assert program, "promtool is missing: `./causeway test unit` brings it, or apt-get install prometheus"
    return program


def run(*command):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_rules_are_valid(promtool):
    run(promtool, "check", "rules", "--lint=all", "--lint-fatal", FOLDER / "rules" / "causeway.rules.yaml")


@pytest.mark.parametrize("file", TESTS, ids=lambda file: file.name)
def test_alerts_fire_and_stay_quiet(promtool, file):
    run(promtool, "test", "rules", file)


def test_prometheus_configuration_is_valid(promtool):
    addons = ROOT / "manifests" / "addons"
    for config in (addons / "prometheus" / "config.yaml", addons / "internal-tls" / "prometheus" / "config.yaml"):
        run(promtool, "check", "config", "--syntax-only", config)


def test_the_operators_rule_is_the_same():
    resource = yaml.safe_load((FOLDER / "prometheusrule.yaml").read_text())
    groups = yaml.safe_load((FOLDER / "rules" / "causeway.rules.yaml").read_text())
    assert resource["spec"] == groups, "run manifests/observability/generate.sh"


def cases():
    """alert -> whether each of its cases expects it to fire."""
    found = {}
    for file in TESTS:
        for test in yaml.safe_load(file.read_text())["tests"]:
            for expectation in test["promql_expr_test"]:
                alert = re.search(r'alertname="(\w+)"', expectation["expr"]).group(1)
                found.setdefault(alert, []).append(bool(expectation["exp_samples"]))
    return found


@pytest.mark.parametrize("alert", ALERTS)
def test_every_alert_is_seen_firing_and_quiet(alert):
    assert set(cases().get(alert, [])) == {True, False}


@pytest.mark.parametrize("alert", ALERTS)
def test_every_alert_is_explained(alert):
    rule = ALERTS[alert]
    assert rule["labels"]["severity"] in ("critical", "warning", "info")
    assert set(rule["annotations"]) == {"summary", "description", "runbook"}
    assert rule["annotations"]["runbook"] == f"docs/runbooks/{alert}.md"
    page = (ROOT / rule["annotations"]["runbook"]).read_text()
    assert re.findall(r"^#+ (.*)$", page, re.MULTILINE) == [alert, "Meaning", "Check", "Mend"]


def test_no_runbook_is_left_over():
    pages = {file.stem for file in (ROOT / "docs" / "runbooks").glob("*.md")} - {"README"}
    assert pages == set(ALERTS)


@pytest.mark.parametrize("alert", ALERTS)
def test_alerts_ask_for_metrics_that_there_are(alert):
    assert metrics_in(ALERTS[alert]["expr"]) <= documented_metrics() | FOREIGN
