"""Flux's source-controller and kustomize-controller, built from their Go modules, in the platform's hub."""

import json
import pathlib
import shutil
import uuid

from steps import ROOT, eventually, run

NAMESPACE = "flux-system"
GROUPS = {"gitrepository": "source.toolkit.fluxcd.io", "kustomization": "kustomize.toolkit.fluxcd.io"}


class Flux:
    def __init__(self, platform):
        self.platform = platform

    def install(self, folder):
        """Their own manifests, as published; the programs come from the machine, and any image that starts them will do."""
        built = pathlib.Path(run(str(ROOT / "onebox" / "build.sh"), "flux", timeout=1800).stdout.strip())
        resources = []
        for controller in ("source-controller", "kustomize-controller"):
            for part in ("crd", "rbac", "manager"):
                shutil.copytree(built / "config" / controller / part, folder / controller / part)
                resources.append(f"{controller}/{part}")
        (folder / "namespace.yaml").write_text(json.dumps(
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}))
        (folder / "kustomization.yaml").write_text(json.dumps({
            "apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "namespace": NAMESPACE,
            "resources": ["namespace.yaml", *resources],
            "images": [{"name": f"fluxcd/{c}-controller", "newName": "registry.causeway.internal/causeway/base", "newTag": "12"}
                       for c in ("source", "kustomize")],
            "patches": [self._from_the_machine("source-controller", built, []),
                        self._from_the_machine("kustomize-controller", built, ["--requeue-dependency=5s"])]}))
        self.platform.kubectl("apply", "--server-side", "-k", str(folder))
        for controller in ("source-controller", "kustomize-controller"):
            self.platform.kubectl("rollout", "status", f"deployment/{controller}", "-n", NAMESPACE, "--timeout=120s", timeout=150)

    @staticmethod
    def _from_the_machine(controller, built, arguments):
        container = "/spec/template/spec/containers/0"
        steps = [{"op": "add", "path": f"{container}/command", "value": [f"/flux/{controller}"]},
                 {"op": "add", "path": "/spec/template/spec/securityContext/runAsUser", "value": 65532},
                 {"op": "add", "path": "/spec/template/spec/volumes/-",
                  "value": {"name": "flux", "hostPath": {"path": str(built / "bin"), "type": "Directory"}}},
                 {"op": "add", "path": f"{container}/volumeMounts/-",
                  "value": {"name": "flux", "mountPath": "/flux", "readOnly": True}}]
        steps += [{"op": "add", "path": f"{container}/args/-", "value": argument} for argument in arguments]
        return {"target": {"kind": "Deployment", "name": controller}, "patch": json.dumps(steps)}

    def uninstall(self, folder):
        self.platform.kubectl("delete", "-k", str(folder), "--ignore-not-found", "--timeout=120s", check=False, timeout=150)

    def get(self, kind, name):
        return self.platform.get(f"{kind}.{GROUPS[kind]}", name, NAMESPACE)

    def condition(self, kind, name, type_="Ready"):
        found = self.get(kind, name) or {}
        return next((c for c in found.get("status", {}).get("conditions", []) if c["type"] == type_), {})

    def ask(self, kind, name):
        """Asks for a look at once, as `flux reconcile` does; returns what the look is called."""
        look = uuid.uuid4().hex
        self.platform.kubectl("annotate", "--overwrite", f"{kind}.{GROUPS[kind]}/{name}", "-n", NAMESPACE,
                              f"reconcile.fluxcd.io/requestedAt={look}")
        return look

    def reconcile(self, name, timeout=120):
        """A Kustomization, with what is in its source now; returns when it is done with that."""
        look = self.ask("kustomization", name)

        def done():
            status = self.get("kustomization", name)["status"]
            return status.get("lastHandledReconcileAt") == look and self.condition("kustomization", name)
        return eventually(f"Flux has looked at {name}", done, timeout=timeout)

    def fetch(self, revision):
        """The commit becomes what Flux applies."""
        self.ask("gitrepository", "platform")
        eventually(f"Flux has fetched {revision}", lambda: (
            self.get("gitrepository", "platform")["status"].get("artifact") or {}).get("revision", "").endswith(revision), timeout=60)

    def applied(self, name, revision, timeout=240):
        """Waits until the Kustomization is Ready at the commit."""
        def ready():
            found = self.get("kustomization", name)
            status, condition = (found or {}).get("status", {}), self.condition("kustomization", name)
            return status.get("lastAppliedRevision", "").endswith(revision) and condition.get("status") == "True" or None
        try:
            eventually(f"{name} is Ready at {revision}", ready, timeout=timeout)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{json.dumps((self.get('kustomization', name) or {}).get('status'), indent=1)}") from None
