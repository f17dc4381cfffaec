"""Pictures of a plan, made from the answer alone, and each in plain words for those who cannot see it.

They need matplotlib, which comes with the extra ``plot``; ``describe`` does without.
"""

from __future__ import annotations

from braid.figures.alluvial import awards_to_activities
from braid.figures.words import describe

__all__ = ["awards_to_activities", "describe"]
