"""The working calendar's forms: a notice as text, the same as a table, what was previewed, and a year by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError

from congress_portal.common.calendar_rows import years_to_record
from congress_portal.common.dates import full_day
from congress_portal.common.models import CalendarYear
from congress_portal.common.notice import read_notice
from congress_portal.common.refusal import Refusal
from congress_portal.common.spreadsheets import Column, Kind, read_sheet
from congress_portal.common.spreadsheets.package import MAX_SIZE
from congress_portal.common.text import CleanCharField
from congress_portal.common.workdays import NamedDay
from congress_portal.common.workflow import NAME_LENGTH, check_calendar_year

NOTICE_LENGTH = 10_000  # the longest had 900 characters
MAX_ROWS = 120
SOURCE_LENGTH = CalendarYear._meta.get_field("source").max_length
OFF, AT_WORK = "放假", "上班"
SALT = "congress_portal.common.CalendarPlan"

COLUMNS = (
    Column("日期", Kind.DAY, required=True, example="2027-01-01", hint="每天一行。"),
    Column("名称", required=True, aliases=("节日", "节日名称"), max_length=NAME_LENGTH, example="元旦"),
    Column(
        "放假或上班",
        Kind.CHOICE,
        required=True,
        aliases=("类型", "安排", "放假/上班"),
        allowed=(OFF, AT_WORK),
        example=OFF,
        hint="调休上班的周末写上班。",
    ),
)


@dataclass(frozen=True)
class CalendarPlan:
    """What would be recorded for a year, and the state of the year it was compared with."""

    year: int
    days: Mapping[date, NamedDay]
    source: str
    is_provisional: bool
    seen: datetime | None

    def settles_as(self, row: CalendarYear) -> bool:
        """Say whether the year rests on the same already."""
        return (self.source, self.is_provisional) == (row.source, row.is_provisional)

    def sealed(self) -> str:
        """Return the plan as a text that the page can carry and nobody can alter."""
        days = [[day.isoformat(), named.name, named.is_working] for day, named in self.days.items()]
        seen = self.seen and self.seen.isoformat()
        return signing.dumps([self.year, days, self.source, self.is_provisional, seen], salt=SALT, compress=True)

    @classmethod
    def opened(cls, sealed: str) -> CalendarPlan:
        """Return the plan again. Raises BadSignature."""
        year, days, source, is_provisional, seen = signing.loads(sealed, salt=SALT)
        named = {date.fromisoformat(day): NamedDay(name, is_working) for day, name, is_working in days}
        return cls(year, named, source, is_provisional, seen and datetime.fromisoformat(seen))


class PlanForm(forms.Form):
    """Something from which the days of one year are read; ``plan`` is the result, ``remarks`` what to look at."""

    plan: CalendarPlan
    year = forms.TypedChoiceField(
        label="年份", coerce=int, error_messages={"invalid_choice": "列表里没有这一年，请重新选择。"}
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.remarks: list[str] = []
        year: Any = self.fields["year"]
        year.choices = [(year, f"{year}年") for year in years_to_record(today=today)]

    def make_plan(self, days: Mapping[date, NamedDay], source: str, *, is_provisional: bool) -> None:
        year = self.cleaned_data["year"]
        try:
            check_calendar_year(year, days=days, source=source, is_provisional=is_provisional, today=self.today)
        except Refusal as refusal:
            raise ValidationError(str(refusal)) from None
        seen = CalendarYear.objects.filter(pk=year).values_list("changed_at", flat=True).first()
        self.plan = CalendarPlan(year, days, source, is_provisional, seen)


class NoticeForm(PlanForm):
    text = CleanCharField(
        label="通知全文",
        max_length=NOTICE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text="从标题到最后一段整篇粘贴，不用整理换行。",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "year" in cleaned and "text" in cleaned:
            notice = read_notice(cleaned["text"], year=cleaned["year"])
            if notice.problems:
                self.add_error("text", [ValidationError(problem) for problem in notice.problems])
            else:
                self.make_plan(notice.days, notice.source, is_provisional=False)
                self.remarks = [f"这一句没有采用：“{sentence}”。" for sentence in notice.unused]
        return cleaned


class SettlementForm(forms.Form):
    """What a year rests on: a published notice, or for the time being only the week."""

    source = CleanCharField(
        label="依据",
        max_length=SOURCE_LENGTH,
        required=False,
        help_text="例如国务院办公厅关于2026年部分节假日安排的通知（国办发明电〔2025〕7号）。暂定的可以不填。",
    )
    is_provisional = forms.BooleanField(
        label="暂定", required=False, help_text="放假通知公布以前为暂定；依据它算出的期限，页面上会注明是暂定的。"
    )


class SheetForm(SettlementForm, PlanForm):
    file = forms.FileField(label="Excel 文件", help_text="表头有日期、名称、放假或上班三列，可以先下载模板。")

    field_order = ("year", "file", "source", "is_provisional")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "year" in cleaned and "file" in cleaned:
            days = self._read(cleaned["file"])
            if not self.errors:
                self.make_plan(days, cleaned["source"], is_provisional=cleaned["is_provisional"])
        return cleaned

    def _read(self, file: Any) -> dict[date, NamedDay]:
        try:
            sheet = read_sheet(file.read(MAX_SIZE + 1), file_name=file.name, columns=COLUMNS, max_rows=MAX_ROWS)
        except Refusal as refusal:
            self.add_error("file", str(refusal))
            return {}
        self.remarks = sheet.remarks
        for error in sheet.errors:
            self.add_error("file", str(error))
        days: dict[date, NamedDay] = {}
        for row in sheet.rows:
            day, name, state = (row.values[column.title] for column in COLUMNS)
            if row.errors or not isinstance(day, date):
                continue
            if day in days:
                self.add_error("file", f"第 {row.number} 行：{full_day(day)}在上面已经写过。请只留一行。")
            days[day] = NamedDay(str(name), state == AT_WORK)
        return days


class YearForm(SettlementForm):
    """A year by hand. The days stand in ``DayFormSet``; the view hands both to the verb."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean_seen(self) -> datetime | None:
        try:
            return datetime.fromisoformat(self.cleaned_data["seen"])
        except ValueError:
            return None


class DayForm(forms.Form):
    day = forms.DateField(
        label="日期", widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d")
    )
    name = CleanCharField(label="名称", max_length=NAME_LENGTH, widget=forms.TextInput(attrs={"class": "form-control"}))
    state = forms.ChoiceField(
        label="放假或上班",
        choices=[(OFF, OFF), (AT_WORK, AT_WORK)],
        initial=OFF,
        error_messages={"invalid_choice": "请选择放假或者上班。"},
        widget=forms.Select(attrs={"class": "form-select"}),
    )


class BaseDayFormSet(forms.BaseFormSet):
    default_error_messages = {"missing_management_form": "没有保存：这一页没有完整地传上来。请刷新后重新填写。"}

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].label = "删去"

    def clean(self) -> None:
        seen: set[date] = set()
        for form in self._kept():
            if day := form.cleaned_data.get("day"):
                if day in seen:
                    form.add_error("day", f"{full_day(day)}写了两次。请只留一行。")
                seen.add(day)

    def days(self) -> dict[date, NamedDay]:
        """Return the days as they should be; only when the formset is valid."""
        return {
            data["day"]: NamedDay(data["name"], data["state"] == AT_WORK)
            for data in (form.cleaned_data for form in self._kept())
            if "day" in data
        }

    def _kept(self) -> list[forms.Form]:
        return [form for form in self.forms if form.is_valid() and not form.cleaned_data.get("DELETE")]


DayFormSet = cast(
    "type[BaseDayFormSet]",
    forms.formset_factory(DayForm, formset=BaseDayFormSet, extra=3, can_delete=True, can_delete_extra=False),
)


def day_rows(days: Mapping[date, NamedDay]) -> list[dict[str, Any]]:
    """Return the days as the formset begins with them."""
    return [{"day": d, "name": n.name, "state": AT_WORK if n.is_working else OFF} for d, n in sorted(days.items())]
