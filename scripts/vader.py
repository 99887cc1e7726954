#!/usr/bin/env python3
"""How far a word list gets: VADER's stance figures on gold files, to hold beside `slant evaluate`.

    pip install vaderSentiment==3.3.2
    scripts/vader.py GOLD.jsonl...

VADER gives a sentence one score, so every target in it gets the same label, by the usual thresholds:
favor from 0.05, against to -0.05. Prints macro-F1 and accuracy in percent over all targets.
"""

import json
import sys
from pathlib import Path

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

LABELS = "against", "neutral", "favor"


def main(paths):
    analyzer = SentimentIntensityAnalyzer()
    for path in paths:
        rows = [json.loads(line) for line in Path(path).open(encoding="utf-8")]
        pairs = [(t["stance"], label(analyzer, row["text"])) for row in rows for t in row.get("targets", [])]
        accuracy = sum(right == found for right, found in pairs) / len(pairs)
        macro = sum(f1(pairs, name) for name in LABELS) / len(LABELS)
        print(f"{path}: n {len(pairs)}, macro-F1 {100 * macro:.1f}, accuracy {100 * accuracy:.1f}")


def label(analyzer, text):
    compound = analyzer.polarity_scores(text)["compound"]
    return "favor" if compound >= 0.05 else "against" if compound <= -0.05 else "neutral"


def f1(pairs, name):
    hits = sum(right == found == name for right, found in pairs)
    named = sum((right == name) + (found == name) for right, found in pairs)
    return 2 * hits / named if named else 0.0


if __name__ == "__main__":
    main(sys.argv[1:] or sys.exit(__doc__))
