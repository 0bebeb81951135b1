"""SIGKILL of the platform's own pods, one after the other, at random moments."""

import collections
import random
import threading

from machine import kill_in_pods

SYSTEM = "causeway-system"
# Where, and which pods: the operators of the hub (two), of a region, of the git server (with that), and the webhooks.
ROLES = {"hub": (None, "app.kubernetes.io/component=hub"),
         "region": ("local-1", "app.kubernetes.io/component=region"),
         "repo": (None, "app.kubernetes.io/name=git,app.kubernetes.io/part-of=causeway"),
         "webhooks": (None, "app.kubernetes.io/name=causeway-webhooks")}


class Killer:
    """Kills from entry to exit; `killed` counts the pods by role."""

    def __init__(self, platform, seed, pause=(3, 12)):
        self.platform, self.dice, self.pause = platform, random.Random(seed), pause
        self.killed, self.failure = collections.Counter(), None
        self.roles = {role: where for role, where in ROLES.items() if self._pods(*where)}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _pods(self, cluster, selector):
        return [pod["metadata"]["name"] for pod in self.platform.pods(SYSTEM, selector, cluster=cluster)]

    def _run(self):
        try:
            while not self._stop.wait(self.dice.uniform(*self.pause)):
                role = self.dice.choice(sorted(self.roles))
                cluster, selector = self.roles[role]
                if kill_in_pods(self.platform, cluster, SYSTEM, selector):
                    self.killed[role] += 1
                # A container that has died before is started again later each time: now and then, a new pod.
                if self.dice.random() < 0.5:
                    for name in self._pods(cluster, selector):
                        done = self.platform.api(cluster).delete("pod", name, SYSTEM, grace=0)
                        assert done.ok or done.code == 404, done.said
        except Exception as error:  # to be raised where it is seen
            self.failure = error

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()

    def all_back(self):
        """New pods, which owe nothing for those that died, and are ready."""
        if self.failure:
            raise self.failure
        for cluster, selector in self.roles.values():
            self.platform.replace_pods(SYSTEM, selector, cluster)
