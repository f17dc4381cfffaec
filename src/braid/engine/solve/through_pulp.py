"""The program as a named PuLP problem: to print, to export, and to run on any other solver that PuLP knows.

Columns and rows bear neutral names (``x17``, ``r42``): names of users collide and crash solvers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from warnings import catch_warnings, simplefilter

import numpy as np

from braid.basics.errors import SolverError, nearest
from braid.engine.goals import goals_of
from braid.engine.program import INFINITE, Arrays, Floats, Program, arrays_of
from braid.engine.solve.running import DIRECT, SETTINGS
from braid.engine.solve.terms import WIDER, Best, Deadline, InfeasibleError, OutOfTimeError, room, tighten

if TYPE_CHECKING:
    from pulp import LpProblem

MINIMUM_SLIP = 1e-6
"""What an in-process solver may be off by, in whole units."""
FILE_SLIP = 1e-2
"""What a solver that hands its answer over in a file of eight digits may be off by, in whole units."""


MIXED_SLIP = 1e-2
"""With choices as whole numbers to its own tolerance, a solver's values are this far off, in whole units."""
GAP = 1e-9
EXACT = {k: value for k, value in (SETTINGS | DIRECT).items() if k not in {"output_flag", "mip_rel_gap"}}
"""The settings under which HiGHS comes to the same through PuLP as in-process."""


def pulp_problem(program: Program) -> LpProblem:
    """The program as a PuLP problem that minimises the unmet need, priority 1 weighted far above 2, and so on.

    The maps back from neutral names to ours hang on the problem as ``braid_columns`` and ``braid_rows``. Amounts are
    in whole units; choices are whole columns.
    """
    arrays = arrays_of(program, scale=1.0)
    built = _Built("braid", arrays, whole=True)
    built.minimise(-one_weight(program))
    problem: Any = built.problem
    periods = program.case.proposal.periods
    cells = [f"{c.award} pays {c.line} in {periods[c.index]} ({c.days})" for c in program.cells]
    names = [*cells, *(choice.name for choice in program.choices), *(row.name for row in program.accounts)]
    problem.braid_columns = {f"x{c}": name for c, name in enumerate(names)}
    problem.braid_rows = {f"r{r}": row.name for r, row in enumerate([*program.bounding, *program.accounts])}
    return problem


def one_weight(program: Program) -> Floats:
    """One weighted sum of the fund goals, priorities a factor of ten apart, later goals far below."""
    goals = goals_of(program)
    total = np.zeros(program.decisions)
    factor = 1.0
    for goal in goals:
        largest = float(np.abs(goal.floats).max(initial=0.0)) or 1.0
        total += goal.floats * (factor if goal.priority is not None else factor * 1e-2 / largest)
        factor /= 10
    return total


class _Built:
    """Arrays as a PuLP problem, its variables and constraints at hand by number."""

    def __init__(self, name: str, arrays: Arrays, *, whole: bool) -> None:
        import pulp as library

        self.library, self.arrays = library, arrays
        self.problem: Any = library.LpProblem(name, library.LpMinimize)
        self.variables: list[Any] = []
        for c in range(len(arrays.column_upper)):
            sort = library.LpInteger if whole and arrays.whole[c] else library.LpContinuous
            low, high = float(arrays.column_lower[c]), float(arrays.column_upper[c])
            ends = {"lowBound": None if low == -INFINITE else low, "upBound": None if high == INFINITE else high}
            bounds: dict[str, Any] = {**ends, "cat": sort}
            self.variables.append(self.problem.add_variable(f"x{c}", **bounds))
        self.constraints: list[list[str]] = []

    def minimise(self, cost: Floats) -> None:
        """Set what is minimised, and with it the constraints: PuLP wants the objective first."""
        self.problem += self._sum((self.variables[c], float(w)) for c, w in enumerate(cost) if w)
        for r in range(len(self.arrays.row_lower)):
            self.constraints.append(self._constrain(r))

    def _sum(self, terms: Iterable[tuple[Any, float]]) -> Any:
        """A weighted sum, made in the one way that PuLP 3 and PuLP 4 share."""
        total = self.library.lpSum([])
        for variable, weight in terms:
            total.addterm(variable, weight)
        return total

    def _constrain(self, r: int) -> list[str]:
        """One row as one constraint, or two where it is bounded on both sides."""
        a = self.arrays
        entries = slice(a.start[r], a.start[r + 1])
        pairs = [
            (self.variables[c], v) for c, v in zip(a.index[entries].tolist(), a.value[entries].tolist(), strict=True)
        ]
        low, high = float(a.row_lower[r]), float(a.row_upper[r])
        if not pairs:
            return []
        if low == high:
            return [self._add(self._sum(pairs) == low, f"r{r}")]
        made: list[str] = []
        if high < INFINITE:
            made.append(self._add(self._sum(pairs) <= high, f"r{r}"))
        if low > -INFINITE:
            made.append(self._add(self._sum(pairs) >= low, f"r{r}_low" if made else f"r{r}"))
        return made

    def _add(self, constraint: Any, name: str) -> str:
        self.problem += constraint, name
        return name

    def at_least(self, weights: Floats, value: float, name: str) -> None:
        """One more row: a weighted sum is at least a value."""
        self._add(self._sum((self.variables[c], float(w)) for c, w in enumerate(weights) if w) >= value, name)

    def values(self) -> Floats:
        """The values of all columns, in the solver's unit."""
        return np.array([variable.varValue or 0.0 for variable in self.variables])

    def duals(self) -> tuple[Floats, Floats] | None:
        """Reduced costs of columns and duals of rows; None where the solver gives none."""
        found: Any = self.problem.constraints
        listed: Any = found() if callable(found) else found.values()
        by_name: dict[str, Any] = {each.name: each for each in listed}
        reduced: list[Any] = [variable.dj for variable in self.variables]
        prices: list[list[Any]] = [[by_name[name].pi for name in names] for names in self.constraints]
        if any(each is None for each in reduced) or any(each is None for row in prices for each in row):
            return None
        return np.array(reduced, dtype=np.float64), np.array([sum(row) for row in prices], dtype=np.float64)


class ThroughPulp:
    """Any solver that PuLP knows and finds on this machine."""

    def __init__(self, solver: str) -> None:
        self.solver = solver
        self.slip = MINIMUM_SLIP if solver.upper() == "HIGHS" else FILE_SLIP

    @property
    def name(self) -> str:
        """The solver, as provenance carries it."""
        from importlib.metadata import version as installed

        return f"{self.solver} through pulp {installed('pulp')}"

    def linear(self, arrays: Arrays, deadline: Deadline) -> PulpLinear:
        """A session on a program without choices, or with all of them fixed."""
        return PulpLinear(self, arrays, deadline)

    def mixed(self, arrays: Arrays, deadline: Deadline) -> PulpMixed:
        """A session on a program with choices."""
        return PulpMixed(self, arrays, deadline)

    def run(self, built: _Built, deadline: Deadline) -> bool:
        """Solve, and say whether the answer is proven best. Raises InfeasibleError, OutOfTimeError, SolverError."""
        if deadline.passed:
            raise OutOfTimeError
        library: Any = built.library
        settings: dict[str, Any] = {"msg": False, "timeLimit": max(1, round(deadline.left)), "gapRel": GAP}
        settings |= EXACT if self.slip == MINIMUM_SLIP else {}
        try:
            with catch_warnings():
                simplefilter("ignore", DeprecationWarning)  # of PuLP's own names for what it brings
                answer = built.problem.solve(library.getSolver(self.solver, **settings))
        except (library.PulpSolverError, OSError) as error:
            raise SolverError(f"the solver {self.solver} failed: {error}") from error
        status, proven, found = _outcome(built.problem, answer)
        if status == INFEASIBLE:
            raise InfeasibleError
        if not found:
            if deadline.left <= 1:
                raise OutOfTimeError
            raise SolverError(f"the solver {self.solver} did not find the best plan; its status is {status}")
        return proven


OPTIMAL, INFEASIBLE, FEASIBLE = 1, -1, 2
"""What PuLP 3 and PuLP 4 both call an optimum and an infeasible problem; and PuLP 3 a solution short of the best."""


def _outcome(problem: Any, answer: Any) -> tuple[int, bool, bool]:
    """The status, whether the optimum is proven, and whether there is a solution, as PuLP 3 or 4 says them."""
    if hasattr(answer, "has_solution"):
        status = int(answer.status.value)
        return status, status == OPTIMAL, bool(answer.has_solution)
    sure = problem.sol_status
    return int(answer), answer == OPTIMAL and sure == OPTIMAL, sure in {OPTIMAL, FEASIBLE}


class PulpLinear:
    """A linear program whose goals are optimised one after another, each held on its optimal face."""

    def __init__(self, solver: ThroughPulp, arrays: Arrays, deadline: Deadline) -> None:
        self.solver, self.deadline = solver, deadline
        self.arrays = arrays.copied()
        self._held: list[tuple[Floats, float]] = []
        self._last: tuple[_Built, Floats] | None = None

    def maximise(self, weights: Floats) -> Floats:
        """The values of all columns, in whole units, that make the weighted sum largest."""
        built = _Built("braid", self.arrays, whole=False)
        built.minimise(-weights)
        for number, (held, value) in enumerate(self._held):
            built.at_least(held, value, f"h{number}")
        self.solver.run(built, self.deadline)
        self._last = (built, weights)
        return built.values() * self.arrays.scale

    def hold(self) -> None:
        """Keep to the optimal face; by a row where the solver tells no duals."""
        if self._last is None:
            raise SolverError("a goal is held after it was optimised")
        built, weights = self._last
        values, duals, a = built.values(), built.duals(), self.arrays
        if duals is None:
            value = float(weights @ values[: len(weights)])
            self._held.append((weights, value - room(value)))
            return
        tighten(a.column_lower, a.column_upper, values, duals[0])
        tighten(a.row_lower, a.row_upper, a.activity(values), duals[1])

    def reduced(self) -> Floats | None:
        """The reduced costs of the goal just optimised; None where the solver tells none."""
        duals = self._last[0].duals() if self._last is not None else None
        return None if duals is None else duals[0]

    def bound(self, column: int, lower: float, upper: float) -> None:
        """Bound a column anew, in the solver's unit."""
        self.arrays.column_lower[column], self.arrays.column_upper[column] = lower, upper

    def at_least(self, row: int, lower: float) -> None:
        """Hold a row at this value or above, in the solver's unit."""
        self.arrays.row_lower[row] = lower

    def settled(self) -> bool:
        """Never known for sure: a solver behind PuLP does not tell its basis."""
        return False

    def face(self) -> Arrays:
        """The program as it is bounded by now."""
        return self.arrays.copied()

    def narrow(self, lower: Floats, upper: Floats) -> None:
        """Bound the columns more tightly, and widen the rows by what a solver cannot tell apart."""
        a = self.arrays
        bounds = {"column_lower": lower, "column_upper": upper}
        self.arrays = replace(a, row_lower=a.row_lower - WIDER, row_upper=a.row_upper + WIDER, **bounds)


class PulpMixed:
    """The same with its choices as whole numbers; former goals are held by rows."""

    def __init__(self, solver: ThroughPulp, arrays: Arrays, deadline: Deadline) -> None:
        self.solver, self.arrays, self.deadline = solver, arrays, deadline
        self._held: list[tuple[Floats, float]] = []

    def maximise(self, weights: Floats, above: tuple[Floats, float] | None = None) -> Best:
        """The best values of all columns, in whole units; with another sum above a value, this once."""
        built = _Built("braid", self.arrays, whole=True)
        built.minimise(-weights)
        besides = () if above is None else (self._least(*above),)
        for number, (held, value) in enumerate((*self._held, *besides)):
            built.at_least(held, value, f"h{number}")
        proven = self.solver.run(built, self.deadline)
        values = built.values() * self.arrays.scale
        values[self.arrays.whole == 1] = np.round(values[self.arrays.whole == 1])
        reached = float(weights @ values[: len(weights)])
        return Best(values, reached if proven else INFINITE, proven)

    def hold(self, weights: Floats, value: float) -> None:
        """Keep a goal at this value, in whole units, but for what the solver cannot tell apart."""
        self._held.append(self._least(weights, value))

    def _least(self, weights: Floats, value: float) -> tuple[Floats, float]:
        unit = float(self.arrays.scale[: len(weights)][weights != 0].max(initial=1.0))
        slip = 0.0 if self.solver.slip == MINIMUM_SLIP else MIXED_SLIP / unit
        return weights, value / unit - max(room(value / unit), slip)


def solver_named(name: str) -> ThroughPulp | None:
    """The solver behind ``cbc`` or ``pulp:NAME``; None for ``highs``, which runs in-process.

    Raises SolverError where PuLP does not know it, or does not find it on this machine.
    """
    if name == "highs":
        return None
    import pulp as library

    known: list[str] = library.listSolvers()
    asked = name.removeprefix("pulp:")
    if name == "cbc":
        candidates = ["PULP_CBC_CMD", "COIN_CMD"]
    elif name.startswith("pulp:"):
        candidates = [each for each in known if each.upper().removesuffix("_CMD") == asked.upper().removesuffix("_CMD")]
    else:
        candidates = []
    if name != "cbc" and not candidates:
        raise SolverError(f"«{name}» is no solver; say highs, cbc or pulp:NAME{nearest(asked, known)}")
    here: list[str] = library.listSolvers(onlyAvailable=True)
    for candidate in candidates:
        if candidate in here:
            return ThroughPulp(candidate)
    found = ", ".join(sorted(here)) or "none"
    raise SolverError(f"the solver {asked} is not found on this machine; through PuLP there is: {found}")
