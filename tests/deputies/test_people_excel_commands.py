"""Import and export from the command line: the same rules, in Chinese, in somebody's name."""

from __future__ import annotations

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError, call_command

from congress_portal.accounts.models import Community
from deputies.models import Mandate, Person
from tests.factories import MandateFactory, PersonFactory
from tests.import_door import rows_in, workbook

LIU = {"姓名": "刘思源", "联系电话": "13800000001", "职务": "居民议事员", "任职日期": date(2024, 5, 20)}
MA = {"姓名": "马立", "职务": "居民议事员", "任职日期": date(2024, 5, 20), "选区": "甲区"}


@pytest.fixture(autouse=True)
def office(clock, committee, zhao) -> None:
    MandateFactory(person=PersonFactory(name="马立"), kind="councillor", term="", starts_on=date(2024, 5, 20))


@pytest.fixture
def file(tmp_path) -> Path:
    path = tmp_path / "名单.xlsx"
    path.write_bytes(workbook([LIU, MA]))
    return path


def run(*arguments: object, **options: object) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command(*map(str, arguments), stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


def test_import_shows_what_it_would_do_asks_and_writes(file, zhao, monkeypatch):
    asked = []
    monkeypatch.setattr("builtins.input", lambda question: asked.append(question) or "是")

    out, _ = run("import", "people", file, "--by", "zhao")

    assert asked == ["确认导入请输入“是”："]
    assert out.splitlines() == [
        "第 3 行 马立，居民议事员：选区 空 → 甲区",
        "第 2 行 刘思源，居民议事员：新增人员和任职“居民议事员”",
        "新增 1 行，改动 1 行，没有变化 0 行。",
        "已导入人员。",
    ]
    assert Mandate.objects.get(person__name="马立").district == "甲区"
    assert {entry.user for entry in LogEntry.objects.all()} == {zhao}
    assert run("import", "people", file, "--by", "zhao", "--noinput")[0].endswith("没有写入。\n")


@pytest.mark.parametrize("typed", ["不\n", ""], ids=["no", "no terminal"])
def test_import_that_is_not_confirmed_writes_nothing(typed, file, monkeypatch, everything):
    monkeypatch.setattr("sys.stdin", StringIO(typed))
    before = everything()

    with pytest.raises(CommandError, match="没有确认，没有导入。"):
        run("import", "people", file, "--by", "zhao")

    assert everything() == before


def test_dry_run_writes_nothing_and_needs_nobody(file, everything):
    before = everything()

    out, _ = run("import", "people", file, "--dry-run")

    assert "新增 1 行，改动 1 行，没有变化 0 行。\n没有写入。" in out
    assert everything() == before


def test_wrong_rows_are_told_by_row_and_column_and_nothing_is_written(tmp_path, everything):
    path = tmp_path / "名单.xlsx"
    path.write_bytes(workbook([LIU, MA | {"任职日期": "2030.1.1", "离任日期": "2029年5月1日"}]))
    before, err = everything(), StringIO()

    with pytest.raises(CommandError, match="有 1 行有误，什么都没有写入。请改好后重新导入。"):
        call_command("import", "people", str(path), "--by", "zhao", "--noinput", stdout=StringIO(), stderr=err)

    assert err.getvalue() == (
        "第 3 行 L 列（离任日期）：离任日期早于任职日期（2030年1月1日），请核对。（表格里写的是：2029年5月1日）\n"
    )
    assert everything() == before


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["persons", "{file}", "--by", "zhao"], "没有“persons”这张表。哪张表：people（人员）、groups（代表小组）、"),
        (["people", "{file}"], "请用 --by 写明由谁来办（用户名），以便记录在案。"),
        (["people", "{file}", "--by", "nobody"], "没有“nobody”这个在用的账户。"),
        (["people", "{file}", "--by", "shen", "--noinput"], "您的角色不能导入人员。"),
        (["people", "missing.xlsx", "--by", "zhao"], "^没有 missing.xlsx 这个文件。请核对文件的位置。$"),
        (["people", "tests", "--by", "zhao"], "^读不了 tests。请核对写的是一个文件，并且没有损坏。$"),
        (["communities", "{file}", "--by", "fang", "--noinput"], "找不到表头"),
    ],
)
def test_import_refuses_with_a_sentence(arguments, sentence, file, shen, fang, everything):
    before = everything()

    with pytest.raises(CommandError, match=sentence):
        run("import", *(argument.format(file=file) for argument in arguments))

    assert everything() == before


def test_export_writes_the_columns_that_the_person_may_have(tmp_path, shen):
    Person.objects.update(phone="13800000001")
    path = tmp_path / "人员.xlsx"

    out, _ = run("export", "people", "--output", path, "--by", "zhao")
    full = rows_in(path.read_bytes())
    run("export", "people", "--output", path, "--by", "shen")
    reduced = rows_in(path.read_bytes())

    assert out == f"已导出人员 1 行，写在 {path}。\n"
    assert (full[0]["姓名"], full[0]["联系电话"]) == ("马立", "13800000001")
    assert set(full[0]) - set(reduced[0]) == {"出生日期", "联系电话"}
    assert [entry.object_repr for entry in LogEntry.objects.all()] == ["导出人员，1 行"] * 2


@pytest.mark.parametrize(
    ("table", "username", "output", "sentence"),
    [
        ("people", "admin", "x.xlsx", "管理员的角色不能导出人员。"),
        ("people", "zhao", "missing/x.xlsx", "^没有 .*missing 这个文件夹。请先建好，或者换一个位置。$"),
        ("people", "zhao", "", "^写不了 .*。请核对磁盘还有空间，或者换一个位置。$"),
    ],
)
def test_export_refuses_with_a_sentence(table, username, output, sentence, tmp_path, admin):
    with pytest.raises(CommandError, match=sentence):
        run("export", table, "--output", tmp_path / output, "--by", username)

    assert not LogEntry.objects.exists()


def test_missing_rights_to_a_file_are_told_in_a_sentence(file, tmp_path, monkeypatch):
    def refuse(*arguments):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    monkeypatch.setattr(Path, "write_bytes", refuse)

    with pytest.raises(CommandError, match=r"^没有权限读取 .*。请开放这个文件的读取权限，或者换一个位置。$"):
        run("import", "people", file, "--by", "zhao")
    with pytest.raises(CommandError, match=r"^没有权限写入 .*。请换一个能写的位置。$"):
        run("export", "people", "--output", tmp_path / "x.xlsx", "--by", "zhao")


def test_tables_of_offices_are_imported_too(tmp_path, fang):
    path = tmp_path / "社区.xlsx"
    path.write_bytes(workbook([{"名称": "新桥社区", "排列": 5}], ("名称", "排列")))

    run("import", "communities", path, "--by", "fang", "--noinput")

    assert Community.objects.get().position == 5
