"""The staff admin of this app, one file per noun."""

from deputies.admin import people

__all__ = ["people"]
