"""Nothing of the API server is spoken to in the clear in production, and what does speak to it knows whom it expects."""

import os
import subprocess

import pytest
import yaml

from network_rules import matches
from rendered import MANIFESTS, kubectl, name_of, pod_templates, render
from test_database import secret_files

COMPONENT = MANIFESTS / "addons" / "internal-tls"
SERVERS = {"causeway-apiserver": ("web", "causeway-apiserver-tls"), "git": ("serve", "git-tls")}


def named(objects, kind, name):
    found, = (o for o in objects if o["kind"] == kind and o["metadata"]["name"] == name)
    return found


def flags(container):
    return dict(argument.split("=", 1) for argument in container["args"] if "=" in argument)


def render_with(folder, resources=(), components=()):
    """The production overlay with more, by a kustomization in `folder`."""
    told = {"resources": [MANIFESTS / "overlays" / "production", *resources], "components": components}
    (folder / "kustomization.yaml").write_text(yaml.safe_dump({key: [os.path.relpath(path, folder) for path in paths]
                                                               for key, paths in told.items()}))
    done = subprocess.run([*kubectl(), "kustomize", str(folder)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return [o for o in yaml.safe_load_all(done.stdout) if o]


@pytest.mark.parametrize("name", SERVERS)
def test_the_roles_speak_https_with_a_certificate_of_their_own(name):
    container_name, secret = SERVERS[name]
    template = next(t for owner, t in pod_templates(render("overlays/production")) if owner["metadata"]["name"] == name)
    container = next(c for c in template["spec"]["containers"] if c["name"] == container_name)
    told = flags(container)
    files = secret_files(template, secret)
    assert files[container_name] == {told["--tls-cert-file"]: "tls.crt", told["--tls-private-key-file"]: "tls.key"}
    assert not any(files[other] for other in files if other != container_name), "nobody else has the key"
    for probe in ("livenessProbe", "readinessProbe"):
        assert container[probe]["httpGet"]["scheme"] == "HTTPS"


@pytest.mark.parametrize("name", SERVERS)
def test_the_gateway_verifies_whom_it_speaks_to(name):
    objects = render("overlays/production")
    service = named(objects, "Service", name)
    assert [p["port"] for p in service["spec"]["ports"]] == [443], "nothing answers at another port"
    annotations = service["metadata"]["annotations"]
    assert annotations["traefik.ingress.kubernetes.io/service.serversscheme"] == "https"
    transport, provider = annotations["traefik.ingress.kubernetes.io/service.serverstransport"].split("@")
    assert provider == "file"
    config = named(objects, "ConfigMap", "gateway-forward-auth")["data"]
    told = yaml.safe_load(config["servers-transports.yaml"])["http"]["serversTransports"][transport]
    assert told["serverName"] == f"{name}.causeway-system.svc"
    assert "insecureSkipVerify" not in told
    assert authorities(named(objects, "DaemonSet", "traefik"))[told["rootCAs"][0]] == (SERVERS[name][1], "ca.crt")


def authorities(gateway):
    """{path: (Secret, key)} of what the gateway's folder has of Secrets."""
    spec = gateway["spec"]["template"]["spec"]
    mounts = {m["name"]: m["mountPath"] for m in spec["containers"][0]["volumeMounts"]}
    return {f"{mounts[v['name']]}/{item['path']}": (source["secret"]["name"], item["key"]) for v in spec["volumes"]
            for source in v.get("projected", {}).get("sources", []) if "secret" in source for item in source["secret"]["items"]}


def test_routes_of_the_site_are_not_at_the_gateways_plain_port():
    for ingress in (o for o in render("overlays/production") if o["kind"] == "Ingress"):
        assert ingress["metadata"]["annotations"]["traefik.ingress.kubernetes.io/router.entrypoints"] == "websecure"
        for rule in ingress["spec"]["rules"]:
            assert {p["backend"]["service"]["port"]["name"] for p in rule["http"]["paths"]} == {"https"}


def test_forward_auth_asks_over_https_what_it_asks_otherwise():
    plain, = yaml.safe_load((MANIFESTS / "addons" / "forward-auth" / "forward-auth.yaml").read_text())["http"].values()
    ours, = yaml.safe_load((COMPONENT / "forward-auth.yaml").read_text())["http"].values()
    known = authorities(named(render("overlays/production"), "DaemonSet", "traefik"))
    for middleware in ours.values():
        asked = middleware["forwardAuth"]
        assert known[asked.pop("tls")["ca"]] == ("causeway-apiserver-tls", "ca.crt")
        assert asked["address"].startswith("https://causeway-apiserver.causeway-system.svc/")
        asked["address"] = asked["address"].replace("https://", "http://")
    assert ours == plain


def test_the_operator_and_builds_know_the_git_server():
    objects = render("overlays/production")
    platform = next(o for o in objects if o["kind"] == "ConfigMap" and "platform.json" in o.get("data", {}))
    git = yaml.safe_load(platform["data"]["platform.json"])["git"]
    assert git["internal"] == "https://git.causeway-system.svc"
    template = next(t for owner, t in pod_templates(objects) if owner["metadata"]["name"] == "causeway-operator-hub")
    assert secret_files(template, "git-tls")["operator"] == {git["caFile"]: "ca.crt"}


def test_nothing_in_production_names_them_over_http():
    for o in render("overlays/production"):
        text = yaml.safe_dump(o)
        for name in SERVERS:
            assert f"http://{name}.causeway-system" not in text and f"http://{name}/" not in text, name_of(o)


def test_pod_monitors_ask_over_https(tmp_path):
    objects = render_with(tmp_path, components=[MANIFESTS / "observability", COMPONENT / "podmonitors"])
    asked = {}
    for monitor in (o for o in objects if o["kind"] == "PodMonitor"):
        for owner, template in pod_templates(objects):
            labels = template["metadata"]["labels"]
            if not matches(monitor["spec"]["selector"], labels):
                continue
            ports = {p["name"] for c in template["spec"]["containers"] for p in c.get("ports", [])}
            for endpoint in monitor["spec"]["podMetricsEndpoints"]:
                if endpoint["port"] in ports:
                    key = owner["metadata"]["name"], endpoint["port"]
                    assert key not in asked, f"{key} is asked twice"
                    asked[key] = endpoint.get("scheme", "http"), endpoint.get("tlsConfig", {}).get("serverName")
    web, git = "causeway-apiserver.causeway-system.svc", "git.causeway-system.svc"
    assert asked.pop(("causeway-apiserver", "http")) == ("https", web)
    assert asked.pop(("causeway-apiserver", "metrics")) == ("https", web)
    assert asked.pop(("git", "http")) == ("https", git)
    assert asked.keys() == {("git", "metrics"), ("causeway-operator-hub", "metrics"), ("causeway-webhooks", "metrics"), ("traefik", "ping")}
    assert {scheme for scheme, _ in asked.values()} == {"http"}


def test_the_addon_prometheus_asks_over_https(tmp_path):
    objects = render_with(tmp_path, [MANIFESTS / "addons" / "prometheus"], [COMPONENT / "prometheus"])
    config = next(o for o in objects if o["kind"] == "ConfigMap" and "prometheus.yml" in o.get("data", {}))
    jobs = {j["job_name"]: j for j in yaml.safe_load(config["data"]["prometheus.yml"])["scrape_configs"]}
    template = next(t for owner, t in pod_templates(objects) if owner["metadata"]["name"] == "prometheus")
    known = authorities({"spec": {"template": template}})
    for job, name in (("web", "causeway-apiserver"), ("web-controllers", "causeway-apiserver"), ("git", "git")):
        assert jobs[job].pop("scheme") == "https"
        tls = jobs[job].pop("tls_config")
        assert tls["server_name"] == f"{name}.causeway-system.svc"
        assert known[tls["ca_file"]] == (SERVERS[name][1], "ca.crt")
    plain = yaml.safe_load((MANIFESTS / "addons" / "prometheus" / "config.yaml").read_text())
    ours = yaml.safe_load(config["data"]["prometheus.yml"])
    assert {**ours, "scrape_configs": list(jobs.values())} == plain


def test_the_steps_of_the_readme_make_certificates_for_these_names():
    readme = (MANIFESTS / "overlays" / "production" / "README.md").read_text()
    for name, (_, secret) in SERVERS.items():
        assert f"certify {secret} {name}.causeway-system.svc\n" in readme
