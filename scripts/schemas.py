"""Write docs/schemas: the JSON Schema of everything that scripts may read."""

from __future__ import annotations

import json
from pathlib import Path

from promote_tui.cli.outputs.schemas import JSON_OUTPUTS, json_schema

FOLDER = Path(__file__).parents[1] / "docs" / "schemas"


def main() -> None:
    """Write each schema anew, and remove what is no longer published."""
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.json"):
        old.unlink()
    for published in JSON_OUTPUTS:
        text = json.dumps(json_schema(published), indent=2)
        (FOLDER / f"{published.name}.json").write_text(f"{text}\n", encoding="utf-8")
    print(f"{len(JSON_OUTPUTS)} schemas in {FOLDER}")


if __name__ == "__main__":
    main()
