"""A browser at the platform's pages, without the pages: their requests, and cookies."""

import http.client
import http.cookies
import json
import secrets


class Browser:
    def __init__(self, platform):
        self.host = platform.endpoints()["web"].removeprefix("http://")
        self.port = platform.web_port
        self.cookies = {}

    def call(self, method, path, body=None, headers=None):
        """(status, headers, JSON or None)."""
        sent = {"Host": self.host, "Origin": f"http://{self.host}", "Sec-Fetch-Site": "same-origin", "X-Causeway-Request": "1",
                "User-Agent": "Mozilla/5.0 (test)", **(headers or {})}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if isinstance(body, (dict, list)):
            sent["Content-Type"] = "application/json"
            body = json.dumps(body)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body=body, headers=sent)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            for name, morsel in http.cookies.SimpleCookie(cookie).items():
                if morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value
        is_json = "json" in (answer.headers.get("Content-Type") or "")
        return answer.status, answer.headers, json.loads(content) if is_json and content else content

    def get(self, path):
        status, _, body = self.call("GET", path)
        assert status == 200, (path, status, body)
        return body

    def post(self, path, body):
        """A create gets a key of its own."""
        status, _, answer = self.call("POST", path, body, {"Idempotency-Key": secrets.token_hex(8)})
        assert 200 <= status < 300, (path, status, answer)
        return answer

    def status(self, method, path, body=None, headers=None):
        return self.call(method, path, body, headers)[0]

    def visible(self, query=""):
        """Paths of the repositories in the list."""
        return [r["path"] for r in self.get(f"/api/v1/repositories?limit=100{query}")["items"]]


def first_administrator(platform):
    """Ada, signed in with the password that `up` has set."""
    browser = Browser(platform)
    browser.post("/login", {"account": "ada", "password": (platform.data / "first-password").read_text().strip()})
    return browser
