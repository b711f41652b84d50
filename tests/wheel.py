"""Install the built wheel alone, in an environment of its own, and run it from another folder.

`python tests/wheel.py FOLDER` expects FOLDER/dist/*.whl. The dependencies come from the project's
own environment through a .pth file, so that nothing but the wheel provides our packages.
"""

import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from zipfile import ZipFile

NEEDED = (
    "models/sql/tables/license_event.sql",
    "models/sql/migrations/0001_tables.sql",
    "models/sql/cookbook/01_who_holds_licenses.sql",
    "models/data/companies.csv",
    "extractors/lexicons/mass_units.csv",
    "extractors/templates/article.html",
    "pipeline/newsroom/outlets.toml",
    "pipeline/newsroom/sources/meridian.toml",
    "pipeline/notebooks/figures.py",
    "pipeline/sources/federal_register.toml",
    "pipeline/templates/report.html",
    "flows/ingest.py",
    "flows/prefect.yaml",
)


def check_contents(wheel: Path) -> None:
    """Fail when data is missing or something does not belong into the wheel."""
    names = ZipFile(wheel).namelist()
    missing = [name for name in NEEDED if name not in names]
    stray = [name for name in names if "__pycache__" in name or name.startswith("tests/")]
    if missing or stray:
        sys.exit(f"{wheel.name}: missing {missing}, stray {stray[:5]}")
    print(f"{wheel.name}: {len(names)} files, {wheel.stat().st_size / 1e6:.1f} MB")


def main(folder: Path) -> None:
    """Install and run."""
    (wheel,) = (folder / "dist").glob("*.whl")
    check_contents(wheel)
    environment = folder / "alone"
    venv.create(environment, with_pip=True)
    python = environment / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "-q", "--no-deps", str(wheel)], check=True)
    library = next((environment / "lib").glob("python*/site-packages"))
    installed = Path(sysconfig.get_path("purelib"))
    # `site.addsitedir` would follow the editable install's own .pth; a plain path does not.
    (library / "dependencies.pth").write_text(f"{installed}\n")
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    program = environment / "bin" / "reeline"
    where = subprocess.run(
        [python, "-c", "import models, pipeline; print(models.__file__, pipeline.__file__)"],
        cwd=elsewhere, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    if where.count(str(library)) != 2:
        sys.exit(f"the packages do not come from the wheel: {where}")
    for arguments in (["--help"], ["sources"], ["demo", "--plain", "--data", "data"]):
        print("reeline", *arguments, flush=True)
        subprocess.run([program, *arguments], cwd=elsewhere, check=True, stdout=subprocess.DEVNULL)
    text = (
        "China granted export licenses to JL Mag on December 2, 2025. Exports rose 5% to 90 tons."
    )
    done = subprocess.run(
        [program, "extract", "-"], cwd=elsewhere, check=True, input=text.encode(),
        capture_output=True,
    )  # fmt: skip
    if b"license_granted" not in done.stdout:
        sys.exit("the installed program finds no license event")
    print("the wheel works alone")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
