"""The API of a cluster over one connection a thread: a question costs a few milliseconds, a kubectl a hundred."""

import base64
import http.client
import json
import ssl
import tempfile
import threading
import urllib.parse

import yaml

DISCOVERY = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"


class UnknownKind(Exception):
    """The server has no resource of that name."""


class KubernetesApi:
    """Of the current context of a kubeconfig that names one cluster and one client certificate, in files or in itself."""

    def __init__(self, kubeconfig):
        config = yaml.safe_load(open(kubeconfig))
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        self._address = urllib.parse.urlsplit(cluster["server"]).netloc
        self._context = ssl.create_default_context(cadata=_part(cluster, "certificate-authority").decode())
        with tempfile.NamedTemporaryFile() as pem:
            for part in ("client-certificate", "client-key"):
                pem.write(_part(user, part) + b"\n")
            pem.flush()
            self._context.load_cert_chain(pem.name)
        self._local = threading.local()
        self._resources = {}

    def __call__(self, method, path, body=None, content_type="application/json", accept="application/json"):
        """(code, object) of a request; asked again once when the connection was closed meanwhile."""
        text = None if body is None else json.dumps(body)
        for again in (False, True):
            try:
                connection = getattr(self._local, "connection", None)
                if not connection:
                    connection = self._local.connection = http.client.HTTPSConnection(self._address, context=self._context, timeout=60)
                connection.request(method, path, body=text, headers={"Content-Type": content_type, "Accept": accept})
                answer = connection.getresponse()
                return answer.status, json.loads(answer.read() or b"null")
            except (http.client.HTTPException, OSError):
                self._local.connection = None
                if again:
                    raise

    def ask(self, method, path, body=None):
        code, answer = self(method, path, body)
        assert code < 300, answer
        return answer

    def items(self, path):
        return self.ask("GET", path)["items"]

    def discovery(self):
        """(group, version, resource as discovered) of all there is; the preferred version of a group comes first."""
        for root in ("/api", "/apis"):
            code, groups = self("GET", root, accept=DISCOVERY)
            assert code == 200, groups
            for group in groups["items"]:
                for version in group["versions"]:
                    for resource in version["resources"]:
                        yield group["metadata"].get("name", ""), version["version"], resource

    def _resource(self, word):
        """(path of the group and version, resource) for what kubectl calls a kind: plural, singular or short, also with its group."""
        if word not in self._resources:  # or came with a CRD since
            for group, version, resource in self.discovery():
                path = f"/apis/{group}/{version}" if group else f"/api/{version}"
                for name in (resource["resource"], resource["singularResource"], *resource.get("shortNames", ())):
                    self._resources.setdefault(name, (path, resource))
                    self._resources.setdefault(f"{name}.{group}", (path, resource))
        if word not in self._resources:
            raise UnknownKind(word)
        return self._resources[word]

    def get(self, kind, name=None, namespace=None, selector=""):
        """The object, None when it is not there; or the list of a namespace, or of all. `kind` may be several: "pods,services"."""
        lists = []
        for word in kind.split(","):
            path, resource = self._resource(word)
            if namespace and resource["scope"] == "Namespaced":
                path += f"/namespaces/{namespace}"
            path += "/" + resource["resource"]
            if name:
                code, found = self("GET", f"{path}/{name}")
                if code == 404:
                    return None
                assert code == 200, found
                return found
            lists.append(self.ask("GET", path + (f"?labelSelector={urllib.parse.quote(selector)}" if selector else "")))
        # As kubectl prints them: in a list of its own, the server leaves out what each is.
        return {"kind": "List", "items": [{"apiVersion": found["apiVersion"], "kind": found["kind"].removesuffix("List"), **item}
                                          for found in lists for item in found["items"]]}


def _part(section, name):
    if f"{name}-data" in section:
        return base64.b64decode(section[f"{name}-data"])
    with open(section[name], "rb") as file:
        return file.read()
