"""The add-on that sends logs to another system: what it sees, may and is told."""

import re

import pytest
import yaml

from network_rules import NetworkRules, Pod, pod_of
from rendered import MANIFESTS, name_of, pod_templates, render

ADDON = MANIFESTS / "addons" / "log-forwarding"
CONFIG = (ADDON / "rsyslog.conf").read_text()
PRODUCTION = MANIFESTS / "overlays" / "production"


@pytest.fixture(scope="module")
def pod():
    (_, template), = pod_templates(render("addons/log-forwarding"))
    return template["spec"]


def mounts(pod):
    container, = pod["containers"]
    return {m["mountPath"]: next(v for v in pod["volumes"] if v["name"] == m["name"]) | m for m in container["volumeMounts"]}


def test_of_the_node_it_sees_the_logs_and_can_change_nothing(pod):
    seen = [(path, m["hostPath"]["path"], m["readOnly"]) for path, m in mounts(pod).items() if "hostPath" in m]
    assert seen == [("/var/log/pods", "/var/log/pods", True)]
    assert set(re.findall(r'file="([^"]*)"', CONFIG)) == {f"/var/log/pods/{pods}/*/*.log" for pods in ("causeway-system_*", "causeway-run-*_*")}


def test_it_needs_no_right_of_root(pod):
    container, = pod["containers"]
    assert "add" not in container["securityContext"]["capabilities"]
    assert (pod["securityContext"]["runAsUser"], pod["securityContext"]["runAsGroup"]) == (65532, 0)
    assert pod["automountServiceAccountToken"] is False


def test_what_the_configuration_names_is_there(pod):
    container, = pod["containers"]
    assert set(re.findall(r'(?:echo \$|getenv\(")([A-Z_]+)', CONFIG)) == {e["name"] for e in container["env"]}
    for file in re.findall(r'"(/etc/[^"]+|/var/[^"]+)"', CONFIG):
        assert any(file == path or file.startswith(f"{path}/") for path in mounts(pod)), file
    files, = (o["data"] for o in render("addons/log-forwarding") if o["kind"] == "ConfigMap")
    assert files.keys() == {"rsyslog.conf", "cri.rulebase"}


def test_the_collector_is_verified_and_lets_nobody_in_without_a_certificate():
    action = CONFIG[CONFIG.index('action(type="omfwd"'):]
    for said in ('streamDriverMode="1"', 'streamDriverAuthMode="x509/name"', "target=`echo $COLLECTOR_HOST`", "streamDriverPermittedPeers=`echo $COLLECTOR_HOST`",
                 "streamDriver.CAFile=", "streamDriver.certFile=", 'TCP_Framing="octet-counted"', 'resumeRetryCount="-1"'):
        assert said in action


def test_what_waits_fits_into_its_volume(pod):
    size = int(mounts(pod)["/var/spool/rsyslog"]["emptyDir"]["sizeLimit"].removesuffix("Mi"))
    most = int(re.search(r'queue\.maxDiskSpace="(\d+)m"', CONFIG).group(1))
    file = int(re.search(r'queue\.maxFileSize="(\d+)m"', CONFIG).group(1))
    assert most + 2 * file < size, "the kubelet would evict the pod, and what waits with it"


def test_it_reaches_the_collector_and_name_servers_only():
    objects = render("addons/log-forwarding")
    (owner, template), = pod_templates(objects)
    forwarder, rules = pod_of(owner, template), NetworkRules(objects)
    for peer in ("203.0.113.5", "10.0.0.7"):
        assert rules.allows(forwarder, peer, 6514) and rules.allows(forwarder, peer, 53, "UDP") and rules.allows(forwarder, peer, 53)
        assert not any(rules.may_allow(forwarder, peer, port) for port in (80, 443, 6443, 10250))
    assert not rules.may_allow(Pod("causeway-logs", {"app": "other"}), "203.0.113.5", 6514)
    assert not any(rules.may_allow(peer, forwarder, 6514) for peer in ("203.0.113.5", Pod("default", {"app": "stranger"})))


def test_production_has_it_by_removing_comment_signs(tmp_path):
    lines = (PRODUCTION / "kustomization.yaml").read_text().splitlines()
    wanted = [line for line in lines if re.match(r"\s*# - .*(addons/log-forwarding|name: log-collector|causeway/rsyslog)", line)]
    assert len(wanted) == 3
    # The whole overlay would need its folder: what of it is the add-on's is enough.
    told = {"resources": [], "images": [], "configMapGenerator": []}
    for line in wanted:
        entry, = yaml.safe_load(line.replace("# ", "", 1))
        told["resources" if isinstance(entry, str) else "images" if "newName" in entry else "configMapGenerator"].append(entry)
    folder = PRODUCTION.parent
    assert (PRODUCTION / told["resources"][0]).resolve() == ADDON
    (tmp_path / "kustomization.yaml").write_text(yaml.safe_dump(told | {"resources": [str(ADDON.relative_to(folder.parent))]}))
    (tmp_path / "addons").symlink_to(folder.parent / "addons")
    objects = render(tmp_path)
    there = {name_of(o) for o in objects}
    (_, template), = pod_templates(objects)
    container, = template["spec"]["containers"]
    assert container["image"] == "registry.example.org/causeway/rsyslog:8"
    for variable in container["env"]:
        source = variable["valueFrom"].get("configMapKeyRef")
        if source:
            assert f"ConfigMap causeway-logs/{source['name']}" in there
            data, = (o["data"] for o in objects if o["kind"] == "ConfigMap" and o["metadata"]["name"] == source["name"])
            assert source["key"] in data


def test_the_readme_makes_the_secret_that_it_wants(pod):
    assert mounts(pod)["/etc/rsyslog-tls"]["secret"]["secretName"] == "log-collector-tls"
    readme = (PRODUCTION / "README.md").read_text()
    assert "-n causeway-logs create secret generic log-collector-tls --from-file=tls.crt=… --from-file=tls.key=… --from-file=ca.crt=…" in readme
