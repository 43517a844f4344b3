"""Departments and communities as tables; the base serves whatever has a name, a place in the list and a mark."""

from __future__ import annotations

from typing import Any

from congress_portal.accounts import workflow
from congress_portal.accounts.models import Community, Department
from congress_portal.common.import_export import SheetResource, as_it_is, problems_of
from congress_portal.common.import_plan import Plan
from congress_portal.common.spreadsheets import Column, Kind, Sheet

# Title of a column → what it is in a row.
FIELDS = {"名称": "name", "排列": "position", "在用": "is_active"}
MATCHING = (
    "按名称认：名称相同的改原来的，名称没有的新增。要改名称，请在列表里打开来改，不要用表格改。",
    "空着的格不改原来的内容。新增的，“排列”空着记 100，“在用”空着记“是”。",
    "表格里没有写到的不受影响；导入不会删除，不再用的请把“在用”写成“否”。",
    "只要有一行有误，就一行也不导入。",
)


class NamedResource(SheetResource):
    """Records that are ended, not deleted, and known by their name."""

    name = as_it_is("name", "名称")
    position = as_it_is("position", "排列")
    is_active = as_it_is("is_active", "在用")

    matching = MATCHING

    def columns(self) -> list[Column]:
        longest = self._meta.model._meta.get_field("name").max_length
        noun = self._meta.model._meta.verbose_name
        example = self.examples[0]["名称"]
        return [
            Column(
                "名称", required=True, aliases=(f"{noun}名称", str(noun)), max_length=longest, example=example, width=28
            ),
            Column("排列", Kind.NUMBER, aliases=("顺序",), example="10", hint="小的排在前面。", width=10),
            Column("在用", Kind.YES_NO, aliases=("是否在用",), example="是", hint="停用的写“否”。", width=10),
        ]

    def plan(self, sheet: Sheet) -> Plan:
        return workflow.plan_named(self._meta.model, _rows(sheet))

    def carry_out(self, sheet: Sheet, *, expected: str, by: Any) -> Plan:
        return workflow.import_named(self._meta.model, _rows(sheet), expected=expected, by=by)

    def get_queryset(self) -> Any:
        return super().get_queryset().order_by("position", "name")


class DepartmentResource(NamedResource):
    examples = (
        {"名称": "城市管理办公室", "排列": 10, "在用": True},
        {"名称": "经济服务中心", "排列": 90, "在用": False},
    )

    class Meta:
        model = Department
        fields = tuple(FIELDS.values())


class CommunityResource(NamedResource):
    examples = ({"名称": "南塘社区", "排列": 10, "在用": True}, {"名称": "老街社区", "排列": 90, "在用": False})

    class Meta:
        model = Community
        fields = tuple(FIELDS.values())


def _rows(sheet: Sheet) -> list[workflow.NamedRow]:
    return [
        workflow.NamedRow(
            number=row.number,
            problems=problems_of(row),
            **{FIELDS[title]: value for title, value in row.values.items() if value is not None},  # type: ignore[arg-type]
        )
        for row in sheet.rows
    ]
