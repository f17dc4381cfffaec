"""Small words that sentences share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def listed(names: Iterable[str], most: int = 99) -> str:
    """Names as people list them, the first few and how many more where there are many.

    >>> listed(["jag"]), listed(["cossup", "jag", "sor"]), listed(["a", "b", "c", "d"], 2)
    ('jag', 'cossup, jag and sor', 'a, b and 2 more')
    """
    every = list(names)
    shown = [*every[:most], *([f"{len(every) - most} more"] if len(every) > most else [])]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def codes_told(codes: Mapping[str, str]) -> str:
    """Codes for the ledger as people read them; nothing where there are none.

    >>> codes_told({"fund": "2510", "dept": "0040"}), codes_told({})
    ('fund 2510; dept 0040', '')
    """
    return "; ".join(f"{name} {code}" for name, code in codes.items())
