"""The staff admin of this app, one file per noun."""

from deputies.admin import activities, duty, people, plan, reports

__all__ = ["activities", "duty", "people", "plan", "reports"]
