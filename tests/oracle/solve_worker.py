"""Solves a batch of integer programs, goal after goal, in a process of its own: JSON on stdin, JSON on stdout.

It stands apart because OR-tools and HiGHS cannot be imported in one process. Everything is an integer, so what
CP-SAT calls optimal is exactly so. A program: `upper` bounds of columns, of which the first `amounts` are money and
the others choices, `rows` (columns, coefficients, bound), `goals` (columns, coefficients), and, where whole charges
are to fit as well, `pays` and `charges`.
"""

from __future__ import annotations

import json
import sys
import time
from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING or __name__ == "__main__":  # never in the process of a test that only collects this file
    from ortools.linear_solver import pywraplp
    from ortools.sat.python import cp_model

LARGEST = 2**62
FIRST_SECONDS = 1.0
NEXT_SECONDS = 5.0
FINER = 5040

Row = tuple[list[int], list[int], int]  # columns, coefficients, bound from above


def solve(program: dict[str, Any], seconds: float) -> dict[str, Any]:
    """`conflict` (none: not decided), or for each goal its best value, whether that is proven, and the columns."""
    if program["charges"]:
        loose = solve({**program, "pays": [], "charges": []}, seconds)
        if loose["conflict"] is not False:
            return loose
        if (fits := fitting(program, loose["goals"], seconds)) is not None:
            return {**loose, "goals": [[best, proven, fits] for best, proven, _ in loose["goals"]]}
    status, amounts = any_plan(program, seconds)
    if amounts is not None:
        return {"conflict": False, "fractions": False, "goals": solve_goals(program, amounts, seconds)}
    in_fractions = status == cp_model.INFEASIBLE and any_plan(refined(program), seconds)[1] is not None
    return {"conflict": True if status == cp_model.INFEASIBLE else None, "fractions": in_fractions, "goals": []}


def refined(program: dict[str, Any]) -> dict[str, Any]:
    """The same rows, with amounts in fractions of a unit; what is chosen stays whole."""
    n = program["amounts"]
    rows = [
        (chosen, [f if c < n else FINER * f for c, f in zip(chosen, factors, strict=True)], FINER * bound)
        for chosen, factors, bound in program["rows"]
    ]
    upper = [FINER * u if c < n else u for c, u in enumerate(program["upper"])]
    return {"upper": upper, "rows": rows, "pays": [], "charges": []}


def any_plan(program: dict[str, Any], seconds: float) -> tuple[Any, list[int] | None]:
    """A plan that holds every row: nothing at all, unless a row asks for something."""
    nothing = [0] * len(program["upper"])
    if all(bound >= 0 for _, _, bound in program["rows"]):
        return cp_model.OPTIMAL, nothing
    status, _, amounts = search(program, program["rows"], ([], []), nothing, seconds, None)
    return status, amounts if status in (cp_model.OPTIMAL, cp_model.FEASIBLE) else None


def solve_goals(program: dict[str, Any], amounts: list[int], seconds: float) -> list[list[Any]]:
    """Each goal in turn, from a plan that holds every row; what it reaches is held while the next one is sought."""
    answers: list[list[Any]] = []
    held: list[Row] = [(*row,) for row in program["rows"]]
    for chosen, factors in program["goals"]:
        best, proven, amounts = solve_goal(program, held, (chosen, factors), amounts, seconds)
        answers.append([best, proven, amounts])
        held.append((chosen, [-factor for factor in factors], -best))
    return answers


def fitting(program: dict[str, Any], answers: list[list[Any]], seconds: float) -> list[int] | None:
    """A plan that reaches the same values and whose whole charges fit as well, if one is found."""
    held: list[Row] = [(*row,) for row in program["rows"]]
    for (chosen, factors), (best, _, _) in zip(program["goals"], answers, strict=True):
        held.append((chosen, [-factor for factor in factors], -best))
    status, _, amounts = search(program, held, ([], []), answers[-1][2], seconds, None)
    return amounts if status == cp_model.OPTIMAL else None


def solve_goal(
    program: dict[str, Any], held: list[Row], goal: tuple[list[int], list[int]], amounts: list[int], seconds: float
) -> tuple[int, bool, list[int]]:
    """Maximise one goal from a plan that holds the former ones: a plain search first, then for something better."""
    stop, seed = time.monotonic() + seconds, 1
    best = sum(factor * amounts[c] for c, factor in zip(*goal, strict=True))
    status, better, found = search(program, held, goal, amounts, min(FIRST_SECONDS, seconds), None)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        best, amounts = better, found
    elif status == cp_model.INFEASIBLE:
        raise SystemExit("a plan that holds the former goals was called infeasible")
    while status not in (cp_model.OPTIMAL, cp_model.INFEASIBLE) and (left := stop - time.monotonic()) > 0:
        seed += 1
        status, better, found = search(program, held, goal, amounts, min(left, NEXT_SECONDS), best + 1, seed)
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            best, amounts = better, found
    return best, status in (cp_model.OPTIMAL, cp_model.INFEASIBLE), amounts


def search(
    program: dict[str, Any],
    held: list[Row],
    goal: tuple[list[int], list[int]],
    amounts: list[int],
    seconds: float,
    least: int | None,
    seed: int = 1,
) -> tuple[Any, int, list[int]]:
    """One run of the solver, near `amounts`; with `least`, only for plans whose goal is at least that much.

    Then each row is also held as nearly tight as such a plan must hold it, which lets the solver see that, say,
    an award can be used up exactly only in multiples of something.
    """
    slacks: list[int | None] = [None] * len(held)
    if least is not None:
        slacks = slack_bounds(program["upper"], held, goal, least)
    model, columns = build(program, held, slacks)
    value = total(columns, *goal)
    if least is None:
        for column, amount in zip(columns, amounts, strict=True):
            model.add_hint(column, amount)
    else:
        model.add(value >= least)
    model.maximize(value)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return status, 0, []
    found = [solver.value(column) for column in columns]
    return status, sum(factor * found[c] for c, factor in zip(*goal, strict=True)), found


def build(program: dict[str, Any], held: list[Row], slacks: list[int | None]) -> tuple[cp_model.CpModel, list[Any]]:
    """The model: the rows, each with a bound on its slack where there is one, and the formulas of whole charges."""
    model = cp_model.CpModel()
    columns = [model.new_int_var(0, upper, f"x{i}") for i, upper in enumerate(program["upper"])]
    for (chosen, factors, bound), slack in zip(held, slacks, strict=True):
        check_size(program["upper"], chosen, factors)
        row = total(columns, chosen, factors)
        model.add(row <= bound)
        if slack is not None:
            model.add(row + model.new_int_var(0, slack, "") == bound)
    fringes = [add_fringe(model, columns, pay, f"f{i}") for i, pay in enumerate(program["pays"])]
    for i, charge in enumerate(program["charges"]):
        add_charge(model, columns, fringes, charge, f"c{i}")
    return model, columns


def slack_bounds(upper: list[int], rows: list[Row], goal: tuple[list[int], list[int]], least: int) -> list[int | None]:
    """How far each row can be from tight in a plan whose goal is at least `least`; none where nothing is known.

    For any prices y >= 0 of the rows, goal <= Σ y·bound - Σ y·slack + Σ upper·max(0, coefficient - price). The
    prices come from an LP in floats; the bound is then computed in fractions, so it is a proof whatever they are.
    """
    prices = [Fraction(max(0.0, y)).limit_denominator(10**9) for y in dual_prices(upper, rows, goal)]
    rest = [Fraction(0)] * len(upper)
    for c, factor in zip(*goal, strict=True):
        rest[c] += factor
    for (chosen, factors, _), y in zip(rows, prices, strict=True):
        for c, factor in zip(chosen, factors, strict=True):
            rest[c] -= y * factor
    most = sum(y * bound for (_, _, bound), y in zip(rows, prices, strict=True))
    most += sum(u * max(Fraction(0), r) for u, r in zip(upper, rest, strict=True))
    room = max(most - least, Fraction(0))
    return [int(room / y) if y and room / y < LARGEST // 8 else None for y in prices]


def dual_prices(upper: list[int], rows: list[Row], goal: tuple[list[int], list[int]]) -> list[float]:
    """The rows' prices in the linear relaxation."""
    solver = cast("Any", pywraplp.Solver).CreateSolver("GLOP")
    columns: list[Any] = [solver.NumVar(0, u, "") for u in upper]
    held: list[tuple[Any, int]] = []
    for chosen, factors, bound in rows:
        size = max(map(abs, factors), default=1)
        row: Any = solver.Constraint(-solver.infinity(), bound / size)
        for c, factor in zip(chosen, factors, strict=True):
            row.SetCoefficient(columns[c], factor / size)
        held.append((row, size))
    size = max(map(abs, goal[1]), default=1)
    for c, factor in zip(*goal, strict=True):
        solver.Objective().SetCoefficient(columns[c], factor / size)
    solver.Objective().SetMaximization()
    if solver.Solve() != pywraplp.Solver.OPTIMAL:
        return [0.0] * len(rows)
    return [row.dual_value() * size / of_row for row, of_row in held]


def total(columns: list[Any], chosen: list[int], factors: list[int]) -> Any:
    return cp_model.LinearExpr.weighted_sum([columns[c] for c in chosen], factors)


def check_size(upper: list[int], chosen: list[int], factors: list[int]) -> None:
    """No sum may leave the solver's integers."""
    if sum(abs(factor) * upper[c] for c, factor in zip(chosen, factors, strict=True)) >= LARGEST:
        raise SystemExit("the numbers are too large for the solver")


def floored(model: cp_model.CpModel, exact: Any, den: int, most: int, name: str) -> Any:
    """A column held at exact // den."""
    whole = model.new_int_var(0, most, name)
    model.add(den * whole <= exact)
    model.add(exact <= den * whole + den - 1)
    return whole


def add_fringe(model: cp_model.CpModel, columns: list[Any], pay: dict[str, Any], name: str) -> list[Any]:
    """The fringe each payer of a line is charged: rounded down, but the last payer of a met need takes the rest."""
    need, num, den = pay["need"], pay["num"], pay["den"]
    most = need * num // den
    paid = [sum(columns[c] for c in chosen) for chosen in pay["payers"]]
    lower = [floored(model, num * p, den, most, f"{name}_{i}") for i, p in enumerate(paid)]
    met = model.new_bool_var(f"{name}_met")
    model.add(sum(paid) >= need).only_enforce_if(met)
    model.add(sum(paid) <= need - 1).only_enforce_if(~met)
    charged = [model.new_int_var(0, most, f"{name}_{i}_charged") for i in range(len(paid))]
    later: list[Any] = []
    for i in reversed(range(len(paid))):
        pays = model.new_bool_var(f"{name}_{i}_pays")
        model.add(paid[i] >= 1).only_enforce_if(pays)
        model.add(paid[i] <= 0).only_enforce_if(~pays)
        last = model.new_bool_var(f"{name}_{i}_last")
        model.add_bool_and([met, pays, *(~other for other in later)]).only_enforce_if(last)
        model.add_bool_or([last, ~met, ~pays, *later])
        model.add(charged[i] == lower[i]).only_enforce_if(~last)
        model.add(charged[i] == most - sum(lower[:i]) - sum(lower[i + 1 :])).only_enforce_if(last)
        later.append(pays)
    return charged


def add_charge(
    model: cp_model.CpModel, columns: list[Any], fringes: list[list[Any]], charge: dict[str, Any], name: str
) -> None:
    """What an award is charged in whole units, on-costs by their formulas, is at most its money."""
    whole = [columns[c] for c in charge["direct"]] + [fringes[pay][k] for pay, k in charge["fringe"]]
    for i, (chosen, factors, den) in enumerate(charge["indirect"]):
        whole.append(floored(model, total(columns, chosen, factors), den, charge["bound"], f"{name}_{i}"))
    model.add(sum(whole) <= charge["bound"])


def main() -> None:
    batch = json.load(sys.stdin)
    json.dump([solve(program, batch["seconds"]) for program in batch["programs"]], sys.stdout)


if __name__ == "__main__":
    main()
