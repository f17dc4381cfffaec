"""Text as a person sees it: in one normal form, and without characters that a reader cannot tell or cannot see."""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = {"Cf", "Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
_WORD = re.compile(r"[^\W\d_]+")


def cleaned(text: str) -> str:
    """The text in one normal form, trimmed, every kind of space a plain one."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
        text = "".join(" " if unicodedata.category(c) == "Zs" else c for c in text)
    return text.strip()


def unseen(text: str) -> str:
    """What in a text a reader cannot see: an invisible character, or Cyrillic letters among Latin ones."""
    if text.isascii() and text.isprintable():
        return ""
    bad = next((c for c in text if c not in "\n\t" and unicodedata.category(c) in _INVISIBLE), None)
    if bad is not None:
        return f"holds an invisible character (U+{ord(bad):04X}); delete it"
    for word in _WORD.findall(text):
        if {"LATIN", "CYRILLIC"} <= {unicodedata.name(c, "").partition(" ")[0] for c in word}:
            return f"«{word}» mixes Latin letters with Cyrillic ones that look like them; type the word again"
    return ""
