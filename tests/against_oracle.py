"""Plans under catalogues of their own, held against the oracle."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from braid.basics.errors import BraidError
from braid.law.catalogue import read as read_catalogue
from braid.law.catalogue import shipped_vocabulary
from braid.planner import plan
from braid.reading import read_text
from oracle import oracle
from oracle.comparing import compare
from oracle.texts import as_yaml

Tree = dict[str, Any]


def disagreements(cases: Mapping[int, tuple[Tree, Tree]]) -> list[str]:
    """What braid and the oracle see otherwise of each proposal and its catalogue, by seed; a refusal among them."""
    proposals, laws = [tree for tree, _ in cases.values()], [law for _, law in cases.values()]
    answers = oracle.solve_many(proposals, catalogues=laws, seconds=10)
    wrong: list[str] = []
    for (seed, (proposal, law)), answer in zip(cases.items(), answers, strict=True):
        try:
            catalogue = read_catalogue(as_yaml(law), "catalogue.yaml", shipped_vocabulary())
            found = plan(read_text(as_yaml(proposal), catalogue=catalogue), catalogue=catalogue).to_json()
        except BraidError as error:  # one refusal is not to hide what is wrong with the others
            wrong.append(f"{seed}: {type(error).__name__} {error}")
            continue
        wrong += [f"{seed}: {fault}" for fault in compare(proposal, json.loads(found), answer, law)]
    return wrong
