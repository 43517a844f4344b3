"""One activity told in a sentence of its own, as staff marked it for the summary."""

from congress_portal.annual_summary.text import Paragraph, Run, listed
from congress_portal.common.dates import month_day
from deputies.figures.highlights import Told

# A title that begins by saying what was done reads on; any other is named.
_VERBS = ("视察", "调研", "督查", "审查", "评议", "听取", "走访", "培训", "座谈", "学习", "考察")


def told_of(told: Told) -> Paragraph:
    """Return, for instance: 9月3日，组织人大代表12名、居民议事员8名和环保监督员4名，专题视察绿能环保项目。"""
    title = told.activity.title
    runs: list[Run] = [f"{month_day(told.activity.starts_on)}，"]
    company = listed((one.name, one.figure) for one in told.company)
    reads_on = any(verb in title[:6] for verb in _VERBS)
    if company:
        runs += ["组织", *company, f"，{title}" if reads_on else f"参加“{title}”"]
    else:
        runs.append(title if reads_on else f"举行“{title}”")
    first, *_ = told.activity.narrative.strip().splitlines() or [""]
    return (*runs, "。", *([first] if first else []))
