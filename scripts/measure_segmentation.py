#!/usr/bin/env python3
"""How well `slant segment` finds sentences, measured from outside on three public sets.

    scripts/measure_segmentation.py DATA [--slant PATH] [--failures]

DATA is a folder with `pragmatic_english.jsonl` (the pragmatic segmenter's English specs; those marked
`golden` are its golden rules), `sentencex_en.txt` (sentencex's English cases) and
`en_ewt-ud-dev.conllu` (Universal Dependencies, English Web Treebank). The texts go through the program
as JSON Lines, the spans come back as CSV.

A case passes when its sentences are the expected ones in order, runs of white space counted as one
space on both sides: the cases rewrite line ends inside a sentence, `slant` never rewrites. For EWT a
sentence counts as found only if both of its ends are exact. Standard library only.
"""

import argparse
import csv
import json
import subprocess
import sys
import tempfile
from pathlib import Path


def main():
    options = arguments()
    cases = {
        "golden rules": [c for c in pragmatic_cases(options.data) if c["golden"]],
        "pragmatic, all": pragmatic_cases(options.data),
        "sentencex": sentencex_cases(options.data),
    }
    for name, rows in cases.items():
        failures = failed(rows, segment(options.slant, [row["text"] for row in rows]))
        print(f"{name:16} {len(rows) - len(failures):4} of {len(rows)} passed")
        if options.failures:
            show(failures)
    documents = ewt_documents(options.data)
    spans = segment(options.slant, [text for text, _ in documents])
    precision, recall, f1 = agreement([gold for _, gold in documents], spans)
    print(f"{'EWT dev':16} precision {precision:.1f}  recall {recall:.1f}  F1 {f1:.1f}")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, metavar="DATA", help="the folder with the three sets")
    parser.add_argument("--slant", default=Path(__file__).with_name("slant"), help="the program (default: scripts/slant)")
    parser.add_argument("--failures", action="store_true", help="show the cases that failed")
    return parser.parse_args()


def segment(slant, texts):
    """The sentence spans of each text, as (start, end) in characters."""
    spans = [[] for _ in texts]
    with tempfile.TemporaryDirectory() as folder:
        source, result = Path(folder, "texts.jsonl"), Path(folder, "sentences.csv")
        with source.open("w", encoding="utf-8") as lines:
            for number, text in enumerate(texts):
                lines.write(json.dumps({"id": str(number), "text": text}) + "\n")
        subprocess.run([slant, "segment", str(source), "-o", str(result)], check=True)
        with result.open(encoding="utf-8-sig", newline="") as rows:
            for row in csv.DictReader(rows):
                text, start, end = texts[int(row["article"])], int(row["start"]), int(row["end"])
                if text[start:end] != row["text"]:
                    sys.exit(f"text {row['article']}, {start}-{end}: the offsets do not slice to the cell")
                spans[int(row["article"])].append((start, end))
    return spans


def pragmatic_cases(data):
    with Path(data, "pragmatic_english.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [{"text": r["text"], "sentences": r["segments"], "golden": r["golden"]} for r in rows]


def sentencex_cases(data):
    """Cases are parted by `===`, a text from its sentences by `---`; `#` starts a comment line."""
    cases = []
    for part in Path(data, "sentencex_en.txt").read_text(encoding="utf-8").split("==="):
        lines = [line for line in part.splitlines() if not line.lstrip().startswith("#")]
        sides = [side.strip() for side in "\n".join(lines).split("---") if side.strip()]
        if len(sides) == 2:
            expected = [line for line in sides[1].splitlines() if line.strip()]
            cases.append({"text": sides[0], "sentences": expected})
    return cases


def failed(cases, spans):
    """The cases whose sentences differ, with what came instead."""
    failures = []
    for case, found in zip(cases, spans):
        got = [" ".join(case["text"][start:end].split()) for start, end in found]
        expected = [" ".join(sentence.split()) for sentence in case["sentences"]]
        if got != expected:
            failures.append((expected, got))
    return failures


def show(failures):
    for expected, got in failures:
        print("    expected", json.dumps(expected, ensure_ascii=False))
        print("    got     ", json.dumps(got, ensure_ascii=False))


def ewt_documents(data):
    """Each document's raw text and gold spans. The text is what the treebank's own `# text` lines
    hold: words are followed by a space unless marked `SpaceAfter=No`, and a paragraph (`# newpar`)
    begins after a blank line."""
    documents, text, spans = [], "", []
    glued = False
    for block in Path(data, "en_ewt-ud-dev.conllu").read_text(encoding="utf-8").split("\n\n"):
        comments = [line for line in block.splitlines() if line.startswith("#")]
        rows = [line.split("\t") for line in block.splitlines() if line and line[0] != "#"]
        if not rows:
            continue
        if any(comment.startswith("# newdoc") for comment in comments):
            documents.append((text, spans))
            text, spans = "", []
        if text and any(comment.startswith("# newpar") for comment in comments):
            text += "\n\n"
        elif text and not glued:
            text += " "
        sentence = next(c[len("# text = "):] for c in comments if c.startswith("# text = "))
        spans.append((len(text), len(text) + len(sentence.rstrip())))
        text += sentence.rstrip()
        glued = "SpaceAfter=No" in rows[-1][9]
    documents.append((text, spans))
    return [(text, spans) for text, spans in documents if text]


def agreement(gold, found):
    """Precision, recall and F1 of exact spans, in percent."""
    right = sum(len(set(g) & set(f)) for g, f in zip(gold, found))
    precision = 100 * right / sum(map(len, found))
    recall = 100 * right / sum(map(len, gold))
    return precision, recall, 2 * precision * recall / (precision + recall)


if __name__ == "__main__":
    main()
