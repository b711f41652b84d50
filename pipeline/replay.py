"""Clustering again what new mentions can change, with the rest of their block where it was.

Pure. The outcome is that of clustering the whole block: `Replay.words` says what of the block
must have been at hand for that. Reading it is in `pipeline/store_touched.py`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from models.timeline import Mention
from pipeline.blocks import COUNTER
from pipeline.clustering import (
    BUCKET_DAYS,
    Block,
    Cluster,
    Word,
    reading_order,
    told_in,
    words_of,
)
from pipeline.matching import WIDEST_DAYS, traits_of, window_days

_REACH = -(-WIDEST_DAYS // BUCKET_DAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What became of a part of a block.

    Attributes:
        clusters: Events whose mentions are not those that they had.
        altered: Ids of these events, and of those that are no more.
        words: The outcome holds when all mentions of the block with one of these words, and all
            mentions of their events, were given.
    """

    clusters: tuple[Cluster, ...]
    altered: frozenset[str]
    words: frozenset[Word]


def replay_block(key: str, mentions: Iterable[Mention], known: Mapping[str, str | None]) -> Replay:
    """Cluster a part of a block again, as far as new mentions change it.

    A mention is looked at again only when an event that it could be of has changed before it, in
    the order of reading; every other one stays where it was.

    Args:
        key: The block.
        mentions: New mentions and known ones of the block.
        known: Event of each known mention; None for those that belong to none.
    """
    return _Replayed(key, list(mentions), known).run()


class _Replayed:
    def __init__(self, key: str, mentions: list[Mention], known: Mapping[str, str | None]) -> None:
        self._block = Block(key)
        self._mentions = sorted(mentions, key=reading_order)
        self._known = known
        self._altered: set[str] = set()
        self._changed: set[Word] = set()  # words of the events that are not what they were
        self._asked: set[Word] = set()  # words of what was looked at again
        self._had: dict[str, list[Mention]] = defaultdict(list)
        for mention in self._mentions:
            event_id = known.get(mention.mention_id)
            if event_id:
                self._had[event_id].append(mention)

    def run(self) -> Replay:
        for mention in self._mentions:
            if mention.modality not in COUNTER:
                self._see(mention)
        for mention in self._mentions:
            if mention.modality in COUNTER:
                self._see(mention)
        return Replay(
            clusters=tuple(c for c in self._block.clusters if c.event_id in self._altered),
            altered=frozenset(self._altered),
            words=frozenset(self._asked | _readers_of(self._changed)),
        )

    def _see(self, mention: Mention) -> None:
        reach = {told_in(mention), *words_of(traits_of(mention), window_days(mention.kind))}
        is_counter = mention.modality in COUNTER
        if mention.mention_id in self._known and self._changed.isdisjoint(reach):
            event_id = self._known[mention.mention_id]
            if event_id:
                self._block.keep(mention, event_id, is_counter=is_counter)
            return
        self._asked |= reach
        found = self._block.oppose(mention) if is_counter else self._block.place(mention)
        self._note(mention, found)

    def _note(self, mention: Mention, found: Cluster | None) -> None:
        now = found.event_id if found else None
        before = self._known.get(mention.mention_id)
        for event_id in {now, before} - {None} if now != before else ():
            if event_id and event_id not in self._altered:
                self._altered.add(event_id)
                members = found.members if found and event_id == now else []
                for member in (*self._had[event_id], *members):
                    self._changed |= _own_words(member)
        if found and now in self._altered:
            self._changed |= {*words_of(found.traits), *_own_words(mention)}


def _own_words(mention: Mention) -> set[Word]:
    return {told_in(mention), *words_of(traits_of(mention))}


def _readers_of(words: Iterable[Word]) -> set[Word]:
    """Return the words of the mentions that may look at events with some words."""
    found: set[Word] = set()
    for what, value in words:
        if what == "bucket" and isinstance(value, int):
            found |= {(what, value + step) for step in range(-_REACH, _REACH + 1)}
        else:
            found.add((what, value))
    return found
