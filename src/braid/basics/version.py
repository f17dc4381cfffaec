"""The version of braid, as plans and workbooks carry it."""

__version__ = "0.1.0"
