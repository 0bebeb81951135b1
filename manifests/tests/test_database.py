"""The way to the database."""

import pathlib
from urllib.parse import parse_qs, urlsplit

from rendered import name_of, pod_templates, render


def secret_files(template, secret):
    """{path in a container: key} of a Secret, by container."""
    volumes = {v["name"]: {i["path"]: i["key"] for i in v["secret"].get("items", [])} for v in template["spec"].get("volumes", [])
               if v.get("secret", {}).get("secretName") == secret}
    return {container["name"]: {f"{mount['mountPath']}/{path}": key for mount in container.get("volumeMounts", [])
                                for path, key in volumes.get(mount["name"], {}).items()}
            for container in template["spec"]["containers"]}


def test_in_production_it_is_encrypted_and_its_name_verified():
    objects = render("overlays/production")
    settings = next(o["data"] for o in objects if o["kind"] == "ConfigMap" and o["metadata"]["name"].startswith("causeway-apiserver"))
    url = urlsplit(settings["DATABASE_URL"])
    query = parse_qs(url.query)
    assert query["sslmode"] == ["verify-full"]
    clients = 0
    for owner, template in pod_templates(objects):
        for container in template["spec"]["containers"]:
            if not any("$(DATABASE_URL)" in argument for argument in container.get("args", [])):
                continue
            assert secret_files(template, "postgresql-tls")[container["name"]] == {query["sslrootcert"][0]: "ca.crt"}, name_of(owner)
            clients += 1
    assert clients == 2


def test_in_production_clients_have_certificates_and_no_password():
    objects = render("overlays/production")
    settings = next(o["data"] for o in objects if o["kind"] == "ConfigMap" and o["metadata"]["name"].startswith("causeway-apiserver"))
    url = urlsplit(settings["DATABASE_URL"])
    query = parse_qs(url.query)
    certified = {}
    for owner, template in pod_templates(objects):
        assert not any("postgresql-credentials" in str(volume) for volume in template["spec"].get("volumes", [])), name_of(owner)
        for container in template["spec"]["containers"]:
            if not any("$(DATABASE_URL)" in argument for argument in container.get("args", [])):
                continue
            assert not any("--database-password-file" in argument for argument in container["args"]), name_of(owner)
            secret = f"{owner['metadata']['name']}-database-tls"
            assert secret_files(template, secret)[container["name"]] == {query["sslcert"][0]: "tls.crt", query["sslkey"][0]: "tls.key"}
            # libpq takes a key of root's that the group may read and nobody else; the kubelet gives it to the pod's group.
            key, = (i for v in template["spec"]["volumes"] if v.get("secret", {}).get("secretName") == secret
                    for i in v["secret"]["items"] if i["key"] == "tls.key")
            assert key["mode"] == 0o440 and template["spec"]["securityContext"]["fsGroup"] == 65532
            certified[owner["metadata"]["name"]] = secret
    server = next(template for owner, template in pod_templates(objects) if owner["metadata"]["name"] == url.hostname)
    assert secret_files(server, "postgresql-tls") == {
        "postgresql": {"/etc/postgresql-tls/tls.crt": "tls.crt", "/etc/postgresql-tls/tls.key": "tls.key",
                       "/etc/postgresql-tls/client-ca.crt": "ca.crt"}}
    # What the server lets in is what the pods are called.
    names, = (e["value"] for e in server["spec"]["containers"][0]["env"] if e["name"] == "POSTGRES_CLIENTS")
    assert set(names.split()) == certified.keys()


def test_in_production_nobody_has_a_password_for_git():
    """The overlay makes none, and the git server works without one; whom it believes instead are accounts that there are."""
    objects = render("overlays/production")
    template = next(t for owner, t in pod_templates(objects) if owner["metadata"]["name"] == "git")
    secret, = (v["secret"] for v in template["spec"]["volumes"] if v.get("secret", {}).get("secretName") == "git-credentials")
    assert secret["optional"] is True
    readme = (pathlib.Path(__file__).parents[1] / "overlays" / "production" / "README.md").read_text()
    assert "create secret generic git-credentials" not in readme
    serve, repo = template["spec"]["containers"]
    asked, = (a.split("=", 1)[1] for a in serve["args"] if a.startswith("--token-reviews="))
    assert f"--token-reviews-listen={asked}" in repo["args"]
    assert not any("serviceaccount" in m["mountPath"] for m in serve["volumeMounts"]), "what strangers talk to has no account"
    there = {name_of(o) for o in objects}
    assert {"ServiceAccount causeway-builds/build", "ServiceAccount causeway-system/causeway-operator-hub"} <= there


def test_without_certificates_there_is_a_password():
    for owner, template in pod_templates(render("overlays/own-cluster")):
        for container in template["spec"]["containers"]:
            if any("$(DATABASE_URL)" in argument for argument in container.get("args", [])):
                file, = (a.split("=", 1)[1] for a in container["args"] if a.startswith("--database-password-file="))
                assert secret_files(template, "postgresql-credentials")[container["name"]] == {file: "password"}, name_of(owner)


def test_the_steps_of_the_readme_make_certificates_for_its_names():
    readme = (pathlib.Path(__file__).parents[1] / "overlays" / "production" / "README.md").read_text()
    settings = next(o["data"] for o in render("overlays/production") if o["metadata"]["name"].startswith("causeway-apiserver")
                    and o["kind"] == "ConfigMap")
    assert f"certify postgresql-tls {urlsplit(settings['DATABASE_URL']).hostname}\n" in readme
    for client in ("causeway-apiserver", "git"):
        assert f"certify {client}-database-tls {client}\n" in readme
