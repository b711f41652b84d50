"""Which mentions are the same event: the rules of the domain guide, section 5.

Pure and deterministic: the same mentions in any order give the same clusters, and mentions that
are published later never move earlier ones. Not here: what an event then says
(`pipeline/timeline.py`), nor when two accounts agree (`pipeline/matching.py`).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from models.ids import stable_id
from models.timeline import Mention
from models.vocabulary import FIRM_KINDS, Granularity, Modality
from pipeline.blocks import COUNTER, block_of, countries_of, is_considered
from pipeline.instruments import instrument_key
from pipeline.matching import (
    DAY_PRECISE,
    Traits,
    distance,
    gap_days,
    may_be_one,
    same_act,
    traits_of,
    window_days,
)

# A background date coarser than a year ("since 2023", "earlier this year") places nothing.
_PLACING = frozenset(
    {Granularity.TIME, Granularity.DAY, Granularity.WEEK, Granularity.MONTH, Granularity.QUARTER}
    | {Granularity.YEAR}
)
_COARSE = frozenset({Granularity.QUARTER, Granularity.HALF, Granularity.YEAR})
# Days of one entry of the index of events by time.
BUCKET_DAYS = 32
_DENIAL_DAYS = 3
# What events and mentions are found with: (firm, instrument, bucket or version, its value).
Word = tuple[str, str | int]
_NOWHERE: frozenset[int] = frozenset()


@dataclass(slots=True)
class Cluster:
    """Mentions of one event.

    `seed` opened it and gives it its id; `traits` are what the members said first, so that later
    members never widen what may still join.
    """

    seed: Mention
    event_id: str
    traits: Traits
    members: list[Mention] = field(default_factory=list)
    counters: list[Mention] = field(default_factory=list)
    is_dated: bool = False

    def add(self, mention: Mention, traits: Traits) -> None:
        """Take a mention in."""
        known = self.traits
        is_day = mention.date_start is not None and mention.date_precision in DAY_PRECISE
        moves = is_day and not self.is_dated
        self.is_dated = self.is_dated or is_day
        self.members.append(mention)
        self.traits = replace(
            known,
            instrument=known.instrument or traits.instrument,
            firms=known.firms | traits.firms,
            nations=known.nations or traits.nations,
            seats=known.seats | traits.seats,
            holders=known.holders or traits.holders,
            destinations=known.destinations or traits.destinations,
            acts=known.acts | traits.acts,
            families=known.families or traits.families,
            goods=known.goods | traits.goods,
            elements=known.elements | traits.elements,
            roles=known.roles | traits.roles,
            license_kind=known.license_kind or traits.license_kind,
            entity_list=known.entity_list or traits.entity_list,
            is_planned=known.is_planned and traits.is_planned,
            days=traits.days if moves else known.days,
        )


def cluster_mentions(mentions: Iterable[Mention]) -> list[Cluster]:
    """Group mentions into events, in the order of their seeds.

    Left out: kinds that are kept off the timeline, requests and possibilities, and background
    that neither names a day of its own nor fits a known event. Negations and denials stand
    beside the event that they speak against.
    """
    considered = [mention for mention in mentions if is_considered(mention)]
    countries = countries_of(considered)
    blocks: dict[str, list[Mention]] = defaultdict(list)
    for mention in considered:
        blocks[block_of(mention, countries[mention.mention_id])].append(mention)
    found = [cluster for key, block in blocks.items() for cluster in cluster_block(key, block)]
    return sorted(found, key=lambda cluster: (reading_order(cluster.seed), cluster.event_id))


def cluster_block(key: str, mentions: Iterable[Mention]) -> list[Cluster]:
    """Group the mentions of one block, in the order in which they were published."""
    block = Block(key)
    counters: list[Mention] = []
    for mention in sorted(mentions, key=reading_order):
        if mention.modality in COUNTER:
            counters.append(mention)
        else:
            block.place(mention)
    for mention in counters:
        block.oppose(mention)
    return block.clusters


def reading_order(mention: Mention) -> tuple[object, ...]:
    """Order: early reports before late ones; of one day numbered, dated news first."""
    is_day = mention.date_precision in DAY_PRECISE
    return (
        mention.published_on or date.max,
        mention.is_background,
        instrument_key(mention) is None,
        not is_day,
        mention.date_start is None,
        mention.date_start or date.max,
        mention.mention_id,
    )


class Block:
    """The clusters of one block, found by instrument, firm and month.

    Mentions are given in reading order, those against an event after all others.
    """

    def __init__(self, key: str) -> None:
        self.clusters: list[Cluster] = []
        self._key = key
        self._by_word: dict[Word, set[int]] = defaultdict(set)
        self._numbers: dict[str, int] = {}
        self._seeds: Counter[tuple[str, str]] = Counter()

    def place(self, mention: Mention) -> Cluster | None:
        """Put a mention where it belongs; background that fits nothing is left out."""
        traits = traits_of(mention)
        best = self._best(mention, traits)
        if best is None and _may_open(mention):
            best = self._open(mention, traits)
        if best is None:
            return None
        self._add(best, mention, traits)
        return self.clusters[best]

    def keep(self, mention: Mention, event_id: str, *, is_counter: bool = False) -> None:
        """Put a mention where it is known to belong."""
        number = self._numbers.get(event_id)
        if is_counter:
            if number is not None:
                self.clusters[number].counters.append(mention)
            return
        traits = traits_of(mention)
        if number is None:
            number = self._open(mention, traits, event_id)
        self._add(number, mention, traits)

    def oppose(self, mention: Mention) -> Cluster | None:
        """Set a negation or denial beside the event that it plainly speaks against."""
        traits = replace(traits_of(mention), is_planned=False)
        near = set(self._near(mention, traits)) | self._by_word[told_in(mention)]
        fitting = [n for n in sorted(near) if self._opposes(n, mention, traits)]
        if not fitting:
            return None
        best = self.clusters[
            min(fitting, key=lambda n: (distance(self.clusters[n].traits, traits), n))
        ]
        best.counters.append(mention)
        return best

    def _opposes(self, number: int, mention: Mention, traits: Traits) -> bool:
        known = self.clusters[number].traits
        is_denial = mention.modality is Modality.DENIED
        if not same_act(known, traits):
            return False
        if is_denial and self._stands_with(number, mention):
            return True
        if not may_be_one(known, traits):
            return False
        if is_denial and known.instrument and known.instrument == traits.instrument:
            return True
        gap = gap_days(known.days, traits.days)
        if known.firms & traits.firms:
            return gap <= window_days(mention.kind)
        # "The measure is not a ban" speaks of the rule, not against an event: only a day that is
        # stated, or an outright denial in the same days, does.
        is_stated = mention.date_start is not None and not mention.is_background
        return (is_stated or is_denial) and gap <= _DENIAL_DAYS

    def _stands_with(self, number: int, mention: Mention) -> bool:
        """Tell whether one sentence reports the event and its denial."""
        return any(
            member.version_id == mention.version_id and member.sentence == mention.sentence
            for member in self.clusters[number].members
        )

    def _best(self, mention: Mention, traits: Traits) -> int | None:
        fitting = [n for n in self._near(mention, traits) if self._fits(n, mention, traits)]
        if not fitting:
            return None
        ranks = {n: distance(self.clusters[n].traits, traits) for n in fitting}
        top = min(ranks.values())
        tied = [n for n in fitting if ranks[n] == top]
        if mention.is_background and mention.date_precision in _COARSE and len(tied) > 1:
            return None  # "in 2027" does not say which of them
        if traits.days is None and len(fitting) > 1:
            return None  # no day tells which of the firm's events is meant
        if "imposed" in traits.acts and traits.instrument is None:
            tied = self._told_apart(tied, fitting)
        days = traits.days
        return min(
            tied,
            key=lambda n: (gap_days(self.clusters[n].traits.days, days), n),
            default=None,
        )

    def _told_apart(self, tied: Sequence[int], fitting: Sequence[int]) -> list[int]:
        """Keep a report of a whole package from being any one announcement of it."""
        numbered = [n for n in tied if self.clusters[n].traits.instrument]
        if len(numbered) < 2:
            return list(tied)
        return [n for n in fitting if not self.clusters[n].traits.instrument]

    def _fits(self, number: int, mention: Mention, traits: Traits) -> bool:
        known = self.clusters[number].traits
        if not may_be_one(known, traits):
            return False
        if traits.instrument and traits.instrument == known.instrument:
            return True
        if traits.days is None:  # undated background: only by the firms that it names
            return bool(known.firms & traits.firms)
        window = window_days(mention.kind)
        if not same_act(known, traits):
            if not (mention.date_start and known.days):
                return False
            window = min(window, window_days(self.clusters[number].seed.kind))
        return gap_days(known.days, traits.days) <= window

    def _near(self, mention: Mention, traits: Traits) -> list[int]:
        found: set[int] = set()
        for word in words_of(traits, window_days(mention.kind)):
            found |= self._by_word.get(word, _NOWHERE)
        return sorted(found)

    def _open(self, mention: Mention, traits: Traits, known: str | None = None) -> int:
        place = (mention.article_id, mention.sentence)
        event_id = known or stable_id("timeline", self._key, *place, self._seeds[place])
        self._seeds[place] += 1
        number = self._numbers[event_id] = len(self.clusters)
        self.clusters.append(Cluster(seed=mention, event_id=event_id, traits=traits))
        return number

    def _add(self, number: int, mention: Mention, traits: Traits) -> None:
        cluster = self.clusters[number]
        cluster.add(mention, traits)
        for word in (*words_of(cluster.traits), told_in(mention)):
            self._by_word[word].add(number)


def words_of(traits: Traits, margin: int = 0) -> list[Word]:
    """Return the words by which events and mentions find each other.

    Args:
        traits: Of the event or mention.
        margin: Days by which accounts of one event may differ.
    """
    words: list[Word] = [("firm", firm) for firm in traits.firms]
    if traits.instrument:
        words.append(("instrument", traits.instrument))
    if traits.days is not None:
        first, last = traits.days
        low = (first - timedelta(days=margin)).toordinal() // BUCKET_DAYS
        high = (last + timedelta(days=margin)).toordinal() // BUCKET_DAYS
        words += [("bucket", number) for number in range(low, high + 1)]
    return words


def told_in(mention: Mention) -> Word:
    """Return the word that mentions of one text share: one sentence may tell and deny an event."""
    return "version", mention.version_id


def _may_open(mention: Mention) -> bool:
    says_whom = mention.parties or mention.destination or mention.instrument
    if mention.kind in FIRM_KINDS and not says_whom and not mention.date_start:
        return False  # "some are still waiting"
    if not mention.is_background:
        return bool(mention.date_start or mention.published_on)
    return mention.date_start is not None and mention.date_precision in _PLACING
