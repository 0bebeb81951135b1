"""What Linux shows of a platform: what it would leave behind, and its processes, to be killed as a crash would."""

import contextlib
import fcntl
import hashlib
import os
import pathlib
import re
import shutil
import signal
import tempfile

from audit import keep_audit_logs
from steps import run

# How things on the machine begin that belong to one instance of onebox; its id follows (onebox/plan/names.hpp).
OWNED = r"(?<![0-9A-Za-z])(?:cw-?|CW-|causeway-|instance-)"
# A file `instance-ID` for each instance that is up, and the lock under which instances share the machine.
NOTES = pathlib.Path("/run/causeway-onebox")
MACHINE_LOCK = "/run/lock/causeway-onebox.lock"


def instance_id(data):
    """Of the instance with this data folder, whether it runs or not; as onebox/plan/names.cpp makes it."""
    return hashlib.sha256(os.path.realpath(data).encode()).hexdigest()[:6]


def machine_state():
    """What a cluster could leave behind on this machine, as sets of lines."""
    def lines(*argv):
        return set(run(*argv, check=False).stdout.splitlines())

    # Tables and the policies of their own chains come with the first question about them.
    rules = {re.sub(r" \[\d+:\d+\]", "", line) for line in lines("iptables-save")
             if line.startswith("-A ") or (line.startswith(":") and " - " in line)}
    # os.walk, unlike glob, bears that some of them go meanwhile.
    roots = [*pathlib.Path("/sys/fs/cgroup").glob("*/causeway-*"), *pathlib.Path("/sys/fs/cgroup").glob("causeway-*")]
    cgroups = {folder for root in roots for folder, _, _ in os.walk(root)}
    processes = set()
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                cgroup = (entry / "cgroup").read_text()
            except OSError:
                continue
            if not command:  # the kernel's own; and what has ended, and only waits for its parent to notice
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
    """What this machine has of one cluster of the platform: what onebox makes for it carries its short id, but its cable,
    which is told by not leading to any other cluster. Firewall rules are of the instance, not of a cluster."""
    short = cluster_id.replace("-", "")[:8]
    state = machine_state()
    found = {what: sorted(item for item in state[what] if short in item or cluster_id in item)
             for what in ("network namespaces", "mounts", "cgroups")}
    cable = f"cw{platform.instance}v"
    others = {cable + c["address"].rsplit(".", 1)[1] for c in platform.onebox("GET", "/v1/clusters") if c["id"] != cluster_id}
    found["links"] = sorted(link for link in state["links"] if link.startswith(cable) and link not in others)
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


def nobodys():
    """What a cluster could leave on the machine without any instance's id on it."""
    state = machine_state()
    return {item for what in ("network namespaces", "links", "firewall rules") for item in state[what]
            if not re.search(OWNED + "[0-9a-f]{6}", item)}


def shared():
    """What all instances use together, as it is when none is up; the last one to end puts it back."""
    folders = ("/var/lib/kubelet", "/var/lib/cni", "/var/log/pods", "/var/log/containers", str(NOTES))
    found = set(filter(os.path.exists, folders))
    for name in ("net/ipv4/ip_forward", "fs/inotify/max_user_instances", "fs/inotify/max_user_watches"):
        now, note = pathlib.Path("/proc/sys", name), NOTES / "kernel" / pathlib.Path(name).name
        found.add(f"{name} is {(note if note.exists() else now).read_text().strip()}")
    return found


@contextlib.contextmanager
def machine_locked():
    """No instance comes or goes meanwhile."""
    os.makedirs(os.path.dirname(MACHINE_LOCK), exist_ok=True)
    with open(MACHINE_LOCK, "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def leftovers(data, before):
    """What is left of the platform with this data folder: everything that carries its instance's id or names the folder, and
    what is new since `before` (nobodys() | shared()) and no instance's. Other platforms may come and go meanwhile."""
    instance = instance_id(data)
    mine = re.compile(OWNED + instance)
    left = {what: found for what, items in machine_state().items()
            if (found := sorted(item for item in items if mine.search(item) or str(data) in item))}
    with machine_locked():
        up = {note.name for note in NOTES.glob("instance-*")}
        new = nobodys() if up - {f"instance-{instance}"} else nobodys() | shared()
    if new - before:
        left["new on the machine"] = sorted(new - before)
    return left


def mount_memory(folder):
    """A file system in memory where there is enough of it for every process of the run. Images are unpacked and thrown away all
    the time, and ext4 looks again and again through what was deleted a moment ago before it makes a file (`recently_deleted`):
    half of the machine's time was spent on that."""
    available = next(int(line.split()[1]) for line in open("/proc/meminfo") if line.startswith("MemAvailable:"))
    if available >= int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")) * 6 * 2**20:
        run("mount", "-t", "tmpfs", "-o", "mode=0700,size=8g", "causeway-tests", str(folder))


@contextlib.contextmanager
def folder_of_a_platform(prefix, down):
    """A data folder. In the end, however that comes, down(folder) stops what runs on it, which has to succeed and to leave
    nothing; the folder stays when it does not (what is mounted there would be deleted, too), and with CAUSEWAY_E2E_KEEP."""
    with machine_locked():
        before = nobodys() | shared()
    around = pathlib.Path(tempfile.mkdtemp(prefix=prefix))
    folder = around / "data"
    mount_memory(around)
    folder.mkdir()
    # For ./causeway test, which stops what is left when this process is not let to.
    known = os.environ.get("CAUSEWAY_E2E_PLATFORMS")
    if known:
        (pathlib.Path(known) / around.name).write_text(f"{folder}\n")
    try:
        yield folder
    finally:
        keep_audit_logs(folder)
        done = down(folder)
        left = leftovers(folder, before)
        if done.returncode == 0 and not left and not os.environ.get("CAUSEWAY_E2E_KEEP"):
            if os.path.ismount(around):
                run("umount", str(around))
            shutil.rmtree(around)
            if known:
                (pathlib.Path(known) / around.name).unlink(missing_ok=True)
        # Beside what went wrong before, which Python shows as well.
        assert done.returncode == 0 and not left, (
            f"`down` of {folder}: exit {done.returncode}, left behind: {left}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")


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
