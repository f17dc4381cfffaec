"""What people install: the wheel, the sdist, the editable install, and the wheel left zipped."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

import braid

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
SOURCE = ["src", "data", "pyproject.toml", "README.md", "LICENSE"]
LIST_PROGRAMS = "import braid; print(braid.__file__); print(*(p.name for p in braid.catalogue().programs), sep='\\n')"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist of this tree, and the wheel made from that sdist."""
    folder = tmp_path_factory.mktemp("built")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture
def wheel(built: Path) -> Path:
    return next(built.glob("*.whl"))


def data_files() -> set[str]:
    return {path.relative_to(ROOT / "data").as_posix() for path in (ROOT / "data").rglob("*") if path.is_file()}


def list_programs(first_on_the_path: Path, folder: Path) -> tuple[Path, list[str]]:
    """Where braid was imported from, and the names of its programs, in a process of its own."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("BRAID_")}
    environment |= {"PYTHONPATH": str(first_on_the_path), "PYTHONUTF8": "1"}
    command = [sys.executable, "-c", LIST_PROGRAMS]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, cwd=folder, env=environment)
    assert done.returncode == 0, done.stderr
    place, *names = done.stdout.splitlines()
    return Path(place), names


def test_wheel_carries_the_data(wheel: Path) -> None:
    """Every file under data/ is in the wheel, at braid/_data, and nothing else is there."""
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    carried = {name.removeprefix("braid/_data/") for name in names if name.startswith("braid/_data/")}
    assert carried == data_files()
    assert {"funding_sources.yaml", "activities.yaml"} <= carried
    assert any(name.startswith("examples/") for name in carried)
    assert "braid/py.typed" in names


def test_wheel_holds_braid_and_nothing_else(wheel: Path) -> None:
    """Installing braid adds one package to an environment."""
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.split("/")[0] for name in archive.namelist()}
    assert tops == {"braid", f"braid_funding-{PROJECT['version']}.dist-info"}


def test_sdist_can_be_built_and_tested(built: Path) -> None:
    """The sdist carries the source, the data and the tests."""
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"LICENSE", "constraints.txt", "pyproject.toml", "src/braid/__init__.py", "tests/conftest.py"} <= names
    assert {f"data/{name}" for name in data_files()} <= names
    assert not any(name.startswith((".venv", ".git/")) or "__pycache__" in name for name in names)


def test_zipped_wheel_finds_its_catalogue(wheel: Path, tmp_path: Path) -> None:
    """Without being installed, the wheel as a zip file reads the data inside it."""
    place, names = list_programs(wheel, tmp_path)
    assert wheel in place.parents
    assert names == [program.name for program in braid.catalogue().programs]


def test_repository_is_read_where_it_is(tmp_path: Path) -> None:
    """Run from a checkout, braid reads the data/ beside it, so that an edit is seen at once."""
    for name in SOURCE:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    catalogue = tmp_path / "data" / "funding_sources.yaml"
    head, programs, rest = catalogue.read_text(encoding="utf-8").partition("\nprograms:")
    edited = re.sub(r"(?m)^( +name:).*$", r"\1 Edited here", rest, count=1)
    catalogue.write_text(head + programs + edited, encoding="utf-8")
    place, names = list_programs(tmp_path / "src", tmp_path)
    assert tmp_path in place.parents
    assert "Edited here" in names


def test_version_is_said_once() -> None:
    """The version in Python, of the installed package and in pyproject.toml are the same."""
    assert braid.__version__ == importlib.metadata.version("braid-funding") == PROJECT["version"]


def test_changelog_knows_this_version() -> None:
    """Each version has its heading, and says whose numbers move."""
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    releases = changelog.split("\n## ")[1:]
    assert any(release.startswith(f"[{PROJECT['version']}]") for release in releases)
    assert all("### Whose numbers move" in release for release in releases)


def test_constraints_are_names_and_versions() -> None:
    """constraints.txt holds names and versions, for everything that braid and its extras ask for."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert [line for line in pins if not re.fullmatch(r"[\w.-]+==[\w.]+( ; [\w\s.<>='\"]+)?", line)] == []
    pinned = {_canonical(line) for line in pins}
    extras = PROJECT["optional-dependencies"].values()
    asked = {_canonical(need) for group in (PROJECT["dependencies"], *extras) for need in group}
    assert asked <= pinned


def _canonical(requirement: str) -> str:
    name = re.split(r"[^\w.-]", requirement, maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()
