"""The hub's registry is away: it is named where people look, running demos do not need it, and work ends when it is back."""

import json
import urllib.request

from manifests import demo, python_app
from platform_under_test import eventually, run


def test_push_and_deletion_wait_for_the_registry_and_say_so(platform, app):
    first = app.push(python_app())
    platform.apply(demo(app.namespace, "demo", template="python"))
    platform.stage("demo", app.namespace, "Running", timeout=180)
    with platform.registry_stopped():
        second = app.push(python_app(marker="again"))
        eventually("the demo names the registry", lambda: "registry" in platform.message("demo", app.namespace))
        assert platform.serves(app.host("demo"), first)
    eventually("the push is deployed", lambda: platform.serves(app.host("demo"), second), timeout=180)
    platform.stage("demo", app.namespace, "Running")

    with platform.registry_stopped():
        platform.delete("demo", "demo", app.namespace, timeout=None)
        eventually("the deletion names the registry", lambda: "registry" in platform.message("demo", app.namespace))
        assert platform.get("demo", "demo", app.namespace)["status"]["stage"] == "Deleting"
    platform.gone("demo", "demo", app.namespace)


def test_region_starts_a_demo_again_from_its_own_cache(platform, digits):
    cache = platform.get("daemonset", "registry-cache", "causeway-system", cluster="local-1")["status"]
    assert cache["numberReady"] == cache["desiredNumberScheduled"] == 1
    region = platform.onebox("GET", f"/v1/clusters/{platform.cluster_id('local-1')}")
    with urllib.request.urlopen(f"http://{region['address']}:5000/v2/_catalog", timeout=10) as answer:
        assert "u-ada/digits" in json.load(answer)["repositories"]

    image = platform.get("demo", "digits", "u-ada")["status"]["image"]
    old, = platform.pods("u-ada", "causeway.dev/demo=digits")
    with platform.registry_stopped():
        # Off the node as well: what is pulled now can only come from the cache.
        containerd = ["nsenter", "--target", str(region["initPid"]), "--mount", "ctr", "--namespace", "k8s.io"]
        run(*containerd, "images", "remove", "--sync", image)
        platform.kubectl("-n", "u-ada", "delete", "pod", old["metadata"]["name"], "--wait=false", cluster="local-1")

        def replaced():
            return [pod for pod in platform.pods("u-ada", "causeway.dev/demo=digits")
                    if pod["metadata"]["uid"] != old["metadata"]["uid"]
                    and pod["status"].get("containerStatuses", [{}])[0].get("ready")]
        new, = eventually("another pod is ready", replaced, timeout=60)
        pulled = platform.kubectl("-n", "u-ada", "get", "events", "--field-selector",
                                  f"involvedObject.uid={new['metadata']['uid']},reason=Pulled", "-o", "json", cluster="local-1").stdout
        assert "Successfully pulled image" in pulled, pulled
        eventually("the demo answers", lambda: platform.request(digits, "/healthz")[0] == 200)
        platform.stage("digits", "u-ada", "Running")
