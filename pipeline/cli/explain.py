"""`reeline explain`: the facts of an article, or the evidence and the history of an event."""

from typing import Annotated, Any

import pandas as pd
import typer
from rich.text import Text

from models.errors import InputError
from pipeline.cli.console import (
    CsvOption,
    DataOption,
    JsonOption,
    emit,
    out,
    plain_value,
    print_table,
    show,
)
from pipeline.cli.look import standing_text, when_text
from pipeline.settings import Settings, load_settings
from pipeline.store_read import query

_EXPLAIN_ARTICLE = """
SELECT v.version_id, v.title, v.url, v.source, v.published_on, v.date_basis, v.language,
  v.regions, v.sectors, v.extractor_version
FROM article AS a
JOIN article_version AS v ON v.version_id = a.current_version_id
WHERE a.article_id = $key OR v.version_id = $key OR v.url = $key OR contains(v.url, $key)
ORDER BY (a.article_id = $key OR v.version_id = $key OR v.url = $key) DESC, v.url
LIMIT 2
"""
_EXPLAIN_FACTS = """
WITH facts AS (
  SELECT 'license event' AS fact, version_id, char_start, char_end, text, rule_id,
    concat_ws(' ', kind, modality, authority, list_aggregate(licensees, 'string_agg', ', '),
      list_aggregate(beneficiaries, 'string_agg', ', '),
      list_aggregate(excluded, 'string_agg', ', '), material,
      CAST(date_start AS VARCHAR)) AS reading
  FROM license_event
  UNION ALL
  SELECT 'tonnage', version_id, char_start, char_end, text, rule_id,
    concat_ws(' ', bound, CAST(coalesce(tonnes, tonnes_low) AS VARCHAR), 't', flow, material,
      reporter, partner, CAST(period_start AS VARCHAR), basis)
  FROM tonnage
  UNION ALL
  SELECT 'percentage', version_id, char_start, char_end, text, rule_id,
    concat_ws(' ', bound, CAST(coalesce(value, low) AS VARCHAR), '%', kind, measure,
      CAST(period_start AS VARCHAR))
  FROM percentage
  UNION ALL
  SELECT 'date', version_id, char_start, char_end, text, rule_id,
    concat_ws(' ', timex, modifier)
  FROM date_mention
  UNION ALL
  SELECT 'company', version_id, char_start, char_end, text, rule_id,
    concat_ws(' ', name, company_id)
  FROM company_mention
)
SELECT f.fact, f.reading, f.text AS evidence, f.char_start, f.char_end, f.rule_id,
  coalesce(x.text[s.char_start + 1:s.char_end], f.text) AS sentence
FROM facts AS f
JOIN article_text AS x USING (version_id)
LEFT JOIN article_sentence AS s
  ON s.version_id = f.version_id
  AND s.char_start <= f.char_start
  AND f.char_start < s.char_end
WHERE f.version_id = $version_id
ORDER BY f.char_start, f.char_end, f.fact
"""


_HISTORY = """
SELECT known_from, known_to, event_id, revision, changed, kind, summary, date_start, date_end,
  date_precision, modality, status, confidence, source_count, article_count, other_dates
FROM event_history($key)
ORDER BY known_from, revision
"""
_EVENT = """
SELECT t.*
FROM timeline AS t
SEMI JOIN event_history($key) AS h USING (event_id)
"""
_EVIDENCE = """
SELECT published_on, coalesce(source_name, source) AS publisher, stance, modality, sentence,
  mention, char_start, char_end, rule_id, extractor_version, url, version_id
FROM evidence
WHERE event_id IN (SELECT unnest($events))
ORDER BY stance DESC, published_on, url, char_start
"""


def explain_command(
    what: Annotated[
        str,
        typer.Argument(
            help="Event id; or article id, version id, address, or a part of the address."
        ),
    ],
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    data: DataOption = None,
) -> None:
    """Show the sentences that an event rests on and its revisions, or all facts of an article.

    The id of an event is the one in brackets in `reeline timeline`; one that it had before will
    do. Each sentence and fact comes with its offsets in the article and the rule that made it.

        reeline explain 0d2f9293e5840534
        reeline explain first-general-licenses
        reeline sql "SELECT article_id, title FROM article_version"   # to find ids
    """
    settings = load_settings(data)
    revisions = query(settings, _HISTORY, {"key": what})
    if revisions.empty:
        _explain_article(settings, what, as_json=as_json, as_csv=as_csv)
        return
    events = query(settings, _EVENT, {"key": what})
    frame = query(settings, _EVIDENCE, {"events": list(events["event_id"])})
    if as_json or as_csv:
        emit(frame, as_json=as_json, as_csv=as_csv)
        return
    for _, event in events.iterrows():
        row = {str(key): plain_value(value) for key, value in event.items()}
        out.print(Text(f"{when_text(row)}  {show(row['summary'])}", style="bold"))
        out.print(Text(f"  {row['kind']}, {standing_text(row)}"))
    for _, sentence in frame.iterrows():
        _print_evidence(sentence)
    _print_revisions(revisions, is_withdrawn=events.empty)


def _print_evidence(row: "pd.Series[Any]") -> None:
    stance = "" if row["stance"] == "supports" else f"{row['stance']}: "
    out.print(Text(f"\n{stance}“{show(row['sentence'])}”", style="italic"))
    out.print(Text(f"  {show(row['publisher'])}, {show(row['published_on'])}, {row['url']}"))
    mention = f"“{show(row['mention'])}” at {row['char_start']}-{row['char_end']}"
    out.print(Text(f"  {mention}, {row['modality']}, rule {row['rule_id']}", style="dim"))


def _print_revisions(revisions: pd.DataFrame, *, is_withdrawn: bool) -> None:
    out.print(Text("\nWhat was believed, and since when", style="bold"))
    columns = ["known_from", "event_id", "kind", "date_start", "confidence", "changed"]
    print_table(revisions[columns])
    if is_withdrawn:
        out.print(Text(f"withdrawn {show(revisions['known_to'].max())}: nothing says so any more"))


def _explain_article(settings: Settings, key: str, *, as_json: bool, as_csv: bool) -> None:
    about = _find_article(settings, key)
    frame = query(settings, _EXPLAIN_FACTS, {"version_id": about["version_id"]})
    if as_json or as_csv:
        emit(frame, as_json=as_json, as_csv=as_csv)
        return
    out.print(Text(show(about["title"]), style="bold"))
    head = ("url", "source", "published_on", "date_basis", "regions", "sectors")
    for name in head:
        out.print(Text(f"  {name.replace('_', ' ')}: {show(about[name])}"))
    for sentence, facts in frame.groupby("sentence", sort=False):
        out.print(Text(f"\n“{show(sentence)}”", style="italic"))
        print_table(facts.drop(columns="sentence"))


def _find_article(settings: Settings, key: str) -> dict[str, object]:
    found = query(settings, _EXPLAIN_ARTICLE, {"key": key})
    if found.empty:
        raise InputError(
            f"no event and no article {key!r}: give an id, an address, or a part of an address; "
            "`reeline sql 'FROM article'` lists the articles"
        )
    first = {str(column): value for column, value in found.iloc[0].items()}
    if len(found) > 1 and key not in {first["version_id"], first["url"]}:
        second = found.iloc[1]["url"]
        raise InputError(f"{key!r} fits several articles, e.g. {first['url']} and {second}")
    return first
