"""The data that ships with braid, found from a wheel, a zipped wheel, an sdist and an editable install alike."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from braid.basics.errors import Fault, InputError


def shipped(*names: str) -> Traversable:
    """A data file or folder by its name below ``data/``.

    An editable install has a copy of the data that goes stale beside the one in the repository, so the
    repository's own folder is looked at first where there is one. Raises InputError where neither is found.

    >>> shipped("funding_sources.yaml").is_file()
    True
    """
    root = Path(__file__).resolve().parents[3]
    places: list[Traversable] = [files("braid") / "_data"]
    if (root / "pyproject.toml").is_file() and (root / "src" / "braid").is_dir():
        places.insert(0, root / "data")
    for place in places:
        found = place.joinpath(*names)
        if found.is_file() or found.is_dir():
            return found
    raise InputError([Fault("/".join(names), 0, 0, "", "is missing from this installation of braid; install it again")])


def shipped_text(*names: str) -> str:
    """The text of a data file that ships with braid."""
    return shipped(*names).read_text(encoding="utf-8")
