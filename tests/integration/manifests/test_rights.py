"""What each of Causeway's accounts may do: what its roles in manifests/ say, and of every kind that the server has nothing else.
That the rights are enough: every end-to-end test."""

import base64
import json

import pytest

from conftest import without_webhooks
from kubernetes_api import KubernetesApi
from rendered import render, rules_of

ACCOUNTS = {("causeway-system", name) for name in ("causeway-operator-hub", "causeway-webhooks", "git", "traefik", "causeway-apiserver",
                                                   "causeway-operator-region")}
# Of whom the API server asks for; nobody is in it otherwise.
COLLABORATORS = "causeway:collaborators"
# ClusterRole system:basic-user: everybody may ask about themselves.
EVERYBODYS = {("authentication.k8s.io", "selfsubjectreviews"), ("authorization.k8s.io", "selfsubjectaccessreviews"),
              ("authorization.k8s.io", "selfsubjectrulesreviews")}


def allowed(api, account, question):
    namespace, group, resource, verb, name = question
    plain, _, sub = resource.partition("/")
    review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": {
        "user": f"system:serviceaccount:{account[0]}:{account[1]}",
        "groups": ["system:serviceaccounts", f"system:serviceaccounts:{account[0]}", "system:authenticated"],
        "resourceAttributes": {"namespace": namespace, "group": group, "version": "*", "resource": plain, "subresource": sub,
                               "verb": verb, "name": name}}}
    return api.ask("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", review)["status"].get("allowed", False)


def expanded(rules):
    """(group, resource, verb, name or "" for any) of each thing that one of the rules allows."""
    return {(group, resource, verb, name) for rule in rules for group in rule["apiGroups"] for resource in rule["resources"]
            for verb in rule["verbs"] for name in rule.get("resourceNames") or ("",)}


@pytest.fixture(scope="module")
def objects():
    return (*render("overlays/production"), *render("in-cluster"))


def test_every_account_with_rights_is_looked_at(objects):
    subjects = [s for o in objects if o["kind"].endswith("RoleBinding") for s in o["subjects"]]
    assert ACCOUNTS == {(s["namespace"], s["name"]) for s in subjects if s["kind"] == "ServiceAccount"}
    assert {COLLABORATORS} == {s["name"] for s in subjects if s["kind"] != "ServiceAccount"}
    for o in objects:
        for rule in o["rules"] if o["kind"] in ("Role", "ClusterRole") else ():
            assert "*" not in (*rule["apiGroups"], *rule["resources"], *rule["verbs"]), f"{o['metadata']['name']}: {rule}"
            assert "nonResourceURLs" not in rule


@pytest.mark.parametrize("account", sorted(ACCOUNTS), ids="/".join)
def test_in_every_namespace_it_may_what_the_manifests_say(installed, objects, account):
    """And nothing else, of whatever kind: the server's own list of the rules that hold for the account. "elsewhere": what holds everywhere."""
    api = KubernetesApi(installed.kubeconfig, ":".join(("system:serviceaccount", *account)))
    namespaces = {o["metadata"]["name"] for o in installed.api.get("namespaces")["items"]}
    assert {"causeway-system", "kube-system"} < namespaces
    for namespace in (*sorted(namespaces), "elsewhere"):
        status = api.ask("POST", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews",
                         {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectRulesReview", "spec": {"namespace": namespace}})["status"]
        assert not status["incomplete"], status
        written = expanded(rule for where, rule in rules_of(account, objects) if where in ("", namespace))
        everybodys = {(group, resource, "create", "") for group, resource in EVERYBODYS}
        assert expanded(status["resourceRules"]) == written | everybodys, namespace
        assert {verb for rule in status["nonResourceRules"] for verb in rule["verbs"]} == {"get"}


@pytest.mark.parametrize("question, may", [
    (("", "apps", "deployments", "patch", ""), False), (("cluster-1a2b3c4d", "", "secrets", "create", ""), True),
    (("kube-system", "causeway.dev", "demos", "list", ""), True), (("kube-system", "", "pods/exec", "create", ""), False),
    (("", "*", "*", "*", ""), False)])
def test_by_those_rules_it_is_judged(installed, question, may):
    assert allowed(installed.api, ("causeway-system", "causeway-operator-hub"), question) == may


HUB = "system:serviceaccount:causeway-system:causeway-operator-hub"


def secret(namespace, name="tried", kind="Opaque"):
    annotations = {"annotations": {"kubernetes.io/service-account.name": "default"}} if kind.endswith("token") else {}
    return {"apiVersion": "v1", "kind": "Secret", "type": kind, "metadata": {"name": name, "namespace": namespace, **annotations}}


def job(namespace):
    pod = {"restartPolicy": "Never", "serviceAccountName": "default", "containers": [{"name": "c", "image": "i"}]}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "tried", "namespace": namespace}, "spec": {"template": {"spec": pod}}}


def plain(kind, namespace=None, name="tried", api="v1", **more):
    where = {"namespace": namespace} if namespace else {}
    return {"apiVersion": api, "kind": kind, "metadata": {"name": name, **where}, **more}


def policy(namespace):
    return plain("NetworkPolicy", namespace, api="networking.k8s.io/v1", spec={"podSelector": {}})


def binding(namespace, role):
    return plain("RoleBinding", namespace, api="rbac.authorization.k8s.io/v1",
                 roleRef={"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
                 subjects=[{"kind": "ServiceAccount", "name": "default", "namespace": namespace}])


@pytest.fixture(scope="module")
def namespaces(installed):
    for namespace in ("cluster-1a2b3c4d", "causeway-run-1a2b3c4d"):
        installed.namespace(namespace)
    installed.namespace("u-ada", **{"causeway.dev/owner": "ada"})


@pytest.fixture(scope="module")
def hub(installed, namespaces):
    return KubernetesApi(installed.kubeconfig, HUB)


@pytest.fixture(scope="module")
def web(installed, namespaces):
    return KubernetesApi(installed.kubeconfig, WEB)


def assert_forbidden(done):
    assert done.code == 403 and "orbidden" in done.said, done.said or "done"


def token_of(api, namespace, name, seconds=3600):
    spec = {"expirationSeconds": seconds}
    return api.send("POST", f"/api/v1/namespaces/{namespace}/serviceaccounts/{name}/token",
                    {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": spec})


@pytest.mark.parametrize("o", [
    secret("cluster-1a2b3c4d"), secret("causeway-run-1a2b3c4d"), secret("causeway-system", "hub"),
    job("causeway-run-1a2b3c4d"), job("causeway-builds"), policy("causeway-run-1a2b3c4d"),
    plain("ServiceAccount", "cluster-1a2b3c4d"), plain("Namespace", name="cluster-0"), plain("Namespace", name="causeway-run-0"),
    plain("ConfigMap", "u-ada"),
], ids=lambda o: f"{o['kind']} {o['metadata'].get('namespace', '')}/{o['metadata']['name']}")
def test_the_hub_writes_where_it_works(hub, o):
    done = hub.create(o, dry_run=True)
    assert done.ok, done.said


@pytest.mark.parametrize("o", [
    secret("kube-system"), secret("u-ada"), secret("causeway-system", "git-credentials"), secret("causeway-builds"),
    secret("cluster-1a2b3c4d", kind="kubernetes.io/service-account-token"),
    job("kube-system"), job("causeway-system"), job("cluster-1a2b3c4d"), job("u-ada"),
    plain("ServiceAccount", "kube-system"), plain("Namespace", name="kube-public-2"), policy("u-ada"),
    binding("cluster-1a2b3c4d", "cluster-admin"), binding("kube-system", "cluster-admin"),
    plain("ClusterRoleBinding", api="rbac.authorization.k8s.io/v1",
          roleRef={"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"}, subjects=[]),
    plain("Role", "cluster-1a2b3c4d", api="rbac.authorization.k8s.io/v1",
          rules=[{"apiGroups": [""], "resources": ["pods/exec"], "verbs": ["create"]}]),
    plain("Pod", "causeway-builds", spec={"containers": [{"name": "c", "image": "i"}]}),
], ids=lambda o: f"{o['kind']} {o['metadata'].get('namespace', '')}/{o['metadata']['name']}")
def test_the_hub_writes_nowhere_else(hub, o):
    assert_forbidden(hub.create(o, dry_run=True))


def test_the_hub_takes_nothing_away_elsewhere(installed, hub):
    installed.apply(secret("u-ada", "theirs"), plain("ServiceAccount", "u-ada", "theirs"))
    for what in (("secret", "theirs", "u-ada"), ("namespace", "u-ada"), ("serviceaccount", "theirs", "u-ada")):
        assert_forbidden(hub.delete(*what, dry_run=True))


@pytest.mark.parametrize("namespace, name, allowed", [
    ("cluster-1a2b3c4d", "region", True), ("cluster-1a2b3c4d", "default", False), ("kube-system", "region", False),
    ("causeway-system", "causeway-operator-hub", False), ("causeway-run-1a2b3c4d", "region", False)])
def test_the_hub_makes_tokens_of_regions_only(installed, hub, namespace, name, allowed):
    installed.apply(plain("ServiceAccount", namespace, name))
    done = token_of(hub, namespace, name)
    if allowed:
        claims = json.loads(base64.urlsafe_b64decode(done.object["status"]["token"].split(".")[1] + "=="))
        assert claims["sub"] == f"system:serviceaccount:{namespace}:{name}"
    else:
        assert not done.ok and "regions only" in done.said, done.said


SOMEBODY = "system:serviceaccount:causeway-people:user-7"
WEB = "system:serviceaccount:causeway-system:causeway-apiserver"


def tenant_binding(namespace, name="causeway-tenant", role="causeway-tenant", kind="ServiceAccount", subject="user-1", of="causeway-people"):
    made = binding(namespace, role)
    made["metadata"]["name"] = name
    made["subjects"] = [{"kind": kind, "name": subject, **({"namespace": of} if kind == "ServiceAccount" else
                                                            {"apiGroup": "rbac.authorization.k8s.io"})}]
    return made


@pytest.mark.parametrize("o", [plain("Namespace", name="u-eve"), plain("Namespace", name="o-lab"), tenant_binding("u-ada"),
                               plain("ServiceAccount", "causeway-people", "user-1")],
                         ids=lambda o: f"{o['kind']} {o['metadata'].get('namespace', '')}/{o['metadata']['name']}")
def test_the_api_server_gives_accounts_their_place(web, o):
    done = web.create(o, dry_run=True)
    assert done.ok, done.said


@pytest.mark.parametrize("o", [
    plain("Namespace", name="kube-public-2"), plain("Namespace", name="cluster-0"),
    tenant_binding("kube-system"), tenant_binding("u-ada", name="other"), tenant_binding("u-ada", role="cluster-admin"),
    tenant_binding("u-ada", kind="User", subject="kubernetes-admin"), tenant_binding("u-ada", kind="Group", subject="system:authenticated"),
    tenant_binding("u-ada", subject="default", of="kube-system"), secret("u-ada"), plain("ConfigMap", "u-ada"),
], ids=lambda o: f"{o['kind']} {o['metadata'].get('namespace', '')}/{o['metadata']['name']} {o.get('subjects', [{}])[0].get('name', '')}")
def test_the_api_server_writes_nothing_else(web, o):
    assert_forbidden(web.create(o, dry_run=True))


@pytest.mark.parametrize("namespace, owner, allowed", [("u-ada", "ada", True), ("u-ada", "eve", False), ("kube-system", "ada", False),
                                                       ("cluster-1a2b3c4d", "ada", False)])
def test_the_api_server_takes_over_no_namespace(web, namespace, owner, allowed):
    labelled = plain("Namespace", name=namespace)
    labelled["metadata"]["labels"] = {"causeway.dev/owner": owner}
    done = web.apply(labelled, dry_run=True)
    assert done.ok == allowed, done.said


@pytest.mark.parametrize("namespace, name, seconds, allowed", [
    ("causeway-people", "user-1", 900, True), ("causeway-people", "user-1", 7200, False), ("u-ada", "default", 900, False),
    ("causeway-system", "causeway-operator-hub", 900, False)])
def test_the_api_server_makes_short_tokens_of_people_only(installed, web, namespace, name, seconds, allowed):
    installed.apply(plain("ServiceAccount", namespace, name))
    done = token_of(web, namespace, name, seconds)
    assert done.ok if allowed else "orbidden" in done.said, done.said


@pytest.mark.parametrize("namespace, allowed", [("u-ada", True), ("kube-system", False), ("cluster-1a2b3c4d", False), ("u-nobodys", False)])
def test_the_api_server_deletes_namespaces_of_accounts(installed, web, namespace, allowed):
    if namespace == "u-nobodys":
        installed.namespace(namespace)
    done = web.delete("namespace", namespace, dry_run=True)
    assert done.ok == allowed, done.said


def repo(namespace, name="digits", **spec):
    owner = namespace.removeprefix("u-")
    return plain("Repo", namespace, name, api="causeway.dev/v1alpha1",
                 spec={"type": "Model", "owner": owner, "path": f"{owner}/{name}", **spec})


@pytest.fixture(scope="module")
def repositories(installed, namespaces):
    with without_webhooks(installed):
        for namespace in ("u-ada", "causeway-run-1a2b3c4d"):
            installed.apply(repo(namespace))
        yield
        for namespace in ("u-ada", "causeway-run-1a2b3c4d"):
            installed.api.delete("repo", "digits", namespace)


@pytest.mark.parametrize("o, allowed", [
    (repo("u-ada", description="Recognises digits"), True), (repo("u-ada", archived=True), True),
    (repo("u-ada", path="ada/other"), False), (repo("u-ada", owner="eve", path="eve/digits"), False),
    (repo("u-ada", "another"), False), (repo("causeway-run-1a2b3c4d", description="d"), False),
], ids=lambda o: str(o.get("spec", "")) if isinstance(o, dict) else str(o))
def test_a_collaborator_changes_what_is_there(installed, repositories, o, allowed):
    done = KubernetesApi(installed.kubeconfig, SOMEBODY, COLLABORATORS).apply(o, dry_run=True)
    assert done.ok == allowed, done.said
    # Only in that group.
    assert_forbidden(KubernetesApi(installed.kubeconfig, SOMEBODY).apply(o, dry_run=True))


@pytest.mark.parametrize("namespace, allowed", [("u-ada", True), ("causeway-run-1a2b3c4d", False)])
def test_a_collaborator_deletes_repositories_of_accounts(installed, repositories, namespace, allowed):
    done = KubernetesApi(installed.kubeconfig, SOMEBODY, COLLABORATORS).delete("repo", "digits", namespace, dry_run=True)
    assert done.ok == allowed, done.said


@pytest.mark.parametrize("question, may", [
    (("causeway-people", "", "serviceaccounts", "impersonate", "user-7"), True),
    (("kube-system", "", "serviceaccounts", "impersonate", "default"), False),
    (("causeway-system", "", "serviceaccounts", "impersonate", "causeway-operator-hub"), False),
    (("", "", "users", "impersonate", "kubernetes-admin"), False),
    (("", "", "groups", "impersonate", COLLABORATORS), True),
    (("", "", "groups", "impersonate", "system:masters"), False)])
def test_the_api_server_acts_as_people_only(installed, question, may):
    assert allowed(installed.api, ("causeway-system", "causeway-apiserver"), question) == may
