"""The worker's part of people and what they do together. One file per noun; all are imported, so they are found."""

from deputies.tasks import activities, board, duty, plan, reminding, seats

__all__ = ["activities", "board", "duty", "plan", "reminding", "seats"]
