"""`reeline doctor`: where things lie, and whether this installation can work."""

import importlib.util
import os
import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, packages_distributions, version

import typer
from rich.text import Text

from extractors.extract import extractor_version
from extractors.nlp import DEFAULT_MODEL
from models.errors import ReelineError
from pipeline.archive import RawArchive
from pipeline.cli.console import DataOption, err, out
from pipeline.settings import Settings, load_settings
from pipeline.store_lake_connect import where
from pipeline.store_read import query

_PACKAGES = ("pipeline", "extractors", "models", "flows")
_LIBRARIES = ("duckdb", "prefect", "spacy", "trafilatura", "pandas", "fastapi")


def doctor_command(data: DataOption = None) -> None:
    """Show where things lie and whether this installation can work; exit 1 when it cannot."""
    settings = load_settings(data)
    problems: list[str] = []
    for line in _facts(settings, problems):
        out.print(Text(line))
    for problem in problems:
        err.print(Text.assemble(("problem: ", "bold red"), problem))
    if problems:
        raise typer.Exit(1)
    out.print("no problems found")


def _facts(settings: Settings, problems: list[str]) -> Iterator[str]:
    yield f"reeline {_version('reeline', problems)}, Python {platform.python_version()}"
    yield "  ".join(f"{name} {_version(name, problems)}" for name in _LIBRARIES)
    yield from _package_owners(problems)
    if importlib.util.find_spec(DEFAULT_MODEL) is None:
        problems.append(f"the spaCy model {DEFAULT_MODEL} is missing: run `make install`")
    yield f"extractors {extractor_version()}, model {DEFAULT_MODEL}"
    yield f"data folder {settings.data}"
    yield from _data_folder(settings, problems)


def _version(name: str, problems: list[str]) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        problems.append(f"{name} is not installed: run `make install`")
        return "missing"


def _package_owners(problems: list[str]) -> Iterator[str]:
    """Our package names are generic: a second owner would overwrite ours without a word."""
    owners = packages_distributions()
    for name in _PACKAGES:
        others = sorted(set(owners.get(name, [])) - {"reeline"})
        if others:
            problems.append(
                f"package {name!r} also belongs to {others[0]}: use a fresh environment"
            )
    yield f"packages {', '.join(_PACKAGES)} belong to reeline"


def _data_folder(settings: Settings, problems: list[str]) -> Iterator[str]:
    try:
        settings.prepare()
    except ReelineError as error:
        problems.append(str(error))
        return
    archived = list(settings.archive_dir.glob("*.warc.gz"))
    size = sum(file.stat().st_size for file in archived)
    yield f"  archive   {len(archived)} files, {size / 1e6:.1f} MB"
    problems += [
        f"{problem.warc_file} at {problem.offset}: {problem.message}"
        for problem in RawArchive(settings.archive_dir).verify()
    ]
    files = [("store", settings.store_file), ("snapshot", settings.snapshot_file)]
    if settings.is_lake:
        yield f"  store     {where(settings)}, rows in {settings.lake_data}"
        files = files[1:]
    for label, file in files:
        state = f"{file.stat().st_size / 1e6:.1f} MB" if file.exists() else "not made yet"
        yield f"  {label:<9} {file.name}, {state}"
    if settings.snapshot_file.exists():
        try:
            counts = query(settings, "SELECT count(*) AS events FROM timeline")
            yield f"  timeline  {counts.iloc[0]['events']} events"
        except ReelineError as error:
            problems.append(str(error))
    yield f"  staged    {len(os.listdir(settings.staging_dir))} batches waiting"  # noqa: PTH208
