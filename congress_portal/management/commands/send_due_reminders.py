"""Remind of what is due, as beat does every hour, and say of every open case who was told what, or why nobody."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from congress_portal.common.dates import full_day
from suggestions import reminders, workflow
from suggestions.models import Suggestion
from suggestions.reminders import Reason, Silence
from suggestions.workflow import Told

YEARS = range(2000, 2101)
LINES = 10  # of each reason; the counts are complete


class Command(BaseCommand):
    help = "催办：提醒期限将近、今天到期和已经逾期的意见建议，每个时机只提醒一次。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="只列出要提醒谁、为什么，不发消息，不留记录")
        parser.add_argument("--now", metavar="时间", help="当作这个时间来办，例如 2026-11-24 或 2026-11-24T08:05")

    def handle(self, *args: Any, now: str | None, dry_run: bool, **options: Any) -> None:
        moment = timezone.localtime(_moment(now) if now else timezone.now())
        silent = _Silent(today=moment.date())
        done = workflow.send_due_reminders(now=moment, dry_run=dry_run)
        for suggestion in done.unheard:
            silent.add(suggestion, Silence(Reason.NOBODY_TO_TELL))

        told = f"{'要' if dry_run else '已'}提醒 {len(done.told)} 件"
        title = "催办演练，不发消息，不留记录" if dry_run else "催办"
        self.stdout.write(f"{title}：{full_day(moment)} {moment:%H:%M}")
        for line in ("", told, *_told_lines(done.told), "", *silent.lines()):
            self.stdout.write(line)
        self.stdout.write(
            f"\n合计：{told}，{sum(len(one.people) for one in done.told)} 人次；"
            f"不提醒 {silent.counts.total()} 件；没有办成 {len(done.failed)} 件。"
        )
        if done.failed:
            numbers = "、".join(suggestion.number for suggestion in done.failed[:LINES])
            raise CommandError(f"{len(done.failed)} 件没有办成（{numbers}），原因见上面的日志；下一次运行会再试。")


class _Silent:
    """The open cases of which nobody is reminded, counted by reason, with the first few of each."""

    def __init__(self, *, today: date) -> None:
        self.counts: Counter[Reason] = Counter()
        self.first: defaultdict[Reason, list[str]] = defaultdict(list)
        for suggestion, silence in reminders.silent(today=today):
            self.add(suggestion, silence)

    def add(self, suggestion: Suggestion, silence: Silence) -> None:
        self.counts[silence.reason] += 1
        if len(self.first[silence.reason]) < LINES:
            when = f"，{silence}" if silence.on else ""
            self.first[silence.reason].append(f"    {suggestion.number}，{suggestion.get_status_display()}{when}")

    def lines(self) -> Iterator[str]:
        yield f"不提醒 {self.counts.total()} 件"
        for reason, count in self.counts.most_common():
            yield f"  {reason.label} {count} 件"
            yield from self.first[reason]
            if count > LINES:
                yield f"    ……另有 {count - LINES} 件"


def _told_lines(told: list[Told]) -> Iterator[str]:
    for one in told:
        occasion = one.occasion
        yield f"  {one.suggestion.number}，{occasion.step.label}期限{full_day(occasion.due_on)}，{one.distance}"
        for letter in one.letters:
            yield f"    告知{'、'.join(map(str, letter.to))}：{letter.subject}"


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.year not in YEARS:
        raise CommandError(
            f"--now 看不懂“{text}”，请写成 2026-11-24 或 2026-11-24T08:05，年份在 2000 到 2100 之间。", returncode=2
        )
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
