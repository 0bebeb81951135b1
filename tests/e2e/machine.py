"""What Linux shows of a platform: what it would leave behind, and its processes, to be killed as a crash would."""

import os
import pathlib
import re
import shutil
import signal

from steps import run


def machine_state():
    """What a cluster could leave behind on this machine, as sets of lines."""
    def lines(*argv):
        return set(run(*argv, check=False).stdout.splitlines())

    rules = {re.sub(r"\[\d+:\d+\]", "", line) for line in lines("iptables-save") if not line.startswith("#")}
    cgroups = {str(p) for p in pathlib.Path("/sys/fs/cgroup").glob("*/causeway-*/**/")} | {
        str(p) for p in pathlib.Path("/sys/fs/cgroup").glob("causeway-*/**/")}
    processes = set()
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                cgroup = (entry / "cgroup").read_text()
            except OSError:
                continue
            # Those of pods are told by their control group alone.
            groups = " ".join(sorted(set(re.findall(r"causeway-\w+", cgroup))))
            processes.add(f"{entry.name} {command} {groups}")
    return {
        "network namespaces": lines("ip", "netns", "list"),
        "links": {line.split(": ")[1].split("@")[0] for line in lines("ip", "-o", "link")},
        "firewall rules": rules,
        "mounts": {line.split()[1] for line in pathlib.Path("/proc/mounts").read_text().splitlines()},
        "cgroups": cgroups,
        "processes": processes,
    }


def state_of_cluster(platform, cluster_id):
    """What this machine has of one cluster of the platform: everything onebox makes for it carries its short id."""
    short = cluster_id.replace("-", "")[:8]
    state = machine_state()
    found = {what: sorted(item for item in state[what] if short in item or cluster_id in item)
             for what in ("network namespaces", "links", "firewall rules", "mounts", "cgroups")}
    folder = platform.data / "onebox" / "clusters" / cluster_id
    found["folder"] = [str(folder)] if folder.exists() else []
    found["processes"] = []
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if str(folder).encode() in (entry / "cmdline").read_bytes():
                    found["processes"].append(entry.name)
            except OSError:
                pass
    return {what: items for what, items in found.items() if items}


def leftovers(data, instance):
    """What is left of a platform: everything on the machine that carries its instance's id or its data directory."""
    return {what: found for what, items in machine_state().items()
            if (found := sorted(item for item in items if instance in item or str(data) in item))}


def kill_in_pods(platform, cluster, namespace, selector):
    """SIGKILL to every process of the containers of every pod that matches, as a crash would; how many there were."""
    pods = platform.pods(namespace, selector, cluster=cluster)
    containers = [status["containerID"].rsplit("/", 1)[-1] for pod in pods for status in pod["status"].get("containerStatuses", [])
                  if status.get("containerID")]
    killed = 0
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if any(container in (entry / "cgroup").read_text() for container in containers):
                os.kill(int(entry.name), signal.SIGKILL)
                killed += 1
        except OSError:  # it ended by itself meanwhile
            continue
    return killed


def remove_tree(path):
    shutil.rmtree(path, ignore_errors=True)
