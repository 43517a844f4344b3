"""Tracking codes: what a resident keeps to ask how things stand, 11 random characters (50.4 bits) and a check one.

How codes are made and kept is in ``common.codes``.
"""

from congress_portal.common.codes import (
    ALPHABET,
    CodeKind,
    check_character,
    form_digest,
    is_form_key,
    new_form_key,
    normalise,
)

RANDOM_LENGTH = 11
CODE_LENGTH = RANDOM_LENGTH + 1
_TRACKING = CodeKind("tracking", random_length=RANDOM_LENGTH, group=4)

new_submission_key = new_form_key
is_submission_key = is_form_key
submission_digest = form_digest
code_for = _TRACKING.code_for
digest = _TRACKING.digest
digests = _TRACKING.digests
display = _TRACKING.display
is_well_formed = _TRACKING.is_well_formed

__all__ = [
    "ALPHABET",
    "CODE_LENGTH",
    "RANDOM_LENGTH",
    "check_character",
    "code_for",
    "digest",
    "digests",
    "display",
    "is_submission_key",
    "is_well_formed",
    "new_submission_key",
    "normalise",
    "submission_digest",
]
