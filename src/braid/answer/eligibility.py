"""Who may pay what: every determination of a proposal, as a matrix and one by one."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import TYPE_CHECKING

from braid.basics.errors import Fault, InputError, nearest
from braid.basics.table import text_table
from braid.judge.case import Case
from braid.judge.determinations import Determination

if TYPE_CHECKING:
    import pandas as pd

MARK = {"allowable": "yes", "prior-approval": "approval", "unallowable": "no"}


class Eligibility:
    """The determinations of a proposal: lines down, awards across. ``eligibility.why(line, award)`` gives one."""

    def __init__(self, case: Case) -> None:
        self._case = case

    @property
    def determinations(self) -> Mapping[tuple[str, str], Determination]:
        """Every determination, by (award, line)."""
        return self._case.determinations

    @property
    def awards(self) -> tuple[str, ...]:
        """The award ids, sorted."""
        return tuple(self._case.terms)

    @property
    def lines(self) -> tuple[str, ...]:
        """The full line ids, sorted."""
        return tuple(cost.id for cost in self._case.proposal.costs)

    def why(self, line: str, award: str) -> Determination:
        """The determination for one line and one award. Raises InputError with the nearest known name."""
        for name, known, noun in ((line, self.lines, "line"), (award, self.awards, "award")):
            if name not in known:
                raise InputError([Fault(name, 0, 0, "", f"is no {noun} of this proposal{nearest(name, known)}")])
        return self._case.determinations[award, line]

    def mark(self, line: str, award: str) -> str:
        """yes, part (only on some of its days), approval, no, or dates (allowable, but no day falls within)."""
        found = self._case.determinations[award, line]
        if found.status == "allowable" and not found.payable:
            return "dates"
        if found.payable:
            cost = self._case.proposal.cost(line)
            days = cost.days.meet(self._case.proposal.fiscal.days).days
            return "yes" if sum(piece.days for piece in found.payable) >= days else "part"
        return MARK[found.status]

    def to_frame(self) -> pd.DataFrame:
        """One row per line and award: status, payable days, reason, what would change it, rules, citations."""
        import pandas as pd

        rows = [
            {
                "line": found.line,
                "award": found.award,
                "status": found.status,
                "payable": "; ".join(str(piece) for piece in found.payable),
                "reason": found.reason,
                "change": found.change,
                "rules": "; ".join(rule.name for rule in found.rules),
                "cite": "; ".join(found.cite),
            }
            for line in self.lines
            for found in (self._case.determinations[award, line] for award in self.awards)
        ]
        return pd.DataFrame(rows)

    def _matrix(self) -> list[list[str]]:
        return [
            ["line", *self.awards],
            *([line, *(self.mark(line, award) for award in self.awards)] for line in self.lines),
        ]

    def __repr__(self) -> str:
        return "\n".join(text_table(self._matrix(), [False] * (len(self.awards) + 1)))

    def _repr_html_(self) -> str:
        head, *body = [[html.escape(cell) for cell in row] for row in self._matrix()]
        heads = "".join(f'<th scope="col">{cell}</th>' for cell in head)
        rows = "".join(
            f'<tr><th scope="row">{row[0]}</th>' + "".join(f"<td>{cell}</td>" for cell in row[1:]) + "</tr>"
            for row in body
        )
        return f"<table><caption>Who may pay what</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
