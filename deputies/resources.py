"""People with their mandates, and their groups, as tables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone

from congress_portal.accounts.models import Community, User
from congress_portal.accounts.resources import FIELDS, NamedResource
from congress_portal.common.import_export import SheetResource, as_it_is, problems_of
from congress_portal.common.import_plan import Plan
from congress_portal.common.spreadsheets import Column, Kind, Sheet, SheetRefused
from deputies import permissions, workflow
from deputies.choices import CongressLevel, ConstituencyType, MandateBegin, MandateEnd, MandateKind
from deputies.models import DeputyGroup, Mandate, Person

# What offices write where the list of choices has another word for it.
KINDS = {"代表": MandateKind.DEPUTY, "议事员": MandateKind.COUNCILLOR}
LEVELS = {
    "国家": CongressLevel.NATIONAL,
    "市": CongressLevel.CITY,
    "县": CongressLevel.COUNTY,
    "区": CongressLevel.COUNTY,
    "县级": CongressLevel.COUNTY,
    "乡": CongressLevel.TOWNSHIP,
    "镇": CongressLevel.TOWNSHIP,
}
BEGINNINGS = {"选举": MandateBegin.ELECTED, "推荐": MandateBegin.RECOMMENDED}
ENDINGS = {
    "届满": MandateEnd.TERM_ENDED,
    "换届": MandateEnd.TERM_ENDED,
    "迁出": MandateEnd.MOVED,
    "调离": MandateEnd.MOVED,
    "病故": MandateEnd.DIED,
}
MATCHING = (
    "一行是一个人的一项任职，有两项任职的写两行。没有任职的人，“职务”和后面各列都空着。",
    "按姓名和出生日期认人：两样都相同的是同一个人；姓名相同、出生日期不同的是两个人。",
    "没有写出生日期的，同名的只有一位就是这一位，不止一位的要补上出生日期；写了出生日期，而档案里唯一同名的人还没有"
    "出生日期的，认作这一位，并补上出生日期。",
    "出生日期只写了年月的，同名的人里在这个月出生的只有一位，就是这一位，档案里的日期不变；"
    "没有或不止一位的，要写到日，例如 1978年3月5日。",
    "按职务、人大层级和届次认任职：这三样相同、任职时间有交叉的，是同一项任职，改原来的；离任以后再任的，另记一项。"
    "同一级的同一种职务，时间不能重叠。",
    "空着的格不改档案里原有的内容。要清空某一项，或改错了的出生日期，请打开这个人的档案来改。",
    "表格里没有写到的人和任职不受影响；导入不会删除，离任的请填离任日期，知道原因的也填上。",
    "“产生方式”和“离任原因”两列可以没有；没有这两列的旧表格照样可以导入。",
    "只要有一行有误，就一行也不导入。",
)


class PersonResource(SheetResource):
    """One row is one person with one mandate. ``with_contact``: also what only the committee may see."""

    name = as_it_is("person__name", "姓名")
    born_on = as_it_is("person__born_on", "出生日期")
    phone = as_it_is("person__phone", "联系电话")
    kind = as_it_is("get_kind_display", "职务")
    level = as_it_is("get_level_display", "人大层级")
    term = as_it_is("term", "届次")
    district = as_it_is("district", "选区")
    constituency_type = as_it_is("get_constituency_type_display", "代表类别")
    group = as_it_is("group__name", "代表小组")
    community = as_it_is("community__name", "所在社区")
    starts_on = as_it_is("starts_on", "任职日期")
    ends_on = as_it_is("ends_on", "离任日期")
    began_by = as_it_is("get_began_by_display", "产生方式")
    ended_by = as_it_is("get_ended_by_display", "离任原因")

    class Meta:
        model = Person
        fields = (*("name", *workflow.OF_PERSON), *workflow.OF_MANDATE)

    matching = MATCHING
    examples = (
        {
            "姓名": "陈雅文", "出生日期": "1978-03-05", "联系电话": "13800000000", "职务": "人大代表",
            "人大层级": "县（市、区）", "届次": "第十七届", "选区": "第 3 选区", "代表类别": "社区",
            "任职日期": "2022-01-10", "产生方式": "换届选举",
        },
        {
            "姓名": "陈雅文", "出生日期": "1978-03-05", "职务": "居民议事员", "任职日期": "2024-03-01",
            "离任日期": "2026-02-28", "产生方式": "推选", "离任原因": "辞职",
        },
    )  # fmt: skip

    def __init__(self, *, with_contact: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not with_contact:
            for name in workflow.OF_PERSON:
                del self.fields[name]

    @classmethod
    def for_user(cls, user: User) -> PersonResource:
        return cls(with_contact=permissions.can_see_contact(user))

    @property
    def export_note(self) -> str:
        each = "一项任职一行，过去的任职也在内。"
        if "phone" in self.fields:
            return f"{each}表里有出生日期和联系电话，请只用于工作，用完删除。"
        return f"{each}您的角色导出的表里没有出生日期和联系电话。"

    def columns(self) -> list[Column]:
        return COLUMNS

    def read(self, content: bytes, *, file_name: str) -> Sheet:
        """Read people with their mandates; a single cell under 职务 may be empty, but not the column be missing."""
        sheet = super().read(content, file_name=file_name)
        if "职务" not in sheet.letters:
            raise SheetRefused(f"工作表“{sheet.name}”第 {sheet.header_row} 行的表头缺少“职务”列。请补上后再导入。")
        return sheet

    def allowed(self) -> dict[str, list[str]]:
        words = {
            "职务": MandateKind.labels,
            "人大层级": CongressLevel.labels,
            "代表类别": ConstituencyType.labels,
            "产生方式": MandateBegin.labels,
            "离任原因": MandateEnd.labels,
        }
        places = {"代表小组": DeputyGroup, "所在社区": Community}
        names = {
            title: list(
                model.objects.filter(is_active=True).order_by("position", "name").values_list("name", flat=True)
            )
            for title, model in places.items()
        }
        return words | names

    def plan(self, sheet: Sheet) -> Plan:
        return workflow.plan_people(_rows(sheet), today=timezone.localdate())

    def carry_out(self, sheet: Sheet, *, expected: str, by: Any) -> Plan:
        return workflow.import_people(_rows(sheet), expected=expected, by=by, today=timezone.localdate())

    def filter_export(self, queryset: Any, **kwargs: Any) -> Iterable[Mandate]:
        """Turn people into their mandates; who holds none gets an empty one, so that nobody is left out."""
        mandates = Mandate.objects.select_related("group", "community").order_by("starts_on", "pk")
        # None first: what the list reads ahead is not needed here.
        people = queryset.prefetch_related(None).prefetch_related(
            Prefetch("mandates", mandates, to_attr="all_mandates")
        )
        for person in people:
            yield from person.all_mandates or [Mandate(person=person)]

    def get_queryset(self) -> Any:
        return Person.objects.order_by("sort_key", "pk")


class DeputyGroupResource(NamedResource):
    examples = ({"名称": "第一代表小组", "排列": 10, "在用": True}, {"名称": "临时小组", "排列": 90, "在用": False})

    class Meta:
        model = DeputyGroup
        fields = tuple(FIELDS.values())


COLUMNS = [
    Column("姓名", Kind.NAME, required=True, aliases=("代表姓名",), max_length=40, example="陈雅文", width=12),
    Column(
        "出生日期",
        Kind.DAY,
        aliases=("出生年月日", "出生年月"),
        months_apart=True,
        example="1978-03-05",
        hint="用来区分同名的人。",
        width=13,
    ),
    Column(
        "联系电话",
        Kind.PHONE,
        aliases=("电话", "手机", "手机号", "手机号码", "联系方式"),
        example="13800000000",
        hint="只有工委看得到。",
    ),
    Column("职务", Kind.CHOICE, allowed=(*MandateKind.labels, *KINDS), example="人大代表", width=13),
    Column(
        "人大层级",
        Kind.CHOICE,
        aliases=("层级", "代表层级"),
        allowed=(*CongressLevel.labels, *LEVELS),
        example="县（市、区）",
        hint="人大代表要填，居民议事员不填。",
        width=14,
    ),
    Column("届次", aliases=("届",), max_length=20, example="第十七届", width=11),
    Column("选区", max_length=40, example="第 3 选区", width=14),
    Column(
        "代表类别", Kind.CHOICE, aliases=("类别",), allowed=tuple(ConstituencyType.labels), example="社区", width=11
    ),
    Column("代表小组", aliases=("小组",), max_length=40, example="第一代表小组", hint="照“可选项”里的名称填。"),
    Column("所在社区", aliases=("社区",), max_length=40, example="南塘社区", hint="照“可选项”里的名称填。"),
    Column("任职日期", Kind.DAY, aliases=("任职时间",), example="2022-01-10", hint="新增任职要填。", width=13),
    Column(
        "离任日期",
        Kind.DAY,
        aliases=("离任时间",),
        empty_words=("至今", "在任"),
        example="2026-12-31",
        hint="最后一天；在任的不填。",
        width=13,
    ),
    Column(
        "产生方式",
        Kind.CHOICE,
        allowed=(*MandateBegin.labels, *BEGINNINGS),
        example="换届选举",
        hint="任期中间补选的填补选。",
        width=12,
    ),
    Column(
        "离任原因",
        Kind.CHOICE,
        allowed=(*MandateEnd.labels, *ENDINGS),
        example="任期届满",
        hint="填了离任原因，也要填离任日期。",
        width=13,
    ),
]
_CODES: dict[str, dict[str, str]] = {
    "职务": {label: code for code, label in MandateKind.choices} | {word: code.value for word, code in KINDS.items()},
    "人大层级": {label: code for code, label in CongressLevel.choices}
    | {word: code.value for word, code in LEVELS.items()},
    "代表类别": {label: code for code, label in ConstituencyType.choices},
    "产生方式": {label: code for code, label in MandateBegin.choices}
    | {word: code.value for word, code in BEGINNINGS.items()},
    "离任原因": {label: code for code, label in MandateEnd.choices}
    | {word: code.value for word, code in ENDINGS.items()},
}
_FIELDS = {field.column_name: name for name, field in PersonResource.fields.items()}


def _rows(sheet: Sheet) -> list[workflow.PersonRow]:
    rows = []
    for row in sheet.rows:
        values: dict[str, Any] = {
            _FIELDS[title]: _CODES[title][str(value)] if title in _CODES else value
            for title, value in row.values.items()
            if value is not None
        }
        born_in_month = "出生日期" in row.months
        rows.append(
            workflow.PersonRow(number=row.number, born_in_month=born_in_month, problems=problems_of(row), **values)
        )
    return rows
