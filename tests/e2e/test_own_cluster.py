"""Causeway in a cluster that was there before: installed by `./causeway up --context`, removed as it says, and installed again
from the production overlay."""

import json
import os
import re

import pytest

from machine import folder_of_a_platform
from own_cluster import HOST, OwnCluster
from steps import ROOT, eventually, run


@pytest.fixture
def own():
    cluster = OwnCluster()
    with folder_of_a_platform("causeway-own-", cluster.stop) as data:
        cluster.start(data)
        yield cluster
    assert cluster.process.returncode == 0, "causeway-onebox did not end well when it was asked to"


def test_causeway_comes_runs_demos_goes_and_comes_again(own):
    refused = own.up("--registry", "registry.causeway.internal", check=False)
    assert refused.returncode == 1 and "default StorageClass" in refused.stderr

    before = own.inventory()
    own.volume("repositories", "10Gi", "git")
    own.volume("database", "20Gi", "postgresql")
    told = ("--registry", own.registry["host"], "--registry-push", own.registry["loopback"],
            "--registry-ca", own.registry["caFile"], "--domain", "demos.example")
    done = own.up(*told)
    assert own.address in done.stderr
    demo = own.get("demo", "digits", "-n", "u-ada")
    assert demo["status"]["stage"] == "Running" and demo["status"]["url"] == f"http://{HOST}"
    assert own.get("cluster", "here", "-n", "causeway-system")["status"]["phase"] == "Ready"
    answer = own.request()
    assert answer.status == 200
    assert answer.getheader("X-Causeway-Region") == "here"
    # The region's mirror lies in the same API and is nobody's Assignment.
    names = [i["metadata"]["namespace"] for i in own.get("assignments", "-A")["items"]]
    assert len(names) == 2 and "causeway-system" in names
    endpoints = json.loads((own.data / "causeway" / "endpoints.json").read_text())
    assert endpoints["demos"] == [{"namespace": "u-ada", "name": "digits", "url": f"http://{HOST}"}]

    # Again: nothing changes.
    pods = [p["metadata"]["uid"] for p in own.get("pods", "-n", "u-ada")["items"]]
    own.up(*told)
    assert [p["metadata"]["uid"] for p in own.get("pods", "-n", "u-ada")["items"]] == pods

    settings = (own.data / "causeway" / "install" / "platform.json").read_text()
    images = {**own.images_of("causeway-system"), "registry": json.loads(settings)["images"]["registry"]}
    remove_as_it_says(own)
    assert own.inventory() - before == LEFT
    install_production(own, settings, images)


# manifests/README.md says so: the tenant's namespace was applied by its user (examples/01-quickstart), and the region's bounds
# on it stay with it, as does the right of its account to work there; the volumes are the administrator's.
LEFT = {"Namespace /u-ada", "ConfigMap u-ada/kube-root-ca.crt", "ServiceAccount u-ada/default", "NetworkPolicy u-ada/causeway-default",
        "ResourceQuota u-ada/causeway-default", "RoleBinding u-ada/causeway-tenant", "PersistentVolume /repositories", "PersistentVolume /database"}


def remove_as_it_says(own):
    """Runs the commands that `./causeway down` prints, while a demo runs."""
    said = run(str(ROOT / "causeway"), "down", "--data", str(own.data / "causeway")).stderr
    commands = re.findall(r"kubectl (--kubeconfig \S+ delete .*?)\s*(?:\x1b.*)?$", said, re.MULTILINE)
    assert len(commands) == 4, said
    for command in commands:
        run(own.kubectl_program, *command.split(), timeout=180)


def install_production(own, settings, images):
    """The overlay with what an administrator has to change in it, and nothing else."""
    folder = own.data / "production"
    folder.mkdir()
    # The inside as the overlay has it.
    inside_git = {"internal": "https://git.causeway-system.svc", "caFile": "/etc/causeway-git-ca/ca.crt", "public": "https://git.example.org"}
    (folder / "platform.json").write_text(json.dumps({**json.loads(settings), "git": inside_git}))
    own.volume("repositories-2", "100Gi", "git")
    own.volume("images", "500Gi", "registry")
    own.volume("database-2", "20Gi", "postgresql")
    renamed = [{"name": f"registry.example.org/causeway/{name}", "newName": image.rsplit(":", 1)[0], "newTag": image.rsplit(":", 1)[1]}
               for name, image in images.items()]
    (folder / "kustomization.yaml").write_text(json.dumps({
        "apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization",
        "resources": [os.path.relpath(ROOT / "manifests" / "overlays" / "production", folder)], "images": renamed,
        "configMapGenerator": [{"name": "platform", "namespace": "causeway-system", "behavior": "replace", "files": ["platform.json"]}],
        "patches": [{"target": {"kind": "StatefulSet"}, "patch": json.dumps(
            [{"op": "replace", "path": "/spec/volumeClaimTemplates/0/spec/storageClassName", "value": ""}])}]}))
    own.kubectl("apply", "--server-side", "-k", str(ROOT / "crds"))
    own.kubectl("apply", "--server-side", "-f", str(ROOT / "manifests" / "base" / "namespaces.yaml"))
    certificate(folder, "git.example.org", "causeway.example.org", "images.example.org")
    for name in ("gateway-tls", "registry-tls"):
        own.kubectl("-n", "causeway-system", "create", "secret", "tls", name, "--cert", str(folder / "tls.crt"), "--key", str(folder / "tls.key"))
    inside = folder / "inside"
    inside.mkdir()
    run("openssl", *NEW_KEY, "-x509", "-days", "2", "-subj", "/CN=inside", "-keyout", str(inside / "ca.key"), "-out", str(inside / "ca.crt"))
    for secret, name in INSIDE.items():
        certify(own, inside, secret, name)
    own.kubectl("-n", "causeway-system", "create", "secret", "generic", "causeway-apiserver", f"--from-literal=secret={'s' * 32}")
    own.kubectl("-n", "causeway-system", "create", "secret", "generic", "second-factor-keys", f"--from-literal=1.key={'k' * 32}")
    dry = own.kubectl("apply", "--server-side", "--dry-run=server", "-k", str(folder))
    assert not dry.stderr
    own.kubectl("apply", "--server-side", "-k", str(folder))
    for what in ("deployment/causeway-operator-hub", "deployment/causeway-webhooks", "statefulset/git", "statefulset/registry", "deployment/causeway-apiserver", "daemonset/traefik"):
        done = own.kubectl("-n", "causeway-system", "rollout", "status", what, "--timeout=120s", check=False)
        assert done.returncode == 0, own.kubectl("-n", "causeway-system", "describe", "pods").stdout[-6000:]
    # https, with the administrator's certificate; behind the gateway with those of the inside.
    service = own.get("service", "gateway", "-n", "causeway-system")
    port = next(p["nodePort"] for p in service["spec"]["ports"] if p["name"] == "websecure")

    def status(host):
        return run("curl", "-sS", "--cacert", str(folder / "tls.crt"), "--resolve", f"{host}:{port}:{own.address}",
                   "-o", "/dev/null", "-w", "%{http_code}", f"https://{host}:{port}/healthz", check=False).stdout
    for host in ("git.example.org", "causeway.example.org"):
        eventually(f"{host} answers through the gateway", lambda host=host: status(host) == "200")
    the_operator_asks_git_over_https(own)
    the_gateway_refuses_a_strangers_certificate(own, folder / "stranger", inside, status)


def the_operator_asks_git_over_https(own):
    """For a branch that is not there: what it has to say of that comes from the git server."""
    own.kubectl("apply", "--server-side", "-f", str(ROOT / "examples" / "01-quickstart" / "namespace.yaml"),
                "-f", str(ROOT / "examples" / "01-quickstart" / "repo.yaml"))
    own.kubectl("-n", "u-ada", "wait", "--for=condition=Ready", "repo/digits", "--timeout=60s")
    own.kubectl("apply", "-f", "-", stdin=json.dumps({
        "apiVersion": "causeway.dev/v1alpha1", "kind": "Demo", "metadata": {"name": "asks", "namespace": "u-ada"},
        "spec": {"repoRef": {"name": "digits"}, "revision": "nowhere", "placement": {"regions": ["local-1"]}}}))
    eventually("the demo says what git said", lambda: "nothing was pushed yet" in json.dumps(own.get("demo", "asks", "-n", "u-ada")["status"]))


def the_gateway_refuses_a_strangers_certificate(own, stranger, inside, status):
    """One of the right name and another authority, which the git server starts with; and the right one, without another start."""
    stranger.mkdir()
    run("openssl", *NEW_KEY, "-x509", "-days", "2", "-subj", "/CN=inside", "-keyout", str(stranger / "ca.key"), "-out", str(stranger / "ca.crt"))
    certify(own, stranger, "git-tls", INSIDE["git-tls"], authority=inside / "ca.crt")
    own.kubectl("-n", "causeway-system", "delete", "pod", "git-0")
    own.kubectl("-n", "causeway-system", "rollout", "status", "statefulset/git", "--timeout=120s")
    eventually("the gateway refuses it", lambda: status("git.example.org") == "500")
    pod = own.get("pod", "git-0", "-n", "causeway-system")["metadata"]["uid"]
    certify(own, inside, "git-tls", INSIDE["git-tls"])
    eventually("a renewed certificate is served and taken", lambda: status("git.example.org") == "200", timeout=180)
    assert own.get("pod", "git-0", "-n", "causeway-system")["metadata"]["uid"] == pod


NEW_KEY = ("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
# As manifests/overlays/production/README.md has them.
INSIDE = {"causeway-apiserver-tls": "causeway-apiserver.causeway-system.svc", "git-tls": "git.causeway-system.svc", "postgresql-tls": "postgresql",
          "causeway-apiserver-database-tls": "causeway-apiserver", "git-database-tls": "git"}


def certify(own, by, secret, name, authority=None):
    """A Secret with a certificate for the name, signed by the authority in the folder `by`."""
    run("openssl", *NEW_KEY, "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}", "-keyout", str(by / "tls.key"), "-out", str(by / "tls.csr"))
    run("openssl", "x509", "-req", "-in", str(by / "tls.csr"), "-CA", str(by / "ca.crt"), "-CAkey", str(by / "ca.key"), "-days", "2",
        "-copy_extensions", "copy", "-out", str(by / "tls.crt"))
    made = own.kubectl("-n", "causeway-system", "create", "secret", "generic", secret, f"--from-file={by}/tls.crt", f"--from-file={by}/tls.key",
                       f"--from-file=ca.crt={authority or by / 'ca.crt'}", "--dry-run=client", "-o", "json")
    own.kubectl("apply", "--server-side", "-f", "-", stdin=made.stdout)


def certificate(folder, *names):
    run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=example",
        "-addext", "subjectAltName=" + ",".join(f"DNS:{name}" for name in names), "-keyout", str(folder / "tls.key"),
        "-out", str(folder / "tls.crt"))
