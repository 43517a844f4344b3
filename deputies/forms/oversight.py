"""What staff fill in about an oversight topic, one form a verb."""

from __future__ import annotations

from typing import Any

from django import forms

from congress_portal.accounts.models import Department
from congress_portal.common.text import CleanCharField
from deputies.models import DeputyGroup, OversightTopic
from deputies.models.oversight import TEXT_LENGTH

TITLE_LENGTH = 60


def too_long(limit: int) -> dict[str, str]:
    return {"max_length": f"最多写 {limit} 个字，现在是 %(show_value)s 个字。请删减后再保存。"}


def day_field(label: str, **kwargs: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    messages = {"required": f"请填{label}。", "invalid": "日期写成 2026-11-24 这样。"}
    return forms.DateField(label=label, widget=widget, error_messages=messages, **kwargs)


def text_field(label: str, *, rows: int = 5, help_text: str = "", required: bool = True) -> CleanCharField:
    return CleanCharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": f"请填写{label}。", **too_long(TEXT_LENGTH)},
    )


class TopicForm(forms.Form):
    """What is on record of a topic beside its rounds."""

    title = CleanCharField(
        label="议题",
        max_length=TITLE_LENGTH,
        help_text="例如 辖区河道水环境治理。",
        error_messages={"required": "请写明议题。", **too_long(TITLE_LENGTH)},
    )
    aim = text_field("监督重点", required=False, help_text="看哪些事、要达到什么，落实单位会看到。")
    department = forms.ModelChoiceField(
        label="落实单位",
        queryset=Department.objects.none(),
        required=False,
        empty_label="未定",
        help_text="主要由哪个单位落实。",
        error_messages={"invalid_choice": "这个单位已经停用，请另选一个。"},
    )
    group = forms.ModelChoiceField(
        label="牵头小组",
        queryset=DeputyGroup.objects.none(),
        required=False,
        empty_label="未定",
        error_messages={"invalid_choice": "这个小组已经停用，请另选一个。"},
    )
    entrusted_by = CleanCharField(
        label="受谁委托",
        required=False,
        max_length=60,
        help_text="上级交办或受委托的填，例如 区人大财经委。",
        error_messages=too_long(60),
    )
    entrusted_due_on = day_field("要求报告的日期", required=False)

    def __init__(self, *args: Any, topic: OversightTopic | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        departments, groups = Department.objects.filter(is_active=True), DeputyGroup.objects.filter(is_active=True)
        if topic is not None:  # what was chosen once stays, in use or not
            departments |= Department.objects.filter(pk=topic.department_id)
            groups |= DeputyGroup.objects.filter(pk=topic.group_id)
        self.fields["department"].queryset = departments.order_by("position", "pk")  # type: ignore[attr-defined]
        self.fields["group"].queryset = groups.order_by("position", "pk")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("entrusted_due_on") and not cleaned.get("entrusted_by") and "entrusted_by" not in self.errors:
            self.add_error("entrusted_by", "填了要求报告的日期，也要填受谁委托。")
        return cleaned


class OpenTopicForm(TopicForm):
    """A new topic, with its first round."""

    year = forms.IntegerField(
        label="年份",
        error_messages={"required": "请填年份。", "invalid": "年份写成 2026 这样。"},
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    started_on = day_field("开始监督的日期", help_text="第一次看现场、听汇报的日期。")
    look_again_on = day_field("下次检查日期", required=False, help_text="到时候提醒您去看落实得怎样。可以以后再定。")

    field_order = (
        "year", "title", "aim", "department", "group", "started_on", "look_again_on", "entrusted_by",
        "entrusted_due_on",
    )  # fmt: skip


class NoteForm(forms.Form):
    """What was found in the round in hand."""

    findings = text_field("发现的问题", required=False, rows=6, help_text="现场看到的、听到的，一条一行。")
    started_on = day_field("这一轮的开始日期")
    look_again_on = day_field("下次检查日期", required=False, help_text="到时候提醒您去看落实得怎样。")


class EndRoundForm(forms.Form):
    """What came of the round in hand, and whether there is another one."""

    findings = text_field("发现的问题", required=False)
    result = text_field("落实情况", help_text="哪些落实了，哪些还没有，为什么。")
    ended_on = day_field("这一轮的结束日期")
    next_round_on = day_field(
        "下一轮的开始日期", required=False, help_text="还要再监督的填；不填，这一轮结束以后可以办结。"
    )
    look_again_on = day_field("下一轮的检查日期", required=False, help_text="填了下一轮才填，到时候提醒您。")


class BeginRoundForm(forms.Form):
    started_on = day_field("下一轮的开始日期")
    look_again_on = day_field("下次检查日期", required=False, help_text="到时候提醒您去看落实得怎样。")


class ReportForm(forms.Form):
    text = text_field("报告的内容", rows=8, help_text="向委托单位报告了什么，写要点。")
    on = day_field("报告日期")


class CloseTopicForm(forms.Form):
    conclusion = text_field("结论", rows=8, help_text="监督了什么，提了多少条，落实得怎样。")
    closed_on = day_field("办结日期")
