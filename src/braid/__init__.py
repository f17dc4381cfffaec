"""braid plans braided funding for overdose prevention: which pot pays which cost line in which year, and why.

>>> import braid
>>> braid.catalogue().program("cossap").id
'cossup'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from braid.basics.version import __version__

if TYPE_CHECKING:
    from braid import figures as figures
    from braid.answer.comparison import Comparison
    from braid.answer.eligibility import Eligibility
    from braid.answer.plan import Plan
    from braid.basics.errors import BraidError, CheckFailed, Fault, Finding, InputError, OutputError, SolverError
    from braid.compare import what_moved
    from braid.futures.seeking import seek
    from braid.law.catalogue import Catalogue
    from braid.law.overlay import catalogue
    from braid.planner import eligibility, other_plans, plan, problem
    from braid.proposal import Proposal
    from braid.reading import read
    from braid.workbook import write_narrative, write_workbook

_HOME = {
    "BraidError": "braid.basics.errors",
    "Catalogue": "braid.law.catalogue",
    "CheckFailed": "braid.basics.errors",
    "Comparison": "braid.answer.comparison",
    "Eligibility": "braid.answer.eligibility",
    "Fault": "braid.basics.errors",
    "Finding": "braid.basics.errors",
    "InputError": "braid.basics.errors",
    "OutputError": "braid.basics.errors",
    "Plan": "braid.answer.plan",
    "Proposal": "braid.proposal",
    "SolverError": "braid.basics.errors",
    "catalogue": "braid.law.overlay",
    "eligibility": "braid.planner",
    "other_plans": "braid.planner",
    "plan": "braid.planner",
    "problem": "braid.planner",
    "read": "braid.reading",
    "seek": "braid.futures.seeking",
    "what_moved": "braid.compare",
    "write_narrative": "braid.workbook",
    "write_workbook": "braid.workbook",
}


def __getattr__(name: str) -> Any:
    """Public names are loaded on first use: the shell's help must not wait for pandas and a solver."""
    if name == "figures":
        return import_module("braid.figures")
    if name not in _HOME:
        raise AttributeError(f"module 'braid' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*_HOME, "__version__", "figures"])


__all__ = [
    "BraidError",
    "Catalogue",
    "CheckFailed",
    "Comparison",
    "Eligibility",
    "Fault",
    "Finding",
    "InputError",
    "OutputError",
    "Plan",
    "Proposal",
    "SolverError",
    "__version__",
    "catalogue",
    "eligibility",
    "other_plans",
    "plan",
    "problem",
    "read",
    "seek",
    "what_moved",
    "write_narrative",
    "write_workbook",
]
