"""`ff new product NAME`: copy the template product under a new name and deploy entry."""

import re
from pathlib import Path

from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.settings import PROJECT_ROOT
from ff_analytics.engine.products import registry as products

COPIES = (
    "src/ff_analytics/domains/fantasy/products/{}/__init__.py",
    "src/ff_analytics/domains/fantasy/products/{}/product.py",
    "src/ff_analytics/domains/fantasy/products/{}/contract.py",
    "dbt/models/analytics/mrt_{}.sql",
    "dbt/models/analytics/mrt_{}.yml",
)
MANIFEST = """
  - <<: *analytics
    name: {name}
    description: {title}
    entrypoint: flows.analytics.{module}
    tags: [ff, analytics]
    parameters: {{}}
    schedules:
      - {{slug: daily, cron: "30 9 * * *", timezone: America/New_York}}
"""


def check(name: str) -> None:
    """Kebab-case and new; `ConfigError` otherwise."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        raise ConfigError(f"{name!r} is no product name: use kebab-case, e.g. trade-radar.")
    if name in products.names():
        raise ConfigError(f"There is a product {name!r} already. Choose another name.")


def renamed(text: str, name: str) -> str:
    """The template's text with every form of its name replaced."""
    module = name.replace("-", "_")
    camel = "".join(part.title() for part in name.split("-"))
    title = name.replace("-", " ").capitalize()
    text = re.sub(
        r"\bThe smallest complete product: p.*?\n", f"{title}: p" + "oints by position.\n", text
    )
    text = re.sub(r"\n\nWhat to change in a copy:.*?\n\"\"\"", '"""', text, flags=re.DOTALL)
    text = text.replace("as the smallest complete product", "to start from")
    text = text.replace('"template"', f'"{module}"').replace('title="Template"', f'title="{title}"')
    text = text.replace(f'name="{module}"', f'name="{name}"')
    text = text.replace("class Template", f"class {camel}").replace(":Template", f":{camel}")
    text = text.replace("TemplateParams", f"{camel}Params")
    return re.sub(r"\btemplate\b|(?<=mrt_)template", module, text)


def write(name: str, root: Path = PROJECT_ROOT) -> list[Path]:
    """Write the product's files and the manifest entry; all of them or none."""
    module = name.replace("-", "_")
    made = {
        root / pattern.format(module): renamed(
            (PROJECT_ROOT / pattern.format("template")).read_text(), name
        )
        for pattern in COPIES
    }
    taken = [path for path in made if path.exists()]
    if taken:
        raise ConfigError(f"{taken[0]} exists already; nothing was written.")
    title = f"{name.replace('-', ' ').capitalize()}."
    manifest = root / "prefect.yaml"
    entry = MANIFEST.format(name=name, module=module, title=title)
    for path, text in made.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    manifest.write_text(manifest.read_text().rstrip("\n") + "\n" + entry)
    return [*made, manifest]
