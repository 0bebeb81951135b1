"""Every verb that the manifests give an account was used in the end-to-end tests: a right that nothing needs is one too many. That
the accounts have no others: tests/integration/manifests/test_rights.py."""

import json
import os
import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "manifests" / "tests"))

from rendered import render, rules_of  # noqa: E402

# Where the end-to-end tests left what each platform's API servers wrote down: tests/e2e/audit.py.
FOLDER = os.environ.get("CAUSEWAY_E2E_AUDIT", "")


# What a run does not come to, and which test shows that it is needed.
HUB, REGION, GIT, WEB = (f"system:serviceaccount:causeway-system:{name}"
                         for name in ("causeway-operator-hub", "causeway-operator-region", "git", "causeway-apiserver"))
ELSEWHERE = {
    # A demo that goes back to a deployment it had before: DemoPipelineTest.PushesFailuresRollbackAndDeletion.
    (HUB, "", "apps", "controllerrevisions", "patch"),
    # A Demo that is gone while its Assignments are not: DemoPipelineTest.WhatADemoMadeGoesThoughItsFinalizerWasTakenByHand.
    (HUB, "", "causeway.dev", "demos", "get"),
    # The token for the hub is renewed after hours: RegionTest.RenewsItsTokenAtHalfItsLife.
    (REGION, "causeway-system", "", "secrets", "patch"),
    # Kubernetes asks for it when a RoleBinding is made, and writes nothing down: test_SH_A_001 in tests/e2e/test_accounts.py.
    (WEB, "", "rbac.authorization.k8s.io", "clusterroles", "bind"),
    # An organisation is deleted: HubOrganisationsTest.AnEmptyOneIsDeleted.
    (WEB, "", "", "namespaces", "delete"),
    # A collaborator changes settings: HubOrganisationsTest.CollaboratorsComeAndGo.
    (WEB, "", "", "groups", "impersonate"),
    # A private repository is built, or another branch of it looked up: GitTokensTest.OfABuildReadsItsRepositoryAndNothingElse.
    (GIT, "", "authentication.k8s.io", "tokenreviews", "create"),
    # An event that is told again is counted up: KubeRuntime.EventsAreWrittenAndCounted.
    (GIT, "", "", "events", "patch"),
}


def granted(objects):
    """(account, namespace or "" for all, group, resource, verb) of everything in the roles."""
    accounts = {(s["namespace"], s["name"]) for o in objects if o["kind"].endswith("RoleBinding") for s in o["subjects"]
                if s["kind"] == "ServiceAccount"}
    return {(f"system:serviceaccount:{':'.join(account)}", namespace, group, resource, verb)
            for account in accounts for namespace, rule in rules_of(account, objects)
            for group in rule["apiGroups"] for resource in rule["resources"] for verb in rule["verbs"]}


@pytest.fixture(scope="module")
def used():
    assert FOLDER, "run by `./causeway test e2e`, which says where the audit logs are"
    found = {tuple(entry) for file in pathlib.Path(FOLDER).glob("*.json") for entry in json.loads(file.read_text())}
    assert found, f"no API server has written anything down in {FOLDER}"
    return found


def test_every_right_was_used(used):
    never = [right for right in sorted(granted((*render("overlays/onebox"), *render("in-cluster"))))
             if right not in ELSEWHERE and not any(account == right[0] and right[1] in ("", namespace) and (group, resource, verb) == right[2:]
                        for account, namespace, group, resource, verb in used)]
    assert not never, "\n".join(["never used:", *map(str, never)])
