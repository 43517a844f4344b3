"""The section on oversight: topics, inspections and supervision, mass visits and symposia, what was entrusted."""

from __future__ import annotations

from congress_portal.annual_summary.sections import Parts
from congress_portal.annual_summary.sections.told import told_of
from congress_portal.annual_summary.selectors import Gathered
from congress_portal.annual_summary.text import Paragraph, Run, counted, listed, sentence
from congress_portal.common.dates import month_day
from congress_portal.common.figures import Figure
from deputies.choices import ActivityKind, TopicStatus
from deputies.figures.activities import INSPECTIONS, SUPERVISIONS
from deputies.models import Activity, OversightTopic

K = ActivityKind

# Whose sentences of their own stand in this section; the others' stand in the one on deputies.
OF_OVERSIGHT = (*INSPECTIONS, *SUPERVISIONS, K.SYMPOSIUM)


def parts_on_oversight(gathered: Gathered, *, year: int, span: str) -> Parts:
    """Return what the committee watched over, and how."""
    return (
        ("监督议题", (_topics(gathered, span=span), *(_topic(topic, gathered, year) for topic in gathered.topics))),
        (
            "视察、调研和专项督查",
            (_inspections(gathered), *(told_of(one) for one in gathered.told if one.activity.kind in OF_OVERSIGHT)),
        ),
        ("组织群众考察和座谈", (_mass_visits(gathered), _symposia(gathered.figures))),
        ("受委托事项", _entrusted(gathered)),
    )


def _topics(gathered: Gathered, *, span: str) -> Paragraph:
    figures = gathered.figures
    return sentence(
        counted(f"{span}确定监督议题", figures["deputies.topics"]),
        counted("开展监督", figures["deputies.rounds"]),
        counted("对", figures["deputies.topics_again"], "议题进行了再监督"),
        counted("办结", figures["deputies.topics_closed"]),
        # Of one topic alone the sentence below says it.
        _opinions(figures, "any", "提出意见建议") if len(gathered.topics) > 1 else None,
    )


def _topic(topic: OversightTopic, gathered: Gathered, year: int) -> Paragraph:
    """Return the sentence on one topic: what was put forward, how often it was looked at, where it stands."""
    if topic.closed_on and topic.closed_on.year == year:
        stands: list[Run] | None = [f"{month_day(topic.closed_on)}办结"]
    else:
        stands = ["继续跟踪监督"] if topic.status == TopicStatus.OPEN else None
    again = ["落实以后又进行了再监督"] if (topic.round_no or 0) > 1 else None  # type: ignore[attr-defined]
    return sentence(
        [f"围绕“{topic.title}”开展监督"], _opinions(gathered.figures, topic.pk, "提出意见建议"), again, stands
    )


def _opinions(figures: dict[str, Figure], topic: int | str, words: str) -> list[Run] | None:
    sent = figures.get(f"suggestions.received.topic.{topic}")
    if sent is None or not sent.value:
        return None
    replied, closed = (figures[f"suggestions.{key}.topic.{topic}"] for key in ("replied", "closed"))
    runs: list[Run] = [words, sent, "，提交街道办事处办理，已答复", replied]
    return [*runs, "，办结", closed] if closed.value else runs


def _inspections(gathered: Gathered) -> Paragraph:
    figures = gathered.figures

    def of(kinds: tuple[ActivityKind, ...]) -> list[Paragraph | None]:
        return [counted(kind.label, figures[f"deputies.activities.{kind}"]) for kind in kinds]

    all_inspections = figures["deputies.activities.inspections"]
    clauses: list[list[Run] | None] = []
    if all_inspections.value:
        kinds = listed(of(INSPECTIONS))
        several = sum(item is not None for item in of(INSPECTIONS)) > 1
        clauses.append(["组织视察和调研", all_inspections, "，其中", *kinds] if several else ["组织", *kinds])
    if supervised := listed(of(tuple(kind for kind in SUPERVISIONS if kind != K.HEARING))):
        clauses.append(["开展", *supervised])
    if hearings := counted("听取报告", figures[f"deputies.activities.{K.HEARING}"]):
        clauses.append([*hearings])
    found = figures["suggestions.received.activity"]
    if clauses and found.value:
        clauses.append(["在视察调研中提出意见建议", found])
    return sentence(*clauses, between="；")


def _mass_visits(gathered: Gathered) -> Paragraph:
    """Return the seed's sentence: 先后组织27批次7175人次、17批次1382人次赴两地实地考察."""
    visits = gathered.visits
    if not visits:
        return ()
    heads = [run for visit in visits for run in ("、", visit.batches, visit.person_times)][1:]
    places = "、".join(dict.fromkeys(visit.places[0] for visit in visits if visit.places))
    where = f"，分别赴{places}" if len(visits) > 1 else f"赴{places}"
    return ("先后组织" if len(visits) > 1 else "组织", *heads, f"{where}实地考察。" if places else "实地考察。")


def _symposia(figures: dict[str, Figure]) -> Paragraph:
    symposia = figures["deputies.activities.symposium"]
    if not symposia.value:
        return ()
    return ("召开座谈会", symposia, "，代表、议事员和群众参加", figures["deputies.participants.symposium"], "。")


def _entrusted(gathered: Gathered) -> tuple[Paragraph, ...]:
    """Return a sentence for each thing that was asked for by somebody else and reported back in the year."""
    things: list[OversightTopic | Activity] = [*gathered.entrusted_topics, *gathered.entrusted_activities]
    done = sorted((on, thing.entrusted_by, thing.title) for thing in things if (on := thing.reported_back_on))
    sentences: list[Paragraph] = [
        (f"受{by}委托，完成“{title}”，{month_day(on)}报告了结果。",) for on, by, title in done
    ]
    if not sentences:
        return ()
    total = listed(
        (
            counted("监督议题", gathered.figures["deputies.topics_reported"]),
            counted("活动", gathered.figures["deputies.entrusted_reported"]),
        )
    )
    return (("完成上级交办和受委托的", *total, "，均已报告结果。"), *sentences)
