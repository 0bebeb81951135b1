"""The root's Dockerfile: a target per program, none of which runs as root unless it has to."""

import re

from rendered import ROOT

# buildah changes owners of files inside the image it builds; its pods have a namespace of their own and no token.
ROOTS = {"builder"}


def targets():
    text = (ROOT / "Dockerfile").read_text()
    parts = re.split(r"^FROM \S+ AS (\S+)\n", text, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2]))


def test_no_target_is_root_by_default():
    for name, lines in targets().items():
        users = re.findall(r"^USER (\S+)$", lines, re.MULTILINE)
        assert users == ([] if name in ROOTS else ["65532:65532"]), name


def test_every_target_says_which_version_it_is_and_what_it_starts():
    for name, lines in targets().items():
        assert f'image.title="causeway-{name}" org.opencontainers.image.version="${{VERSION}}"' in lines, name
        assert re.search(r'^(ENTRYPOINT \["/usr/bin/|USER)', lines, re.MULTILINE), name
        for instruction in re.findall(r"^([A-Z]+) ", lines, re.MULTILINE):
            assert instruction in ("ARG", "COPY", "LABEL", "USER", "ENTRYPOINT"), f"{name}: {instruction}: programs come from the build"


def test_every_image_that_is_built_is_a_target():
    built = re.search(r"^platform_images=\((.*)\)$", (ROOT / "cli" / "build.sh").read_text(), re.MULTILINE).group(1).split()
    assert set(built) == targets().keys()
