"""What Linux tells of a process."""

import os
import socket


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def process_status(pid, name):
    """Bytes of a line of /proc/PID/status: VmRSS, RssAnon."""
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith(name + ":"))


def process_stat(pid):
    """The fields of /proc/PID/stat behind the name: the state is the first."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        return file.read().rsplit(")", 1)[1].split()


def process_cpu(pid, ended_children=False):
    """Seconds of user and system time; with those of children that have ended and were waited for."""
    return sum(map(int, process_stat(pid)[11:15 if ended_children else 13])) / os.sysconf("SC_CLK_TCK")
