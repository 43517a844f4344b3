"""Write the annual summary of a year: as text to the screen, or to a file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from congress_portal.annual_summary.document import SummaryDocument, compose
from congress_portal.annual_summary.render import file_name, to_html, to_pdf, to_text
from congress_portal.common.refusal import Refusal


class Command(BaseCommand):
    help = "生成一年的年度工作总结。只给年份时，把文字显示在屏幕上。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--year", type=int, required=True, help="年份，例如 2024")
        parser.add_argument(
            "--format", choices=("text", "html", "pdf"), help="格式；不写时，有文件的是 pdf，没有文件的是 text"
        )
        parser.add_argument("--output", type=Path, help="写到哪个文件；不写时，pdf 以标题为名写到当前目录")

    def handle(
        self, *args: Any, year: int, format: str | None = None, output: Path | None = None, **options: Any
    ) -> None:
        format = format or ("pdf" if output else "text")
        try:
            document = compose(year=year, today=timezone.localdate())
            content = _content(document, format)
            if output is None and format != "pdf":
                self.stdout.write(content.decode())
                return
            output = output or Path(file_name(document))
            output.write_bytes(content)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        except OSError as error:
            raise CommandError(f"写不了 {output}：{error.strerror}。请换一个能写的位置。") from error
        self.stdout.write(f"已生成 {output}（{len(content)} 字节）。")


def _content(document: SummaryDocument, format: str) -> bytes:
    if format == "pdf":
        return to_pdf(document)
    return (to_html(document) if format == "html" else to_text(document)).encode()
