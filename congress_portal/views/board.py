"""The bulletin board (公示栏) and the page of one deputy or councillor, to which a QR code (代表码) leads."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.generic import ListView, TemplateView

from congress_portal.accounts.models import Committee
from congress_portal.common.qr import qr_svg
from deputies.choices import MandateKind
from deputies.forms.board import BoardFilterForm
from deputies.selectors import board


class BoardView(ListView):
    """Everybody in office today, one card a person, by group and then by name."""

    template_name = "pages/board.html"
    paginate_by = 60

    def get_queryset(self) -> Any:
        self.form = BoardFilterForm(self.request.GET)
        self.today = timezone.localdate()
        return board.people_on_board(today=self.today, kind=self.form.kind_asked, **self.form.asked)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        committee = Committee.objects.first()
        asked, kind = self.form.asked, self.form.kind_asked
        counts = board.board_counts(today=self.today, **asked)
        return context | {
            "committee": committee,
            # Without errors: a wrong filter is left out, and the title is not to speak of mistakes.
            "filters": self.form,
            "kinds": [
                {"value": value, "label": label, "count": counts[value], "is_current": value == kind}
                for value, label in MandateKind.choices
            ],
            "kind": kind,
            "is_filtered": any(asked.values()),
            "cards": board.cards(context["object_list"], district_name=committee.district_name if committee else ""),
            "today": self.today,
        }


class DeputyCardView(TemplateView):
    """One person in office: what the office is, what was done this year, and how to write to this person.

    An old card of somebody who left office gets a sentence and the way to the general form (410).
    """

    template_name = "pages/deputy_card.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        today = timezone.localdate()
        committee = Committee.objects.first()
        district_name = committee.district_name if committee else ""
        card = board.card_with_code(kwargs["code"], today=today, district_name=district_name)
        if card is None:
            raise Http404("没有这张代表码。请核对地址，或者在公示栏里按姓名查找。")
        if not card.is_in_office:
            self.template_name = "pages/board_left.html"
            return self.render_to_response(self.get_context_data(**kwargs), status=410)
        address = request.build_absolute_uri(card.url)
        context = self.get_context_data(
            committee=committee,
            card=card,
            facts=board.duty_facts(card.person, today=today) if card.is_deputy else None,
            address=address,
            qr=qr_svg(address),
            **kwargs,
        )
        return self.render_to_response(context)
