"""The API of a cluster over one connection a thread: for tests that make more requests than there can be kubectls."""

import base64
import http.client
import json
import ssl
import tempfile
import threading
import urllib.parse


class Api:
    """Of the hub, or the named cluster, as its administrator."""

    def __init__(self, platform, cluster=None):
        config = json.loads(platform.kubectl("config", "view", "--raw", "--minify", "-o", "json", cluster=cluster).stdout)
        server, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        self._address = urllib.parse.urlsplit(server["server"]).netloc
        self._context = ssl.create_default_context(cadata=base64.b64decode(server["certificate-authority-data"]).decode())
        with tempfile.NamedTemporaryFile() as pem:
            for part in ("client-certificate-data", "client-key-data"):
                pem.write(base64.b64decode(user[part]) + b"\n")
            pem.flush()
            self._context.load_cert_chain(pem.name)
        self._local = threading.local()

    def __call__(self, method, path, body=None, content_type="application/json"):
        """(code, object) of a request; asked again once when the connection was closed meanwhile."""
        text = None if body is None else json.dumps(body)
        for again in (False, True):
            try:
                connection = getattr(self._local, "connection", None)
                if not connection:
                    connection = self._local.connection = http.client.HTTPSConnection(self._address, context=self._context, timeout=60)
                connection.request(method, path, body=text, headers={"Content-Type": content_type, "Accept": "application/json"})
                answer = connection.getresponse()
                return answer.status, json.loads(answer.read() or b"null")
            except (http.client.HTTPException, ConnectionError, ssl.SSLError):
                self._local.connection = None
                if again:
                    raise

    def items(self, path):
        code, found = self("GET", path)
        assert code == 200, found
        return found["items"]
