"""Demos as a platform in use holds them, thousands at once.

One Demo is applied to the API server the way it comes about: its owner applies the spec, the hub applies the status
(server-side apply, two field managers). What the server then keeps in etcd, managedFields and all, is written to etcd
again under other names, with other commits, digests, hosts and uids. Through the API 50,000 objects would take longer
than everything that is measured.
"""

import base64
import hashlib
import http.client
import json
import threading
import urllib.parse
import uuid

GROUP = "/apis/causeway.dev/v1alpha1"
NAMESPACE = "u-bench-000"
NAME = "demo-00000"
COMMIT = "0" * 40
DIGEST = "0" * 64
WRITERS = 4

SPEC = {
    "repoRef": {"name": f"bench-{NAME}"},
    "revision": "main",
    "templateRef": {"family": "python-web", "version": 3},
    "parameters": {"pythonVersion": "3.11", "entrypoint": "app.py"},
    "env": [
        {"name": "THEME", "value": "dark"},
        {"name": "MODEL_ENDPOINT", "value": f"http://models.{NAMESPACE}.svc:8000/v1"},
        {"name": "LOG_LEVEL", "value": "info"},
    ],
    "secretRefs": [{"name": f"{NAME}-secrets"}],
    "health": {"path": "/healthz"},
    "resources": {"cpu": "500m", "memory": "1Gi"},
    "placement": {"regions": ["ap-guangzhou", "ap-shanghai"], "clusterCount": 2, "strategy": "Spread"},
    "scaling": {"min": 1, "max": 3},
    "hostnames": [f"{NAME}.example.com"],
}


def condition(kind, reason, message):
    return {"type": kind, "status": "True", "observedGeneration": 1, "lastTransitionTime": "2025-11-20T08:00:00Z",
            "reason": reason, "message": message}


def placement(region):
    return {"cluster": region, "clusterNamespace": "cluster-3f2a9c1e", "clusterUid": str(uuid.UUID(int=7)), "epoch": 4,
            "stage": "Running", "ready": True, "url": f"https://{NAME}--bench.{region}.demos.example.com",
            "deployment": f"{NAME}-7", "message": ""}


STATUS = {
    "observedGeneration": 1,
    "stage": "Running",
    "message": "2 of 2 regions serve it",
    "url": f"https://{NAME}--bench.demos.example.com",
    "urls": [{"cluster": region, "url": f"https://{NAME}--bench.{region}.demos.example.com"}
             for region in ("ap-guangzhou", "ap-shanghai")],
    "revision": COMMIT,
    "image": f"registry.causeway.internal/demos/{NAME}@sha256:{DIGEST}",
    "currentDeployment": f"{NAME}-7",
    "placements": [placement("ap-guangzhou"), placement("ap-shanghai")],
    "build": {"id": DIGEST[:16], "phase": "Succeeded", "startedAt": "2025-11-20T07:56:00Z",
              "finishedAt": "2025-11-20T07:58:30Z", "cacheHit": False, "logsRef": {"name": f"{NAME}-build-log"}},
    "conditions": [
        condition("Ready", "Running", "2 of 2 regions serve it"),
        condition("Built", "BuildSucceeded", f"built commit {COMMIT[:12]} in 150 s"),
        condition("Scheduled", "Placed", "placed in ap-guangzhou and ap-shanghai"),
        condition("Available", "Serving", "answered by the gateways of 2 regions"),
    ],
}


class Etcd:
    """etcd's JSON gateway on one connection."""

    def __init__(self, url):
        address = urllib.parse.urlparse(url)
        self.connection = http.client.HTTPConnection(address.hostname, address.port)

    def call(self, method, **body):
        encoded = {k: base64.b64encode(v).decode() for k, v in body.items()}
        self.connection.request("POST", f"/v3/kv/{method}", json.dumps(encoded))
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"etcd {method}: {answer.status} {content[:200]!r}")
        return json.loads(content)


def namespace_of(number):
    return f"u-bench-{number // 500:03}"


def add_namespaces(kubectl, have, want):
    names = {namespace_of(n) for n in range(have, want)} - {namespace_of(n) for n in range(have)}
    items = [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in sorted(names)]
    if items:
        kubectl("create", "-f", "-", input=json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))


def first(kubectl, etcd_url):
    """The Demo that others are copies of: its key and value in etcd."""
    def applied(manager, *arguments, **parts):
        demo = {"apiVersion": "causeway.dev/v1alpha1", "kind": "Demo",
                "metadata": {"name": NAME, "namespace": NAMESPACE}} | parts
        if "spec" in parts:
            demo["metadata"]["labels"] = {"causeway.dev/owner": "bench", "app.kubernetes.io/managed-by": "flux",
                                          "team": "research"}
            demo["metadata"]["annotations"] = {"causeway.dev/description": "a demo that is measured"}
            demo["metadata"]["finalizers"] = ["causeway.dev/demo"]
        kubectl("apply", "--server-side", "--field-manager", manager, *arguments, "-f", "-", input=json.dumps(demo))

    add_namespaces(kubectl, 0, 1)
    applied("kustomize-controller", spec=SPEC)
    applied("causeway-hub", "--subresource", "status", status=STATUS)
    key = f"/registry/causeway.dev/demos/{NAMESPACE}/{NAME}".encode()
    value = base64.b64decode(Etcd(etcd_url).call("range", key=key)["kvs"][0]["value"])
    uid = json.loads(value)["metadata"]["uid"]
    return key, value, uid


def fill(kubectl, original, etcd_url, have, want):
    """Adds copies number have … want - 1 (0 is the original), 500 to a namespace."""
    add_namespaces(kubectl, have, want)
    key, value, uid = original

    def copy(etcd, number):
        namespace, name = namespace_of(number), f"demo-{number:05}"
        digest = hashlib.sha256(name.encode()).hexdigest()
        changes = ((NAMESPACE, namespace), (NAME, name), (DIGEST, digest), (COMMIT, digest[:40]),
                   (DIGEST[:16], digest[:16]), (COMMIT[:12], digest[:12]), (uid, str(uuid.UUID(digest[:32]))))
        new_key, new_value = key, value
        for old, new in changes:
            new_key, new_value = (text.replace(old.encode(), new.encode()) for text in (new_key, new_value))
        etcd.call("put", key=new_key, value=new_value)

    failures = []

    def write(share):
        try:
            etcd = Etcd(etcd_url)
            for number in share:
                copy(etcd, number)
        except Exception as error:  # told by the thread that waits
            failures.append(error)

    numbers = range(max(have, 1), want)
    threads = [threading.Thread(target=write, args=(numbers[i::WRITERS],)) for i in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    # A consistent read out of the server's cache answers once the cache has seen them all; the server itself waits for
    # 60 seconds at most.
    consistent = ("get", "--raw", f"{GROUP}/demos?labelSelector=none%3Dnone")
    if not any(kubectl(*consistent, may_fail=True) for _ in range(4)):
        kubectl(*consistent)
