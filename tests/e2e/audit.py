"""What the platform's own accounts did with its API servers, kept for tests/rights."""

import contextlib
import itertools
import json
import os
import pathlib
import uuid

from kubernetes_api import KubernetesApi
from steps import ROOT

FOLDER = os.environ.get("CAUSEWAY_E2E_AUDIT")
# For every `up` of a test, its own and those of the files that start another platform.
if FOLDER:
    os.environ["CAUSEWAY_AUDIT_POLICY"] = str(ROOT / "tests" / "rights" / "audit-policy.yaml")


def rights_needed(line):
    """(account, namespace, group, resource[/subresource], verb) of each right that an allowed request needed."""
    event = json.loads(line)
    if event["annotations"].get("authorization.k8s.io/decision") != "allow":
        return
    if "impersonatedUser" in event:  # what is done then is that user's to be allowed
        yield event["user"]["username"], "causeway-people", "", "serviceaccounts", "impersonate"
        return
    what = event.get("objectRef", {})
    verbs = {event["verb"]}
    # A server-side apply that made its object needs both; so does a list that comes as a watch, which older servers do not have.
    if event["verb"] == "patch" and event.get("responseStatus", {}).get("code") == 201:
        verbs.add("create")
    if event["verb"] == "watch" and "sendInitialEvents=true" in event["requestURI"]:
        verbs.add("list")
    resource = "/".join(filter(None, (what.get("resource"), what.get("subresource"))))
    for verb in verbs:
        yield event["user"]["username"], what.get("namespace", ""), what.get("apiGroup", ""), resource, verb


def handed_on(api):
    """What the hub's operator gives regions and Terraform runs, which it may only as long as it holds it itself."""
    for role in api.items("/apis/rbac.authorization.k8s.io/v1/roles"):
        namespace = role["metadata"]["namespace"]
        if namespace.startswith(("cluster-", "causeway-run-")):
            for rule in role["rules"]:
                for group, resource, verb in itertools.product(rule["apiGroups"], rule["resources"], rule["verbs"]):
                    yield "system:serviceaccount:causeway-system:causeway-operator-hub", namespace, group, resource, verb


def keep_audit_logs(data):
    """Of every cluster that the data folder still has. A hub that is down already tells less, which is no failure here."""
    if not FOLDER:
        return
    data = pathlib.Path(data)
    lines = (line for log in data.glob("onebox/clusters/*/logs/audit*.log") for line in log.open() if line.endswith("}\n"))
    used = {right for line in lines for right in rights_needed(line)}
    with contextlib.suppress(OSError):
        used.update(handed_on(KubernetesApi(data / "onebox" / "clusters" / "hub" / "kubeconfig.local")))
    pathlib.Path(FOLDER, f"{uuid.uuid4()}.json").write_text(json.dumps(sorted(used)))
