"""`reeline in-force` and `reeline next`: the measures that hold, and the dates to come."""

from collections.abc import Iterator

from pipeline.cli.answer import (
    AuthorityOption,
    Form,
    KnownAtOption,
    MaterialOption,
    OnOption,
    PngOption,
    SvgOption,
    answer,
    day_of,
    instant_of,
    known_hint,
)
from pipeline.cli.console import CsvOption, DataOption, JsonOption
from pipeline.questions import coming, in_force, known_values
from pipeline.settings import Settings, load_settings

_IN_FORCE = ("standing", "since", "until", "kind", "summary", "destination", "source_count")
_COMING = ("day", "days_left", "precision", "what", "summary", "modality")


def in_force_command(
    on: OnOption = None,
    known_at: KnownAtOption = None,
    authority: AuthorityOption = None,
    material: MaterialOption = None,
    png: PngOption = None,
    svg: SvgOption = None,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    data: DataOption = None,
) -> None:
    """Show the controls and bans in force on a day, and the suspensions that still run.

    A measure counts from its day of effect, else its own day, else its first report; a suspension
    or an end that was not reported is not known.

        reeline in-force
        reeline in-force --on 2025-10-15 --material "rare earths"
        reeline in-force --on 2025-12-01 --known-at 2025-11-20 --csv
    """
    form = Form(as_json=as_json, as_csv=as_csv, png=png, svg=svg)
    settings, day = load_settings(data), day_of(on)
    frame = in_force(
        settings, on=day, known_at=instant_of(known_at), authority=authority, material=material
    )

    def hints() -> Iterator[str]:
        yield f"no measure is known to be in force or suspended on {day}: try another --on"
        if known_at is not None:
            yield "--known-at counts from when reeline loaded an article, not when it appeared"
        yield from _shared_hints(settings, authority, material)

    answer(frame, form, columns=_IN_FORCE, plot="plot_in_force", hints=hints)


def next_command(
    on: OnOption = None,
    authority: AuthorityOption = None,
    material: MaterialOption = None,
    png: PngOption = None,
    svg: SvgOption = None,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    data: DataOption = None,
) -> None:
    """Show announced dates that are still to come: events, days of effect, ends of suspensions.

    With --on the dates after another day, as known now.

        reeline next
        reeline next --on 2025-10-20 --material magnets
        reeline next --svg coming.svg
    """
    form = Form(as_json=as_json, as_csv=as_csv, png=png, svg=svg)
    settings, day = load_settings(data), day_of(on)
    frame = coming(settings, on=day, authority=authority, material=material)

    def hints() -> Iterator[str]:
        yield f"no announced date after {day} is known: try an earlier --on"
        yield from _shared_hints(settings, authority, material)

    answer(frame, form, columns=_COMING, plot="plot_coming", hints=hints)


def _shared_hints(settings: Settings, authority: str | None, material: str | None) -> Iterator[str]:
    if authority is not None:
        yield known_hint("authorities", known_values(settings, "authorities"))
    if material is not None:
        yield known_hint("materials", known_values(settings, "materials"))
