"""What is wrong shows as a condition that says what to do, and goes away by itself when the cause does."""

from platform_under_test import eventually


def demo(namespace, name, **spec):
    return {"apiVersion": "causeway.dev/v1alpha1", "kind": "Demo", "metadata": {"name": name, "namespace": namespace},
            "spec": {"repoRef": {"name": "app"}, "templateRef": {"family": "docker"}, "placement": {"regions": ["local-1"]}, **spec}}


def repo(namespace, owner):
    return {"apiVersion": "causeway.dev/v1alpha1", "kind": "Repo", "metadata": {"name": "app", "namespace": namespace},
            "spec": {"type": "Space", "owner": owner, "path": f"{owner}/app", "visibility": "Public"}}


def cluster(name, provider="local", region="local-7"):
    return {"apiVersion": "causeway.dev/v1alpha1", "kind": "Cluster", "metadata": {"name": name, "namespace": "causeway-system"},
            "spec": {"source": {"terraform": {"provider": provider, "region": region}}}}


def message(platform, namespace, name):
    return (platform.get("demo", name, namespace) or {}).get("status", {}).get("message", "")


def test_demo_of_a_missing_repo_waits_and_recovers(platform, tenant):
    platform.apply(demo(tenant, "orphan", placement={"regions": ["nowhere"]}))
    eventually("the message names the Repo", lambda: "app" in message(platform, tenant, "orphan"))
    owner = tenant.removeprefix("u-")
    platform.apply(repo(tenant, owner))
    platform.wait_field("repo", "app", tenant, '.status.conditions[?(@.type=="Ready")].status', "True", timeout=60)

    def change(folder):
        (folder / "Dockerfile").write_text("FROM scratch\nCOPY . /\n")
    platform.push(f"{owner}/app", change)
    eventually("the message names the regions there are", lambda: "local-1" in message(platform, tenant, "orphan"), timeout=180)


def test_demo_of_a_missing_template_or_revision_says_so(platform, tenant):
    owner = tenant.removeprefix("u-")
    platform.apply(repo(tenant, owner))
    platform.wait_field("repo", "app", tenant, '.status.conditions[?(@.type=="Ready")].status', "True", timeout=60)
    platform.push(f"{owner}/app", lambda folder: (folder / "Dockerfile").write_text("FROM scratch\nCOPY . /\n"))
    platform.apply(demo(tenant, "no-template", templateRef={"family": "cobol"}))
    platform.apply(demo(tenant, "no-revision", revision="does-not-exist"))
    eventually("the template is named", lambda: "cobol" in message(platform, tenant, "no-template"))
    eventually("the revision is named", lambda: "does-not-exist" in message(platform, tenant, "no-revision"))
    assert platform.get("demo", "no-template", tenant)["status"]["stage"] == "ConfigError"


def test_dockerfile_that_fails_is_a_build_error_with_its_log(platform, tenant):
    owner = tenant.removeprefix("u-")
    platform.apply(repo(tenant, owner))
    platform.wait_field("repo", "app", tenant, '.status.conditions[?(@.type=="Ready")].status', "True", timeout=60)
    platform.push(f"{owner}/app", lambda folder: (folder / "Dockerfile").write_text(
        "ARG BASE_DEBIAN\nFROM ${BASE_DEBIAN}\nRUN echo something-distinct && exit 7\n"))
    platform.apply(demo(tenant, "broken"))
    platform.wait_field("demo", "broken", tenant, ".status.stage", "BuildError", timeout=180)
    found = platform.get("demo", "broken", tenant)
    log = platform.get("configmap", found["status"]["build"]["logsRef"]["name"] if isinstance(
        found["status"]["build"]["logsRef"], dict) else found["status"]["build"]["logsRef"].rsplit("/", 1)[-1], tenant)
    assert any("something-distinct" in text for text in log["data"].values())


def test_unknown_provider_and_region_name_what_there_is(platform):
    platform.apply(cluster("bad-provider", provider="moon"))
    platform.apply(cluster("bad-region", region="atlantis"))
    try:
        def stalled(name, word):
            condition = platform.condition("cluster", name, "causeway-system", "Stalled")
            return condition and condition["status"] == "True" and word in condition["message"]
        eventually("the providers are named", lambda: stalled("bad-provider", "local"))
        eventually("the regions are named", lambda: stalled("bad-region", "local-1"), timeout=120)
    finally:
        platform.kubectl("-n", "causeway-system", "delete", "cluster", "bad-provider", "bad-region", "--timeout=180s", timeout=200)
