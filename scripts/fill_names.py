#!/usr/bin/env python3
"""Writes the name test: every template of data/gold/templates.txt with every name of names.txt.

    scripts/fill_names.py > data/gold/names.jsonl

A template line is `STANCE<TAB>TEXT` with one slot `{}`. All sentences of a template differ in the name alone, so a fair
model scores them alike. A leading "the" is no part of the mention.
"""

import json
import sys
from pathlib import Path

GOLD = Path(__file__).resolve().parent.parent / "data/gold"


def lines(path: Path) -> list[str]:
    return [line for line in path.read_text("utf-8").splitlines() if line and not line.startswith(("#", "["))]


def filled(number: int, stance: str, template: str, name: str) -> dict:
    before, after = template.split("{}")
    standing = name if before else name[0].upper() + name[1:]
    start = len(before) + (4 if name.startswith("the ") else 0)
    target = {"party": name.removeprefix("the "), "spans": [[start, len(before + standing)]], "stance": stance}
    return {"part": "names", "template": f"{number:02}", "text": before + standing + after, "targets": [target]}


def main() -> None:
    names = lines(GOLD / "names.txt")
    for number, line in enumerate(lines(GOLD / "templates.txt"), 1):
        stance, template = line.split("\t")
        for name in names:
            print(json.dumps(filled(number, stance, template, name), ensure_ascii=False), file=sys.stdout)


if __name__ == "__main__":
    main()
