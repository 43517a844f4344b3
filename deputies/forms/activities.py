"""What staff fill in about an activity: its plan, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from django import forms
from django.db.models import Q
from django.forms.utils import ErrorDict
from django.utils import timezone

from congress_portal.accounts.models import Community
from congress_portal.common.dates import full_day
from congress_portal.common.file_fields import PHOTO_TYPES, FilesField
from congress_portal.common.text import CleanCharField
from congress_portal.common.uploads import accept_document, accept_photo
from deputies.choices import ActivityKind, TopicStatus
from deputies.models import Activity, ActivityPlace, Batch, Outsiders, OversightTopic, WorkPlanItem
from deputies.models.activities import REASON_LENGTH, TEXT_LENGTH
from deputies.workflow import BatchRow

MAX_PHOTOS = 12  # in one go; a local default
MAX_PAPERS = 6
MOST_ROWS = 200
MINUTES_LENGTH = 20_000


def too_long(limit: int) -> dict[str, str]:
    return {"max_length": f"最多写 {limit} 个字，现在是 %(show_value)s 个字。请删减后再保存。"}


def _text(label: str, *, limit: int, rows: int = 8, help_text: str = "", required: bool = False) -> CleanCharField:
    return CleanCharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=limit,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": f"请填写{label}。", **too_long(limit)},
    )


def _day(label: str, **kwargs: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d")
    messages = {"required": f"请填{label}。", "invalid": "日期写成 2026-11-24 这样。"}
    return forms.DateField(label=label, widget=widget, error_messages=messages, **kwargs)


class MomentInput(forms.DateTimeInput):
    """The browser's own picker of a day and a time."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class PlanItemField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.plan_id}年{obj}"


class ActivityForm(forms.ModelForm):
    """What is known of an activity before it is held. It is saved by the verbs, never by itself."""

    plan_item = PlanItemField(
        label="年度计划中的事项", queryset=WorkPlanItem.objects.none(), required=False, empty_label="不在计划里"
    )

    class Meta:
        model = Activity
        fields = (
            "kind", "title", "starts_at", "ends_at", "notice", "is_open", "seats", "sign_up_until", "organiser",
            "topic", "plan_item", "entrusted_by", "entrusted_due_on", "in_summary",
        )  # fmt: skip
        field_classes = dict.fromkeys(("title", "notice", "organiser", "entrusted_by"), CleanCharField)
        widgets = {
            "starts_at": MomentInput,
            "ends_at": MomentInput,
            "sign_up_until": MomentInput,
            "entrusted_due_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "notice": forms.Textarea(attrs={"rows": 5}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        year = timezone.localdate().year
        kind: Any = self.fields["kind"]
        kind.choices = [("", "请选择"), *ActivityKind.choices]
        topic: Any = self.fields["topic"]
        topic.queryset = OversightTopic.objects.filter(
            Q(status=TopicStatus.OPEN) | Q(pk=self.instance.topic_id)
        ).order_by("-year", "pk")
        topic.empty_label = "没有"
        plan_item: Any = self.fields["plan_item"]
        plan_item.queryset = WorkPlanItem.objects.filter(
            Q(plan__in=(year - 1, year, year + 1)) | Q(pk=self.instance.plan_item_id)
        ).order_by("-plan", "month", "pk")
        for name in ("starts_at", "ends_at", "sign_up_until"):
            self.fields[name].error_messages["invalid"] = "请填写日期和时间，例如 2026-03-05 09:00。"
        for name, sentence in {
            "kind": "请选择是哪一类活动。",
            "title": "请填写活动的名称。",
            "starts_at": "请填写开始的日期和时间。",
            "ends_at": "请填写结束的日期和时间。",
        }.items():
            self.fields[name].error_messages["required"] = sentence

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        starts_at, ends_at = cleaned.get("starts_at"), cleaned.get("ends_at")
        if starts_at and ends_at and ends_at < starts_at:
            self.add_error("ends_at", "结束时间不能早于开始时间，请核对。")
        until = cleaned.get("sign_up_until")
        if starts_at and until and until > starts_at:
            self.add_error("sign_up_until", "居民报名的截止时间不能晚于活动开始，请核对。")
        if cleaned.get("entrusted_due_on") and not cleaned.get("entrusted_by"):
            self.add_error("entrusted_by", "填了要求报告的日期，也要填受谁委托。")
        return cleaned


class RowForm(forms.Form):
    """A row of a small table. One with nothing in it is no row, also where something stood before: so it is deleted."""

    def full_clean(self) -> None:
        if self.is_bound and not any(str(self[name].data or "").strip() for name in self.fields):
            self._errors = ErrorDict()
            self.cleaned_data: dict[str, Any] = {}
            return
        super().full_clean()


class PlaceForm(RowForm):
    name = CleanCharField(
        label="地点",
        max_length=80,
        error_messages=too_long(80),
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )
    community = forms.ModelChoiceField(
        label="所在社区",
        queryset=Community.objects.none(),
        required=False,
        empty_label="不在社区里",
        widget=forms.Select(attrs={"class": "form-select"}),
    )


class RowFormSet(forms.BaseFormSet):
    """Rows of a small table. More of them come with a button, without scripts."""

    default_error_messages = {"missing_management_form": "没有保存：这一页没有完整地传上来。请刷新后重新填写。"}


class BasePlaceFormSet(RowFormSet):
    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        if not hasattr(self, "communities"):  # read once for all rows
            self.communities = list(Community.objects.filter(is_active=True).order_by("position", "pk"))
        field = cast("forms.ModelChoiceField", form.fields["community"])
        field.queryset = Community.objects.filter(is_active=True)
        field.choices = [("", field.empty_label), *((place.pk, place.name) for place in self.communities)]

    def places(self) -> list[tuple[str, Community | None]]:
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data.get("name")]
        return [(row["name"], row["community"]) for row in rows]


PlaceFormSet = cast(
    "type[BasePlaceFormSet]", forms.formset_factory(PlaceForm, formset=BasePlaceFormSet, extra=4, max_num=MOST_ROWS)
)


def place_rows(places: Sequence[ActivityPlace]) -> list[dict[str, Any]]:
    return [{"name": place.name, "community": place.community_id} for place in places]


class OutsidersForm(RowForm):
    category = CleanCharField(
        label="类别",
        max_length=20,
        error_messages={"required": "请写明是哪些人。", **too_long(20)},
        widget=forms.TextInput(attrs={"class": "form-control", "list": "outsider-categories"}),
    )
    count = forms.IntegerField(
        label="人数",
        min_value=1,
        max_value=1_000_000,
        error_messages={"required": "请填人数。", "invalid": "人数要填整数。"},
        widget=forms.NumberInput(attrs={"class": "form-control", "min": 1}),
    )


class BaseOutsidersFormSet(RowFormSet):
    def clean(self) -> None:
        seen: set[str] = set()
        for form in self.forms:
            category = form.cleaned_data.get("category") if form.is_valid() else None
            if category and category in seen:
                form.add_error("category", f"“{category}”写了两次，请合成一行。")
            seen.add(category or "")

    def pairs(self) -> list[tuple[str, int]]:
        return [(row["category"], row["count"]) for row in self.filled_rows()]

    def filled_rows(self) -> list[dict[str, Any]]:
        return [form.cleaned_data for form in self.forms if form.cleaned_data.get("category")]


OutsidersFormSet = cast(
    "type[BaseOutsidersFormSet]",
    forms.formset_factory(OutsidersForm, formset=BaseOutsidersFormSet, extra=3, max_num=MOST_ROWS),
)


class BatchForm(RowForm):
    held_on = _day("日期")
    person_count = forms.IntegerField(
        label="人次",
        min_value=1,
        max_value=1_000_000,
        error_messages={"required": "请填人次。", "invalid": "人次要填整数。"},
        widget=forms.NumberInput(attrs={"class": "form-control", "min": 1}),
    )
    note = CleanCharField(
        label="说明",
        required=False,
        max_length=80,
        error_messages=too_long(80),
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )

    def __init__(self, *args: Any, days: tuple[date, date] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.days = days

    def clean_held_on(self) -> date:
        day = self.cleaned_data["held_on"]
        if day > timezone.localdate():
            raise forms.ValidationError("这一天还没有到，请核对。")
        if self.days and not self.days[0] <= day <= self.days[1]:
            first, last = map(full_day, self.days)
            raise forms.ValidationError(f"日期要在{first}到{last}之间，离活动太远了，请核对年份和日期。")
        return day


class BaseBatchFormSet(RowFormSet):
    def batches(self) -> list[BatchRow]:
        """Return the rows that are filled in, numbered in the order they stand."""
        filled = [form.cleaned_data for form in self.forms if form.cleaned_data.get("person_count")]
        return [
            BatchRow(number, row["held_on"], row["person_count"], row["note"]) for number, row in enumerate(filled, 1)
        ]


BatchFormSet = cast(
    "type[BaseBatchFormSet]", forms.formset_factory(BatchForm, formset=BaseBatchFormSet, extra=3, max_num=MOST_ROWS)
)


def outsider_rows(outsiders: Sequence[Outsiders]) -> list[dict[str, Any]]:
    return [{"category": row.category, "count": row.count} for row in outsiders]


def batch_rows(batches: Sequence[Batch]) -> list[dict[str, Any]]:
    return [{"held_on": row.held_on, "person_count": row.person_count, "note": row.note} for row in batches]


PUBLIC_NARRATIVE = "这次活动向居民开放，这段话会公开，不要写居民的姓名和电话。"


class NarrativeForm(forms.Form):
    """Says at the narrative that everybody will read it, where that is so."""

    def __init__(self, *args: Any, is_open: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_open:
            field = self.fields["narrative"]
            field.help_text = f"{PUBLIC_NARRATIVE}{field.help_text}"


class HeldForm(NarrativeForm):
    narrative = _text(
        "活动情况",
        limit=TEXT_LENGTH,
        help_text="谁带队、看了什么、发现什么问题、提了什么意见。年度工作总结里用得上。也可以以后再写。",
    )


class RowsForm(forms.Form):
    """Nothing of its own: the rows are formsets."""


class FilesForm(forms.Form):
    photos = FilesField(
        check=accept_photo,
        types=PHOTO_TYPES,
        max_files=MAX_PHOTOS,
        label="照片",
        help_text=f"一次最多 {MAX_PHOTOS} 张，每张不超过 20 MB。照片里的拍摄位置信息会自动去掉。",
    )
    papers = FilesField(
        check=accept_document,
        types=f"{PHOTO_TYPES},.pdf,.docx,.xlsx",
        max_files=MAX_PAPERS,
        label="材料",
        help_text=f"PDF、DOCX、XLSX 文件或照片，一次最多 {MAX_PAPERS} 个，每个不超过 20 MB。",
    )
    caption = CleanCharField(
        label="说明", required=False, max_length=80, error_messages=too_long(80), help_text="写给这一次选的全部文件。"
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not cleaned.get("photos") and not cleaned.get("papers"):
            self.add_error("photos", "请选择照片或者材料。")
        return cleaned

    @property
    def lost_photos(self) -> list[str]:
        """The photos a browser cannot keep when the page comes back with a mistake: to be chosen again."""
        return self._lost("photos")

    @property
    def lost_papers(self) -> list[str]:
        return self._lost("papers")

    def _lost(self, name: str) -> list[str]:
        field = cast("FilesField", self.fields[name])
        return field.accepted_names if self.errors else []


class MinutesForm(NarrativeForm):
    narrative = _text("活动情况", limit=TEXT_LENGTH, help_text="年度工作总结里用的一段话。")
    minutes = _text("纪要", limit=MINUTES_LENGTH, rows=18, help_text="议程、发言要点和议定的事项，可以打印成公文版式。")
    in_summary = forms.BooleanField(label="写入年度工作总结", required=False)


class ReportBackForm(forms.Form):
    on = _day("报告日期")
    text = _text("报告的内容", limit=TEXT_LENGTH, help_text="向谁报告、报告了什么。", required=True)


class CancelForm(forms.Form):
    reason = _text("取消的原因", limit=REASON_LENGTH, rows=4, help_text="被邀请的人会看到。", required=True)
