"""Import a table from the command line: the same preview, the same verbs and the same history as in the admin."""

from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from congress_portal.common.import_export import SheetResource, faults_of, log_import
from congress_portal.common.import_plan import Plan
from congress_portal.common.refusal import Refusal
from congress_portal.common.spreadsheets import Sheet
from congress_portal.management.tables import TABLE_HELP, account, table


class Command(BaseCommand):
    help = "从 XLSX 文件导入：先列出每一行会怎样，确认以后一次写入；只要有一行有误就一行也不写入。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("table", metavar="表", help=TABLE_HELP)
        parser.add_argument("file", metavar="文件", type=Path, help="要导入的 XLSX 文件")
        parser.add_argument("--by", metavar="用户名", default="", help="由谁导入，记入修改记录")
        parser.add_argument("-n", "--dry-run", action="store_true", help="只核对，不写入")
        parser.add_argument("--noinput", action="store_false", dest="interactive", help="核对无误就写入，不再询问")

    def handle(self, *args: Any, file: Path, by: str, dry_run: bool, interactive: bool, **options: Any) -> None:
        resource = table(options["table"])
        user = None if dry_run else account(by)
        try:
            sheet = resource.read(_content(file), file_name=file.name)
            plan = resource.import_data(sheet, dry_run=True).plan
            self._show(sheet, plan)
            if wrong := plan.counts["wrong"]:
                raise CommandError(f"有 {wrong} 行有误，什么都没有写入。请改好后重新导入。")
            if dry_run or not plan.has_work:
                self.stdout.write("没有写入。")
                return
            if interactive and not _is_confirmed():
                raise CommandError("没有确认，没有导入。")
            self._carry_out(resource, sheet, plan, user)
        except (Refusal, PermissionDenied) as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"已导入{resource.title}。")

    def _show(self, sheet: Sheet, plan: Plan) -> None:
        for remark in sheet.remarks:
            self.stdout.write(remark)
        for outcome in plan.of_fate("wrong"):
            for fault in faults_of(outcome, sheet):
                typed = f"（表格里写的是：{fault.typed}）" if fault.typed else ""
                self.stderr.write(f"第 {outcome.number} 行 {fault.place}：{fault.sentence}{typed}")
        for outcome in plan.of_fate("changed"):
            changes = "；".join(f"{change.column} {change.old or '空'} → {change.new}" for change in outcome.changes)
            self.stdout.write(f"第 {outcome.number} 行 {outcome.label}：{changes}")
        for outcome in plan.of_fate("new"):
            self.stdout.write(f"第 {outcome.number} 行 {outcome.label}：{outcome.adds}")
        counts = plan.counts
        self.stdout.write(f"新增 {counts['new']} 行，改动 {counts['changed']} 行，没有变化 {counts['same']} 行。")

    def _carry_out(self, resource: SheetResource, sheet: Sheet, plan: Plan, user: Any) -> None:
        with transaction.atomic():
            done = resource.import_data(sheet, user=user, expected=plan.fingerprint).plan
            log_import(resource._meta.model, done, by=user)


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError as error:
        raise CommandError(f"没有 {file} 这个文件。请核对文件的位置。") from error
    except PermissionError as error:
        raise CommandError(f"没有权限读取 {file}。请开放这个文件的读取权限，或者换一个位置。") from error
    except OSError as error:
        raise CommandError(f"读不了 {file}。请核对写的是一个文件，并且没有损坏。") from error


def _is_confirmed() -> bool:
    try:
        return input("确认导入请输入“是”：").strip() == "是"
    except EOFError:  # started without a terminal
        return False
