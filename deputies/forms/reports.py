"""What staff fill in about a deputy's report to the voters (述职)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.crypto import salted_hmac

from congress_portal.common.dates import full_day
from congress_portal.common.text import CleanCharField
from deputies.choices import ActivityKind, ActivityStatus, MandateKind, ReportResult
from deputies.models import Activity, Mandate, PerformanceReport
from deputies.models.reports import REASON_LENGTH, TEXT_LENGTH
from deputies.workflow import CORRECTABLE

MOST_VOTERS = 32_767  # what the column holds
ACTIVITY_YEARS = timedelta(days=366)  # a report is entered within a year of the meeting it was given at


class MandateField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        until = f"，{full_day(obj.ends_on)}离任" if obj.ends_on else ""
        term = f"，{obj.term}" if obj.term else ""
        return f"{obj.person}，{obj}{term}{until}"


class ActivityField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{full_day(obj.starts_on)} {obj}"


def _too_long(limit: int) -> dict[str, str]:
    return {"max_length": f"最多写 {limit} 个字，现在是 %(show_value)s 个字。请删减后再保存。"}


def _count(label: str, **kwargs: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=MOST_VOTERS,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "required": f"请填写{label}的数目，没有的填 0。",
            "invalid": "请填数字。",
            "min_value": "不能少于 0。",
            "max_value": f"不能多于 {MOST_VOTERS}。",
        },
        **kwargs,
    )


class ReportFields(forms.Form):
    """The report itself: when, where, what, and what the voters said of it."""

    held_on = forms.DateField(
        label="述职日期",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请填述职的那一天。", "invalid": "日期写成 2026-11-24 这样。"},
    )
    place = CleanCharField(
        label="地点",
        max_length=80,
        error_messages={"required": "请填述职的地点，例如 凤鸣社区居民议事厅。", **_too_long(80)},
    )
    activity = ActivityField(
        label="述职会",
        help_text="在登记过的述职会上述职的，选那一次活动。",
        required=False,
        queryset=Activity.objects.none(),
        empty_label="没有登记过",
        error_messages={"invalid_choice": "列表里没有这次述职会，请重新选择。"},
    )
    voters_present = _count("到场选民")
    satisfied_count = _count("满意")
    fairly_count = _count("基本满意")
    dissatisfied_count = _count("不满意")
    result = forms.ChoiceField(
        label="评议结果",
        help_text="照当时公布的填。",
        choices=ReportResult,
        widget=forms.RadioSelect,
        error_messages={"required": "请选公布的评议结果。", "invalid_choice": "请在三项里选一项。"},
    )
    announced_there = forms.BooleanField(label="当场公布了评议结果", required=False, initial=True)
    few_voters_reason = CleanCharField(
        label="人数不足的原因",
        help_text="到场选民少于规定人数的填。",
        required=False,
        max_length=REASON_LENGTH,
        error_messages=_too_long(REASON_LENGTH),
    )
    text = CleanCharField(
        label="述职报告",
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 12}),
        error_messages={"required": "请写述职报告的内容。", **_too_long(TEXT_LENGTH)},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        meetings = Activity.objects.filter(kind=ActivityKind.PERFORMANCE_REPORT).exclude(
            status=ActivityStatus.CANCELLED
        )
        recent = meetings.filter(starts_on__gte=timezone.localdate() - ACTIVITY_YEARS)
        if chosen := self.initial.get("activity"):
            recent = recent | meetings.filter(pk=chosen)
        self.fields["activity"].queryset = recent.order_by("-starts_at", "pk")


class ReportForm(ReportFields):
    """A report to be put on record."""

    mandate = MandateField(
        label="代表",
        queryset=Mandate.objects.none(),
        empty_label="请选择",
        error_messages={"required": "请选择述职的代表。", "invalid_choice": "名册里没有这位代表，请重新选择。"},
    )

    field_order = ("mandate",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        deputies = Mandate.objects.filter(kind=MandateKind.DEPUTY).select_related("person")
        # A report given while in office may be entered a little later; older mandates would only be mistaken.
        lately = timezone.localdate() - ACTIVITY_YEARS
        in_question = deputies.filter(ends_on__isnull=True) | deputies.filter(ends_on__gte=lately)
        self.fields["mandate"].queryset = in_question.order_by("person__sort_key", "pk")


class ReportCorrectionForm(ReportFields):
    """A report as it should be on record. Whoever saves second is told so, and keeps what was typed."""

    reason = CleanCharField(
        label="为什么更正",
        help_text="和原来的内容一起留在修改记录里。",
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明为什么更正。", **_too_long(REASON_LENGTH)},
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    field_order = ("reason",)

    def __init__(self, *args: Any, report: PerformanceReport, **kwargs: Any) -> None:
        on_record = {name: getattr(report, name) for name in CORRECTABLE if name != "activity"}
        on_record |= {"activity": report.activity_id, "seen": _fingerprint(report)}
        super().__init__(*args, initial=on_record, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.data.get("seen") != self.initial["seen"]:
            self.data = self.data.copy()
            self.data["seen"] = self.initial["seen"]  # saving again, after reading this, is a decision
            raise ValidationError(
                "没有保存：您打开这一页以后，别人更正过这次述职。请先看修改记录，您填的还在下面，核对后再点更正。"
            )
        return cleaned

    def changes(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in CORRECTABLE}


def _fingerprint(report: PerformanceReport) -> str:
    values = [str(getattr(report, PerformanceReport._meta.get_field(name).attname)) for name in CORRECTABLE]
    return salted_hmac("deputies.ReportCorrectionForm", "\n".join(values)).hexdigest()
