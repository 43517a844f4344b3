"""Remind of what is due, as beat does every hour, and say of all that is owed who was told what, or why nobody."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from congress_portal.common.dates import full_day
from congress_portal.common.reminding import Reason, Silence
from congress_portal.notifications.letters import Letter
from deputies import workflow as deputies_workflow
from deputies.reminders import Owed
from deputies.selectors.due import subjects_of
from suggestions import reminders, workflow
from suggestions.models import Suggestion

YEARS = range(2000, 2101)
LINES = 10  # of each reason; the counts are complete


class Command(BaseCommand):
    help = "催办和履职提醒：期限将近、今天到期和已经逾期的，提醒要办的人，每个时机只提醒一次。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="只列出要提醒谁、为什么，不发消息，不留记录")
        parser.add_argument("--now", metavar="时间", help="当作这个时间来办，例如 2026-11-24 或 2026-11-24T08:05")

    def handle(self, *args: Any, now: str | None, dry_run: bool, **options: Any) -> None:
        moment = timezone.localtime(_moment(now) if now else timezone.now())
        parts = [part(moment, dry_run=dry_run) for part in (_of_suggestions, _of_deputies)]
        verb = "要" if dry_run else "已"
        title = "提醒演练，不发消息，不留记录" if dry_run else "提醒"
        self.stdout.write(f"{title}：{full_day(moment)} {moment:%H:%M}")
        for part in parts:
            self.stdout.write("")
            for line in part.lines(verb):
                self.stdout.write(line)
        told, failed = sum(len(part.told) for part in parts), [name for part in parts for name in part.failed]
        people = sum(len(letter.to) for part in parts for one in part.told for letter in one.letters)
        self.stdout.write(
            f"\n合计：{verb}提醒 {told} 件，{people} 人次；"
            f"不提醒 {sum(part.counts.total() for part in parts)} 件；没有办成 {len(failed)} 件。"
        )
        if failed:
            names = "、".join(failed[:LINES])
            raise CommandError(f"{len(failed)} 件没有办成（{names}），原因见上面的日志；下一次运行会再试。")


@dataclass(frozen=True)
class _Told:
    line: str
    letters: list[Letter]


@dataclass
class _Part:
    """What became of one app's due days: told, failed, and the silent ones counted by reason, with the first few."""

    title: str
    told: list[_Told] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    counts: Counter[Reason] = field(default_factory=Counter)
    first: defaultdict[Reason, list[str]] = field(default_factory=lambda: defaultdict(list))

    def keep_silent(self, name: str, silence: Silence) -> None:
        self.counts[silence.reason] += 1
        if len(self.first[silence.reason]) < LINES:
            when = f"，{silence}" if silence.on else ""
            self.first[silence.reason].append(f"    {name}{when}")

    def lines(self, verb: str) -> Iterator[str]:
        yield f"{self.title}：{verb}提醒 {len(self.told)} 件，不提醒 {self.counts.total()} 件"
        for one in self.told:
            yield f"  {one.line}"
            for letter in one.letters:
                yield f"    告知{'、'.join(map(str, letter.to))}：{letter.subject}"
        for reason, count in self.counts.most_common():
            yield f"  {reason.label} {count} 件"
            yield from self.first[reason]
            if count > LINES:
                yield f"    ……另有 {count - LINES} 件"


def _of_suggestions(moment: datetime, *, dry_run: bool) -> _Part:
    part = _Part("意见建议")
    for suggestion, silence in reminders.silent(today=moment.date()):  # as it is before anybody is told
        part.keep_silent(_name(suggestion), silence)
    done = workflow.send_due_reminders(now=moment, dry_run=dry_run)
    for suggestion in done.unheard:
        part.keep_silent(_name(suggestion), Silence(Reason.NOBODY_TO_TELL))
    for one in done.told:
        due = f"{one.occasion.step.label}期限{full_day(one.occasion.due_on)}"
        part.told.append(_Told(f"{one.suggestion.number}，{due}，{one.distance}", one.letters))
    part.failed = [suggestion.number for suggestion in done.failed]
    return part


def _of_deputies(moment: datetime, *, dry_run: bool) -> _Part:
    part = _Part("履职")
    done = deputies_workflow.send_due_reminders(now=moment, dry_run=dry_run)
    silent = [*done.silent, *((owed, Silence(Reason.NOBODY_TO_TELL)) for owed in done.unheard)]
    everything = [*(one.owed for one in done.told), *done.failed, *(owed for owed, _ in silent)]
    subjects = subjects_of({owed.key for owed in everything})

    def name(owed: Owed) -> str:
        return f"{owed.matter.label}：{subjects[owed.key].name}"

    for owed, silence in silent:
        part.keep_silent(name(owed), silence)
    for one in done.told:
        due = f"期限{full_day(one.owed.due_on)}"
        part.told.append(_Told(f"{name(one.owed)}，{due}，{one.distance}", one.letters))
    part.failed = [name(owed) for owed in done.failed]
    return part


def _name(suggestion: Suggestion) -> str:
    return f"{suggestion.number}，{suggestion.get_status_display()}"


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
