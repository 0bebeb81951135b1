"""Asking a Prometheus, and reading the text that programs show it."""

import json
import math
import re
import urllib.parse


class Prometheus:
    """The one that `./causeway up --monitoring` adds, through the machine's one port."""

    def __init__(self, platform):
        self.platform = platform

    def ask(self, path, **parameters):
        query = f"?{urllib.parse.urlencode(parameters)}" if parameters else ""
        status, _, body = self.platform.request("prometheus.localhost", f"/api/v1/{path}{query}", timeout=30)
        assert status in (200, 400, 422), f"{status}: {body[:300]}"
        answer = json.loads(body)
        assert answer["status"] == "success", f"{parameters}: {answer}"
        return answer["data"]

    def query(self, expression):
        """[(labels, value)] of an instant query."""
        return [(sample["metric"], float(sample["value"][1])) for sample in self.ask("query", query=expression)["result"]]

    def has_data(self, expression):
        return any(not math.isnan(value) for _, value in self.query(expression))

    def targets(self):
        return self.ask("targets", state="active")["activeTargets"]

    def alerts(self):
        """name -> rule, as Prometheus evaluates it."""
        return {rule["name"]: rule for group in self.ask("rules", type="alert")["groups"] for rule in group["rules"]}


def families(text):
    """name -> (type, help, names of labels) of the text exposition format."""
    found = {}
    for line in text.splitlines():
        if help_line := re.match(r"# HELP (\S+) (.*)", line):
            found.setdefault(help_line[1], ["", "", set()])[1] = help_line[2]
        elif type_line := re.match(r"# TYPE (\S+) (\S+)", line):
            found.setdefault(type_line[1], ["", "", set()])[0] = type_line[2]
        elif sample := re.match(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? ", line):
            name = sample[1] if sample[1] in found else re.sub(r"_(bucket|sum|count)$", "", sample[1])
            found[name][2] |= set(re.findall(r'([a-zA-Z_][a-zA-Z0-9_]*)="(?:[^"\\]|\\.)*"', sample[2] or "")) - {"le"}
    return {name: (kind, text, frozenset(labels)) for name, (kind, text, labels) in found.items()}
