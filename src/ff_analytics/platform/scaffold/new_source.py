"""`ff new source NAME`: a source of one CSV that runs at once, as a template."""

import re
from pathlib import Path

from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.sources import registry as sources

TEMPLATE = Path(__file__).parent / "source_template"
FILES = {
    "contract.txt": "src/ff_analytics/domains/fantasy/sources/{}/contract.py",
    "source.txt": "src/ff_analytics/domains/fantasy/sources/{}/source.py",
    "staging_sql.txt": "dbt/models/staging/{0}/stg_{0}__rows.sql",
    "staging_yml.txt": "dbt/models/staging/{0}/_{0}.yml",
}
MANIFEST = """
  - <<: *ingest
    name: {name}
    description: Load the rows of {title}.
    entrypoint: flows.ingest.{module}
    tags: [ff, ingest]
    schedules:
      - {{slug: daily, cron: "15 7 * * *", timezone: America/New_York}}
"""
ROWS = "id,name,amount\na,First,1.5\nb,Second,2\nc,Third,\n"


def check(name: str) -> None:
    """Kebab-case and new; `ConfigError` otherwise."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        raise ConfigError(f"{name!r} is no source name: use kebab-case, e.g. draft-positions.")
    if name in sources.names():
        raise ConfigError(f"There is a source {name!r} already. Choose another name.")


def _filled(text: str, name: str) -> str:
    words = name.split("-")
    forms = {
        "example_source": "_".join(words),
        "example-source": name,
        "ExampleSource": "".join(word.title() for word in words),
        "Example source": " ".join(words).capitalize(),
    }
    for form, own in forms.items():
        text = text.replace(form, own)
    return text


def write(name: str, root: Path, data: Path) -> list[Path]:
    """Write code, contract, staging model, manifest entry and three example rows; all or none.

    `ConfigError` when one of the files is there already.
    """
    module = name.replace("-", "_")
    made = {
        root / target.format(module): _filled((TEMPLATE / file).read_text(), name)
        for file, target in FILES.items()
    }
    taken = [path for path in made if path.exists()]
    if taken:
        raise ConfigError(f"{taken[0]} exists already; nothing was written.")
    manifest, example = root / "prefect.yaml", data / f"inbox/{module}.csv"
    title = name.replace("-", " ").capitalize()
    entry = MANIFEST.format(name=name, module=module, title=title)
    for path, text in made.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    manifest.write_text(manifest.read_text().rstrip("\n") + "\n" + entry)
    example.parent.mkdir(parents=True, exist_ok=True)
    if not example.exists():
        example.write_text(ROWS)
    return [*made, manifest, example]
