"""What `./causeway sbom` says is shipped, and what is really in the images."""

import json
import os
import pathlib
import re

import jsonschema
import pytest

from steps import ROOT, run

SCHEMA = json.loads((pathlib.Path(__file__).parent / "cyclonedx.json").read_text())


def sbom(*arguments):
    return json.loads(run(str(ROOT / "causeway"), "sbom", *arguments).stdout)


def layouts():
    """The folder with the platform's images."""
    return pathlib.Path(run("bash", "-c", f"""set -euo pipefail; export CAUSEWAY_ROOT='{ROOT}'
        for part in lib build images; do . "$CAUSEWAY_ROOT/cli/$part.sh"; done; platform_layouts "$(platform_tag)" """).stdout)


def built(part):
    return pathlib.Path(run(str(ROOT / "onebox" / "build.sh"), part, "--print-path").stdout.strip())


def unpack(layout, into):
    """The files of an image."""
    blobs = layout / "blobs"
    read = lambda digest: blobs / digest.replace(":", "/")  # noqa: E731
    manifest = json.loads(read(json.loads((layout / "index.json").read_text())["manifests"][0]["digest"]).read_text())
    into.mkdir()
    for layer in manifest["layers"]:
        run("tar", "-xf", str(read(layer["digest"])), "-C", str(into), "--exclude=.wh.*", "--exclude=dev/*")
    return into


def refs(components):
    return {component["bom-ref"] for component in components}


def programs(document):
    """Ours: path in the image to component."""
    return {component["evidence"]["occurrences"][0]["location"]: component
            for component in document["components"] if component["name"].startswith("causeway-")}


def owners(root):
    """File to package, as dpkg has it; /lib and /bin are links into /usr."""
    found = {}
    for listed in (root / "var/lib/dpkg/info").glob("*.list"):
        for line in listed.read_text().splitlines():
            found[re.sub("^/(lib|lib64|bin|sbin)/", r"/usr/\1/", line)] = listed.stem.split(":")[0]
    return found


def loaded_libraries(root, program):
    """Paths in the image, links followed."""
    said = run("chroot", str(root), "ldd", program).stdout
    paths = re.findall(r"(/\S+) \(0x", said)
    assert "not found" not in said and len(paths) > 5, said
    return [run("chroot", str(root), "readlink", "-f", path).stdout.strip() for path in paths]


@pytest.fixture(scope="module")
def everything():
    return sbom()


def test_all_of_it_is_cyclonedx(everything):
    jsonschema.validate(everything, SCHEMA)
    known = refs(everything["components"]) | {"causeway"}
    assert len(known) == len(everything["components"]) + 1
    for dependency in everything["dependencies"]:
        assert {dependency["ref"], *dependency.get("dependsOn", [])} <= known
    images = {component["name"] for component in everything["components"] if component["type"] == "container"}
    assert images >= {"causeway/" + name for name in ("operator", "apiserver", "git", "postgresql", "traefik", "pause", "base-debian")}


@pytest.mark.parametrize("image", ["git", "webhooks"])
def test_every_library_that_a_program_loads_is_in_the_document(image, folder):
    document = sbom(image)
    jsonschema.validate(document, SCHEMA)
    root = unpack(layouts() / image, folder / "root")
    owner = owners(root)
    listed = {component["name"]: component for component in document["components"] if component.get("purl", "").startswith("pkg:deb/")}
    assert programs(document).keys() == {f"/usr/bin/{path.name}" for path in (root / "usr/bin").glob("causeway-*")}
    for path, component in programs(document).items():
        for library in loaded_libraries(root, path):
            assert owner[library] in listed, f"{path} loads {library}"
        assert component["version"] == document["metadata"]["component"]["version"]
        assert component["hashes"][0]["content"] == run("sha256sum", str(root) + path).stdout.split()[0]
        compiled = next(dependency["dependsOn"] for dependency in document["dependencies"] if dependency["ref"] == component["bom-ref"])
        assert any(ref.startswith("pkg:deb/") and "/libboost1.81-dev@1.81.0-" in ref for ref in compiled)
    installed = run("dpkg-query", f"--admindir={root}/var/lib/dpkg", "-W", "-f", "${Package} ${Version}\n").stdout.splitlines()
    assert {tuple(line.split()) for line in installed} <= {(name, component["version"]) for name, component in listed.items()}


def test_the_image_holds_its_document_and_it_comes_out_the_same_again(folder):
    document = sbom("operator")
    root = unpack(layouts() / "operator", folder / "root")
    assert json.loads((root / "usr/share/causeway/sbom.cdx.json").read_text()) == document
    subject = document["metadata"]["component"]
    compiled = [component["name"] for component in document["components"] if "properties" in component]
    write = [str(ROOT / "onebox/sbom/write.sh"), str(root), "container", subject["name"], subject["version"], *compiled]
    first, second = (run(*write, env={**os.environ, "SOURCE_DATE_EPOCH": epoch}).stdout for epoch in ("", ""))
    assert first == second == json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    dated = json.loads(run(*write, env={**os.environ, "SOURCE_DATE_EPOCH": "1000000000"}).stdout)
    assert dated["metadata"].pop("timestamp") == "2001-09-09T01:46:40Z" and dated == document


def test_modules_are_those_that_go_finds(folder):
    document = sbom("traefik")
    said = [line.split("\t")[1:] for line in run("go", "version", "-m", str(built("gateway") / "bin/traefik")).stdout.splitlines()[1:]]
    modules = []
    for kind, *words in said:
        if kind in ("mod", "dep"):
            modules.append(tuple(words[:2]))
        elif kind == "=>" and not words[0].startswith("/"):  # a copy of the module with a file of ours in it stays that module
            modules[-1] = tuple(words[:2])
    found = {(component["name"], component["version"]) for component in document["components"] if component.get("purl", "").startswith("pkg:golang/")}
    version = run("go", "version", str(built("gateway") / "bin/traefik")).stdout.split()[-1]
    assert found == {*modules, ("stdlib", version.replace("go", "v"))}


def test_what_no_package_accounts_for_is_listed_nevertheless(folder):
    """A program and a Python package that a recipe would copy in, and a package whose files were taken out of it."""
    root = folder / "root"
    (root / "usr/local/bin").mkdir(parents=True)
    (root / "usr/local/bin/tool").write_bytes(pathlib.Path("/bin/true").read_bytes())
    information = root / "usr/local/lib/python3.11/dist-packages/Some_Thing-1.2.dist-info"
    information.mkdir(parents=True)
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: Some_Thing\nVersion: 1.2\n\nName: of the description\n")
    (root / "etc").mkdir()
    (root / "etc/os-release").write_text('ID=debian\nVERSION_ID="12"\n')
    status = root / "var/lib/dpkg/status.d"
    status.mkdir(parents=True)
    (status / "taken").write_text("Package: taken\nVersion: 1:2.0+x-1\nArchitecture: amd64\nSource: origin (2.0)\nMaintainer: A <a@localhost>\nDescription: no\n")
    (root / "usr/bin").mkdir()
    (root / "usr/bin/taken").write_bytes(pathlib.Path("/bin/true").read_bytes())
    (status / "taken.md5sums").write_text("d41d8cd98f00b204e9800998ecf8427e  usr/bin/taken\n")
    document = json.loads(run(str(ROOT / "onebox/sbom/write.sh"), str(root), "container", "causeway/made-up", "1").stdout)
    jsonschema.validate(document, SCHEMA)
    found = {component["name"]: component for component in document["components"]}
    assert found.keys() == {"debian", "tool", "Some_Thing", "taken"}
    assert found["tool"]["evidence"]["occurrences"] == [{"location": "/usr/local/bin/tool"}]
    assert found["Some_Thing"]["purl"] == "pkg:pypi/some-thing@1.2"
    assert found["taken"]["purl"] == "pkg:deb/debian/taken@1:2.0%2Bx-1?arch=amd64&distro=debian-12&upstream=origin%402.0"


def test_only_what_there_is_has_a_document():
    done = run(str(ROOT / "causeway"), "sbom", "nothing", check=False)
    assert done.returncode == 1 and 'there is no image "nothing"' in done.stderr and "operator" in done.stderr
