"""The Kubernetes client library as others use it: installed, found by CMake, linked into examples/04-controller, and run.

Run through apiserver.sh, with a build that has the target causeway-kube-package (CAUSEWAY_PACKAGE_BUILD, or build/release).
"""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "04-controller"
BUILD = pathlib.Path(os.environ.get("CAUSEWAY_PACKAGE_BUILD", ROOT / "build" / "release"))
NAMESPACE = "site-controller-test"


def run(*command, **more):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, **more)
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def kubectl(*arguments, **more):
    return run(
        os.environ["CAUSEWAY_KUBERNETES_BIN"], "kubectl", "--kubeconfig", os.environ["CAUSEWAY_TEST_KUBECONFIG"],
        "-n", NAMESPACE, *arguments, **more)


def get(resource):
    """The object, or None."""
    text = kubectl("get", resource, "--ignore-not-found", "-o", "json")
    return json.loads(text) if text.strip() else None


def eventually(done, what, seconds=30):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if result := done():
            return result
        time.sleep(0.05)
    pytest.fail(f"not within {seconds} s: {what}")


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    """The example, copied away from the repository and built against an installed package."""
    folder = tmp_path_factory.mktemp("package")
    run("cmake", "--install", BUILD, "--component", "kube", "--prefix", folder / "prefix")
    shutil.copytree(EXAMPLE, folder / "source")
    # A compilation in another temporary folder is the same one to ccache.
    environment = os.environ | {"CCACHE_BASEDIR": str(folder), "CCACHE_NOHASHDIR": "1"}
    launcher = ["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"] if shutil.which("ccache") else []
    run("cmake", "-G", "Ninja", "-S", folder / "source", "-B", folder / "build", "-DCMAKE_BUILD_TYPE=Release",
        f"-DCMAKE_PREFIX_PATH={folder / 'prefix'}", *launcher, env=environment)
    run("cmake", "--build", folder / "build", env=environment)
    return folder / "build" / "site-controller"


@pytest.fixture
def namespace():
    kubectl("create", "namespace", NAMESPACE)
    yield
    kubectl("delete", "sites,deployments,configmaps", "--all", "--ignore-not-found")
    kubectl("delete", "crd", "sites.example.org", "--ignore-not-found")
    kubectl("delete", "namespace", NAMESPACE, "--wait=false")


@pytest.fixture
def controller(program, namespace, tmp_path):
    kubectl("apply", "-f", EXAMPLE / "crd.yaml")
    kubectl("wait", "--for=condition=Established", "crd/sites.example.org", "--timeout=30s")
    log = tmp_path / "log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [program], stderr=output, env=os.environ | {"KUBECONFIG": os.environ["CAUSEWAY_TEST_KUBECONFIG"]})
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        print(log.read_text()[-3000:])


def test_the_example_is_as_short_as_it_says():
    assert len((EXAMPLE / "main.cpp").read_text().splitlines()) < 100


def test_the_controller_keeps_what_it_made(controller):
    kubectl("apply", "-f", EXAMPLE / "site.yaml")
    kubectl("wait", "--for=condition=Applied", "site/home", "--timeout=30s")
    page = get("configmap/home-page")
    assert page["data"] == {"index.html": "<h1>It works</h1>"}
    assert get("deployment/home")["spec"]["replicas"] == 2
    site = get("site/home")
    assert page["metadata"]["ownerReferences"][0]["uid"] == site["metadata"]["uid"]
    assert site["status"]["observedGeneration"] == 1

    # Deleted or changed behind its back: it is put right.
    kubectl("delete", "configmap", "home-page")
    eventually(lambda: get("configmap/home-page"), "the ConfigMap is there again")
    kubectl("scale", "deployment/home", "--replicas=5")
    eventually(lambda: get("deployment/home")["spec"]["replicas"] == 2, "the Deployment has two replicas again")

    kubectl("patch", "site/home", "--type=merge", "-p", '{"spec":{"page":"changed"}}')
    eventually(lambda: get("configmap/home-page")["data"] == {"index.html": "changed"}, "the page follows its Site")
    eventually(lambda: get("site/home")["status"]["observedGeneration"] == 2, "the status says so")

    # A Site that is deleted while what it owned is still there (this server has no garbage collector): nothing is made
    # of it any more. The second one's page, deleted later and back, shows that the first deletion was dealt with.
    kubectl("apply", "-f", "-", input=(EXAMPLE / "site.yaml").read_text().replace("name: home", "name: second"))
    kubectl("wait", "--for=condition=Applied", "site/second", "--timeout=30s")
    kubectl("delete", "site", "home")
    kubectl("delete", "configmap", "home-page")
    kubectl("delete", "configmap", "second-page")
    eventually(lambda: get("configmap/second-page"), "the second page is there again")
    assert get("configmap/home-page") is None

    controller.send_signal(signal.SIGTERM)
    assert controller.wait(20) == 0
