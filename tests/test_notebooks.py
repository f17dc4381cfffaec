"""The notebooks: each runs from top to bottom on a clean kernel, and is kept without what running it leaves behind."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
SECONDS = 180

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def stored(path: Path) -> Any:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    return notebook


def outputs(notebook: Any) -> list[Any]:
    return [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]


def test_there_is_a_notebook() -> None:
    """The tests below do not pass for want of notebooks."""
    assert NOTEBOOKS


@each_notebook
def test_a_notebook_is_kept_clean(path: Path) -> None:
    """No outputs, no execution counts, no metadata but the plain Python kernel: a diff shows only what was written."""
    notebook = stored(path)
    assert notebook.metadata == {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    assert outputs(notebook) == []
    assert [cell.id for cell in notebook.cells if cell.get("execution_count") is not None or cell.metadata] == []


@each_notebook
def test_a_notebook_runs(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every cell runs without an error or a warning, and shows something, in a folder that holds nothing else."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    copy = Path(shutil.copy(path, tmp_path))
    notebook = stored(copy)
    place = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, timeout=SECONDS, kernel_name="python3", resources=place).execute()
    assert [output for output in outputs(notebook) if output.get("name") == "stderr"] == []
    assert [cell.id for cell in notebook.cells if cell.cell_type == "code" and not cell.outputs] == []
