"""Manifests as `kubectl apply -k` would send them."""

import functools
import os
import pathlib
import subprocess

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
MANIFESTS = ROOT / "manifests"


@functools.cache
def kubectl():
    """The command: that of the program tests run with, or of the folder that onebox/build.sh knows."""
    program = os.environ.get("CAUSEWAY_KUBERNETES_BIN", "")
    if os.path.isfile(program):
        return (program, "kubectl")
    folder = subprocess.run([str(ROOT / "onebox" / "build.sh"), "kubernetes", "--print-path"], check=True, capture_output=True,
                            text=True).stdout.strip()
    return (os.path.join(folder, "bin", "kubectl"),)


@functools.cache
def render(folder):
    """The objects of a folder with a kustomization; not to be changed."""
    done = subprocess.run([*kubectl(), "kustomize", str(MANIFESTS / folder)], capture_output=True, text=True)
    assert done.returncode == 0, f"kubectl kustomize manifests/{folder}: {done.stderr}"
    return tuple(document for document in yaml.safe_load_all(done.stdout) if document)


def folders():
    """Every folder that can be rendered, so that a new one is checked without being named anywhere."""
    return sorted(str(file.parent.relative_to(MANIFESTS)) for file in MANIFESTS.rglob("kustomization.yaml")
                  if yaml.safe_load(file.read_text()).get("kind") != "Component")


def name_of(o):
    return f"{o['kind']} {o['metadata'].get('namespace', '')}/{o['metadata']['name']}"


def pod_templates(objects):
    """(owner, pod template) of every object that makes pods."""
    for o in objects:
        spec = o.get("spec") or {}
        if o["kind"] == "CronJob":
            spec = spec["jobTemplate"]["spec"]
        if o["kind"] == "Pod":
            yield o, {"metadata": o["metadata"], "spec": spec}
        elif isinstance(spec.get("template"), dict) and "containers" in spec["template"].get("spec", {}):
            yield o, spec["template"]


def accounts_with_rights(objects):
    """(namespace, name) of each ServiceAccount that a binding names."""
    return {(subject.get("namespace"), subject["name"]) for o in objects if o["kind"] in ("RoleBinding", "ClusterRoleBinding")
            for subject in o.get("subjects", []) if subject["kind"] == "ServiceAccount"}


def rules_of(account, objects):
    """(namespace or "" for all, rule) of each rule that a binding gives the account."""
    roles = {(o["kind"], o["metadata"].get("namespace", ""), o["metadata"]["name"]): o["rules"] for o in objects
             if o["kind"] in ("Role", "ClusterRole")}
    for o in objects:
        if o["kind"] not in ("RoleBinding", "ClusterRoleBinding"):
            continue
        if not any((s.get("namespace"), s["name"]) == account for s in o["subjects"]):
            continue
        namespace = o["metadata"].get("namespace", "")
        ref = o["roleRef"]
        for rule in roles[ref["kind"], namespace if ref["kind"] == "Role" else "", ref["name"]]:
            yield namespace, rule
