"""The files of manifests/observability, and what of PromQL the tests have to know."""

import json
import pathlib
import re

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[3]
FOLDER = ROOT / "manifests" / "observability"

# Metrics of other programs that dashboards and alerts ask for.
FOREIGN = {"up", "apiserver_request_total", "traefik_entrypoint_requests_total"}
# Words of PromQL beside functions, which are followed by a bracket.
WORDS = {"by", "on", "and", "or", "unless", "without", "ignoring", "group_left", "group_right", "bool", "offset"}


def rules():
    groups = yaml.safe_load((FOLDER / "rules" / "causeway.rules.yaml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def dashboards():
    """name -> dashboard, of every file there is."""
    return {file.stem: json.loads(file.read_text()) for file in sorted((FOLDER / "dashboards").glob("*.json"))}


def queries():
    """(dashboard, panel title, expression) of every panel."""
    return [(name, panel["title"], target["expr"]) for name, dashboard in dashboards().items()
            for panel in dashboard["panels"] for target in panel["targets"]]


def metrics_in(expression):
    """The names of metrics in an expression; of a histogram its own, without _bucket, _sum and _count."""
    bare = re.sub(r'"[^"]*"', "", expression)
    bare = re.sub(r"\[[^]]*\]|\{[^}]*\}", "", bare)
    bare = re.sub(r"\b(by|on|without|ignoring)\s*\([^)]*\)", "", bare)
    names = re.findall(r"\b[a-z][a-z0-9_]*\b(?!\s*\()", bare)
    return {re.sub(r"_(bucket|sum|count)$", "", n) if "_" in n else n for n in names} - WORDS


def documented_metrics():
    return set(re.findall(r"^\| `([a-z0-9_]+)` \|", (ROOT / "docs" / "metrics.md").read_text(), re.MULTILINE))


SECTIONS = [("Causeway", "causeway_", "What the platform does."),
            ("Controllers", "controller_runtime_|workqueue_|leader_election_", "Under the names of controller-runtime and client-go, whose dashboards and alerts fit."),
            ("Kubernetes client", "rest_client_|reflector_|informer_", "Requests to API servers, and the objects held in memory."),
            ("Processes", "process_", "Of every program, under the names of Prometheus' client libraries.")]


def metrics_page(metrics):
    """docs/metrics.md of name -> (type, help, labels)."""
    out = ["# Metrics", "",
           "What Causeway's programs show at `/metrics`, as they showed it: hub and region operator, webhooks, repo controller, git server, API server.",
           "Written by `CAUSEWAY_WRITE_DOCS=1 python3 -m pytest tests/e2e/test_monitoring.py`; the same test, and",
           "`manifests/observability/tests/test_metrics_page.py`, fail when it is not what programs tell."]
    for title, prefix, about in SECTIONS:
        rows = sorted((name, *rest) for name, rest in metrics.items() if re.match(prefix, name))
        out += ["", f"## {title}", "", about, "", "| name | type | labels | |", "|---|---|---|---|"]
        out += [f"| `{name}` | {kind} | {', '.join(f'`{label}`' for label in sorted(labels))} | {text} |" for name, kind, text, labels in rows]
    left = [name for name in metrics if not any(re.match(prefix, name) for _, prefix, _ in SECTIONS)]
    assert not left, f"metrics of no section: {left}"
    return "\n".join(out) + "\n"


def metrics_in_sources():
    """name -> help of every metric that the C++ sources register: the name and the text stand side by side there."""
    prefixes = "causeway|controller_runtime|workqueue|leader_election|rest_client|reflector|informer|process"
    pair = re.compile(rf'"((?:{prefixes})_[a-z0-9_]+)",\s*((?:"(?:[^"\\]|\\.)*"\s*)+)')
    found = {}
    for folder in ("base", "kube", "operator", "apiserver", "webhooks"):
        for file in sorted((ROOT / folder).rglob("*.cpp")):
            if file.name.endswith("_test.cpp"):
                continue
            for match in pair.finditer(file.read_text()):
                found[match[1]] = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', match[2]))
    return found
