"""Several files in one field of a form, each checked before it is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from congress_portal.common.uploads import PreparedFile, UploadRefused

PHOTO_TYPES = "image/jpeg,image/png,image/webp,image/gif"


class MultipleFileInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files in one input, each checked and re-encoded; every refused one is named with its reason.

    ``accepted_names`` are the good ones, which a browser does not keep when the page comes back with a mistake.
    """

    def __deepcopy__(self, memo: dict[int, Any]) -> FilesField:
        copy = super().__deepcopy__(memo)
        copy.accepted_names = []  # each form has its own
        return copy

    def __init__(
        self, *, check: Callable[[UploadedFile], PreparedFile], types: str, max_files: int, **kwargs: Any
    ) -> None:
        self.check_file = check
        self.max_files = max_files
        self.accepted_names: list[str] = []
        # A hint to the browser: it offers these, and a phone converts its own format to one of them.
        super().__init__(widget=MultipleFileInput(attrs={"accept": types}), required=False, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[PreparedFile]:
        files = [file for file in data or [] if file]
        if len(files) > self.max_files:
            raise ValidationError(f"最多选 {self.max_files} 个，现在选了 {len(files)} 个。请去掉多的，重新选择。")
        prepared, refusals = [], []
        for file in files:
            try:
                prepared.append(self.check_file(file))
            except UploadRefused as refusal:
                refusals.append(str(refusal))
            else:
                self.accepted_names.append(file.name)
        if refusals:
            raise ValidationError(refusals)
        return prepared
