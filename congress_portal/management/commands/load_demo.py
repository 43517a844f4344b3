"""Fill an empty portal with the sample street, so that every page has something true to show.

Each case goes through the same verbs as real ones, with the clock of the day it happened. A second run changes
nothing, and a portal with records of its own is never touched.
"""

import random
import secrets
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management.base import BaseCommand
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from PIL import Image, ImageDraw

from congress_portal.accounts.choices import Role
from congress_portal.accounts.models import Committee, Community, Department, User
from congress_portal.common.uploads import PreparedFile, accept_photo
from congress_portal.management import sample_street as sample
from congress_portal.notifications.models import Message
from deputies.choices import CongressLevel, MandateKind
from deputies.models import Mandate, Person
from suggestions import workflow
from suggestions.choices import Channel, Kind, Rating
from suggestions.deadlines import reply_due_on
from suggestions.models import Category, ReplyTerm, Suggestion
from suggestions.selectors import reply_to_evaluate
from suggestions.tracking import new_submission_key

ACCOUNTS_FILE = settings.VAR_DIR / "sample_accounts.txt"
READ_AFTER = timedelta(days=7)  # messages older than this have been read, as they would be


class Command(BaseCommand):
    help = "装入示例街道的数据（只在空库里装入，再次运行不改动任何数据）。"

    def handle(self, *args: Any, **options: Any) -> None:
        if ACCOUNTS_FILE.exists() and Committee.objects.exists():
            self.stdout.write("示例数据已经装入，没有改动。")
        elif Committee.objects.exists() or Suggestion.objects.exists():
            self.stdout.write("数据库里已有数据，没有装入示例数据。")
            return
        else:
            with transaction.atomic():
                SampleStreet(now=timezone.now()).build()
        self.stdout.write(ACCOUNTS_FILE.read_text(encoding="utf-8"))


class SampleStreet:
    """Builds the street once. The same day gives the same street, but for the random passwords and codes."""

    def __init__(self, *, now: datetime) -> None:
        self.now = now
        self.today = timezone.localdate(now)
        self.random = random.Random("云禾")  # noqa: S311 - for variety, not for secrets

    def build(self) -> None:
        self._make_office()
        self._make_people()
        for case in sorted(sample.CASES, key=lambda case: -case.days_ago):
            self._walk(case)
        self._read_old_messages()

    # ---- the office and its people

    def _make_office(self) -> None:
        Committee.objects.create(
            **sample.COMMITTEE,
            council_started_on=date(self.today.year - 2, 3, 1),
            wechat_started_on=date(self.today.year - 3, 5, 10),
        )
        self.communities = [
            Community.objects.create(name=name, position=position * 10)
            for position, name in enumerate(sample.COMMUNITIES, start=1)
        ]
        self.departments = {
            name: Department.objects.create(name=name, position=position * 10)
            for position, name in enumerate(sample.DEPARTMENTS, start=1)
        }
        password = secrets.token_urlsafe(9)
        self.users: dict[str, User] = {}
        lines = ["示例账户（密码相同，每次安装随机生成）："]
        for username, name, role, department, is_head in sample.ACCOUNTS:
            self.users[role] = User.objects.create_user(
                username,
                password,
                display_name=name,
                role=role,
                department=self.departments.get(department),
                is_department_head=is_head,
            )
            title = Role(role).label + (f"（{department}）" if department else "")
            lines.append(f"  {username:<12} {password}  {name}，{title}")
        # One officer answers for each of the other departments; nobody can sign in as one.
        self.officers = {sample.ACCOUNTS[4][3]: self.users[Role.OFFICER]}
        for number, (name, department) in enumerate(self.departments.items()):
            if name not in self.officers:
                self.officers[name] = User.objects.create_user(
                    f"officer{number}",
                    None,
                    display_name=f"{name}承办人",
                    role=Role.OFFICER,
                    department=department,
                )
        ACCOUNTS_FILE.touch(mode=0o600)
        ACCOUNTS_FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def _make_people(self) -> None:
        term_start = date(self.today.year - 4, 2, 1)
        accounts = {user.display_name: user for user in self.users.values()}
        self.deputies = [Person.objects.create(name=name, user=accounts.get(name)) for name in sample.DEPUTIES]
        self.councillors = [Person.objects.create(name=name, user=accounts.get(name)) for name in sample.COUNCILLORS]
        for number, person in enumerate(self.deputies):
            Mandate.objects.create(
                person=person,
                kind=MandateKind.DEPUTY,
                level=CongressLevel.COUNTY,
                term="第十五届",
                district=f"第 {number % 7 + 1} 选区",
                community=self.communities[number % len(self.communities)],
                starts_on=term_start,
            )
        for number, person in enumerate(self.councillors):
            Mandate.objects.create(
                person=person,
                kind=MandateKind.COUNCILLOR,
                community=self.communities[number % len(self.communities)],
                starts_on=date(self.today.year - 2, 3, 1),
            )

    # ---- one case, step by step

    def _walk(self, case: sample.Case) -> None:
        suggestion = self._receive(case)
        if case.stage == "new":
            return
        clerk = self.users[Role.CLERK]
        accepted_at = self._moment(case, 1, time(9, 5))
        if case.stage == "declined":
            reason, place = sample.DECLINE[case.title]
            workflow.decline_suggestion(suggestion, reason=reason, referred_to=place, by=clerk, now=accepted_at)
            self._date_messages(accepted_at)
            return
        workflow.accept_suggestion(suggestion, by=clerk, now=accepted_at)
        self._date_messages(accepted_at)
        if case.stage == "accepted":
            return
        assigned_at = self._moment(case, 2, time(10, 22))
        term = ReplyTerm.objects.get(channel=case.channel)
        workflow.assign_to_department(
            suggestion,
            department=self.departments[case.department],
            due_on=reply_due_on(assigned_on=timezone.localdate(assigned_at), reply_days=term.reply_days),
            by=clerk,
            now=assigned_at,
        )
        self._date_messages(assigned_at)
        if case.stage in ("assigned", "late"):
            return
        reply_after = self.random.randint(6, 15)
        self._reply(case, suggestion, case.reply, after=min(2 + reply_after, max(case.days_ago - 1, 3)))
        if case.stage == "replied":
            return
        evaluated_after = min(2 + reply_after + self.random.randint(2, 6), max(case.days_ago - 1, 4))
        self._evaluate(case, suggestion, case.ratings, case.reason, after=evaluated_after)
        if case.stage == "twice":
            self._reply(case, suggestion, sample.SECOND_REPLY, after=evaluated_after + 12)
            self._evaluate(case, suggestion, sample.GOOD, "", after=evaluated_after + 15)

    def _receive(self, case: sample.Case) -> Suggestion:
        resident = self.random.randrange(len(sample.RESIDENTS))
        contact = workflow.Contact(
            name=sample.RESIDENTS[resident],
            phone=f"1705550{self.random.randrange(10_000):04d}",
            age_band=sample.AGE_BANDS[resident],
        )
        raisers = {Channel.COUNCIL: self.councillors, Channel.WECHAT: self.councillors + self.deputies}
        people = raisers.get(case.channel, self.deputies)
        # The sample accounts of the deputy and the councillor find cases of their own on their pages.
        raised_by = people[0] if self.random.random() < 0.3 else self.random.choice(people)
        by_resident = case.channel == Channel.WEB
        submission = workflow.Submission(
            matter=case.matter,
            category=Category.objects.get(name=case.category),
            community=self.communities[case.community],
            place=case.place,
            contact=contact if case.channel in sample.WITH_CONTACT else workflow.Contact(),
            channel=case.channel,
            kind=Kind.PROPOSAL if case.channel == Channel.SESSION else Kind.OPINION,
            title=case.title,
            raised_by=None if by_resident else raised_by,
        )
        photos = [self._photo(case, number) for number in range(case.photos)]
        now = self._moment(case, 0, time(self.random.randint(8, 20), self.random.randrange(60)))
        key = new_submission_key()
        if by_resident:
            received = workflow.submit_suggestion(submission, key=key, photos=photos, now=now)
        else:
            received = workflow.enter_suggestion(
                submission,
                key=key,
                photos=photos,
                received_on=timezone.localdate(now),
                by=self.users[Role.CLERK],
                now=now,
            )
        self._date_messages(now)
        return received.suggestion

    def _reply(self, case: sample.Case, suggestion: Suggestion, text: str, *, after: int) -> None:
        now = self._moment(case, after, time(15, 10))
        workflow.record_reply(
            suggestion, text=text, outcome=case.outcome, files=[], by=self.officers[case.department], now=now
        )
        self._date_messages(now)

    def _evaluate(
        self,
        case: sample.Case,
        suggestion: Suggestion,
        ratings: tuple[Rating, Rating],
        reason: str,
        *,
        after: int,
    ) -> None:
        # Who wrote in by form evaluates with the code; for the others the clerk calls.
        by = None if case.channel == Channel.WEB else self.users[Role.CLERK]
        process, result = ratings
        now = self._moment(case, after, time(19, 30))
        workflow.evaluate_reply(
            suggestion,
            reply_pk=reply_to_evaluate(suggestion),
            process=process,
            result=result,
            reason=reason,
            by=by,
            now=now,
        )
        self._date_messages(now)

    def _moment(self, case: sample.Case, after: int, at: time) -> datetime:
        day = self.today - timedelta(days=max(case.days_ago - after, 0))
        moment = timezone.make_aware(datetime.combine(day, at))
        return min(moment, self.now)

    def _photo(self, case: sample.Case, number: int) -> PreparedFile:
        """Draw a picture of a street corner; residents' real photos are nobody's sample."""
        picture = Image.new("RGB", (1200, 900), (198, 210, 219))
        draw = ImageDraw.Draw(picture)
        draw.rectangle((0, 560, 1200, 900), fill=(128, 124, 118))
        for left in range(0, 1200, 200):
            height = self.random.randint(220, 480)
            shade = self.random.randint(150, 205)
            draw.rectangle((left, 560 - height, left + 170, 560), fill=(shade, shade - 14, shade - 34))
            for window in range(560 - height + 30, 520, 70):
                draw.rectangle((left + 30, window, left + 70, window + 36), fill=(92, 104, 116))
                draw.rectangle((left + 100, window, left + 140, window + 36), fill=(92, 104, 116))
        for left in range(0, 1200, 160):
            draw.rectangle((left, 720, left + 80, 734), fill=(226, 222, 208))
        draw.ellipse((520, 640, 820, 780), fill=(96, 110, 128))
        content = BytesIO()
        picture.save(content, "JPEG", quality=80)
        name = f"{case.place or case.title}{number + 1}.jpg".replace(" ", "")
        return accept_photo(SimpleUploadedFile(name, content.getvalue(), content_type="image/jpeg"))

    def _date_messages(self, moment: datetime) -> None:
        """Give what was written since the start of this run the moment of the step that it tells of."""
        Message.objects.filter(created_at__gt=self.now).update(created_at=moment)

    def _read_old_messages(self) -> None:
        old = Message.objects.filter(created_at__lt=self.now - READ_AFTER)
        old.update(read_at=F("created_at") + timedelta(hours=2))
