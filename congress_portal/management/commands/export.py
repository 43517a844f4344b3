"""Export a table from the command line, with the columns that the person named may have."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from congress_portal.common.import_export import log_export
from congress_portal.management.tables import TABLE_HELP, account, table


class Command(BaseCommand):
    help = "导出成 XLSX 文件，改好后可以再导入。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("table", metavar="表", help=TABLE_HELP)
        parser.add_argument("--output", metavar="文件", type=Path, required=True, help="写到哪个文件")
        parser.add_argument("--by", metavar="用户名", default="", help="由谁导出，记录在案")

    def handle(self, *args: Any, output: Path, by: str, **options: Any) -> None:
        user = account(by)
        resource = table(options["table"], user=user)
        meta = resource._meta.model._meta
        if not user.has_perm(f"{meta.app_label}.export_{meta.model_name}"):
            raise CommandError(f"{user}的角色不能导出{resource.title}。")
        content, rows = resource.workbook()
        try:
            output.write_bytes(content)
        except FileNotFoundError as error:
            raise CommandError(f"没有 {output.parent} 这个文件夹。请先建好，或者换一个位置。") from error
        except PermissionError as error:
            raise CommandError(f"没有权限写入 {output}。请换一个能写的位置。") from error
        except OSError as error:
            raise CommandError(f"写不了 {output}。请核对磁盘还有空间，或者换一个位置。") from error
        log_export(resource._meta.model, rows, by=user)
        self.stdout.write(f"已导出{resource.title} {rows} 行，写在 {output}。")
