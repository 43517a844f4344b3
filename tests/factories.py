"""Invented people and places of 安澜区云禾街道, for tests that need more of them than the cast."""

import factory
from factory.django import DjangoModelFactory

from congress_portal.accounts.choices import Role
from congress_portal.accounts.models import Committee, Community, Department, User
from deputies.choices import CongressLevel, MandateKind
from deputies.models import DeputyGroup, Mandate, Person

PASSWORD = "三只猫-在-竹林-7"


class CommitteeFactory(DjangoModelFactory):
    class Meta:
        model = Committee

    name = "云禾街道人大工委"
    full_name = "云禾街道人大工作委员会"
    district_name = "安澜区"
    street_name = "云禾街道"
    seal_char = "云"
    address = "安澜区云禾街道凤鸣路 1 号"
    phone = "0579-5550100"
    office_hours = "工作日 8:30—17:00"
    council_started_on = "2024-05-20"
    wechat_started_on = "2023-09-01"


class CommunityFactory(DjangoModelFactory):
    class Meta:
        model = Community

    name = factory.Sequence(lambda n: f"测试社区{n}")


class DepartmentFactory(DjangoModelFactory):
    class Meta:
        model = Department

    name = factory.Sequence(lambda n: f"测试办公室{n}")


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"ren{n}")
    display_name = factory.Sequence(lambda n: f"测试人员{n}")
    role = Role.CLERK

    @classmethod
    def _create(cls, model_class, *args, **fields):
        return model_class.objects.create_user(password=PASSWORD, **fields)


class DeputyGroupFactory(DjangoModelFactory):
    class Meta:
        model = DeputyGroup

    name = factory.Sequence(lambda n: f"第{n}测试小组")


class PersonFactory(DjangoModelFactory):
    class Meta:
        model = Person

    name = factory.Sequence(lambda n: f"测试代表{n}")


class MandateFactory(DjangoModelFactory):
    class Meta:
        model = Mandate

    person = factory.SubFactory(PersonFactory)
    kind = MandateKind.DEPUTY
    level = factory.Maybe("is_deputy", yes_declaration=CongressLevel.COUNTY, no_declaration="")
    term = "第十七届"
    starts_on = "2022-01-10"

    class Params:
        is_deputy = factory.LazyAttribute(lambda mandate: mandate.kind == MandateKind.DEPUTY)
