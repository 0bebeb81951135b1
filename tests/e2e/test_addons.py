"""The add-ons that one machine does not need (manifests/addons), each in a namespace of its own on the hub."""

import contextlib
import json
import os
import pathlib
import shutil

import pytest

from machine import kill_in_pods
from steps import ROOT, eventually, run

PASSWORD = "a 'quoted' pässword \\ of $one line"


def image_tag(name):
    folder = pathlib.Path(run(str(ROOT / "onebox" / "build.sh"), "images", "--print-path").stdout.strip())
    return next(line.split("\t")[1] for line in (folder / "images.tsv").read_text().splitlines() if line.split("\t")[0] == name)


def volume(namespace, name, folder):
    """On this machine, for the claim of the StatefulSet `name`; the PersistentVolume is named as the namespace."""
    folder.mkdir()
    os.chown(folder, 65532, 65532)
    return {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": namespace},
            "spec": {"capacity": {"storage": "100Gi"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": str(folder)},
                     "claimRef": {"namespace": namespace, "name": f"data-{name}-0"}}}


class Addon:
    def __init__(self, platform, name):
        self.platform, self.name, self.pod, self.namespace = platform, name, f"{name}-0", f"addon-{name}"

    def kubectl(self, *arguments, **kwargs):
        return self.platform.kubectl("-n", self.namespace, *arguments, **kwargs)

    def install(self, folder, secret, files):
        """The add-on as an overlay would bring it, with a volume on this machine and the Secret it wants."""
        self.platform.apply({"apiVersion": "v1", "kind": "Namespace",
                             "metadata": {"name": self.namespace, "labels": {"pod-security.kubernetes.io/enforce": "restricted"}}})
        for key, value in files.items():
            (folder / key).write_text(value)
        image = image_tag(self.name)
        (folder / "volume.json").write_text(json.dumps(volume(self.namespace, self.name, folder / "data")))
        (folder / "kustomization.yaml").write_text(json.dumps({
            "apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "namespace": self.namespace,
            "resources": [os.path.relpath(ROOT / "manifests" / "addons" / self.name, folder), "volume.json"],
            "images": [{"name": f"causeway/{self.name}", "newName": "registry.causeway.internal/" + image.split(":")[0],
                        "newTag": image.split(":")[1]}],
            "secretGenerator": [{"name": secret, "files": list(files), "options": {"disableNameSuffixHash": True}}],
            # One machine has no storage class: the volume is claimed by name.
            "patches": [{"target": {"kind": "StatefulSet"}, "patch": json.dumps(
                [{"op": "add", "path": "/spec/volumeClaimTemplates/0/spec/storageClassName", "value": ""}])},
                {"target": {"kind": "Service"}, "patch": json.dumps([{"op": "add", "path": "/spec/type", "value": "NodePort"}])}]}))
        self.platform.kubectl("apply", "--server-side", "-k", str(folder))
        self.ready()

    def ready(self):
        done = self.kubectl("rollout", "status", f"statefulset/{self.name}", "--timeout=90s", check=False)
        assert done.returncode == 0, self.kubectl("describe", "pod", self.pod).stdout[-3000:] + \
            self.kubectl("logs", self.pod, check=False).stdout[-3000:]

    def uid(self):
        return self.platform.get("pod", self.pod, self.namespace)["metadata"]["uid"]

    def delete_pod(self):
        before = self.uid()
        self.kubectl("delete", "pod", self.pod, "--timeout=60s")
        self.ready()
        assert self.uid() != before


@pytest.fixture
def addon(platform, folder):
    """addon(class, name): to be installed by the test, going when it ends."""
    made = []

    def make(kind, name):
        made.append(kind(platform, name))
        return made[-1]
    yield make
    for one in made:
        # Its pod first: what is mounted from the folder would be made again when it is gone.
        one.kubectl("delete", "statefulset", one.name, "--ignore-not-found", "--cascade=foreground", "--timeout=100s")
        platform.kubectl("delete", f"namespace/{one.namespace}", f"persistentvolume/{one.namespace}", "--ignore-not-found", "--wait=false")


class Database(Addon):
    def sql(self, statement, password, check=True):
        """As the role `causeway`, over the network; what is printed."""
        script = 'IFS= read -r PGPASSWORD; export PGPASSWORD; exec psql -h "$(hostname -i)" -U causeway -Atq -v ON_ERROR_STOP=1'
        return self.kubectl("exec", "-i", self.pod, "--", "sh", "-c", script, stdin=f"{password}\n{statement}\n", check=check)


def processes_that_show(text):
    """Arguments and environments of every process of the machine, but ours."""
    found = set()
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            with contextlib.suppress(OSError):
                if text.encode() in (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes():
                    found.add((entry / "cmdline").read_bytes())
    return found


def test_the_database_keeps_its_data_and_its_password_to_itself(platform, addon, folder):
    database = addon(Database, "postgresql")
    database.install(folder, "postgresql-credentials", {"password": PASSWORD})
    database.sql("CREATE TABLE notes (text text); INSERT INTO notes VALUES ('kept')", PASSWORD)
    assert database.sql("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user", PASSWORD).stdout == "f\n"
    refused = database.sql("SELECT 1", "wrong", check=False)
    assert refused.returncode != 0 and "password authentication failed" in refused.stderr

    assert not processes_that_show(PASSWORD)
    database.delete_pod()
    assert database.sql("SELECT text FROM notes", PASSWORD).stdout == "kept\n"

    # As a crash would end it: committed a moment ago, and there again.
    database.sql("INSERT INTO notes VALUES ('committed')", PASSWORD)
    assert kill_in_pods(platform, None, database.namespace, "app.kubernetes.io/name=postgresql") > 0
    eventually("the container was started again",
               lambda: platform.get("pod", database.pod, database.namespace)["status"]["containerStatuses"][0]["restartCount"] == 1)
    database.ready()
    assert database.sql("SELECT count(*) FROM notes", PASSWORD).stdout == "2\n"

    # A new password holds from the next start.
    (folder / "password").write_text("another\n")
    platform.kubectl("apply", "--server-side", "-k", str(folder))
    database.delete_pod()
    assert database.sql("SELECT count(*) FROM notes", "another").stdout == "2\n"
    assert database.sql("SELECT 1", PASSWORD, check=False).returncode != 0
    said = database.kubectl("logs", database.pod).stdout
    assert said and "another" not in said and "pässword" not in said

    empty = database.kubectl("exec", database.pod, "--", "env", "POSTGRES_PASSWORD_FILE=/dev/null", "serve-postgresql", check=False)
    assert empty.returncode == 1 and 'empty "password"' in empty.stderr


def test_the_registry_keeps_its_images(platform, addon, folder):
    certificates = folder / "certificates"
    certificates.mkdir()
    address = next(c["address"] for c in platform.onebox("GET", "/v1/clusters") if c["name"] == "hub")
    run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=registry",
        "-addext", f"subjectAltName=IP:{address}", "-keyout", str(folder / "tls.key"), "-out", str(folder / "tls.crt"))
    shutil.copy(folder / "tls.crt", certificates / "ca.crt")
    registry = addon(Addon, "registry")
    registry.install(folder, "registry-tls", {name: (folder / name).read_text() for name in ("tls.key", "tls.crt")})
    port = platform.get("service", "registry", registry.namespace)["spec"]["ports"][0]["nodePort"]
    images = run(str(ROOT / "onebox" / "build.sh"), "images", "--print-path").stdout.strip()
    image = f"docker://{address}:{port}/u-ada/digits:1"
    # Ready is the pod; the node's port leads to it when kube-proxy has heard of that.
    eventually("it takes the image", lambda: run("skopeo", "copy", "--quiet", "--dest-cert-dir", str(certificates), f"oci:{images}/pause/oci",
                                                 image, check=False).returncode == 0, timeout=30)
    registry.delete_pod()
    eventually("it has the image", lambda: run("skopeo", "inspect", "--cert-dir", str(certificates), "--format", "{{.RepoTags}}", image,
                                               check=False).stdout == "[1]\n", timeout=30)
