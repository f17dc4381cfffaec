"""The house rules: the rooms, the size of things, what the source never does, and what the files never say."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

import braid

ROOT = Path(__file__).resolve().parents[1]
SOURCE = sorted((ROOT / "src").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
FUNCTION_LINES = 60
FILE_LINES = 400

Function = ast.FunctionDef | ast.AsyncFunctionDef


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def place(path: Path, node: ast.stmt | ast.expr) -> str:
    return f"{path.relative_to(ROOT)}:{node.lineno}"


def repository_files() -> Iterator[tuple[Path, str]]:
    """Every text file that is, or is about to be, in the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if listed.returncode == 0:
        paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:  # an unpacked sdist
        paths = [*ROOT.glob("*"), *(path for room in ("src", "data", "tests") for path in (ROOT / room).rglob("*"))]
    for path in paths:
        if path.is_file() and (data := path.read_bytes()) and b"\0" not in data:
            yield path, data.decode("utf-8", errors="replace")


def found(pattern: str, flags: int = 0) -> list[str]:
    """Where in the repository the pattern stands, as `file:line`."""
    wanted = re.compile(pattern, flags)
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path, text in repository_files()
        for number, line in enumerate(text.splitlines(), 1)
        if wanted.search(line)
    ]


# ------------------------------------------------------------------ the rooms


def test_imports_go_downward(capsys: pytest.CaptureFixture[str]) -> None:
    """Every contract between the rooms, as pyproject.toml states them, is kept."""
    status = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True, no_logo=True)
    assert status == 0, capsys.readouterr().out


def test_source_imports_what_braid_depends_on() -> None:
    """What the source imports is in the standard library, in the dependencies, or in an extra for users."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = [*project["dependencies"], *project["optional-dependencies"]["plot"]]
    names = {re.split(r"[^\w.-]", need, maxsplit=1)[0].lower() for need in declared}
    imported = {"pyyaml": "yaml", "python-docx": "docx"}
    allowed = {imported.get(name, name) for name in names} | {"braid"} | sys.stdlib_module_names
    assert [
        f"{place(path, node)} imports {module}"
        for path in SOURCE
        for node in ast.walk(tree(path))
        for module in _imported(node)
        if module.partition(".")[0] not in allowed
    ] == []


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [node.module]
    return []


def test_no_module_is_named_for_nothing() -> None:
    """A module is named for what it holds; `utils` would hold anything."""
    vague = {"common", "helper", "helpers", "misc", "util", "utils"}
    assert [str(path.relative_to(ROOT)) for path in SOURCE if {path.stem, path.parent.name} & vague] == []


def test_no_module_bears_the_name_of_a_public_function() -> None:
    """`braid.plan` is a function, so there is no `plan.py` beside it."""
    modules = {path.stem for path in (ROOT / "src" / "braid").iterdir() if path.stem not in ("__init__", "__main__")}
    functions = {name for name in braid.__all__ if callable(getattr(braid, name))}
    assert modules & functions == set()


# -------------------------------------------------------------- size and manner


def test_functions_are_short() -> None:
    """No function of the source is longer than 60 lines."""
    assert [
        f"{place(path, node)} {node.name}"
        for path in SOURCE
        for node in ast.walk(tree(path))
        if isinstance(node, Function) and (node.end_lineno or node.lineno) - node.lineno + 1 > FUNCTION_LINES
    ] == []


def test_files_are_short() -> None:
    """No file of Python, test or source, has more than 400 lines."""
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCE + TESTS}
    assert {str(path.relative_to(ROOT)): length for path, length in lengths.items() if length > FILE_LINES} == {}


def test_public_names_are_documented() -> None:
    """Every module, and every public class, function and method in it, says what it is."""
    assert [
        f"{path.relative_to(ROOT)} {name}"
        for path in SOURCE
        for name, node in _public(tree(path))
        if not ast.get_docstring(node)
    ] == []


def _public(module: ast.Module) -> Iterator[tuple[str, ast.Module | ast.ClassDef | Function]]:
    yield "(the module)", module
    for node in module.body:
        if isinstance(node, ast.ClassDef | Function) and not node.name.startswith("_"):
            yield node.name, node
            if isinstance(node, ast.ClassDef):
                yield from _public_methods(node)


def _public_methods(owner: ast.ClassDef) -> Iterator[tuple[str, Function]]:
    for node in owner.body:
        if isinstance(node, Function) and not node.name.startswith("_"):
            yield f"{owner.name}.{node.name}", node


FORBIDDEN = {
    "eval": "a rule is data",
    "exec": "a rule is data",
    "pickle": "a file is not code",
    "marshal": "a file is not code",
    "yaml.load": "YAML is read by nodes, with marks",
    "yaml.safe_load": "YAML is read by nodes, with marks",
    "yaml.full_load": "YAML is read by nodes, with marks",
    "yaml.unsafe_load": "YAML is read by nodes, with marks",
    "shell=True": "a name in a proposal is not a command",
}


def test_source_never_runs_what_it_reads() -> None:
    """No eval, no exec, no pickle, no quick YAML, no shell."""
    assert [
        f"{place(path, node)} {word}: {FORBIDDEN[word]}"
        for path in SOURCE
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Import | ast.ImportFrom | ast.Call)
        for word in _words(node)
        if word in FORBIDDEN
    ] == []


def _words(node: ast.Import | ast.ImportFrom | ast.Call) -> list[str]:
    """What this node imports or calls, in the words of FORBIDDEN."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
    shell = [f"{word.arg}={ast.unparse(word.value)}" for word in node.keywords if word.arg == "shell"]
    return [ast.unparse(node.func), *shell]


# ---------------------------------------------------------- what no file may say

HOSTS = "|".join(["py" + r"pi\.org", "python" + r"hosted\.org", "ana" + r"conda\.org", "npm" + r"js\.(org|com)"])
OPTIONS = "|".join(["(extra-)?index" + "-url", "find" + "-links", "trusted" + "-host"])


def test_no_registry_is_named() -> None:
    """Where packages come from is for the machine that installs them to say."""
    assert found(rf"{HOSTS}|--?({OPTIONS})\b|\b(PIP|UV)_[A-Z_]*(INDEX|LINKS)", re.IGNORECASE) == []


def test_no_path_of_one_machine() -> None:
    """No file mentions a folder that exists on one machine only."""
    assert found(r"(^|[^a-z0-9.])/(work|tmp|root|home|users|opt)/[a-z]|\b[a-z]:\\+users\\", re.IGNORECASE) == []


# ------------------------------------------------------- the tests of the tests

NEEDS = """
import pytest

@pytest.mark.needs_program("no-such-program")
def test_marked():
    pass

def test_asked(program):
    program("no-such-program")

def test_present(program):
    assert program("python-of-a-sort")
"""


@pytest.mark.parametrize("leave_nothing_out", [False, True])
def test_missing_program_is_named(tmp_path: Path, leave_nothing_out: bool) -> None:
    """A test left out for want of a program is named at the end; where nothing may be left out, it fails."""
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    (tmp_path / "test_needs.py").write_text(NEEDS, encoding="utf-8")
    there = tmp_path / "python-of-a-sort"
    there.touch(mode=0o755)
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("BRAID_", "PYTEST_"))}
    environment |= {"PATH": str(tmp_path)} | ({"BRAID_TEST_ALL": "1"} if leave_nothing_out else {})
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    if leave_nothing_out:
        assert done.returncode == 1
        assert "BRAID_TEST_ALL=1 leaves no test out" in done.stdout
        assert lines[-1].startswith("1 failed, 1 passed, 1 error")
    else:
        assert done.returncode == 0, done.stdout
        index = lines.index("left out for want of a program: no-such-program")
        assert [line.strip() for line in lines[index + 1 : index + 3]] == [
            "test_needs.py::test_asked",
            "test_needs.py::test_marked",
        ]
        assert lines[-1].startswith("1 passed, 2 skipped")
