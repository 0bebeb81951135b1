"""The example GitOps repository, and what GitOps tools make of the objects it holds."""

import json
import os
import pathlib
import shutil

from steps import ROOT, run

EXAMPLE = ROOT / "examples" / "05-gitops"
KINDS = "clusters,demos,imagetemplates,repos"
REGION, TENANT, SYSTEM = "local-2", "u-lovelace", "causeway-system"
HOST = "notes--lovelace.localhost"


def go():
    """The newest Go there is; ./causeway test sees to one."""
    def version(program):
        return [int(n) for n in run(program, "env", "GOVERSION").stdout.strip().removeprefix("go").split(".")[:2]]

    places = [shutil.which("go"), "/usr/local/go/bin/go", *map(str, pathlib.Path("/usr/lib").glob("go-*/bin/go"))]
    found = [program for program in places if program and os.access(program, os.X_OK)]
    assert found, "there is no Go, which kstatus is built with"
    return max(found, key=version)


class Reader:
    """tests/gitops/status: kstatus, and the health script for Argo CD, over objects of a running platform."""

    def __init__(self, platform, folder):
        self.platform, self.program = platform, str(folder / "status")
        run(go(), "build", "-o", self.program, ".", cwd=ROOT / "tests" / "gitops" / "status",
            env={**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly", "GOWORK": "off"})

    def read(self):
        """{"Kind namespace/name": (kstatus, Argo CD's health)} of every object of the four kinds."""
        objects = json.dumps(self.platform.get(KINDS))
        lines = run(self.program, str(ROOT / "manifests" / "gitops" / "argocd" / "health.yaml"), input=objects).stdout
        return {f"{kind} {name}": (kstatus, health)
                for kind, name, kstatus, health, _ in (line.split("\t") for line in lines.splitlines())}


def site(text):
    """A commit that makes the tenant's repository a site of one page."""
    return lambda folder: (folder / "index.html").write_text(text)


def copy_of_example(folder):
    """To be changed as by commits."""
    return pathlib.Path(shutil.copytree(EXAMPLE, folder / "repository"))


def remove_lines(file, *words):
    """Without the lines that hold one of the words."""
    file.write_text("".join(line for line in file.read_text().splitlines(True) if not any(word in line for word in words)))
