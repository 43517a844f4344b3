"""The one exception whose text may be shown to people. Kept apart: the PDF child process imports it too."""


class Refusal(Exception):
    """A refusal in one Chinese sentence that says why and what to do next; safe to show as it is."""
