"""Ten minutes of SIGKILL for every operator while 1,000 objects change: what is wished is what there is. --long only.

CAUSEWAY_TEST_SEED=N repeats a run's choices, CAUSEWAY_TEST_MINUTES=N makes it shorter, for working on it.
"""

import collections
import concurrent.futures
import json
import os
import random
import threading
import time

import pytest

from fleet import TENANTS, Fleet, namespace
from gitops import Reader
from killer import SYSTEM, Killer
from load import Load
from manifests import demo, python_app
from platform_under_test import eventually

MINUTES = float(os.environ.get("CAUSEWAY_TEST_MINUTES", "10"))
SEED = int(os.environ.get("CAUSEWAY_TEST_SEED", random.randrange(10000)))
OURS = {namespace(tenant) for tenant in range(TENANTS)}
CONVERGE_SECONDS = 600
VERSION = "VERSION"


class Builds:
    """Every build Job there ever was of a namespace's demos: {build id: UIDs}."""

    def __init__(self, api, tenant):
        self.api, self.tenant, self.jobs = api, tenant, collections.defaultdict(set)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def look(self):
        for job in self.api.items("/apis/batch/v1/namespaces/causeway-builds/jobs"):
            labels = job["metadata"]["labels"]
            if labels.get("causeway.dev/demo-namespace") == self.tenant:
                self.jobs[labels["causeway.dev/build-id"]].add(job["metadata"]["uid"])

    def _watch(self):
        while not self._stop.wait(0.5):
            self.look()

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()


@pytest.fixture
def fleet(platform):
    fleet = Fleet(platform.api(), SEED)
    try:
        fleet.make_tenants()
        yield fleet
        fleet.remove()
    finally:
        for tenant in sorted(OURS):
            platform.kubectl("wait", "demos,repos", "--all", "-n", tenant, "--for=delete", "--timeout=300s", check=False, timeout=330)
            platform.kubectl("delete", "namespace", tenant, "--wait=false", "--ignore-not-found")


def env(container):
    return next((e["value"] for e in container.get("env", []) if e["name"] == VERSION), None)


def difference(wished, found):
    """What is missing, too much or otherwise, a few of each; nothing when all is well."""
    def some(names):
        return [*sorted(names)[:5], f"({len(names)})"] if names else []
    wrong = {name for name in set(wished) & set(found) if wished[name] != found[name]}
    told = {"missing": some(set(wished) - set(found)), "too much": some(set(found) - set(wished)),
            "otherwise": [(name, wished[name], found[name]) for name in sorted(wrong)[:5]] + ([f"({len(wrong)})"] if wrong else [])}
    return {what: names for what, names in told.items() if names}


def hub_objects(hub, fleet):
    """Of each kind what is wished on the hub, and what is there."""
    for kind, plural in (("Repo", "repos"), ("ImageTemplate", "imagetemplates"), ("Demo", "demos")):
        wished, found = {}, {}
        for key, slot in fleet.wished(kind).items():
            stage = ("Paused" if slot.paused else "Unschedulable") if kind == "Demo" else None
            wished[key] = (slot.spec().get("description") or slot.spec().get("title") or slot.spec()["env"][0]["value"], True, stage)
        for item in hub.items(f"/apis/causeway.dev/v1alpha1/{plural}"):
            metadata, spec, status = item["metadata"], item["spec"], item["status"]
            if metadata["namespace"] in OURS:
                word = spec.get("description") or spec.get("title") or env(spec)
                observed = status["observedGeneration"] == metadata["generation"]
                found[(metadata["namespace"], metadata["name"])] = (word, observed, status.get("stage"))
        yield plural, wished, found


# What a paused demo was last asked to run stays as it was, if it ever was asked: which depends on who was alive then.
PAUSED = "paused"


def of_demos(fleet, found, wish):
    """What is wished of every Demo's object in a list, beside what is found: {key: value}; `wish(slot)` of one that is not
    paused."""
    return {key: PAUSED if slot.paused else wish(slot) for key, slot in fleet.wished("Demo").items() if not slot.paused or key in found}


def assignments(api, fleet):
    """Those of our tenants' demos, wherever they lie: one for each Demo there is, with what it wishes."""
    found, twice = {}, {}
    for item in api.items("/apis/causeway.dev/v1alpha1/assignments"):
        spec, key = item["spec"], (item["spec"]["demoRef"]["namespace"], item["spec"]["demoRef"]["name"])
        if key[0] in OURS:
            (twice if key in found else found)[key] = PAUSED if spec.get("paused") else env(spec)
    return of_demos(fleet, found, lambda slot: f"version {slot.version}"), {**found, **{(*key, "twice"): v for key, v in twice.items()}}


def workloads(region, fleet):
    """What runs the demos in the region: a Deployment, a Service and an Ingress each."""
    for path in ("/apis/apps/v1/deployments", "/api/v1/services", "/apis/networking.k8s.io/v1/ingresses"):
        is_deployment = path.endswith("deployments")
        paused = {key for key, slot in fleet.wished("Demo").items() if slot.paused}
        found = {}
        for item in region.items(path):
            key = (item["metadata"]["namespace"], item["metadata"].get("labels", {}).get("causeway.dev/demo"))
            if key[0] in OURS:
                stopped = item["spec"].get("replicas") == 0 if is_deployment else key in paused
                found[key] = PAUSED if stopped else env(item["spec"]["template"]["spec"]["containers"][0]) if is_deployment else ""
        yield path.rsplit("/", 1)[1], of_demos(fleet, found, lambda slot: f"version {slot.version}" if is_deployment else ""), found


def repositories(platform, fleet):
    """Bare repositories on the git server's disk."""
    listed = platform.kubectl("-n", SYSTEM, "exec", "git-0", "-c", "repo", "--", "find", "/var/lib/git", "-mindepth", "2", "-maxdepth", "2",
                              "-name", "*.git", "-not", "-path", "*/.*").stdout.split()
    found = {tuple(path.removesuffix(".git").split("/")[-2:]): True for path in listed}
    wished = {(slot.owner, slot.name): True for slot in fleet.wished("Repo").values()}
    owners = {tenant.removeprefix("u-") for tenant in OURS}
    return wished, {key: True for key in found if key[0] in owners}


def records_of_demos_that_are_gone(hub):
    uids = {item["metadata"]["uid"] for item in hub.items("/apis/causeway.dev/v1alpha1/demos")}
    return [f"{item['metadata']['namespace']}/{item['metadata']['name']}" for item in hub.items("/apis/apps/v1/controllerrevisions")
            if item["metadata"]["namespace"] in OURS and item["metadata"]["ownerReferences"][0]["uid"] not in uids]


def test_a_thousand_objects_while_operators_are_killed(platform, digits, app, fleet, tmp_path):
    print(f"seed {SEED}, {MINUTES:g} minutes")
    hub, region = platform.api(), platform.api("local-1")
    reader = Reader(platform, tmp_path)

    def not_as_wished():
        """Everything that differs from what is wished, on the hub, in the region and on the disk."""
        checks = [*hub_objects(hub, fleet), ("assignments on the hub", *assignments(hub, fleet)),
                  ("assignments in the region", *assignments(region, fleet)), *workloads(region, fleet),
                  ("repositories on the disk", *repositories(platform, fleet))]
        told = {what: wrong for what, wished, found in checks if (wrong := difference(wished, found))}
        if left := records_of_demos_that_are_gone(hub):
            told["deployment records of demos that are gone"] = left
        return told

    def converged(what):
        began = time.monotonic()
        last = None

        def as_wished():
            nonlocal last
            last = not_as_wished()
            return not last
        try:
            eventually(what, as_wished, timeout=CONVERGE_SECONDS)
        except AssertionError:
            raise AssertionError(f"not within {CONVERGE_SECONDS} s: {what}: {json.dumps(last, indent=1)}") from None
        return time.monotonic() - began

    began = time.monotonic()
    fleet.fill()
    filled = converged("1,000 objects are there") and time.monotonic() - began
    assert len(fleet.slots) == 1000

    commits, refused = [app.push(python_app(marker="0"))], 0
    platform.apply(demo(app.namespace, "demo", template="python"))
    platform.stage("demo", app.namespace, "Running", timeout=180)
    host, stop = app.host("demo"), threading.Event()
    with Load(platform, digits, "/healthz") as load, Load(platform, host) as built_load, Builds(hub, app.namespace) as builds:
        with Killer(platform, SEED) as killer, concurrent.futures.ThreadPoolExecutor() as pool:
            changes = pool.submit(fleet.change, stop, pause_seconds=0.4)
            ends = time.monotonic() + MINUTES * 60
            try:
                while time.monotonic() < ends and not changes.done():
                    # A commit now and then: whatever is being built when its operators die is built once.
                    try:
                        commits.append(app.push(python_app(marker=str(len(commits)))))
                    except AssertionError:
                        refused += 1
                    stop.wait(min(20, max(0, ends - time.monotonic())))
            finally:
                stop.set()
            changes.result()
        killer.all_back()
        took = converged("what is wished is what there is")
        # The git server may have taken a commit and died before it said so.
        head = platform.get("repo", "app", app.namespace)["status"]["head"]["commit"]
        assert head == commits[-1] or refused
        eventually("the last commit is served", lambda: platform.serves(host, head), timeout=180)
        platform.stage("demo", app.namespace, "Running", timeout=60)
    builds.look()

    told = {"killed": dict(killer.killed), "changes": dict(fleet.done), "commits": len(commits), "pushes refused": refused, "builds": len(builds.jobs),
            "seconds until 1,000 objects were there": round(filled), "seconds until all was right": round(took),
            "answers": load.answered + built_load.answered, "answers missed": len(load.failures) + len(built_load.failures)}
    print(json.dumps(told))
    assert sum(killer.killed.values()) >= MINUTES * 3, "hardly anything was killed"
    assert sum(fleet.done.values()) >= MINUTES * 100, "hardly anything was changed"
    assert {build: len(jobs) for build, jobs in builds.jobs.items() if len(jobs) != 1} == {}, "built more than once"
    assert len(builds.jobs) <= len(commits) + refused
    assert load.failures == [] and built_load.failures == []
    states = collections.Counter(state for name, state in reader.read().items() if name.split()[1].split("/")[0] in OURS)
    assert set(states) <= {("Current", "Healthy"), ("Current", "Suspended"), ("InProgress", "Progressing")}, states
    # The one before has its time to end.
    eventually("one pod of the demo is left", lambda: len(platform.demo_pods("demo", app.namespace)) == 1, timeout=60)

    # And away with everything.
    fleet.remove()
    converged("nothing is left of 1,000 objects")
    eventually("the region has no namespaces of theirs", lambda: not OURS & {
        item["metadata"]["name"] for item in region.items("/api/v1/namespaces")}, timeout=180)
