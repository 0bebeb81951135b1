"""A push replaces the demo with no failed request in between."""

from load import Load
from platform_under_test import eventually


def change_readme(marker):
    def change(folder):
        (folder / "CHANGES.txt").write_text(marker)
    return change


def test_a_push_replaces_the_demo_without_a_failed_request(platform, digits):
    with Load(platform, digits, "/healthz", threads=4) as load:
        commit = platform.push("ada/digits", change_readme("push under load"))
        eventually("the new commit is served", lambda: platform.serves(digits, commit), timeout=180)
        platform.stage("digits", "u-ada", "Running")
        # The old pod drains under load as well.
        eventually("the old pod is gone", lambda: len(platform.demo_pods("digits", "u-ada")) == 1)
    assert load.failures == []
    assert load.answered > 100
    assert commit in load.revisions and len(load.revisions) == 2
