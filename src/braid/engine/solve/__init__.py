"""The one room that knows solvers: HiGHS in-process, and the same program through PuLP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from braid.engine.solve.highs import Highs, Session
from braid.engine.solve.ruling_out import RulingOut
from braid.engine.solve.running import maximise_whole
from braid.engine.solve.terms import (
    FACE,
    Best,
    Deadline,
    InfeasibleError,
    Linear,
    Mixed,
    OutOfTimeError,
    Small,
    SmallRows,
    Solver,
    room,
)
from braid.engine.solve.through_pulp import one_weight, pulp_problem, solver_named

if TYPE_CHECKING:
    from pulp import LpProblem as LpProblem

__all__ = [
    "FACE",
    "Best",
    "Deadline",
    "Highs",
    "InfeasibleError",
    "Linear",
    "Mixed",
    "OutOfTimeError",
    "RulingOut",
    "Session",
    "Small",
    "SmallRows",
    "Solver",
    "maximise_whole",
    "one_weight",
    "pulp_problem",
    "room",
    "solver_named",
]
