"""A Cluster is made by Terraform, joins, runs demos, and is destroyed with nothing left."""

import json

from platform_under_test import ROOT, eventually, state_of_cluster


def test_second_region_joins_runs_the_demo_and_is_destroyed(platform):
    platform.wait_field("demo", "digits", "u-ada", ".status.stage", "Running", timeout=300)
    platform.kubectl("apply", "-f", str(ROOT / "examples" / "02-second-region"))
    platform.wait_field("cluster", "local-2", "causeway-system", ".status.phase", "Ready", timeout=180)
    platform.causeway("status")
    cluster_id = platform.cluster_id("local-2")
    assert {"network namespaces", "cgroups", "folder", "processes"} <= set(state_of_cluster(platform, cluster_id))

    status = platform.get("cluster", "local-2", "causeway-system")["status"]
    assert status["lastRun"]["phase"] == "Succeeded"
    assert status["agent"]["nodes"] == 1
    platform.wait_field("demo", "digits-everywhere", "u-ada", ".status.stage", "Running", timeout=240)
    for region in ("local-1", "local-2"):
        pods = json.loads(platform.kubectl("-n", "u-ada", "get", "pods", "-l", "causeway.dev/demo=digits-everywhere", "-o", "json",
                                           cluster=region).stdout)["items"]
        assert len(pods) == 1, region

    refused = platform.kubectl("-n", "causeway-system", "delete", "cluster", "local-2", "--wait=false")
    assert refused.returncode == 0
    eventually("the Cluster says which demos keep it", lambda: "digits-everywhere" in json.dumps(
        platform.get("cluster", "local-2", "causeway-system")["status"].get("conditions", [])))

    platform.kubectl("-n", "u-ada", "delete", "demo", "digits-everywhere", "--timeout=120s", timeout=150)
    eventually("the Cluster is gone", lambda: platform.get("cluster", "local-2", "causeway-system") is None, timeout=180)
    eventually("nothing of it is left on the machine", lambda: not state_of_cluster(platform, cluster_id), timeout=30)
    uid8 = [n["metadata"]["name"] for n in platform.get("namespaces")["items"]]
    assert len([n for n in uid8 if n.startswith("causeway-run-")]) == 1
    platform.causeway("status")


def test_deleting_a_demo_removes_everything_it_made(platform, tenant):
    platform.wait_field("demo", "digits", "u-ada", ".status.stage", "Running", timeout=300)
    owner = tenant.removeprefix("u-")
    platform.apply({"apiVersion": "causeway.dev/v1alpha1", "kind": "Repo", "metadata": {"name": "app", "namespace": tenant},
                    "spec": {"type": "Space", "owner": owner, "path": f"{owner}/app", "visibility": "Public"}})
    platform.wait_field("repo", "app", tenant, '.status.conditions[?(@.type=="Ready")].status', "True", timeout=60)
    platform.push(f"{owner}/app", lambda folder: (folder / "app.py").write_text(
        "import http.server, os\nhttp.server.HTTPServer(('0.0.0.0', int(os.environ['PORT'])), http.server.SimpleHTTPRequestHandler).serve_forever()\n"))
    platform.apply({"apiVersion": "causeway.dev/v1alpha1", "kind": "Demo", "metadata": {"name": "files", "namespace": tenant},
                    "spec": {"repoRef": {"name": "app"}, "templateRef": {"family": "python"}, "placement": {"regions": ["local-1"]}}})
    platform.wait_field("demo", "files", tenant, ".status.stage", "Running", timeout=240)
    host = f"files--{owner}.localhost"
    assert platform.request(host)[0] == 200

    platform.kubectl("-n", tenant, "delete", "demo", "files", "--timeout=120s", timeout=150)
    left = json.loads(platform.kubectl("-n", tenant, "get", "deployments,services,ingresses,pods", "-l", "causeway.dev/demo=files",
                                       "-o", "json", cluster="local-1").stdout)["items"]
    assert left == []
    for kind in ("assignments", "dnsendpoints", "jobs", "controllerrevisions", "configmaps"):
        names = [f"{i['metadata'].get('namespace')}/{i['metadata']['name']}" for i in platform.get(kind)["items"]
                 if "files" in i["metadata"]["name"] or i["metadata"].get("labels", {}).get("causeway.dev/demo") == "files"]
        assert names == [], kind
    assert platform.request(host)[0] == 404
    done = platform.onebox("GET", "/v1/status")["registry"]
    import subprocess
    tags = subprocess.run(["curl", "-sS", "--cacert", done["caFile"], f"https://{done['loopback']}/v2/{tenant}/files/tags/list"],
                          capture_output=True, text=True).stdout
    assert '"tags":["' not in tags, tags
