"""Corrections in the store: rows that are only ever added, under the writer's lock."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import duckdb

from models.errors import InputError
from models.ids import stable_id
from models.timeline import Anchor, Correction, CorrectionAction
from pipeline.corrections import check_fix
from pipeline.store import Store

_SELECT = """
SELECT correction_id, action, target_ids, payload, author, reason, made_at
FROM correction
ORDER BY made_at, correction_id
"""
_ANCHORS = """
SELECT license_event_id, article_id, sentence
FROM timeline_evidence
WHERE event_id = ? AND known_to IS NULL AND stance = 'supports'
ORDER BY license_event_id
"""
_FEWEST_MERGED = 2


def read_corrections(con: duckdb.DuckDBPyConnection) -> list[Correction]:
    """Return all corrections, those taken back too, in the order in which they were made."""
    return [_correction(row) for row in con.execute(_SELECT).fetchall()]


def _correction(row: Sequence[Any]) -> Correction:
    payload = json.loads(row[3])
    return Correction(
        correction_id=row[0],
        action=CorrectionAction(row[1]),
        target_ids=tuple(row[2]),
        anchors=tuple(tuple(Anchor(**item) for item in group) for group in payload["anchors"]),
        mentions=tuple(Anchor(**item) for item in payload["mentions"]),
        field=payload["field"],
        value=payload["value"],
        author=row[4],
        reason=row[5],
        made_at=row[6],
    )


def add_correction(
    store: Store,
    action: CorrectionAction,
    targets: Sequence[str],
    *,
    author: str,
    reason: str,
    mentions: Sequence[str] = (),
    field: str | None = None,
    value: str | None = None,
    now: datetime | None = None,
) -> Correction:
    """Write one correction and return it. It takes effect with the next refresh.

    Args:
        store: The open store.
        action: What to do.
        targets: Event ids; for a link the surface, for an undo the correction.
        author: Who decides.
        reason: Why.
        mentions: Mentions that a split takes out.
        field: Field that a fix sets.
        value: Its new value, or the company id of a link.
        now: When it was decided; default the clock.

    Raises:
        InputError: An id is unknown, or something that the action needs is missing.
    """
    if not author.strip() or not reason.strip():
        raise InputError("a correction needs an author and a reason")
    con, made_at = store.con, now or datetime.now(UTC)
    anchors = _checked_anchors(con, action, targets)
    taken_out = _taken_out(anchors, action, mentions)
    _check_details(con, action, targets, field, value)
    correction = Correction(
        correction_id=stable_id(
            "correction", action.value, *targets, *mentions, field, value, made_at.isoformat()
        ),
        action=action,
        target_ids=tuple(targets),
        anchors=anchors,
        mentions=taken_out,
        field=field,
        value=value,
        author=author.strip(),
        reason=reason.strip(),
        made_at=made_at,
    )
    _insert(con, correction)
    store.mark_changed()
    return correction


def _insert(con: duckdb.DuckDBPyConnection, correction: Correction) -> None:
    payload = {
        "anchors": [[asdict(anchor) for anchor in group] for group in correction.anchors],
        "mentions": [asdict(anchor) for anchor in correction.mentions],
        "field": correction.field,
        "value": correction.value,
    }
    values = [
        correction.correction_id,
        correction.action.value,
        list(correction.target_ids),
        json.dumps(payload, ensure_ascii=False, sort_keys=True),
        correction.author,
        correction.reason,
        correction.made_at,
    ]
    con.execute("INSERT INTO correction VALUES (?, ?, ?, ?, ?, ?, ?)", values)


def _checked_anchors(
    con: duckdb.DuckDBPyConnection, action: CorrectionAction, targets: Sequence[str]
) -> tuple[tuple[Anchor, ...], ...]:
    """Return the mentions of each target event; nothing for links and undos."""
    if action is CorrectionAction.MERGE and len(set(targets)) < _FEWEST_MERGED:
        raise InputError("merge needs two different events or more")
    if action is not CorrectionAction.MERGE and len(targets) != 1:
        raise InputError(f"{action.value} needs exactly one target, got {len(targets)}")
    if action in {CorrectionAction.LINK, CorrectionAction.UNDO}:
        return ()
    found = []
    for target in targets:
        rows = con.execute(_ANCHORS, [target]).fetchall()
        if not rows:
            raise InputError(f"no event {target!r} on the timeline; `reeline timeline` shows them")
        found.append(tuple(Anchor(mention_id=m, article_id=a, sentence=s) for m, a, s in rows))
    return tuple(found)


def _taken_out(
    anchors: Sequence[Sequence[Anchor]], action: CorrectionAction, mentions: Sequence[str]
) -> tuple[Anchor, ...]:
    if action is not CorrectionAction.SPLIT:
        return ()
    known = {anchor.mention_id: anchor for anchor in anchors[0]}
    strange = sorted(set(mentions) - known.keys())
    if strange:
        raise InputError(f"the event has no mention {', '.join(strange)}; see the view `evidence`")
    if not mentions or len(set(mentions)) == len(known):
        raise InputError("split needs some of the mentions of the event, not none and not all")
    return tuple(known[mention] for mention in dict.fromkeys(mentions))


def _check_details(
    con: duckdb.DuckDBPyConnection,
    action: CorrectionAction,
    targets: Sequence[str],
    field: str | None,
    value: str | None,
) -> None:
    if action is CorrectionAction.FIX:
        if field is None:
            raise InputError("fix needs the field and its value")
        check_fix(field, value)
    elif action is CorrectionAction.LINK:
        known = con.execute("FROM company WHERE company_id = ?", [value]).fetchone()
        if known is None:
            raise InputError(f"no company {value!r} in the registry; see the table `company`")
    elif action is CorrectionAction.UNDO:
        known = con.execute("FROM correction WHERE correction_id = ?", [targets[0]]).fetchone()
        if known is None:
            raise InputError(f"no correction {targets[0]!r}; `reeline review log` shows them")
