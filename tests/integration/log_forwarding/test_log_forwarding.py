"""What a node's forwarder sends of its containers' log files, to whom, and what becomes of it while the collector is away."""

import pathlib
import re
import sys

import pytest

from collector import Collector
from forwarder import Forwarder, make_certificates

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "e2e"))

from steps import eventually  # noqa: E402

# RFC 5424, the parts that are sent.
MESSAGE = re.compile(r'<(?P<pri>\d{1,3})>1 (?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)) (?P<host>\S{1,255}) (?P<app>\S{1,48})'
                     r' - - \[causeway@32473 namespace="(?P<namespace>[^"]*)" pod="(?P<pod>[^"]*)" container="(?P<container>[^"]*)"\] (?P<text>.*)', re.DOTALL)


def line(text, time="2026-11-27T02:04:24.123456789Z", flag="F", stream="stderr"):
    """As a container runtime writes it."""
    return f"{time} {stream} {flag} {text}\n"


def add(path, *lines):
    with open(path, "a") as file:
        file.write("".join(lines))


def parsed(messages):
    found = [MESSAGE.fullmatch(message) for message in messages]
    assert all(found), messages
    return found


def texts(collector, pod="git-0"):
    return [m["text"] for m in parsed(collector.messages) if m["pod"] == pod]


def has(*wanted, pod="git-0"):
    return lambda collector: set(wanted) <= set(texts(collector, pod))


@pytest.fixture(scope="session")
def certificates(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificates")
    make_certificates(folder)
    return folder


@pytest.fixture(scope="module")
def running(tmp_path_factory, certificates):
    """(collector, forwarder) at work. A start takes a second of a processor (GnuTLS makes DH parameters that nobody uses)."""
    collector = Collector(certificates)
    collector.come()
    forwarder = Forwarder(tmp_path_factory.mktemp("running"), certificates, collector.port, interval="1")
    forwarder.start()
    yield collector, forwarder
    forwarder.stop()
    collector.close()


@pytest.fixture
def collector(certificates):
    made = Collector(certificates)
    yield made
    made.close()


@pytest.fixture
def forwarders(tmp_path, certificates):
    """forwarder(port, …), not started; what it began ends with the test."""
    made = []

    def make(port, **options):
        made.append(Forwarder(tmp_path, certificates, port, **options))
        return made[-1]
    yield make
    for one in made:
        one.stop()


def test_lines_arrive_whole_as_rfc_5424(running):
    collector, forwarder = running
    said = '{"ts":"2026-11-27T02:04:24.123Z","level":"%s","msg":"Grüße \\n \\\\ [x] 100%% \\"level\\":\\"debug\\""}'
    long = '{"ts":"x","level":"info","msg":"' + "0123456789" * 4000 + '"}'
    file = forwarder.container("whole", "serve")
    add(file, line(said % "error"), line(said % "warn", "2026-11-27T04:04:25+02:00", stream="stdout"), line(said % "info"),
        line(long[:16384], flag="P"), line(long[16384:32768], flag="P"), line(long[32768:]), line(""), "no runtime's line\n", line("no JSON"))
    collector.wait(has(long, said % "info", pod="whole"))
    add(file, line("last"))
    collector.wait(has("last", pod="whole"))
    found = [m for m in parsed(collector.messages) if m["pod"] == "whole"]
    assert [m["text"] for m in found] == [said % "error", said % "warn", said % "info", long, "no runtime's line\n" + line("no JSON").rstrip("\n"), "last"]
    assert [m["pri"] for m in found] == ["131", "132", "134", "134", "134", "134"]
    assert [m["time"] for m in found[:3]] == ["2026-11-27T02:04:24.123456Z", "2026-11-27T04:04:25+02:00", "2026-11-27T02:04:24.123456Z"]
    assert {(m["host"], m["app"], m["namespace"], m["container"]) for m in found} == {("node-1", "serve", "causeway-system", "serve")}
    assert set(collector.names) == {"node"}


def test_the_forwarder_says_what_it_does_itself(running):
    collector, _ = running
    collector.wait(lambda c: any('"name": "collector"' in text for text in texts(c, "forwarder-1")))
    found = [m for m in parsed(collector.messages) if m["pod"] == "forwarder-1"]
    assert {(m["pri"], m["host"], m["namespace"], m["container"]) for m in found} == {("46", "node-1", "causeway-logs", "rsyslog")}
    assert any(m["text"].endswith("start") for m in found)


def test_only_logs_of_causeway_are_read(running):
    collector, forwarder = running
    for namespace in ("causeway-builds", "causeway-logs", "u-ada", "kube-system", "not-causeway-system"):
        add(forwarder.container("only", namespace=namespace), line(f"of {namespace}"))
    wanted = ["of causeway-run-1a2b3c4d", "of causeway-system"]
    for turn in range(2):  # by the second one the others have been looked at
        for namespace in ("causeway-system", "causeway-run-1a2b3c4d"):
            add(forwarder.container("only", namespace=namespace), line(f"of {namespace}"))
        collector.wait(lambda c, turn=turn: len(texts(c, "only")) >= 2 * (turn + 1))
    assert sorted(texts(collector, "only")) == sorted(2 * wanted)


def test_a_rotated_file_is_read_to_its_end_and_the_next_one_from_its_beginning(running):
    collector, forwarder = running
    file = forwarder.container("rotated")
    wanted = ["first"]
    writing = open(file, "a", buffering=1)
    writing.write(line("first"))
    collector.wait(has("first", pod="rotated"))
    for turn in range(2):
        # The kubelet renames it; the runtime writes on there until it is told to open the file anew.
        file.rename(f"{file}.2026112702042{turn}")
        writing.write(line(f"after the renaming {turn}"))
        new = open(file, "a", buffering=1)
        writing.write(line(f"the last one there {turn}"))
        new.write(line(f"the first one here {turn}"))
        writing.close()
        writing = new
        wanted += [f"after the renaming {turn}", f"the last one there {turn}", f"the first one here {turn}"]
        collector.wait(has(*wanted, pod="rotated"))
    writing.close()
    add(forwarder.container("rotated", restart=1), line("of the container's next run"))
    collector.wait(has("of the container's next run", pod="rotated"))
    assert texts(collector, "rotated") == [*wanted, "of the container's next run"]


def test_what_is_written_while_the_collector_is_away_arrives_later(running):
    collector, forwarder = running
    file = forwarder.container("away")
    add(file, line("before"))
    collector.wait(has("before", pod="away"))
    collector.go()
    # It notices with what it sends first, some of which may be lost: README.md.
    eventually("the forwarder notices", lambda: "cannot connect" in forwarder.said())
    add(file, *[line(f"away {n}") for n in range(50)])
    eventually("all of it waits", lambda: forwarder.waiting("away ") >= 50)
    collector.come()
    collector.wait(has(*[f"away {n}" for n in range(50)], pod="away"))


def test_what_waits_is_bounded_and_the_files_keep_the_rest(collector, forwarders):
    forwarder = forwarders(collector.port, queue_size="5000", queue_dequeueSlowdown="0")
    add(forwarder.container(), *[line(f"{n}") for n in range(8000)])
    forwarder.start()
    eventually("the queue is full", lambda: forwarder.waiting() > 4800)
    forwarder.stop()
    assert forwarder.waiting() <= 5000
    # It is there again on the same volume.
    forwarder.start()
    collector.come()
    collector.wait(lambda c: len(c.messages) > 7990 and c.messages[-1].endswith("] 7999"))
    # The message that is being tried when rsyslog ends may be lost: README.md.
    assert [text for text in dict.fromkeys(texts(collector)) if text != "0"] == [str(n) for n in range(1, 8000)]


@pytest.mark.parametrize("shown, said", [("impostor", "signer not found"), ("elsewhere", "peer name not authorized")])
def test_nobody_else_is_told(certificates, forwarders, shown, said):
    collector = Collector(certificates, name=shown)
    try:
        collector.come()
        forwarder = forwarders(collector.port)
        add(forwarder.container(), line("private"))
        forwarder.start()
        collector.wait(lambda c: len(c.names) + c.refused >= 2)  # it has tried again
        forwarder.stop()
        assert collector.messages == [] and said in forwarder.said()
        assert forwarder.waiting() > 0
    finally:
        collector.close()


def test_a_collector_that_refuses_the_forwarder_loses_nothing(collector, certificates, forwarders):
    collector.come()
    forwarder = forwarders(collector.port, client="stranger")
    add(forwarder.container(), line("kept"))
    forwarder.start()
    collector.wait(lambda c: c.refused >= 2)
    assert collector.messages == []
    # A certificate that is right is taken without a restart.
    for name, file in (("tls.crt", "node.crt"), ("tls.key", "node.key")):
        (forwarder.tls / name).write_bytes((certificates / file).read_bytes())
    collector.wait(has("kept"))
