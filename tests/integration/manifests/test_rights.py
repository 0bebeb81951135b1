"""What each of Causeway's accounts may do: what its roles in manifests/ say, and of every kind that the server has nothing else.
That the rights are enough: every end-to-end test."""

import base64
import concurrent.futures
import json

import pytest

from kubernetes_api import KubernetesApi
from rendered import render, rules_of

VERBS = ("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection")
SPECIAL = ("impersonate", "escalate", "bind", "approve", "sign", "attest", "use", "accept", "*")
ACCOUNTS = {("causeway-system", name) for name in ("causeway-operator-hub", "causeway-webhooks", "git", "traefik", "causeway-apiserver",
                                                   "causeway-operator-region")}
# Of whom the API server asks for; nobody is in it otherwise.
COLLABORATORS = "causeway:collaborators"
# Where a rule may hold: in its own namespace, in one of Kubernetes, and everywhere.
NAMESPACES = ("causeway-system", "kube-system", "")
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


def kinds_of(api):
    """(group, resource[/subresource]) of everything in the discovery."""
    found = set()
    for group, _, resource in api.discovery():
        found.add((group, resource["resource"]))
        found |= {(group, f"{resource['resource']}/{sub['subresource']}") for sub in resource.get("subresources", ())}
    return found


def written(account, objects, question):
    """Whether the manifests give the account what is asked for."""
    namespace, group, resource, verb, name = question
    return ((group, resource) in EVERYBODYS and verb == "create") or any(
        where in ("", namespace) and group in rule["apiGroups"] and resource in rule["resources"] and verb in rule["verbs"]
        and (not rule.get("resourceNames") or name in rule["resourceNames"])
        for where, rule in rules_of(account, objects))


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
def test_of_every_kind_it_may_what_the_manifests_say(installed, objects, account):
    api = KubernetesApi(installed.kubeconfig)
    kinds = kinds_of(api)
    assert len(kinds) > 80 and ("", "pods/exec") in kinds and ("causeway.dev", "demos/status") in kinds
    # Not in the discovery, and asked about all the same.
    kinds |= {("", "users"), ("", "groups"), ("authentication.k8s.io", "userextras/scopes"), ("certificates.k8s.io", "signers"), ("*", "*")}
    questions = [(namespace, group, resource, verb, "") for group, resource in kinds for namespace in NAMESPACES for verb in VERBS]
    # By name, what any of the accounts may touch by name.
    named = {(group, resource, name) for o in objects if o["kind"] in ("Role", "ClusterRole") for rule in o["rules"]
             for group in rule["apiGroups"] for resource in rule["resources"] for name in rule.get("resourceNames", ())}
    assert ("", "secrets", "hub") in named
    questions += [(namespace, *what[:2], verb, what[2]) for what in named for namespace in NAMESPACES for verb in VERBS]
    for group, resource in kinds:
        if "/" not in resource:
            questions += [("causeway-system", group, resource, verb, "") for verb in SPECIAL]
            questions.append(("causeway-system", group, f"{resource}/finalizers", "update", ""))
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = pool.map(lambda question: allowed(api, account, question), questions)
    wrong = [("may, and should not", *q) if is_allowed else ("should, and may not", *q)
             for q, is_allowed in zip(questions, answers) if is_allowed != written(account, objects, q)]
    assert not wrong, wrong[:20]


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
    for namespace in ("cluster-1a2b3c4d", "causeway-run-1a2b3c4d", "u-ada"):
        installed.kubectl("create", "namespace", namespace)
    installed.kubectl("label", "namespace", "u-ada", "causeway.dev/owner=ada")


def tried_as(installed, account):
    """(object) -> (whether it may be made, what was said). Nothing is made."""
    def tried(o):
        done = installed.kubectl("create", "--dry-run=server", "--as", account, "-f", "-", stdin=o, check=False)
        return done.returncode == 0, done.stderr
    return tried


@pytest.fixture
def as_the_hub(installed, namespaces):
    return tried_as(installed, HUB)


@pytest.mark.parametrize("o", [
    secret("cluster-1a2b3c4d"), secret("causeway-run-1a2b3c4d"), secret("causeway-system", "hub"),
    job("causeway-run-1a2b3c4d"), job("causeway-builds"), policy("causeway-run-1a2b3c4d"),
    plain("ServiceAccount", "cluster-1a2b3c4d"), plain("Namespace", name="cluster-0"), plain("Namespace", name="causeway-run-0"),
    plain("ConfigMap", "u-ada"),
], ids=lambda o: f"{o['kind']} {o['metadata'].get('namespace', '')}/{o['metadata']['name']}")
def test_the_hub_writes_where_it_works(as_the_hub, o):
    done, said = as_the_hub(o)
    assert done, said


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
def test_the_hub_writes_nowhere_else(as_the_hub, o):
    done, said = as_the_hub(o)
    assert not done and "orbidden" in said, said


def test_the_hub_takes_nothing_away_elsewhere(installed, as_the_hub):
    installed.kubectl("apply", "-f", "-", stdin=secret("u-ada", "theirs"))
    for what in (("secret", "theirs", "-n", "u-ada"), ("namespace", "u-ada"), ("serviceaccount", "default", "-n", "u-ada")):
        done = installed.kubectl("delete", *what, "--dry-run=server", "--as", HUB, check=False)
        assert done.returncode != 0 and ("orbidden" in done.stderr or "not found" in done.stderr), what


@pytest.mark.parametrize("namespace, name, allowed", [
    ("cluster-1a2b3c4d", "region", True), ("cluster-1a2b3c4d", "default", False), ("kube-system", "region", False),
    ("causeway-system", "causeway-operator-hub", False), ("causeway-run-1a2b3c4d", "region", False)])
def test_the_hub_makes_tokens_of_regions_only(installed, as_the_hub, namespace, name, allowed):
    installed.kubectl("apply", "-f", "-", stdin=plain("ServiceAccount", namespace, name))
    done = installed.kubectl("create", "token", name, "-n", namespace, "--as", HUB, check=False)
    assert (done.returncode == 0) == allowed, done.stderr
    if allowed:
        claims = json.loads(base64.urlsafe_b64decode(done.stdout.split(".")[1] + "=="))
        assert claims["sub"] == f"system:serviceaccount:{namespace}:{name}"
    else:
        assert "regions only" in done.stderr


WEB = "system:serviceaccount:causeway-system:causeway-apiserver"


@pytest.fixture
def as_the_api_server(installed, namespaces):
    return tried_as(installed, WEB)


def tenant_binding(namespace, name="causeway-tenant", role="causeway-tenant", kind="User", subject="causeway:1", of=None):
    made = binding(namespace, role)
    made["metadata"]["name"] = name
    made["subjects"] = [{"kind": kind, "name": subject, **({"namespace": of or namespace} if kind == "ServiceAccount" else
                                                            {"apiGroup": "rbac.authorization.k8s.io"})}]
    return made


@pytest.mark.parametrize("o", [plain("Namespace", name="u-eve"), plain("Namespace", name="o-lab"), tenant_binding("u-ada"),
                               tenant_binding("u-ada", kind="ServiceAccount", subject="user-1", of="causeway-people"),
                               plain("ServiceAccount", "causeway-people", "user-1")],
                         ids=lambda o: f"{o['kind']} {o['metadata'].get('namespace', '')}/{o['metadata']['name']}")
def test_the_api_server_gives_accounts_their_place(as_the_api_server, o):
    done, said = as_the_api_server(o)
    assert done, said


@pytest.mark.parametrize("o", [
    plain("Namespace", name="kube-public-2"), plain("Namespace", name="cluster-0"),
    tenant_binding("kube-system"), tenant_binding("u-ada", name="other"), tenant_binding("u-ada", role="cluster-admin"),
    tenant_binding("u-ada", subject="kubernetes-admin"), tenant_binding("u-ada", kind="Group", subject="system:authenticated"),
    tenant_binding("u-ada", kind="ServiceAccount", subject="default"), secret("u-ada"), plain("ConfigMap", "u-ada"),
], ids=lambda o: f"{o['kind']} {o['metadata'].get('namespace', '')}/{o['metadata']['name']} {o.get('subjects', [{}])[0].get('name', '')}")
def test_the_api_server_writes_nothing_else(as_the_api_server, o):
    done, said = as_the_api_server(o)
    assert not done and "orbidden" in said, said


@pytest.mark.parametrize("namespace, owner, allowed", [("u-ada", "ada", True), ("u-ada", "eve", False), ("kube-system", "ada", False),
                                                       ("cluster-1a2b3c4d", "ada", False)])
def test_the_api_server_takes_over_no_namespace(installed, namespaces, namespace, owner, allowed):
    labelled = plain("Namespace", name=namespace)
    labelled["metadata"]["labels"] = {"causeway.dev/owner": owner}
    done = installed.kubectl("apply", "--server-side", "--force-conflicts", "--dry-run=server", "--as", WEB, "-f", "-", stdin=labelled, check=False)
    assert (done.returncode == 0) == allowed, done.stderr


@pytest.mark.parametrize("namespace, name, seconds, allowed", [
    ("causeway-people", "user-1", 900, True), ("causeway-people", "user-1", 7200, False), ("u-ada", "default", 900, False),
    ("causeway-system", "causeway-operator-hub", 900, False)])
def test_the_api_server_makes_short_tokens_of_people_only(installed, as_the_api_server, namespace, name, seconds, allowed):
    installed.kubectl("apply", "-f", "-", stdin=plain("ServiceAccount", namespace, name))
    done = installed.kubectl("create", "token", name, "-n", namespace, f"--duration={seconds}s", "--as", WEB, check=False)
    assert (done.returncode == 0) == allowed and (allowed or "orbidden" in done.stderr), done.stderr
@pytest.mark.parametrize("namespace, allowed", [("u-ada", True), ("kube-system", False), ("cluster-1a2b3c4d", False), ("u-nobodys", False)])
def test_the_api_server_deletes_namespaces_of_accounts(installed, namespaces, namespace, allowed):
    installed.kubectl("create", "namespace", namespace, check=False)
    done = installed.kubectl("delete", "namespace", namespace, "--dry-run=server", "--as", WEB, check=False)
    assert (done.returncode == 0) == allowed, done.stderr


def repo(namespace, name="digits", **spec):
    owner = namespace.removeprefix("u-")
    return plain("Repo", namespace, name, api="causeway.dev/v1alpha1",
                 spec={"type": "Model", "owner": owner, "path": f"{owner}/{name}", **spec})


@pytest.fixture(scope="module")
def repositories(installed, namespaces):
    """Without the webhooks, which are asked about Repos too, and which nobody serves here."""
    kinds = ("mutatingwebhookconfiguration", "validatingwebhookconfiguration")
    hooks = [installed.get(kind, "causeway") for kind in kinds]
    for kind in kinds:
        installed.kubectl("delete", kind, "causeway")
    for namespace in ("u-ada", "causeway-run-1a2b3c4d"):
        installed.kubectl("apply", "-f", "-", stdin=repo(namespace))
    yield
    for namespace in ("u-ada", "causeway-run-1a2b3c4d"):
        installed.kubectl("delete", "repo", "digits", "-n", namespace)
    for hook in hooks:
        hook["metadata"] = {"name": "causeway", "labels": hook["metadata"].get("labels", {})}
        installed.kubectl("apply", "--server-side", "--field-manager=install", "-f", "-", stdin=hook)


@pytest.mark.parametrize("o, allowed", [
    (repo("u-ada", description="Recognises digits"), True), (repo("u-ada", archived=True), True),
    (repo("u-ada", path="ada/other"), False), (repo("u-ada", owner="eve", path="eve/digits"), False),
    (repo("u-ada", "another"), False), (repo("causeway-run-1a2b3c4d", description="d"), False),
], ids=lambda o: str(o.get("spec", "")) if isinstance(o, dict) else str(o))
def test_a_collaborator_changes_what_is_there(installed, repositories, o, allowed):
    done = installed.kubectl("apply", "--server-side", "--force-conflicts", "--dry-run=server", "--as", "causeway:7", "--as-group", COLLABORATORS,
                             "-f", "-", stdin=o, check=False)
    assert (done.returncode == 0) == allowed, done.stderr
    alone = installed.kubectl("apply", "--server-side", "--force-conflicts", "--dry-run=server", "--as", "causeway:7", "-f", "-", stdin=o, check=False)
    assert alone.returncode != 0 and "orbidden" in alone.stderr, "only in that group"


@pytest.mark.parametrize("namespace, allowed", [("u-ada", True), ("causeway-run-1a2b3c4d", False)])
def test_a_collaborator_deletes_repositories_of_accounts(installed, repositories, namespace, allowed):
    done = installed.kubectl("delete", "repo", "digits", "-n", namespace, "--dry-run=server", "--as", "causeway:7", "--as-group", COLLABORATORS,
                             check=False)
    assert (done.returncode == 0) == allowed, done.stderr


@pytest.mark.parametrize("group, allowed", [(COLLABORATORS, True), ("system:masters", False)])
def test_the_api_server_lends_that_group_only(installed, group, allowed):
    done = installed.kubectl("auth", "can-i", "impersonate", f"groups/{group}", "--as", WEB, check=False)
    assert (done.returncode == 0) == allowed, done.stdout + done.stderr
