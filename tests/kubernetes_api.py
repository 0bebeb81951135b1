"""The API of a cluster over one connection a thread: a question costs a few milliseconds, a kubectl a hundred."""

import base64
import http.client
import json
import ssl
import tempfile
import threading
import typing
import urllib.parse

import yaml

DISCOVERY = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"


class UnknownKind(Exception):
    """The server has no resource of that name."""


class Answer(typing.NamedTuple):
    code: int
    object: dict
    warnings: list  # as headers have them

    @property
    def ok(self):
        return self.code < 300

    @property
    def said(self):
        """Why not."""
        return "" if self.ok else self.object["message"]


class KubernetesApi:
    """Of the current context of a kubeconfig that names one cluster and one client certificate, in files or in itself. With a `user`:
    as them, and in that group."""

    def __init__(self, kubeconfig, user=None, group=None):
        self._headers = {**({"Impersonate-User": user} if user else {}), **({"Impersonate-Group": group} if group else {})}
        config = yaml.safe_load(open(kubeconfig))
        cluster, caller = config["clusters"][0]["cluster"], config["users"][0]["user"]
        self._address = urllib.parse.urlsplit(cluster["server"]).netloc
        self._context = ssl.create_default_context(cadata=_part(cluster, "certificate-authority").decode())
        with tempfile.NamedTemporaryFile() as pem:
            for part in ("client-certificate", "client-key"):
                pem.write(_part(caller, part) + b"\n")
            pem.flush()
            self._context.load_cert_chain(pem.name)
        self._local = threading.local()
        self._resources = {}

    def __call__(self, method, path, body=None, content_type="application/json", accept="application/json"):
        """(code, object) of a request."""
        return self.send(method, path, body, content_type, accept)[:2]

    def send(self, method, path, body=None, content_type="application/json", accept="application/json"):
        """The Answer; asked again once when the connection was closed meanwhile."""
        code, text, headers = self._send(method, path, None if body is None else json.dumps(body), content_type, accept)
        return Answer(code, json.loads(text or b"null"), headers.get_all("Warning", []))

    def text(self, path):
        """What is no object: a log, metrics; empty when it is not there, or not yet."""
        code, text, _ = self._send("GET", path, None, "application/json", "*/*")
        assert code in (200, 400, 404), text
        return text.decode() if code == 200 else ""

    def _send(self, method, path, text, content_type, accept):
        for again in (False, True):
            try:
                connection = getattr(self._local, "connection", None)
                if not connection:
                    connection = self._local.connection = http.client.HTTPSConnection(self._address, context=self._context, timeout=60)
                connection.request(method, path, body=text, headers={"Content-Type": content_type, "Accept": accept, **self._headers})
                answer = connection.getresponse()
                return answer.status, answer.read(), answer.headers
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
        """(path of the group and version, resource) for what kubectl calls a kind: plural, singular or short, also with its group; or
        for (apiVersion, kind)."""
        if word not in self._resources:  # or came with a CRD since
            for group, version, resource in self.discovery():
                at = f"{group}/{version}" if group else version
                path = f"/apis/{at}" if group else f"/api/{at}"
                for name in (resource["resource"], resource["singularResource"], *resource.get("shortNames", ())):
                    self._resources.setdefault(name, (path, resource))
                    self._resources.setdefault(f"{name}.{group}", (path, resource))
                self._resources[at, resource["responseKind"]["kind"]] = (path, resource)
        if word not in self._resources:
            raise UnknownKind(word)
        return self._resources[word]

    def get(self, kind, name=None, namespace=None, selector=""):
        """The object, None when it is not there; or the list of a namespace, or of all. `kind` may be several: "pods,services"."""
        lists = []
        for word in kind.split(","):
            path = self._path(word, namespace, name)
            if name:
                code, found = self("GET", path)
                if code == 404:
                    return None
                assert code == 200, found
                return found
            lists.append(self.ask("GET", path + (f"?labelSelector={urllib.parse.quote(selector)}" if selector else "")))
        # As kubectl prints them: in a list of its own, the server leaves out what each is.
        return {"kind": "List", "items": [{"apiVersion": found["apiVersion"], "kind": found["kind"].removesuffix("List"), **item}
                                          for found in lists for item in found["items"]]}

    def _path(self, word, namespace=None, name=None):
        path, resource = self._resource(word)
        if namespace and resource["scope"] == "Namespaced":
            path += f"/namespaces/{namespace}"
        return f"{path}/{resource['resource']}" + (f"/{name}" if name else "")

    def create(self, o, dry_run=False):
        """The Answer; fields that the kind does not have are refused."""
        path = self._path((o["apiVersion"], o["kind"]), o["metadata"].get("namespace"))
        return self.send("POST", f"{path}?fieldValidation=Strict{'&dryRun=All' if dry_run else ''}", o)

    def apply(self, o, manager="tests", dry_run=False):
        """Server-side, taking over what others manage."""
        path = self._path((o["apiVersion"], o["kind"]), o["metadata"].get("namespace"), o["metadata"]["name"])
        return self.send("PATCH", f"{path}?fieldManager={manager}&force=true{'&dryRun=All' if dry_run else ''}", o,
                         "application/apply-patch+yaml")

    def patch(self, kind, name, namespace, change, subresource=""):
        """A JSON patch when `change` is a list, else a merge patch."""
        path = self._path(kind, namespace, name) + (f"/{subresource}" if subresource else "")
        return self.send("PATCH", path, change, f"application/{'json' if isinstance(change, list) else 'merge'}-patch+json")

    def delete(self, kind, name, namespace=None, dry_run=False, grace=None):
        """`grace`: the seconds a pod is given to end, instead of its own; with 0 its object goes at once."""
        query = {**({"dryRun": "All"} if dry_run else {}), **({} if grace is None else {"gracePeriodSeconds": grace})}
        return self.send("DELETE", self._path(kind, namespace, name) + (f"?{urllib.parse.urlencode(query)}" if query else ""))


def _part(section, name):
    if f"{name}-data" in section:
        return base64.b64decode(section[f"{name}-data"])
    with open(section[name], "rb") as file:
        return file.read()
