"""What `./causeway up` promises: a demo that answers, and kinds that explain themselves."""

import json
import pathlib

import pytest

from steps import ROOT, run


def test_demo_answers_and_recognises_a_digit(platform, digits):
    url = platform.get("demo", "digits", "u-ada")["status"]["url"]
    assert url == f"http://digits--ada.localhost:{platform.web_port}"

    status, headers, body = platform.request(digits)
    assert status == 200 and b"<html" in body.lower()

    stroke = [[1.0 if 12 <= x <= 14 and 4 <= y <= 23 else 0.0 for x in range(28)] for y in range(28)]
    status, headers, body = platform.request(digits, "/api/predict", "POST", json.dumps({"pixels": stroke}),
                                             {"Content-Type": "application/json"})
    assert status == 200, body
    assert json.loads(body)["digit"] == 1


def test_cluster_tells_where_it_is(platform, digits):
    status = platform.get("cluster", "local-1", "causeway-system")["status"]
    assert status["endpoint"].startswith("https://") and status["endpoint"] == status["outputs"]["endpoint"]
    assert "kubeconfig" not in status["outputs"]


def test_demo_runs_in_the_region_and_says_so(platform, digits):
    head = platform.get("repo", "digits", "u-ada")["status"]["head"]["commit"]
    status, headers, _ = platform.request(digits)
    assert headers.get("X-Causeway-Revision") == head
    assert headers.get("X-Causeway-Region") == "local-1"
    assert len(platform.demo_pods("digits", "u-ada")) == 1


def test_clusters_begin_with_the_images_they_run(platform, digits):
    cache = pathlib.Path(run(str(ROOT / "onebox" / "build.sh"), "images", "--print-path").stdout.strip()).parent
    if "warn  overlayfs" in run(str(ROOT / "build" / "release" / "bin" / "causeway-onebox"), "check", "--data", str(cache), check=False).stdout:
        pytest.skip("this machine has its cache of images on a disk that carries no overlays: clusters pull them")
    for cluster in ("hub", platform.cluster_id("local-1")):
        init = platform.onebox("GET", f"/v1/clusters/{cluster}")["initPid"]
        images = run("nsenter", "--target", str(init), "--mount", "ctr", "--namespace", "k8s.io", "images", "list", "--quiet").stdout.split()
        # No pod has it, so that no node pulls it.
        assert any("/causeway/base-debian:" in image for image in images), images
    assert (platform.data / "onebox" / "registry" / "platform-tag").exists(), "the registry was filled image by image"


def test_kubectl_explains_and_lists_the_kinds(platform):
    assert "region" in platform.kubectl("explain", "demo.spec.placement").stdout
    listed = platform.kubectl("get", "causeway", "-A").stdout
    for name in ("cluster.causeway.dev/local-1", "demo.causeway.dev/digits", "repo.causeway.dev/digits", "imagetemplate.causeway.dev/python-v1"):
        assert name in listed


def test_endpoints_file_names_every_address(platform):
    platform.causeway("status")
    endpoints = platform.endpoints()
    assert {"hub", "clusters", "registry", "git", "web", "api", "demos"} <= set(endpoints)
    assert any(c["name"] == "local-1" for c in endpoints["clusters"])
    assert any(d["name"] == "digits" and d["url"] for d in endpoints["demos"])


def test_a_second_up_changes_nothing(platform, digits):
    before = platform.demo_pods("digits", "u-ada")
    platform.up()
    assert platform.demo_pods("digits", "u-ada") == before
