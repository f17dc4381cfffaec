"""A plan as its file says it, read strictly: every fault of form and every word that leads nowhere, at its place.

JSON is YAML by form, so the strict reader of proposals gives every value its line and column, and its refusal of
keys given twice; what is a number and what is text is taken from JSON itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, cast, get_args

from braid.answer.rows import PlanFile, Totals
from braid.basics.errors import Fault, InputError, nearest
from braid.files import nodes
from braid.files.nodes import Document, Loc
from braid.judge.funds import installments_of
from braid.law.catalogue import Catalogue, shipped_vocabulary
from braid.law.fields import Frozen
from braid.proposal import Proposal
from braid.reading.from_yaml import from_document

CHARGES = ("allocations", "fringe", "indirect", "match")
PAID = (*CHARGES, "former")
"""Tables whose amounts are zero or more, in whole units."""
NAMED = (*PAID, "awards", "gaps")
"""Tables whose rows name awards, lines and periods of the proposal."""
ONCE = {
    "allocations": ("award", "installment", "line", "period", "from", "until"),
    "fringe": ("award", "line", "period"),
    "indirect": ("award", "installment", "period"),
    "former": ("award", "line", "period"),
}
"""What tells the rows of a table apart."""
FREE = ("proposal", "rules", "codes")
"""Parts whose values have forms of their own."""
_AMOUNT = re.compile(r"-?[0-9]{1,15}\.[0-9]{2}", re.ASCII)
_ESCAPE = re.compile(r"\\(?:u(?P<high>[dD][89abAB][0-9a-fA-F]{2})\\u(?P<low>[dD][c-fC-F][0-9a-fA-F]{2})|.)")
_JSON = {
    "Expecting value": "a value is expected",
    "Expecting ',' delimiter": "a comma, or the end of this list or mapping, is expected",
    "Expecting ':' delimiter": "a colon is expected after the key",
    "Expecting property name enclosed in double quotes": "a key in double quotes is expected",
    "Extra data": "the plan has ended, and more follows",
}


NUMBERS = {
    ("goals", "priority"),
    ("goals", "round"),
    ("conflict", "set"),
    ("shortfalls", "set"),
    ("repairs", "set"),
    ("expected", "priority"),
}
"""What is a bare number in a plan, besides its version: by table and key."""


@dataclass(frozen=True)
class Read:
    """A plan as it stands in a file: its content, and the proposal in it."""

    file: PlanFile
    proposal: Proposal


def read_plan(text: str, name: str, catalogue: Catalogue) -> Read:
    """The plan that the text holds; ``name`` stands for the file in faults. Raises InputError with every fault."""
    data = _json(text, name)
    try:
        written = nodes.parse(_ESCAPE.sub(_one_character, text), name)
    except InputError as error:
        told = [replace(fault, sentence=fault.sentence.replace("not YAML", "no plan")) for fault in error.faults]
        raise InputError(told) from None
    document = Document(name, data, written.marks, written.keys, written.faults)
    _is_plan(document)
    _bare(document, written)
    _amounts(document)
    file = document.validate(PlanFile, ())
    proposal = _proposal(document, written, catalogue)
    if proposal is not None:
        _refer(document, proposal)
    if file is None or proposal is None or document.faults:
        raise InputError(document.faults)
    return Read(file, proposal)


def _json(text: str, name: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        said = next((words for start, words in _JSON.items() if error.msg.startswith(start)), error.msg)
        sentence = f"is not JSON here: {said}"
        if not text.strip():
            raise InputError([Fault(name, 0, 0, "", "is empty")]) from None
        if error.pos >= len(text.rstrip()):
            sentence = "the file ends here, in the middle of the plan; it was cut short"
        elif error.msg.startswith("Unterminated string"):
            sentence = "the text that begins here has no end; was the file cut short?"
        raise InputError([Fault(name, error.lineno, error.colno, "", sentence)]) from None
    except RecursionError:
        raise InputError([Fault(name, 0, 0, "", f"is nested more than {nodes.MOST_DEPTH} deep")]) from None
    except ValueError:
        raise InputError([Fault(name, 0, 0, "", "holds a number of far too many digits")]) from None


def _one_character(found: re.Match[str]) -> str:
    """A character that JSON writes as two escapes, as itself; YAML knows no such pairs."""
    if found["high"] is None:
        return found[0]
    return chr(0x10000 + (int(found["high"], 16) - 0xD800) * 0x400 + int(found["low"], 16) - 0xDC00)


def _is_plan(document: Document) -> None:
    """Raise InputError at once for what is no plan, or is one of another version."""
    data = document.data
    expected = "a plan is expected, as `braid plan PROPOSAL -o plan.json` writes it"
    if not isinstance(data, dict):
        document.fault((), f"{'a list' if isinstance(data, list) else 'one value'} was found; {expected}")
    elif "answer" in data and "allocations" not in data:
        document.fault(("answer",), f"«{data['answer']}» is another answer of braid's; {expected}")
    elif not {"status", "allocations", "fingerprint"} & cast(dict[str, Any], data).keys():
        document.fault((), f"this is no plan; {expected}")
    elif "braid" in data and repr(cast(object, data["braid"])) != "1":
        document.fault(("braid",), f"«{data['braid']}» is no version of plans that this braid reads; 1 is expected")
    else:
        return
    document.raise_faults()


def _leaves(value: Any, loc: Loc) -> Iterator[tuple[Loc, Any]]:
    if isinstance(value, dict):
        for key, each in cast(dict[str, Any], value).items():
            if loc or key not in FREE:
                yield from _leaves(each, (*loc, key))
    elif isinstance(value, list):
        for number, each in enumerate(cast(list[Any], value)):
            yield from _leaves(each, (*loc, number))
    else:
        yield loc, value


def _bare(document: Document, written: Document) -> None:
    """Note every number and every true or false that should be text; it is taken as text from here on."""
    amounts = set(_amount_places(document))
    for loc, value in list(_leaves(document.data, ())):
        if isinstance(value, bool):
            if loc[-1] in {"binding", "with_expected"}:
                continue
            document.fault(loc, f"the bare word {written.at(loc)} was found; text in quotes is expected")
        elif isinstance(value, int | float):
            if loc == ("braid",) or ((loc[0], loc[-1]) in NUMBERS and isinstance(value, int)):
                continue
            expected = 'an amount is text with two decimals, as in "12345.00"' if loc in amounts else "text is expected"
            document.fault(loc, f"the bare number {written.at(loc)} was found; {expected}")
        else:
            continue
        document.at(loc[:-1])[loc[-1]] = "0.00" if loc in amounts else str(written.at(loc))


def _amounts(document: Document) -> None:
    """Note every amount that is not written as plans write it, and every charge that is not whole units."""
    whole = document.at(("unit",)) != "cent"
    for loc in _amount_places(document):
        text = document.at(loc)
        if not isinstance(text, str):
            continue
        if not _AMOUNT.fullmatch(text):
            document.fault(loc, f'«{text}» is no amount of a plan; write it with two decimals, as in "12345.00"')
        elif loc[0] in PAID and loc[-1] == "amount" and text.startswith("-"):
            document.fault(loc, f"«{text}» is negative; a plan charges zero or more")
        elif loc[0] in PAID and loc[-1] == "amount" and whole and not text.endswith(".00"):
            document.fault(loc, f"«{text}» is not in whole dollars, the unit of this plan")
        else:
            continue
        document.at(loc[:-1])[loc[-1]] = "0.00"


def _amount_places(document: Document) -> Iterator[Loc]:
    if document.at(("bound",)) is not None:
        yield ("bound",)
    for name in Totals.model_fields:
        yield "totals", name
    for table, field in PlanFile.model_fields.items():
        row = next(iter(get_args(field.annotation)), None)
        if isinstance(row, type) and issubclass(row, Frozen):
            names = [name for name, each in row.model_fields.items() if each.annotation is Decimal]
            for number, _ in _rows(document, table):
                yield from ((table, number, name) for name in names)


def _rows(document: Document, table: str) -> Iterator[tuple[int, dict[str, Any]]]:
    rows = document.at((table,))
    for number, row in enumerate(cast(list[Any], rows) if isinstance(rows, list) else ()):
        if isinstance(row, dict):
            yield number, cast(dict[str, Any], row)


def _proposal(document: Document, written: Document, catalogue: Catalogue) -> Proposal | None:
    """The proposal in the plan, judged as `braid check` judges one, with its faults at their places."""
    content = written.at(("proposal",))
    if not isinstance(content, dict):
        return None
    marks, keys = ({loc[1:]: at for loc, at in each.items() if loc[:1] == ("proposal",)} for each in _places(written))
    try:
        return from_document(Document(document.file, content, marks, keys), catalogue, shipped_vocabulary())
    except InputError as error:
        for fault in error.faults:
            path = f"proposal.{fault.path}" if fault.path else "proposal"
            document.faults.append(replace(fault, path=path))
        return None


def _places(document: Document) -> tuple[dict[Loc, nodes.Place], dict[Loc, nodes.Place]]:
    return document.marks, document.keys


def _refer(document: Document, proposal: Proposal) -> None:
    """Note awards, lines, periods and installments that the proposal does not have, and rows given twice."""
    awards = [award.id for award in proposal.awards]
    known = {
        "award": ("award", awards),
        "paid_by": ("award", awards),
        "line": ("line", [cost.id for cost in proposal.costs]),
        "period": ("period", [period.name for period in proposal.periods]),
    }
    if document.at(("unit",)) != proposal.unit:
        document.fault(("unit",), f"the amounts are in another unit than the proposal's, {proposal.unit}s")
    for table in NAMED:
        seen: dict[tuple[Any, ...], int] = {}
        for number, row in _rows(document, table):
            for key, (noun, names) in known.items():
                word = row.get(key)
                if isinstance(word, str) and word not in names:
                    sentence = f"«{word}» is no {noun} of this plan's proposal{nearest(word, names)}"
                    document.fault((table, number, key), sentence)
            _row_alone(document, (table, number), row, seen)
            _installment(document, (table, number), row, proposal)


def _row_alone(document: Document, loc: Loc, row: dict[str, Any], seen: dict[tuple[Any, ...], int]) -> None:
    """Note a row that says again what an earlier one said, or whose days run backward."""
    first, last = row.get("from"), row.get("until")
    if isinstance(first, str) and isinstance(last, str) and last < first:
        document.fault((*loc, "until"), f"the last day, {last}, comes before the first, {first}")
    names = ONCE.get(str(loc[0]))
    if names is None:
        return
    key = tuple(str(row.get(name)) for name in names)
    if key in seen:
        line, _ = document.mark((loc[0], seen[key]))
        document.fault(loc, f"this row is given twice; the first is on line {line}")
    seen.setdefault(key, cast(int, loc[1]))


def _installment(document: Document, loc: Loc, row: dict[str, Any], proposal: Proposal) -> None:
    word, award = row.get("installment"), row.get("award")
    if not isinstance(word, str) or award not in [each.id for each in proposal.awards]:
        return
    known = [str(part.number) for part in installments_of(proposal.award(award), proposal)]
    if word not in known:
        has = f"it has {', '.join(known)}"
        document.fault((*loc, "installment"), f"«{word}» is no installment of {award}; {has}")
