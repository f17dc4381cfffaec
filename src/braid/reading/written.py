"""A proposal as it could have been written: nested text, for YAML and for the sheets of a workbook."""

from __future__ import annotations

from typing import Any, cast

import yaml

from braid.proposal import Proposal

WIDE = 110
HEAD = """\
# A proposal for braid, written out from {source}. Comments do not travel between YAML and workbooks.
#
#   braid check {name}                   finds every fault, each at its line
#   braid plan {name} -o plan.xlsx       plans it and writes the workbook

"""


def written(proposal: Proposal, *, defaults: bool = True) -> dict[str, Any]:
    """The proposal as nested dicts, lists and text that read back as the same; what was left out stays out.

    Without ``defaults`` what says no more than its absence stays out too, so that it does not matter how it was read.

    >>> from braid.files.shipped import shipped
    >>> from braid.reading import read
    >>> written(read(str(shipped("examples", "wake_county_fy2025.yaml"))))["calendar"]
    {'fiscal_year_starts': '07-01', 'first': 'FY2025', 'last': 'FY2025'}
    """
    whole = _texts(
        proposal.model_dump(
            mode="json", by_alias=True, exclude_none=True, exclude_unset=defaults, exclude_defaults=not defaults
        )
    )
    return {key: value for key, value in whole.items() if value != []}


def _texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _texts(each) for key, each in cast(dict[Any, Any], value).items()}
    if isinstance(value, list):
        return [_texts(each) for each in cast(list[Any], value)]
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def yaml_text(tree: Any, wide: float = WIDE) -> str:
    """Nested text as YAML, every value as text that the strict reader gives back unchanged."""
    return yaml.safe_dump(tree, allow_unicode=True, sort_keys=False, default_flow_style=None, width=wide)


def proposal_yaml(proposal: Proposal, name: str, source: str) -> str:
    """The text of a YAML file of this name that reads as the same proposal; ``source`` is the file it came from."""
    return HEAD.format(name=name, source=source) + yaml_text(written(proposal))
