"""A collector of traces in the hub, for tests: takes OTLP/HTTP with JSON bodies and keeps every span.

It is a pod of the hub with a port of its node, so that build pods and regions reach it as they reach the hub.
"""

import json

PORT = 4318
PROGRAM = f"""
import http.server, json, os, signal, sys
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers['Content-Length'])))
        for resource in body['resourceSpans']:
            attributes = {{a['key']: a['value'].get('stringValue') for a in resource['resource']['attributes']}}
            for scope in resource['scopeSpans']:
                for span in scope['spans']:
                    # In one piece: requests are answered side by side.
                    sys.stdout.write(json.dumps({{'service': attributes['service.name'], **span}}) + '\\n')
                    sys.stdout.flush()
        self.send_response(200 if self.path == '/v1/traces' else 404)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Content-Length', '2')
        self.end_headers()
        self.wfile.write(b'{{}}')
    def log_message(self, *_):
        pass
http.server.ThreadingHTTPServer(('0.0.0.0', {PORT}), Handler).serve_forever()
"""


def manifests(namespace, image):
    return [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "collector", "namespace": namespace},
             "data": {"collector.py": PROGRAM}},
            {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "collector", "namespace": namespace},
             "spec": {"containers": [{"name": "collector", "image": image, "command": ["python3", "/collector/collector.py"],
                                      "ports": [{"containerPort": PORT, "hostPort": PORT}],
                                      "readinessProbe": {"tcpSocket": {"port": PORT}, "periodSeconds": 1},
                                      "volumeMounts": [{"name": "program", "mountPath": "/collector"}]}],
                      "volumes": [{"name": "program", "configMap": {"name": "collector"}}]}}]


class Collector:
    def __init__(self, platform, namespace):
        self.platform, self.namespace = platform, namespace
        settings = json.loads(platform.get("configmap", "platform", "causeway-system")["data"]["platform.json"])
        for manifest in manifests(namespace, settings["images"]["base-python"]):
            platform.apply(manifest)
        platform.ready("pod", "collector", namespace)
        self.endpoint = f"http://{platform.onebox('GET', '/v1/clusters/hub')['address']}:{PORT}"

    def spans(self):
        lines = self.platform.pod_log("collector", self.namespace).splitlines()
        return [Span(json.loads(line)) for line in lines if line.startswith("{")]


class Span:
    def __init__(self, data):
        self.service, self.name, self.trace, self.id = data["service"], data["name"], data["traceId"], data["spanId"]
        self.parent = data.get("parentSpanId", "")
        self.start, self.end = int(data["startTimeUnixNano"]) / 1e9, int(data["endTimeUnixNano"]) / 1e9
        self.attributes = {a["key"]: a["value"].get("stringValue") for a in data["attributes"]}
        self.error = data.get("status", {}).get("message", "")

    def __repr__(self):
        return f"{self.service}: {self.name} {self.attributes.get('causeway.object', '')}"


def as_text(spans):
    """A trace as a tree: when after its beginning, for how long, what, by whom. Of equal ones in a row, the first, how many
    they are, and how long they took together."""
    begin = min(span.start for span in spans)
    known = {span.id for span in spans}
    lines = []

    def show(siblings, depth):
        rows = []  # [first span, how many, seconds, children]
        for span in sorted(siblings, key=lambda s: s.start):
            children = [s for s in spans if s.parent == span.id]
            if rows and not children and not rows[-1][3] and (rows[-1][0].name, rows[-1][0].service) == (span.name, span.service):
                rows[-1][1] += 1
                rows[-1][2] += span.end - span.start
            else:
                rows.append([span, 1, span.end - span.start, children])
        for span, count, seconds, children in rows:
            what = "  " * depth + span.name + (f" ×{count}" if count > 1 else "")
            lines.append(f"{span.start - begin:7.2f} s {seconds:7.2f} s  {what:<30} {span.service}")
            show(children, depth + 1)
    show([s for s in spans if s.parent not in known], 0)
    return "\n".join(lines)
