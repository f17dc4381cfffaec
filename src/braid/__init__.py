"""braid plans braided funding for overdose prevention: which pot pays which cost line in which year, and why.

>>> import braid
>>> braid.catalogue().program("cossap").name[:13]
'Comprehensive'
"""

from __future__ import annotations

from braid.basics.errors import BraidError, CheckFailed, Fault, InputError, OutputError, SolverError
from braid.law.catalogue import catalogue
from braid.reading import read

__version__ = "0.1.0"
