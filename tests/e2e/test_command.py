"""What `./causeway` says when something is wrong: before it has made anything, in words that tell what would be right."""

import base64
import contextlib
import fcntl
import http.server
import json
import os
import pathlib
import shutil
import socket
import socketserver
import subprocess
import tempfile
import threading

import pytest

from platform_under_test import ROOT, eventually, run


def causeway(*arguments, root=ROOT, **kwargs):
    return run(str(root / "causeway"), *arguments, check=False, timeout=60, **kwargs)


def refused(done, *words):
    said = done.stdout + done.stderr
    assert done.returncode == 1, said
    for word in words:
        assert word in said, said


def script_with(*files, script, root=ROOT):
    """`script` after some of cli/*.sh, as ./causeway sources them."""
    sourced = "".join(f". '{root}/cli/{name}.sh'\n" for name in ("lib", *files))
    return f"set -euo pipefail\nshopt -s inherit_errexit\nexport CAUSEWAY_ROOT='{root}'\n{sourced}{script}"


def part(*files, script, root=ROOT, **kwargs):
    return run("bash", "-c", script_with(*files, script=script, root=root), check=False, timeout=60, **kwargs)


def path_with(folder):
    return {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}


@pytest.fixture
def folder():
    """A short path, which those of sockets have to be."""
    with tempfile.TemporaryDirectory(prefix="cw-") as name:
        yield pathlib.Path(name)


@pytest.fixture(autouse=True)
def nothing_of_the_users(folder, monkeypatch):
    """Not his data directory, and no package is installed, whatever a test gets to."""
    write_program(folder / "guard" / "apt-get", "echo 'E: a test would install packages' >&2; exit 100")
    monkeypatch.setenv("PATH", f"{folder / 'guard'}:{os.environ['PATH']}")
    monkeypatch.setenv("CAUSEWAY_DATA", str(folder / "data-by-default"))


@pytest.fixture
def data(folder):
    (folder / "data").mkdir()
    return folder / "data"


@pytest.fixture
def checkout(folder):
    """The command alone, where a test may change it and everybody may read it. It has nothing to build and start, should it
    not refuse what it has to."""
    folder.chmod(0o755)
    shutil.copytree(ROOT / "cli", folder / "cli")
    shutil.copy(ROOT / "causeway", folder / "causeway")
    return folder


def write_program(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/usr/bin/env bash\n" + text)
    path.chmod(0o755)


@contextlib.contextmanager
def started(script, said, **kwargs):
    """A script at work, with what it says in the file `said`; it does not outlive the block."""
    with open(said, "w") as file, subprocess.Popen(["bash", "-c", script], stderr=file, **kwargs) as process:
        try:
            yield process
        finally:
            process.kill()


@contextlib.contextmanager
def tmpfs(folder, options):
    run("mount", "-t", "tmpfs", "-o", options, "none", str(folder))
    try:
        yield
    finally:
        run("umount", str(folder))


@contextlib.contextmanager
def locked(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


# -- what was typed --------------------------------------------------------------------------------------------------


def test_an_unknown_command_shows_those_there_are():
    refused(causeway("start"), 'unknown command "start"', "./causeway COMMAND", "bench")


@pytest.mark.parametrize("command", ["up", "status", "logs", "down", "test", "bench", "build"])
def test_an_unknown_option_is_named(checkout, command):
    refused(causeway(command, "--colour", root=checkout), f"{command}: unknown", '"--colour"')


@pytest.mark.parametrize("port", ["x", "70000", "-1", ""])
def test_a_port_has_to_be_a_number(checkout, port):
    refused(causeway("up", "--port", port, root=checkout), f'not "{port}"', "0 is any free one")


def test_a_context_wants_a_registry(checkout, data):
    refused(causeway("up", "--context", "office", "--data", str(data), root=checkout), "--registry HOST")


def test_an_unknown_context_is_named_beside_those_there_are(checkout, data):
    kubernetes = run(str(ROOT / "onebox" / "build.sh"), "kubernetes", "--print-path").stdout.strip()
    write_program(checkout / "onebox" / "build.sh", f"echo '{kubernetes}'")  # whatever it is asked to build is there
    config = checkout / "kubeconfig"
    config.write_text(json.dumps({"apiVersion": "v1", "kind": "Config", "contexts": [
        {"name": "office", "context": {"cluster": "office", "user": "ada"}}]}))
    done = causeway("up", "--context", "nowhere", "--registry", "registry.example.org", "--data", str(data), root=checkout,
                    env={**os.environ, "KUBECONFIG": str(config), "PATH": f"{os.environ['PATH']}:{kubernetes}/bin"})
    refused(done, '"nowhere"', "office")


@pytest.mark.parametrize("command", [["status"], ["logs", "onebox"], ["down"]])
def test_a_mistyped_data_directory_is_not_made(folder, command):
    typo = folder / "typo"
    refused(causeway(*command, "--data", str(typo)), f"there is no data directory {typo}")
    assert not typo.exists()


@pytest.mark.parametrize("name", ["digits", "operator", "git", "gateway", "hub/kube-apiserver"])
def test_logs_of_what_does_not_run(data, name):
    refused(causeway("logs", name, "--data", str(data)), f"nothing is running on {data}", "./causeway up")


def test_status_of_what_does_not_run(data):
    refused(causeway("status", "--data", str(data)), f"nothing is running on {data}")


def test_down_of_what_does_not_run(data):
    refused(causeway("down", "--data", str(data)), "nothing to stop")


# -- the machine and the data directory ------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["up", "down", "bench"])
def test_not_root(checkout, command):
    done = run("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", str(checkout / "causeway"), command, check=False)
    refused(done, "only root may make", f"sudo ./causeway {command}", "./causeway up --context NAME")


def test_a_small_disk_is_refused_while_it_is_empty(data, checkout):
    with tmpfs(data, "size=100m"):
        refused(causeway("up", "--detach", "--data", str(data), root=checkout), "MB free", "need 3000 MB", "--data DIR")
        assert os.listdir(data) == []


def test_a_small_disk_is_noted_once_it_is_used(data):
    with tmpfs(data, "size=100m"):
        (data / "onebox").mkdir()
        (data / "onebox" / "instance.json").write_text("{}")
        done = part("onebox", script=f"data='{data}'\ncheck_data")
        assert done.returncode == 0 and "MB free" in done.stderr


def test_a_read_only_data_directory(data, checkout):
    with tmpfs(data, "ro"):
        refused(causeway("up", "--detach", "--data", str(data), root=checkout), f"{data} cannot be written", "df -h")


@pytest.mark.parametrize("command", [["up", "--detach"], ["down"]])
def test_two_at_once(data, checkout, command):
    (data / "onebox").mkdir()
    with locked(data / "up.lock"):
        refused(causeway(*command, "--data", str(data), root=checkout), f"another ./causeway is at work on {data}")


def test_a_taken_port(data, checkout):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        refused(causeway("up", "--detach", "--data", str(data), "--port", str(port), root=checkout), f"port {port} on loopback is taken", "--port N")


def test_another_port_than_the_one_in_use(data, checkout):
    class Status(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = b'{"webPort": 8081}'
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def address_string(self):
            return "unix"

        def log_message(self, *_):
            pass

    (data / "onebox").mkdir()
    with socketserver.ThreadingUnixStreamServer(str(data / "onebox" / "onebox.sock"), Status) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            refused(causeway("up", "--detach", "--data", str(data), "--port", "8082", root=checkout), "on port 8081 already, not on 8082", "./causeway down")
        finally:
            server.shutdown()
            thread.join()


# -- Go --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def without_go(folder):
    """Runs a script where no Go is installed and nothing is in the cache: PATH is /usr/bin without apt-get, and `programs`."""
    def start(script, programs={}):
        shown = folder / "bin"
        shown.mkdir()
        for entry in os.scandir("/usr/bin"):
            if entry.name not in {"go", "terraform", "tofu", "apt-get", *programs}:
                (shown / entry.name).symlink_to(entry.path)
        for name, text in programs.items():
            write_program(shown / name, text)
        hide = 'for go in /usr/local/go /usr/lib/go-*; do [ ! -d "$go" ] || mount -t tmpfs none "$go"; done\n'
        return run("unshare", "--mount", "bash", "-c", f"{hide}export PATH='{shown}' CAUSEWAY_CACHE='{folder}/cache' TMPDIR='{folder}'\n{script}",
                   check=False, timeout=60)
    return start


PREPARE_GO = script_with("prepare", script="prepare_go")


def test_kubernetes_without_go_names_the_ways_to_get_it(without_go):
    refused(without_go(f"exec '{ROOT}/onebox/build.sh' kubernetes"), "there is no Go", "apt-get install", "CAUSEWAY_KUBERNETES_BIN")


def test_an_apt_that_cannot_install_go_is_not_the_end(without_go):
    done = without_go(PREPARE_GO, programs={"apt-get": "echo 'E: Unable to locate package golang-go' >&2; exit 100",
                                            "apt-cache": "echo bookworm-backports"})
    assert done.returncode == 0, done.stderr
    assert "apt-get could not install it: E: Unable to locate package golang-go" in done.stderr


def test_no_apt_is_asked_where_there_is_none(without_go):
    done = without_go(PREPARE_GO)
    assert (done.returncode, done.stderr) == (0, "")


# -- what runs already -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage, seconds, used, verdict", [
    ("", 0, "", "wait"), ("Building", 599, "", "wait"), ("Building", 600, "", "fail"),
    ("Running", 0, "", "settled"), ("RunningBuilding", 0, "1", "settled"),
    ("BuildError", 119, "", "wait"), ("BuildError", 120, "", "fail"), ("BuildError", 0, "1", "report"),
    ("Unschedulable", 300, "", "wait"), ("Unschedulable", 0, "1", "report"),
    ("RegionOffline", 119, "1", "wait"), ("RegionOffline", 120, "1", "report"),
    *((stage, 0, used, "settled") for stage in ("Paused", "Sleeping", "Stopped") for used in ("", "1"))])
def test_up_takes_the_demo_as_its_owner_has_it(stage, seconds, used, verdict):
    assert part("progress", script=f"demo_verdict '{stage}' {seconds} '{used}'").stdout == verdict + "\n"


def test_up_in_the_foreground_ends_when_somebody_stops_the_platform(data):
    (data / "onebox.pid").write_text("1")
    follow = script_with("onebox", "progress", script=f"data='{data}'\nchanges() {{ :; }}\nlock_data\nunlock_data\n"
                                                     f"touch '{data}/following'\nfollow_changes")
    with started(follow, data / "said") as up:
        eventually("it follows", (data / "following").exists)
        with locked(data / "up.lock"):  # as `down` does
            (data / "onebox.pid").unlink()
        up.wait(timeout=30)
    said = (data / "said").read_text()
    assert up.returncode == 0 and "stopped by ./causeway down" in said, said


def test_up_in_the_foreground_starts_a_onebox_that_died(data):
    (data / "onebox.pid").write_text(str(2**22))  # beyond what the kernel gives
    done = part("onebox", "progress", script=f"data='{data}'\nlock_data\nunlock_data\nstart_onebox() {{ echo started; }}\n"
                                             "restart_or_leave\nlock_data")
    assert done.returncode == 0 and done.stdout == "started\n", done.stderr


def test_two_builds_in_one_checkout_take_turns(checkout):
    (checkout / "build" / "dev").mkdir(parents=True)
    (checkout / "build" / "dev" / "build.ninja").touch()
    write_program(checkout / "bin" / "ninja", f"echo \"$@\" >>'{checkout}/calls'")
    script = script_with("build", script="build_binaries dev all", root=checkout)
    with contextlib.ExitStack() as held:
        held.enter_context(locked(checkout / "build" / "dev.lock"))
        with started(script, checkout / "said", env=path_with(checkout / "bin")) as build:
            eventually("it waits", lambda: "the dev build is at work already: waiting" in (checkout / "said").read_text())
            assert not (checkout / "calls").exists()
            held.close()
            build.wait(timeout=30)
    assert build.returncode == 0
    assert (checkout / "calls").exists()


def test_a_bench_that_fails_takes_down_what_it_started(checkout):
    write_program(checkout / "causeway", f"echo \"$@\" >>'{checkout}/calls'; [ \"$1\" = down ]")
    done = part("bench", script="cmd_bench up", root=checkout)
    refused(done, "./causeway up failed")
    up, down = (checkout / "calls").read_text().splitlines()
    scratch = up.split("--data ")[1]
    assert down == f"down --data {scratch} --purge" and not os.path.exists(scratch)


def test_the_git_password_is_in_no_arguments(data):
    (data / "git-password").write_text("secret\n")
    write_program(data / "bin" / "git", "echo \"arguments: $*\"; env | grep ^GIT_CONFIG_VALUE_1=")
    url = "http://git.localhost:8080/ada/digits.git"
    done = part("up", script=f"data='{data}'\ngit_as_causeway {url} push -q {url} main",
                env=path_with(data / "bin"))
    credentials = base64.b64encode(b"causeway:secret").decode()
    assert done.stdout.splitlines() == [f"arguments: push -q {url} main", f"GIT_CONFIG_VALUE_1=Authorization: Basic {credentials}"]


def test_official_binaries_are_given_as_a_folder(folder):
    for program in ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy", "coredns", "kubectl"):
        write_program(folder / "official" / program, "")
    done = part(script='"$CAUSEWAY_ROOT/onebox/build.sh" kubernetes >/dev/null\nkubernetes_programs',
                env={**os.environ, "CAUSEWAY_KUBERNETES_BIN": str(folder / "official"), "CAUSEWAY_CACHE": str(folder / "cache")})
    assert done.stdout and os.path.samefile(done.stdout, folder / "official"), done.stderr
