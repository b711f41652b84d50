"""`reeline review`: what a person should look at, and what that person decides.

Decisions are rows of the table `correction`, applied at every refresh of the timeline.
"""

from typing import Annotated

import pandas as pd
import typer

from models.timeline import Correction, CorrectionAction
from pipeline.cli.console import CsvOption, DataOption, JsonOption, emit, err
from pipeline.settings import Settings, load_settings
from pipeline.store import Store
from pipeline.store_corrections import add_correction
from pipeline.store_read import query
from pipeline.store_timeline import refresh_timeline

# Events below it rest on one unconfirmed report or are disputed.
LOW_CONFIDENCE = 0.5
_LOG = "log"
_QUEUE = """
SELECT 'low confidence' AS queue, event_id AS id, summary AS subject,
  concat('confidence ', round(confidence, 2), ', ', source_count, ' sources, ', modality) AS why,
  coalesce(date_start, first_reported_on) AS day
FROM timeline_event
WHERE known_to IS NULL AND confidence < $low
UNION ALL
SELECT 'unlinked company', name, name,
  concat(mentions, ' mentions in ', articles, ' articles'), last_reported_on
FROM unlinked_companies
WHERE lower(name) NOT IN (
  SELECT lower(unnest(target_ids)) FROM correction WHERE action = 'link'
)
UNION ALL
SELECT 'denied event', e.event_id, e.summary, t.sentence, v.published_on
FROM timeline_evidence AS t
JOIN timeline_event AS e ON e.event_id = t.event_id AND e.known_to IS NULL
JOIN article_version AS v ON v.version_id = t.version_id
WHERE t.known_to IS NULL AND t.stance = 'contradicts'
UNION ALL
SELECT 'conflicting dates', event_id, summary,
  concat(date_start, ' (', date_basis, '), also ', list_aggregate(other_dates, 'string_agg', ', ')),
  date_start
FROM timeline_event
WHERE known_to IS NULL AND len(other_dates) > 0
UNION ALL
SELECT 'contradicting events', r.event_id, r.related_event_id, r.why, NULL
FROM timeline_relation AS r
WHERE r.known_to IS NULL AND r.relation = 'contradicts'
UNION ALL
SELECT 'contradicting numbers', article_id, title, message, published_on
FROM contradictions
UNION ALL
SELECT 'doubtful text', article_id, title,
  concat(why, ', agreement ', round(agreement, 2), ': ', url), published_on
FROM doubtful_texts
WHERE event_mentions > 0
ORDER BY queue, day DESC NULLS LAST, id, why
"""
_CORRECTIONS = """
SELECT correction_id, action, target_ids, json_extract_string(payload, '$.field') AS field,
  json_extract_string(payload, '$.value') AS value, author, reason, made_at
FROM correction
ORDER BY made_at, correction_id
"""


def review_command(
    action: Annotated[
        str | None,
        typer.Argument(
            help="merge, split, fix, hide, link or undo; log lists what was decided; "
            "without it, what should be looked at.",
            show_default=False,
        ),
    ] = None,
    targets: Annotated[
        list[str] | None,
        typer.Argument(help="Event ids; link: a surface; undo: a correction.", show_default=False),
    ] = None,
    author: Annotated[str | None, typer.Option(help="Who decides.", show_default=False)] = None,
    reason: Annotated[str | None, typer.Option(help="Why.", show_default=False)] = None,
    mention: Annotated[
        list[str] | None,
        typer.Option(help="split: a mention to take out; repeat it.", show_default=False),
    ] = None,
    field: Annotated[
        str | None, typer.Option(help="fix: the field, e.g. date_start.", show_default=False)
    ] = None,
    value: Annotated[
        str | None,
        typer.Option(help="fix: its value; names are parted by ;", show_default=False),
    ] = None,
    company: Annotated[
        str | None, typer.Option(help="link: the company id.", show_default=False)
    ] = None,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    data: DataOption = None,
) -> None:
    """List what a person should look at, or correct the timeline.

    Corrections are kept with author, reason and time, outlive every new reading of the texts,
    and are taken back with undo.

        reeline review --csv > queue.csv
        reeline review merge EVENT EVENT --author "A. Lee" --reason "one batch"
        reeline review fix EVENT --field date_start --value 2025-10-09 --author ... --reason ...
        reeline review link "Yunsheng Group" --company ningbo-yunsheng --author ... --reason ...
        reeline review undo CORRECTION --author ... --reason ...
    """
    settings = load_settings(data)
    if action in {None, _LOG}:
        sql = _QUEUE if action is None else _CORRECTIONS
        params = {"low": LOW_CONFIDENCE} if action is None else {}
        emit(query(settings, sql, params), as_json=as_json, as_csv=as_csv)
        return
    if action not in set(CorrectionAction):
        known = ", ".join([*CorrectionAction, _LOG])
        raise typer.BadParameter(f"{action!r}: expected one of {known}")
    if author is None or reason is None:
        raise typer.BadParameter("a correction needs --author and --reason")
    made = _correct(
        settings,
        CorrectionAction(action),
        targets or [],
        author=author,
        reason=reason,
        mentions=mention or [],
        field=field,
        value=company if action == CorrectionAction.LINK else value,
    )
    emit(_shown(made), as_json=as_json, as_csv=as_csv)


def _correct(
    settings: Settings,
    action: CorrectionAction,
    targets: list[str],
    *,
    author: str,
    reason: str,
    mentions: list[str],
    field: str | None,
    value: str | None,
) -> Correction:
    with Store(settings) as store:
        made = add_correction(
            store,
            action,
            targets,
            author=author,
            reason=reason,
            mentions=mentions,
            field=field,
            value=value,
        )
        report = refresh_timeline(store)
    err.print(
        f"{report.opened} events opened, {report.revised} revised, {report.closed} closed; "
        f"take it back with: reeline review undo {made.correction_id}"
    )
    return made


def _shown(made: Correction) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "correction_id": made.correction_id,
                "action": made.action.value,
                "target_ids": list(made.target_ids),
                "author": made.author,
                "reason": made.reason,
                "made_at": made.made_at,
            }
        ]
    )
