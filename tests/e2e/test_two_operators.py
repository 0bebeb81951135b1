"""An operator of an earlier commit and today's, both running, each leading in turn: as an upgrade that got stuck half way. --long only:
it builds the earlier one."""

import json
import os
import subprocess

import pytest

from load import Load
from manifests import demo, python_app
from steps import ROOT, eventually, run

SYSTEM, LEASE, NOW, EARLIER = "causeway-system", "causeway-operator-hub", "causeway-operator-hub", "earlier-operator-hub"


@pytest.fixture
def earlier_image(platform, folder):
    """The operator's image, as the cluster knows it, of the commit CAUSEWAY_EARLIER (default: ten commits that changed the operator ago)."""
    commit = os.environ.get("CAUSEWAY_EARLIER") or run("git", "-C", str(ROOT), "log", "--format=%H", "-11", "--", "operator", "kube", "base").stdout.split()[-1]
    tree = folder / "earlier"
    tree.mkdir()
    archive = subprocess.run(["git", "-C", str(ROOT), "archive", commit], check=True, capture_output=True).stdout
    subprocess.run(["tar", "-x", "-C", str(tree)], input=archive, check=True)
    (folder / "data" / "logs").mkdir(parents=True)
    registry = platform.onebox("GET", "/v1/status")["registry"]["loopback"]
    script = f'''
        set -euo pipefail
        export CAUSEWAY_ROOT={tree}
        . "$CAUSEWAY_ROOT/cli/lib.sh"; . "$CAUSEWAY_ROOT/cli/up.sh"
        set_data {folder / "data"}
        build_binaries release "${{platform_binaries[@]}}"
        push_images {registry} {platform.data}/onebox/ca.pem
        echo "TAG=$platform_image_tag"
    '''
    said = run("bash", "-c", script, timeout=1500).stdout
    tag = next(line.removeprefix("TAG=") for line in said.splitlines() if line.startswith("TAG="))
    now = platform.get("deployment", NOW, SYSTEM)["spec"]["template"]["spec"]["containers"][0]["image"]
    image = f"{now.rsplit(':', 1)[0]}:{tag}"
    assert image != now
    return image


@pytest.fixture
def both(platform, earlier_image):
    """One pod of each."""
    deployment = platform.get("deployment", NOW, SYSTEM)
    earlier = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": EARLIER, "namespace": SYSTEM}, "spec": json.loads(json.dumps(deployment["spec"]))}
    template = earlier["spec"]["template"]
    for labels in (earlier["spec"]["selector"]["matchLabels"], template["metadata"]["labels"]):
        labels["causeway.dev/test"] = "earlier"
    template["spec"]["containers"][0]["image"] = earlier_image
    earlier["spec"]["replicas"] = 1
    platform.kubectl("-n", SYSTEM, "scale", f"deployment/{NOW}", "--replicas=1")
    platform.apply(earlier)
    try:
        for name in (NOW, EARLIER):
            platform.kubectl("-n", SYSTEM, "rollout", "status", f"deployment/{name}", "--timeout=120s", timeout=130)
        yield
    finally:
        platform.delete("deployment", EARLIER, SYSTEM)
        platform.kubectl("-n", SYSTEM, "scale", f"deployment/{NOW}", "--replicas=2")
        platform.kubectl("-n", SYSTEM, "rollout", "status", f"deployment/{NOW}", "--timeout=120s", timeout=130)
        platform.wait_field("cluster", "local-1", SYSTEM, "status.phase", "Ready")


def leader(platform):
    holder = platform.get("lease", LEASE, SYSTEM)["spec"].get("holderIdentity") or ""
    return EARLIER if holder.startswith(EARLIER) else NOW if holder.startswith(NOW) else ""


def lead(platform, name):
    """The other one's pod goes, until `name` leads."""
    other = EARLIER if name == NOW else NOW
    if leader(platform) != name:
        platform.kubectl("-n", SYSTEM, "scale", f"deployment/{other}", "--replicas=0")
        eventually(f"{name} leads", lambda: leader(platform) == name, timeout=60)
        platform.kubectl("-n", SYSTEM, "scale", f"deployment/{other}", "--replicas=1")
        platform.kubectl("-n", SYSTEM, "rollout", "status", f"deployment/{other}", "--timeout=120s", timeout=130)
    # The region's operator is of the version that leads, when it has been upgraded or put back.
    platform.wait_field("cluster", "local-1", SYSTEM, "status.phase", "Ready")
    platform.kubectl("-n", SYSTEM, "rollout", "status", "deployment/causeway-operator-region", "--timeout=120s", cluster="local-1", timeout=130)


def at_rest(platform, tenant):
    return {(o["kind"], o["metadata"]["name"]): (o["metadata"]["uid"], o["metadata"]["generation"], o.get("status", {}).get("stage"))
            for o in platform.get("demos,repos", namespace=tenant)["items"]}


def test_two_versions_take_turns_and_nothing_is_done_twice(platform, app, both):
    lead(platform, EARLIER)
    commit = app.push(python_app(marker="0"))
    platform.apply(demo(app.namespace, "demo", template="python"))
    platform.stage("demo", app.namespace, "Running", timeout=240)
    host, builds = app.host("demo"), platform.build_jobs("demo", app.namespace)
    assert len(builds) == 1
    pods = platform.demo_pods("demo", app.namespace)

    with Load(platform, host) as load:
        for turn, name in enumerate((NOW, EARLIER, NOW)):
            lead(platform, name)
            load.more_answers(50)
            assert platform.demo_pods("demo", app.namespace) == pods, f"{name} took over and started it anew"
            assert platform.build_jobs("demo", app.namespace) == builds, f"{name} took over and built it again"
            # What one began the other goes on with.
            commit = app.push(python_app(marker=str(turn + 1)))
            eventually("a build has begun", lambda: platform.build_jobs("demo", app.namespace) - builds, timeout=60)
            lead(platform, EARLIER if name == NOW else NOW)
            eventually("the commit is served", lambda: platform.serves(host, commit), timeout=240)
            platform.stage("demo", app.namespace, "Running")
            now = platform.build_jobs("demo", app.namespace)
            assert len(now - builds) == 1, "one commit, one build"
            builds = now
            eventually("one pod is left", lambda: len(platform.demo_pods("demo", app.namespace)) == 1)
            pods, rest = platform.demo_pods("demo", app.namespace), at_rest(platform, app.namespace)
            load.more_answers(200)
            assert at_rest(platform, app.namespace) == rest, "neither writes what the other would change"
    assert load.failures == []
