"""What is asked of the bulletin board: whom to show, and what to print."""

from __future__ import annotations

from typing import Any

from django import forms

from congress_portal.common.text import CleanCharField
from deputies.choices import MandateKind
from deputies.selectors import board


class BoardFilterForm(forms.Form):
    """The row of filters above the board, sent by GET. What is not in the lists is as good as not asked."""

    kind = forms.ChoiceField(choices=MandateKind, required=False, widget=forms.HiddenInput)
    text = CleanCharField(
        label="姓名、社区或选区",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "class": "form-control"}),
    )
    group = forms.ModelChoiceField(
        label="代表小组",
        required=False,
        queryset=None,
        empty_label="全部小组",
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    community = forms.ModelChoiceField(
        label="社区",
        required=False,
        queryset=None,
        empty_label="全部社区",
        widget=forms.Select(attrs={"class": "form-select"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = board.groups_on_board()
        self.fields["community"].queryset = board.communities_on_board()

    @property
    def asked(self) -> dict[str, Any]:
        """Return the filters that hold; a wrong one is left out."""
        self.is_valid()
        given = self.cleaned_data
        return {
            name: given.get(name) or default for name, default in (("group", None), ("community", None), ("text", ""))
        }

    @property
    def kind_asked(self) -> MandateKind:
        self.is_valid()
        return MandateKind(self.cleaned_data.get("kind") or MandateKind.DEPUTY)


class BoardPrintForm(forms.Form):
    """What staff print of the board: the poster for the wall, or the cards with the codes."""

    POSTER, CODES = "poster", "codes"

    what = forms.ChoiceField(
        label="印什么",
        choices=((POSTER, "公示栏（A3，照片、姓名、职务、小组）"), (CODES, "代表码（A4，每页 10 张，裁开发放）")),
        initial=POSTER,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择印公示栏还是代表码。", "invalid_choice": "请选择印公示栏还是代表码。"},
    )
    kind = forms.ChoiceField(
        label="印谁的",
        choices=MandateKind,
        initial=MandateKind.DEPUTY,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择人大代表或居民议事员。", "invalid_choice": "请选择人大代表或居民议事员。"},
    )
    group = forms.ModelChoiceField(
        label="哪个小组",
        required=False,
        queryset=None,
        empty_label="全部小组",
        error_messages={"invalid_choice": "这个小组已经停用，请另选一个。"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = board.groups_on_board()
