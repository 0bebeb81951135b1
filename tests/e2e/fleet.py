"""A thousand objects of three kinds that are created, changed and deleted at random, and what there has to be of them."""

import collections
import random
import threading

API = "/apis/causeway.dev/v1alpha1"
TENANTS, REPOS, DEMOS, TEMPLATES = 20, 24, 16, 10
# Nothing of these demos is ever scheduled: they go all the way to a region, and cost it no memory.
TOO_MUCH = "1000"
IMAGE = "registry.causeway.internal/causeway/base-python:12"


def namespace(tenant):
    return f"u-fleet-{tenant:02}"


def no_webhook_answered(code, answer):
    """The write was refused because a webhook that may not be passed over was down: nothing was written."""
    return code == 500 and "failed calling webhook" in answer["message"]


class Slot:
    """One object: what it is called, and what is wished of it; `version` is None while it is not to be there."""

    def __init__(self, kind, plural, tenant, number):
        self.kind, self.plural, self.namespace = kind, plural, namespace(tenant)
        self.owner = self.namespace.removeprefix("u-")
        self.name = f"f{number}-v1" if kind == "ImageTemplate" else f"{kind.lower()}-{number}"
        self.version, self.paused = None, False

    @property
    def collection(self):
        return f"{API}/namespaces/{self.namespace}/{self.plural}"

    def spec(self):
        word = f"version {self.version}"
        if self.kind == "Repo":
            return {"type": "Space", "owner": self.owner, "path": f"{self.owner}/{self.name}", "visibility": "Public", "description": word}
        if self.kind == "ImageTemplate":
            return {"family": self.name.removesuffix("-v1"), "version": 1, "title": word, "port": 8080,
                    "dockerfile": f"FROM scratch\nLABEL version=\"{self.version}\"\nUSER 1000\nCMD [\"/app\"]\n"}
        return {"image": IMAGE, "port": 8080, "env": [{"name": "VERSION", "value": word}], "paused": self.paused,
                "resources": {"cpu": TOO_MUCH}, "placement": {"regions": ["local-1"]}}

    def object(self):
        return {"apiVersion": "causeway.dev/v1alpha1", "kind": self.kind,
                "metadata": {"name": self.name, "namespace": self.namespace}, "spec": self.spec()}


class Fleet:
    def __init__(self, api, seed):
        self.api, self.seed = api, seed
        self.slots = [Slot(kind, plural, tenant, number) for tenant in range(TENANTS)
                      for kind, plural, count in (("Repo", "repos", REPOS), ("Demo", "demos", DEMOS), ("ImageTemplate", "imagetemplates", TEMPLATES))
                      for number in range(count)]
        self.done = collections.Counter()
        self._count = threading.Lock()

    def wished(self, kind):
        """{(namespace, name): slot} of what has to be there."""
        return {(s.namespace, s.name): s for s in self.slots if s.kind == kind and s.version is not None}

    def make_tenants(self):
        for tenant in range(TENANTS):
            code, answer = self.api("POST", "/api/v1/namespaces", {"metadata": {
                "name": namespace(tenant), "labels": {"causeway.dev/owner": namespace(tenant).removeprefix("u-")}}})
            assert code == 201, answer

    def fill(self):
        """Every object there is, once."""
        self._in_threads(lambda slots, _: [self._create(slot) for slot in slots])

    def remove(self):
        """All of them are to go."""
        for collection in sorted({slot.collection for slot in self.slots}):
            code, answer = self.api("DELETE", collection)
            assert code == 200, answer
        for slot in self.slots:
            slot.version = None

    def change(self, stop, pause_seconds):
        """Until the event is set: of an object that is not there, a creation; of one that is, a change or, one time in four,
        its deletion."""
        def work(slots, dice):
            while not stop.wait(pause_seconds):
                slot = dice.choice(slots)
                if slot.version is None:
                    self._create(slot)
                elif dice.random() < 0.25:
                    self._delete(slot)
                else:
                    self._change(slot, dice)
        self._in_threads(work)

    def _in_threads(self, work, threads=4):
        """Each with objects of its own: what is wished of one is what was written last."""
        failures = []

        def guarded(number):
            try:
                work(self.slots[number::threads], random.Random(self.seed * threads + number))
            except Exception as error:  # to be raised where it is seen
                failures.append(error)
        workers = [threading.Thread(target=guarded, args=(number,)) for number in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        if failures:
            raise failures[0]

    def _did(self, what):
        with self._count:
            self.done[what] += 1

    def _create(self, slot):
        slot.version, slot.paused = 1, False
        code, answer = self.api("POST", slot.collection, slot.object())
        if code == 409:  # the one before is still being removed
            slot.version = None
            return self._did("creations too early")
        if no_webhook_answered(code, answer):
            slot.version = None
            return self._did("refused without webhooks")
        assert code == 201, answer
        self._did("created")

    def _change(self, slot, dice):
        before = slot.version, slot.paused
        slot.version, slot.paused = slot.version + 1, dice.random() < 0.5
        code, answer = self.api("PATCH", f"{slot.collection}/{slot.name}", {"spec": slot.spec()}, "application/merge-patch+json")
        if no_webhook_answered(code, answer):
            slot.version, slot.paused = before
            return self._did("refused without webhooks")
        assert code == 200, answer
        self._did("changed")

    def _delete(self, slot):
        code, answer = self.api("DELETE", f"{slot.collection}/{slot.name}")
        assert code == 200, answer
        slot.version = None
        self._did("deleted")
