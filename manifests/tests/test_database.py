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
    server = next(template for owner, template in pod_templates(objects) if owner["metadata"]["name"] == url.hostname)
    assert secret_files(server, "postgresql-tls") == {
        "postgresql": {"/etc/postgresql-tls/tls.crt": "tls.crt", "/etc/postgresql-tls/tls.key": "tls.key"}}


def test_the_steps_of_the_readme_make_a_certificate_for_its_name():
    readme = (pathlib.Path(__file__).parents[1] / "overlays" / "production" / "README.md").read_text()
    settings = next(o["data"] for o in render("overlays/production") if o["metadata"]["name"].startswith("causeway-apiserver")
                    and o["kind"] == "ConfigMap")
    assert f"subjectAltName=DNS:{urlsplit(settings['DATABASE_URL']).hostname} " in readme
