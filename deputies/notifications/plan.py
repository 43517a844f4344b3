"""Who is told of the annual plan: everybody on mandate, once it is published."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone

from congress_portal.accounts.models import User
from congress_portal.notifications.outbox import notify
from deputies.models import Person, WorkPlan


def tell_plan_published(plan: WorkPlan) -> None:
    in_office = Person.objects.in_office(plan.published_on or timezone.localdate())
    notify(
        to=User.objects.filter(is_active=True, person__in=in_office).order_by("pk"),
        subject=f"{plan}已公布",
        body="今年安排的活动和月份都在里面，请提前留出时间。每次活动另行通知。",
        url=reverse("deputies:public_plan", args=(plan.year,)),
    )
