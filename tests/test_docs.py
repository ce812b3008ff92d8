"""The pages hold together: links lead somewhere, every page can be reached, commands are those that are run.

The examples on the pages are run by pytest itself (``--doctest-glob`` in pyproject.toml).
"""

import os
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
WITH_EXAMPLES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def anchors(page: Path) -> set[str]:
    """List the anchors that headings get: lower case, punctuation dropped, blanks as hyphens."""
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


def local_links(page: Path):
    """Pair the files that `page` links to with the anchors in them."""
    for target in LINK.findall(page.read_text("utf-8")):
        if "://" not in target:
            path, _, anchor = target.partition("#")
            yield ((page.parent / path).resolve() if path else page), anchor


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_of_a_page_lead_somewhere(page):
    for target, anchor in local_links(page):
        assert target.exists(), f"{name(page)} links to {target}, which is not there"
        if anchor:
            assert anchor in anchors(target), (
                f"{name(page)} links to #{anchor}; {name(target)} has no such heading"
            )


@pytest.mark.parametrize("start", [ROOT / "README.md", ROOT / "docs" / "index.md"], ids=name)
def test_every_page_of_the_documentation_is_linked_from_the_first_ones(start):
    linked = {target for target, _ in local_links(start)} | {start}
    pages = set((ROOT / "docs").glob("*.md"))
    assert pages <= linked, f"not linked: {sorted(map(name, pages - linked))}"


def test_almost_every_page_has_examples():
    without = {name(page) for page in WITH_EXAMPLES if ">>>" not in page.read_text("utf-8")}
    assert without == {"docs/performance.md"}


def test_examples_stand_in_indented_blocks():
    """A closing fence under an example would be taken for its output."""
    for page in WITH_EXAMPLES:
        for block in re.findall(r"^```.*?^```", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE):
            assert ">>>" not in block, f"{name(page)}: {block}"


def test_pytest_runs_the_examples_of_the_pages():
    options = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["pytest"]["ini_options"]
    assert {"docs", "README.md", "src"} <= set(options["testpaths"])
    assert "--doctest-glob=*.md" in options["addopts"]
    assert "--doctest-modules" in options["addopts"]


def test_continuous_integration_runs_the_test_command_of_the_readme():
    commands = re.findall(
        r"^python3 -m venv .*pytest.*$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE
    )
    assert len(commands) == 1
    script = ROOT / ".ci" / "run"
    assert commands[0] in [line.strip() for line in script.read_text("utf-8").splitlines()]
    assert os.access(script, os.X_OK)
