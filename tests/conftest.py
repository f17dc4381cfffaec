"""What all tests share: the outside programs that some need, and how hypothesis searches."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

NAMES = {
    "chromium": ("chromium", "chromium-browser", "google-chrome"),
    "soffice": ("soffice", "libreoffice"),
}
# Not tests: a second way to the same answers. Its solver must not be loaded beside braid's.
collect_ignore = ["oracle"]

LEFT_OUT = "left out for want of a program: "

settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, database=None, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") or os.environ.get("BRAID_TEST_ALL") == "1" else "local")


@pytest.fixture(scope="session")
def harbor_text(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Harbor County's plan.json, planned once for all tests."""
    from planned import harbor_text

    return harbor_text(tmp_path_factory)


@pytest.fixture(scope="session")
def demo_run(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What `braid demo` did in an empty folder, run once for all tests."""
    from planned import demo_run

    return demo_run(tmp_path_factory)


@pytest.fixture(scope="session")
def harbor(harbor_text: str) -> Any:
    """Harbor County's plan."""
    from planned import harbor_plan

    return harbor_plan(harbor_text)


@pytest.fixture(scope="session")
def harbor_book(harbor: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Harbor County's workbook, written once; it is read and not changed."""
    from braid.workbook import write_workbook

    return write_workbook(harbor, tmp_path_factory.mktemp("harbor") / "harbor.xlsx")


@pytest.fixture(scope="session")
def harbor_seen(harbor_book: Path) -> Any:
    """It as a program sees it that calculates nothing."""
    import openpyxl

    return openpyxl.load_workbook(harbor_book, data_only=True)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "needs_program(*names): leave the test out, and say so at the end, where one of these programs is missing; "
        "with BRAID_TEST_ALL=1 the test fails instead.",
    )
    config.addinivalue_line("markers", "alike: another case of a file of cases, of which other Pythons try the first.")


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in item.iter_markers("needs_program"):
        for name in marker.args:
            find_program(name)


@pytest.fixture(scope="session")
def program() -> Callable[[str], str]:
    """`program("soffice")` is where that program is; where it is missing the test is left out, as by the marker."""
    return find_program


def find_program(name: str) -> str:
    for candidate in NAMES.get(name, (name,)):
        if path := shutil.which(candidate):
            return path
    if os.environ.get("BRAID_TEST_ALL") == "1":
        pytest.fail(f"the program {name} is missing, and BRAID_TEST_ALL=1 leaves no test out", pytrace=False)
    pytest.skip(LEFT_OUT + name)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    tests_by_program: dict[str, set[str]] = {}
    for name, test in _left_out(terminalreporter.stats.get("skipped", [])):
        tests_by_program.setdefault(name, set()).add(test)
    if tests_by_program:
        terminalreporter.section(LEFT_OUT.rstrip(": "))
    for name, tests in sorted(tests_by_program.items()):
        terminalreporter.line(f"{LEFT_OUT}{name}")
        for test in sorted(tests):
            terminalreporter.line(f"    {test}")


def _left_out(reports: list[pytest.TestReport]) -> Iterator[tuple[str, str]]:
    for report in reports:
        reason = report.longrepr[-1] if isinstance(report.longrepr, tuple | list) else str(report.longrepr)
        if LEFT_OUT in reason:
            yield reason.split(LEFT_OUT)[1], report.nodeid
