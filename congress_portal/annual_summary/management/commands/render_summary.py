"""Write the annual summary of a year to a file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from congress_portal.annual_summary.document import compose
from congress_portal.annual_summary.render import to_html, to_pdf
from congress_portal.common.refusal import Refusal


class Command(BaseCommand):
    help = "生成一年的年度工作总结。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--year", type=int, required=True, help="年份，例如 2024")
        parser.add_argument("--format", choices=("pdf", "html"), default="pdf", help="格式")
        parser.add_argument("--output", type=Path, required=True, help="写到哪个文件")

    def handle(self, *args: Any, year: int, format: str, output: Path, **options: Any) -> None:
        try:
            document = compose(year=year, today=timezone.localdate())
            content = to_pdf(document) if format == "pdf" else to_html(document).encode()
            output.write_bytes(content)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        except OSError as error:
            raise CommandError(f"写不了 {output}：{error.strerror}。请换一个能写的位置。") from error
        self.stdout.write(f"已生成 {output}（{len(content)} 字节）。")
