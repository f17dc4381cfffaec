"""Money that is only expected: what a plan leaves out, and each thing of it that might come."""

from __future__ import annotations

from dataclasses import dataclass

from braid.proposal import Award, Proposal
from braid.proposal.moneys import CarryOver, Extension


@dataclass(frozen=True)
class Hoped:
    """One thing that is only expected of an award: the award itself, a carry-over, an extension, an increment."""

    award: str
    what: str
    """In words, such as «the extension to 2028-06-30»."""
    kind: str


def settled(proposal: Proposal, hoped: frozenset[tuple[str, str]] | None = frozenset()) -> Proposal:
    """The proposal with the money that is certain, and of what is expected only what is named; None takes in all."""
    awards = tuple(
        _settled(award, hoped)
        for award in proposal.awards
        if award.status == "awarded" or hoped is None or (award.id, "award") in hoped
    )
    return proposal if awards == proposal.awards else proposal.model_copy(update={"awards": awards})


def hopes(proposal: Proposal) -> tuple[Hoped, ...]:
    """Everything that is only expected, by award."""
    found: list[Hoped] = []
    for award in sorted(proposal.awards, key=lambda award: award.id):
        if award.status == "expected":
            found.append(Hoped(award.id, "the award", "award"))
        if _asks_to_carry(award):
            found.append(Hoped(award.id, "the carry-over that was requested", "carry_over"))
        if award.extension is not None and award.extension.requested is not None:
            found.append(Hoped(award.id, f"the extension to {award.extension.requested}", "extension"))
        if sum(part.amount for part in award.released or ()) < (award.amount or 0) and award.released is not None:
            found.append(Hoped(award.id, "what is not yet released", "released"))
    return tuple(found)


def _asks_to_carry(award: Award) -> bool:
    carry = award.carry_over
    return carry == "requested" or (isinstance(carry, CarryOver) and carry.requested is not None)


def _settled(award: Award, hoped: frozenset[tuple[str, str]] | None) -> Award:
    """An award with what is certain of it, and of the rest what is hoped for."""

    def counts(kind: str) -> bool:
        return hoped is None or (award.id, kind) in hoped

    told: dict[str, object] = {}
    if award.status == "expected":
        told |= {"status": "awarded", "probability": None}
    if _asks_to_carry(award):
        share = award.carry_over.requested if isinstance(award.carry_over, CarryOver) else None
        granted = "approved" if share is None else CarryOver(approved=share)
        told["carry_over"] = granted if counts("carry_over") else "none"
    if award.extension is not None and award.extension.requested is not None:
        granted_to = Extension(approved=award.extension.requested)
        told["extension"] = granted_to if counts("extension") else None
    if award.released is not None and counts("released"):
        told["released"] = None
    return award.model_copy(update=told) if told else award
