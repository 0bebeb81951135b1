"""What users read when they write something wrong: docs/messages.md is what this platform says, word by word.

CAUSEWAY_UPDATE_MESSAGES=1 writes the page anew.
"""

import os

import pytest

from platform_under_test import pod_ready
from steps import ROOT, eventually
from wrong_resources import FORBIDDEN, UNWISE, WRONG

PAGE = ROOT / "docs" / "messages.md"
HEAD = """# What Causeway says about wrong resources

Written by `CAUSEWAY_UPDATE_MESSAGES=1 python3 -m pytest tests/e2e/test_messages.py`, and compared with a running platform in every
run. All of it happens in namespace `u-eve`, whose ResourceQuota allows `requests.cpu: 2`.
"""


@pytest.fixture(scope="module")
def eve(platform):
    """The namespace of the page, with what it speaks of."""
    def namespaced(kind, name, api, **rest):
        return {"apiVersion": api, "kind": kind, "metadata": {"name": name, "namespace": "u-eve"}, **rest}

    rbac = "rbac.authorization.k8s.io"
    for thing in [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "u-eve", "labels": {"causeway.dev/owner": "eve"}}},
        namespaced("ResourceQuota", "tenant", "v1", spec={"hard": {"requests.cpu": "2"}}),
        namespaced("Repo", "app", "causeway.dev/v1alpha1", spec={"type": "Space", "owner": "eve", "path": "eve/app"}),
        namespaced("Cluster", "waiting", "causeway.dev/v1alpha1",
                   spec={"suspend": True, "source": {"terraform": {"provider": "local", "region": "local-1"}}}),
        namespaced("Role", "eve", f"{rbac}/v1", rules=[{"apiGroups": ["causeway.dev"], "resources": ["clusters"],
                                                         "verbs": ["get", "list", "create", "update", "patch", "delete"]}]),
        namespaced("RoleBinding", "eve", f"{rbac}/v1", roleRef={"apiGroup": rbac, "kind": "Role", "name": "eve"},
                   subjects=[{"apiGroup": rbac, "kind": "User", "name": "eve"}]),
    ]:
        platform.apply(thing)
    yield "u-eve"
    platform.delete_all("demos,repos,clusters,imagetemplates", "u-eve", timeout=180)
    platform.delete("namespace", "u-eve", timeout=None)


def said(platform, manifest):
    """(accepted, what kubectl prints to the user)."""
    text = "apiVersion: causeway.dev/v1alpha1" + manifest.rstrip().replace("metadata: {", "metadata: {namespace: u-eve, ") + "\n"
    done = platform.kubectl("apply", "-f", "-", stdin=text, check=False)
    return done.returncode == 0, (done.stderr + (done.stdout if done.returncode == 0 else "")).strip()


def section(heading, manifest, message):
    wrapped = message.replace(' denied the request: ', ' denied the request:\n').replace("; accepted:", ";\n  accepted:")
    return f"\n## {heading}\n\n```yaml\n{manifest.strip()}\n```\n```text\n{wrapped}\n```\n"


def test_wrong_resources_are_refused_with_the_messages_of_the_page(platform, eve):
    # Quota, path and template are judged by what the webhooks have seen.
    eventually("the webhooks know of the quota", lambda: not said(platform, WRONG[10][1])[0] or
               platform.kubectl("-n", eve, "delete", "demo", "digits") and False)
    eventually("the webhooks know of the Repo", lambda: "belongs to Repo" in said(platform, WRONG[19][1])[1])
    page = HEAD
    for heading, manifest in WRONG:
        accepted, message = said(platform, manifest)
        assert not accepted, f"{heading}: {message}"
        page += section(heading, manifest, message)
    page += "\n# What it warns of\n"
    for heading, manifest in UNWISE:
        accepted, message = said(platform, manifest)
        assert accepted, f"{heading}: {message}"
        assert "Warning: " in message, f"{heading}: {message}"
        page += section(heading, manifest, message)
    heading, kind, name, patch = FORBIDDEN
    done = platform.kubectl("--as", "eve", "-n", eve, "patch", kind, name, "--type=merge", "-p", patch, check=False)
    assert done.returncode != 0
    page += f"\n# What needs a verb of its own\n\n## {heading}\n\n```text\n{done.stderr.strip()}\n```\n"

    if os.environ.get("CAUSEWAY_UPDATE_MESSAGES"):
        PAGE.write_text(page)
    assert PAGE.read_text() == page, "docs/messages.md is not what the platform says; CAUSEWAY_UPDATE_MESSAGES=1 writes it anew"


def test_killed_webhooks_refuse_nothing_for_long_and_leave_the_operators_alone(platform, tenant):
    owner = tenant.removeprefix("u-")
    repo = {"apiVersion": "causeway.dev/v1alpha1", "kind": "Repo", "metadata": {"name": "app", "namespace": tenant},
            "spec": {"type": "Space", "owner": owner, "path": f"{owner}/app"}}
    selector = "app.kubernetes.io/name=causeway-webhooks"

    def pods():
        return platform.pods("causeway-system", selector, cluster=None)

    before = {pod["metadata"]["uid"] for pod in pods()}
    assert len(before) == 2
    platform.kubectl("-n", "causeway-system", "delete", "pods", "-l", selector, "--grace-period=0", "--force", "--wait=false")
    # Fails closed while they are away, and works again by itself.
    eventually("a Repo is written again", lambda: platform.api().apply(repo).ok, timeout=90)
    eventually("two others serve", lambda: len([p for p in pods() if p["metadata"]["uid"] not in before and pod_ready(p)]) == 2, timeout=90)
    # What was killed may have answered until now, over a connection that was there; kube-proxy leads to the others within a second.
    address = platform.get("service", "causeway-webhooks", "causeway-system")["spec"]["clusterIP"]
    eventually("the Service leads to them", lambda: platform.answers_inside(f"https://{address}/"))
    # The new pods use the authority that was there: nobody had to be told anew.
    platform.ready("repo", "app", tenant, timeout=60)
    # One pod at a time, as a node that is drained: nothing is refused.
    victim = pods()[0]["metadata"]["name"]
    platform.delete("pod", victim, "causeway-system", timeout=None)
    other = {**repo, "metadata": {"name": "other", "namespace": tenant}, "spec": {**repo["spec"], "path": f"{owner}/other"}}
    while platform.get("pod", victim, "causeway-system"):
        done = platform.api().apply(other, dry_run=True)
        assert done.ok, done.said
