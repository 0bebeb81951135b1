"""What else stands behind the hub's gateway is told who asks (manifests/addons/forward-auth)."""

import base64
import json

import pytest

from browser import Browser, first_administrator
from steps import eventually

NAMESPACE = "behind-the-gateway"
ECHO = """import http.server, json
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header('Content-Type', 'application/json')
        self.end_headers()
        self.wfile.write(json.dumps(list(self.headers.items())).encode())
    def log_message(self, *_):
        pass
http.server.ThreadingHTTPServer(('0.0.0.0', 8080), Handler).serve_forever()
"""


def behind(image, host):
    labels = {"app": "echo"}
    meta = {"name": "echo", "namespace": NAMESPACE}
    yield {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}
    yield {"apiVersion": "v1", "kind": "Pod", "metadata": {**meta, "labels": labels},
           "spec": {"terminationGracePeriodSeconds": 0, "containers": [{
               "name": "echo", "image": image, "command": ["python3", "-c", ECHO],
               "readinessProbe": {"httpGet": {"path": "/", "port": 8080}, "periodSeconds": 1}}]}}
    yield {"apiVersion": "v1", "kind": "Service", "metadata": meta, "spec": {"selector": labels, "ports": [{"port": 80, "targetPort": 8080}]}}
    for who in ("identity", "people", "administrators"):
        yield {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
               "metadata": {"name": who, "namespace": NAMESPACE,
                            "annotations": {"traefik.ingress.kubernetes.io/router.middlewares": f"causeway-{who}@file"}},
               "spec": {"ingressClassName": "causeway", "rules": [{"host": host, "http": {"paths": [
                   {"path": f"/behind/{who}", "pathType": "Prefix", "backend": {"service": {"name": "echo", "port": {"number": 80}}}}]}}]}}


@pytest.fixture
def echo(platform):
    """A service with three paths of the site's."""
    settings = json.loads(platform.get("configmap", "platform", "causeway-system")["data"]["platform.json"])
    host = platform.endpoints()["web"].removeprefix("http://").rsplit(":", 1)[0]
    for manifest in behind(settings["images"]["base-python"], host):
        platform.apply(manifest)
    visitor = Browser(platform)
    eventually("the service answers", lambda: visitor.status("GET", "/behind/identity/") == 200)
    eventually("who is nobody does not get through", lambda: visitor.status("GET", "/behind/people/") == 401
               and visitor.status("GET", "/behind/administrators/") == 401)
    yield
    platform.delete("namespace", NAMESPACE, timeout=None)


def got(browser, who, headers=None):
    """What came to the service, of the names that mean something."""
    status, _, seen = browser.call("GET", f"/behind/{who}/", headers=headers)
    assert status == 200, (status, seen)
    return {name.lower(): value for name, value in seen if name.lower().startswith("x-causeway-") and name.lower() != "x-causeway-request"}


def claims(token):
    return json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))


def test_services_behind_the_gateway_are_told_who_asks(platform, echo):
    forged = {"X-Causeway-User": "1", "X-Causeway-Identity": "forged"}
    visitor = Browser(platform)
    assert {v for v in got(visitor, "identity", forged).values() if v} == set(), "nobody is told of as nobody"
    assert visitor.status("GET", "/behind/identity/", headers={**forged, "x_causeway_user": "1"}) == 400, "what two readers could read differently"
    page = visitor.call("GET", "/behind/people/", headers={"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"})
    assert page[0] == 303 and "/sign-in?" in page[1]["Location"], page

    ada = first_administrator(platform)
    me = ada.get("/identity")
    for who in ("identity", "people", "administrators"):
        told = got(ada, who, {"X-Causeway-User": "1"})
        assert told["x-causeway-user"] == me["id"], told
        signed = claims(told["x-causeway-identity"])
        assert signed["sub"] == me["id"] and signed["name"] == "ada" and signed["role"] == "administrator"
        assert signed["aud"] == platform.endpoints()["web"].removeprefix("http://")
    assert len(ada.get("/.well-known/jwks.json")["keys"]) == 1
    # Not through the gateway: who asks the API server by itself finds nothing to ask.
    assert ada.status("GET", "/auth/forward") == 404
