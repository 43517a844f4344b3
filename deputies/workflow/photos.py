"""Portraits of many people at once: whom each picture is meant for, and the writing of all that are clear."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches

from django.core.exceptions import PermissionDenied
from django.db import transaction

from congress_portal.accounts.models import User
from congress_portal.common.dates import full_day
from congress_portal.common.import_plan import MOST_GUESSES
from congress_portal.common.refusal import Refusal
from deputies.models import Mandate, Person, PersonPhoto
from deputies.photo_zip import NamedPicture
from deputies.workflow.people import keep_photo


@dataclass
class PhotoOutcome:
    """What becomes of one file."""

    picture: NamedPicture
    person: Person | None = None
    old_photo: str = ""  # the key of the portrait it takes the place of
    problem: str = ""

    @property
    def fate(self) -> str:
        if self.problem:
            return "wrong"
        return "replaced" if self.old_photo else "new"


@dataclass
class PhotoPlan:
    """The outcomes of all files, in their order. Files with a problem do not hold up the others."""

    outcomes: list[PhotoOutcome] = field(default_factory=list)

    @property
    def good(self) -> list[PhotoOutcome]:
        return [outcome for outcome in self.outcomes if not outcome.problem]

    @property
    def counts(self) -> dict[str, int]:
        fates = [outcome.fate for outcome in self.outcomes]
        return {fate: fates.count(fate) for fate in ("wrong", "replaced", "new")}

    @property
    def fingerprint(self) -> str:
        """Tell two plans apart. What a person saw and confirmed is compared with what would happen now."""
        seen = [
            (o.picture.path, o.person and (o.person.pk, o.person.name), o.old_photo, o.problem) for o in self.outcomes
        ]
        return hashlib.sha256(repr(seen).encode("utf-8", "backslashreplace")).hexdigest()


class PhotosOutdated(Refusal):
    """Between preview and confirmation somebody changed what the files speak of. Nothing was written."""


def plan_photos(pictures: Sequence[NamedPicture]) -> PhotoPlan:
    """Say whom each picture is meant for. Reads in a handful of queries, however many there are."""
    return _plan(pictures, locked=False)


def store_photos(pictures: Sequence[NamedPicture], *, expected: str, by: User, now: datetime) -> PhotoPlan:
    """Keep every picture that is clear, as `set_photo` does; the others are left out.

    ``expected`` is the fingerprint of the plan that was shown. Raises PhotosOutdated when the files would mean somebody
    else, or replace another portrait, by now; then nothing is written.
    """
    if not by.has_perm("deputies.change_person"):
        raise PermissionDenied("您的角色不能上传人员的照片。需要上传请联系街道人大工委。")
    with transaction.atomic():
        plan = _plan(pictures, locked=True)
        if plan.fingerprint != expected:
            raise PhotosOutdated("预览之后，数据有了变化，所以没有写入。下面是按最新数据重新核对的结果，请看过再确认。")
        for outcome in plan.good:
            assert outcome.person is not None and outcome.picture.photo is not None  # noqa: S101, PT018 -- for mypy
            keep_photo(outcome.person, photo=outcome.picture.photo, by=by, now=now)
    return plan


# ---- private


def _plan(pictures: Sequence[NamedPicture], *, locked: bool) -> PhotoPlan:
    people = Person.objects.filter(name__in={picture.name for picture in pictures}).order_by("pk")
    if locked:
        people = people.select_for_update()
    named: dict[str, list[Person]] = defaultdict(list)
    for person in people:
        named[person.name].append(person)
    by_pk = {person.pk: person for some in named.values() for person in some}
    seats: dict[int, set[str]] = defaultdict(set)
    for mandate in Mandate.objects.filter(person__in=by_pk).select_related("community"):
        seats[mandate.person_id] |= {_plain(mandate.district), _plain(str(mandate.community or ""))} - {""}
    photos = dict(PersonPhoto.objects.filter(person__in=by_pk).values_list("person", "pk"))
    unknown = _Unknown()

    plan = PhotoPlan()
    files_of: dict[int, list[PhotoOutcome]] = defaultdict(list)
    for picture in pictures:
        outcome = PhotoOutcome(picture, problem=picture.problem)
        plan.outcomes.append(outcome)
        same_name = named[picture.name]
        if not same_name:
            outcome.problem = outcome.problem or unknown.sentence(picture.name)
            continue
        meant = [person for person in same_name if _fits(picture, person, seats[person.pk])]
        if len(meant) != 1:
            outcome.problem = outcome.problem or _not_clear(picture, same_name, meant)
            continue
        outcome.person = meant[0]
        outcome.old_photo = str(photos.get(outcome.person.pk, ""))
        files_of[outcome.person.pk].append(outcome)
    for outcomes in files_of.values():
        _refuse_several(outcomes)
    return plan


def _fits(picture: NamedPicture, person: Person, seats: Iterable[str]) -> bool:
    if not picture.hint:
        return True
    if picture.born_on:
        return person.born_on == picture.born_on
    return _plain(picture.hint) in seats


def _not_clear(picture: NamedPicture, same_name: Sequence[Person], meant: Sequence[Person]) -> str:
    name = picture.name
    if not picture.hint:
        return (
            f"有 {len(same_name)} 位“{name}”。请在文件名里写上出生日期或选区，例如 {name}_1980-05-03.jpg、"
            f"{name}_第3选区.jpg。"
        )
    hint = f"{full_day(picture.born_on)}出生的" if picture.born_on else f"选区或社区是“{picture.hint}”的"
    if meant:
        return f"{hint}“{name}”有 {len(meant)} 位，请改写出生日期，例如 {name}_1980-05-03.jpg。"
    return f"没有{hint}“{name}”。请核对文件名，或先在档案里补上。"


def _refuse_several(outcomes: Sequence[PhotoOutcome]) -> None:
    """Nobody can know which of two pictures is the better one."""
    if len(outcomes) < 2:
        return
    for outcome in outcomes:
        others = "、".join(f"“{other.picture.path}”" for other in outcomes if other is not outcome)
        outcome.problem = outcome.problem or f"和{others}是同一个人的照片，请只留一张。"


class _Unknown:
    """The sentence for a name that is not on file, with the nearest one that is."""

    def __init__(self) -> None:
        self._names: list[str] | None = None
        self._guesses = 0

    def sentence(self, name: str) -> str:
        near: list[str] = []
        if self._guesses < MOST_GUESSES:  # looking for the nearest name is slow
            self._guesses += 1
            if self._names is None:
                self._names = sorted(set(Person.objects.values_list("name", flat=True)))
            near = get_close_matches(name, self._names, n=1, cutoff=0.5)
        guess = f"最接近的是“{near[0]}”。" if near else ""
        return f"档案里没有“{name}”。{guess}文件名要和姓名一样，例如 张三.jpg；还没有档案的，请先登记。"


def _plain(text: str) -> str:
    return "".join(text.split())
