"""Consolidate the progress workbooks of a province's units (see README.md)."""

__version__ = "0.1.0"
