"""Objects and repositories that tests make."""

API = "causeway.dev/v1alpha1"


def demo(namespace, name, template="docker", **spec):
    return {"apiVersion": API, "kind": "Demo", "metadata": {"name": name, "namespace": namespace},
            "spec": {"repoRef": {"name": "app"}, "templateRef": {"family": template}, "placement": {"regions": ["local-1"]}, **spec}}


def repo(namespace, owner):
    return {"apiVersion": API, "kind": "Repo", "metadata": {"name": "app", "namespace": namespace},
            "spec": {"type": "Space", "owner": owner, "path": f"{owner}/app", "visibility": "Public"}}


def cluster(name, region, provider="local"):
    return {"apiVersion": API, "kind": "Cluster", "metadata": {"name": name, "namespace": "causeway-system"},
            "spec": {"source": {"terraform": {"provider": provider, "region": region}}}}


# Ends at SIGTERM, which process 1 of a container would ignore otherwise, and names the commit it was made from.
SERVER = """import http.server, os, signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header('X-Causeway-Revision', os.environ.get('CAUSEWAY_REVISION', ''))
        self.end_headers()
        self.wfile.write(os.environ.get('GREETING', 'hello').encode())
    def log_message(self, *_):
        pass
time.sleep({start_seconds})
http.server.ThreadingHTTPServer(('0.0.0.0', int(os.environ['PORT'])), Handler).serve_forever()
"""


def python_app(start_seconds=0, marker=""):
    """A commit that makes the repository an application for the template `python`; it answers $GREETING."""
    def change(folder):
        (folder / "app.py").write_text(SERVER.format(start_seconds=start_seconds) + f"# {marker}\n")
    return change


def dockerfile(*lines, base="python"):
    """A commit that makes the repository a Dockerfile on one of the platform's bases, with the same application."""
    argument = f"BASE_{base.upper()}"

    def change(folder):
        (folder / "app.py").write_text(SERVER.format(start_seconds=0))
        (folder / "Dockerfile").write_text("\n".join([f"ARG {argument}", f"FROM ${{{argument}}}", *lines, ""]))
    return change


SERVES = ("WORKDIR /app", "COPY app.py .", 'CMD ["python3", "-u", "app.py"]')
