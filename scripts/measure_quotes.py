#!/usr/bin/env python3
"""How well slant finds quotations and their speakers, measured on PolNeAR (brat files).

    scripts/measure_quotes.py DATA [--reader PROGRAM] [--failures N]

DATA is a folder with `text/*.txt` and `attributions/*.ann`; of an article that several people
annotated, the first file counts. Texts go to the reader (`examples/read.rs`) as JSON Lines; it answers
with quotations and attributions, in characters.

Direct quotations: gold is every stretch of a content that begins with an opening and ends with a
closing quotation mark; a found quotation is right if it is that stretch but for marks and stops at the
ends. One to three words count neither way, nor do found ones that gold gives to somebody without such
marks (a quotation in a quotation, quoted words in indirect speech: nine tenths of the characters within
contents). All others count as wrong, those too that the annotators passed over.

Speakers: of every gold attribution with a source, the found attribution whose cue is the same, else whose content
shares most of its characters, answers; it is right if its source
has the same head word. Standard library only.
"""

import argparse
import collections
import json
import re
import subprocess
import sys
from pathlib import Path

OPENING, CLOSING = "\"“‘'", "\"”’'"
STOPS = re.compile(
    r"\b(?:of|in|on|at|for|from|with|to|by|about|near|who|that|which|whose|and|or|as|inside|outside|including|like|"
    r"behind|familiar|close|than|among|between|against|within|into|during|after|before|over|under|around|through)\b|[,(\[—:;]| - |--"
)

PARTICIPLE = re.compile(r"\b\w+(?:ing|ed|taken|led|known) (?:the|a|an|by|in|on|for|to|at|with|through|over|last|this|from)\b")


def main():
    options = arguments()
    articles = [read_article(options.data, name) for name in names(options.data)]
    found = run(options.reader, [article["text"] for article in articles])
    spans = collections.Counter()
    speakers = {"direct": collections.Counter(), "all": collections.Counter()}
    failures = []
    manners = collections.defaultdict(collections.Counter)
    for article, answer in zip(articles, found):
        for manner, is_gold in judge_found(article, answer):
            manners[manner][is_gold] += 1
        spans.update(judge_quotations(article, answer, failures))
        for kind, verdict in judge_speakers(article, answer, failures):
            speakers["all"][verdict] += 1
            if kind == "direct":
                speakers["direct"][verdict] += 1
    precision = spans["right"] / (spans["right"] + spans["wrong"])
    recall = spans["right"] / (spans["right"] + spans["missed"])
    f1 = 2 * precision * recall / (precision + recall)
    print(f"direct quotations {100 * precision:.1f} precision  {100 * recall:.1f} recall  {100 * f1:.1f} F1  {dict(spans)}")
    for kind, verdicts in speakers.items():
        total = sum(verdicts.values())
        print(f"speakers, {kind:6} {100 * verdicts['right'] / total:.1f} % of {total} right  {dict(verdicts)}")
    for manner, counts in sorted(manners.items()):
        print(f"found as {manner:8} {100 * counts[True] / sum(counts.values()):.1f} % of {sum(counts.values())} are gold attributions")
    wanted = [failure for failure in failures if not options.kind or failure[0] == options.kind]
    for failure in wanted[: options.failures]:
        print("   ", *failure, sep="  ")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, metavar="DATA", help="the folder with text/ and attributions/")
    parser.add_argument("--reader", default="target/release/examples/read", help="the built example `read`")
    parser.add_argument("--failures", type=int, default=0, metavar="N", help="show the first N failures")
    parser.add_argument("--kind", help="only failures of this kind")
    return parser.parse_args()


def names(data):
    """Each article's annotation file, the first where there are several."""
    first = {}
    for path in sorted(Path(data, "attributions").glob("*.ann")):
        first.setdefault(path.stem.rsplit("_", 1)[0], path)
    return sorted(first.items())


def read_article(data, item):
    name, path = item
    with Path(data, "text", name + ".txt").open(encoding="utf-8", newline="") as file:
        text = file.read()
    spans, attributions = {}, []
    for line in path.read_text(encoding="utf-8").splitlines():
        cells = line.split("\t")
        if line.startswith("T"):
            _, places = cells[1].split(" ", 1)
            spans[cells[0]] = [tuple(map(int, place.split())) for place in places.split(";")]
        elif line.startswith("E"):
            roles = collections.defaultdict(list)
            for part in cells[1].split():
                role, reference = part.split(":")
                roles[re.sub(r"\d+$", "", role)] += spans.get(reference, [])
            # Some have the two exchanged: “said” as the source of the cue “David Plouffe”.
            if [text[s:e].lower() for s, e in roles["Source"]] in (["said"], ["says"]):
                roles["Source"], roles["Cue"] = roles["Cue"], roles["Source"]
            attributions.append(roles)
    return {"name": name, "text": text, "attributions": attributions}


def run(reader, texts):
    lines = "".join(json.dumps({"text": text}) + "\n" for text in texts)
    answer = subprocess.run([reader], input=lines, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in answer.stdout.splitlines()]


def core(text, span):
    """The span without quotation marks, stops and blanks at its ends."""
    start, end = span
    edge = OPENING + CLOSING + ".,!?;:-—–… \n\r\t`"
    while start < end and text[start] in edge:
        start += 1
    while end > start and text[end - 1] in edge:
        end -= 1
    return start, end


def judge_quotations(article, answer, failures):
    text, counts = article["text"], collections.Counter()
    contents = [span for a in article["attributions"] for span in a["Content"]]
    gold = {core(text, s) for s in contents if is_quotation(text[s[0] : s[1]])}
    few = {g for g in gold if len(text[slice(*g)].split()) <= 3}
    # A quotation in a quotation is the inner one of two golds.
    gold = {g for g in gold if not any(o != g and o[0] <= g[0] and g[1] <= o[1] for o in gold)}
    found = {core(text, q["span"]) for q in answer["quotations"] if q["kind"] == "Speech"}
    gold, found = gold - few, found - few
    for span in sorted(gold - found):
        counts["missed"] += 1
        failures.append(("missed quotation", article["name"], repr(text[span[0] - 30 : span[1] + 30])))
    counts["right"] = len(gold & found)
    for start, end in sorted(found - gold):
        covered = sum(max(0, min(e, end) - max(s, start)) for s, e in contents)
        if covered >= 0.9 * (end - start) or len(text[start:end].split()) <= 3:
            counts["inside"] += 1
        else:
            counts["wrong"] += 1
            failures.append(("wrong quotation", article["name"], repr(text[max(0, start - 60) : end + 30])))
    return counts


def is_quotation(words):
    words = words.strip().strip(",.;")
    return len(words) > 2 and words[0] in "\"“" and words.rstrip(" .,").endswith(('"', "”"))


def judge_speakers(article, answer, failures):
    text = article["text"]
    for gold in article["attributions"]:
        if not gold["Source"]:
            continue
        kind = "direct" if any(is_quotation(text[s:e]) for s, e in gold["Content"]) else "indirect"
        best = max(answer["attributions"], key=lambda a: closeness(gold, a), default=None)
        expected = {head(text[s:e]) for s, e in gold["Source"]}
        if best is None or closeness(gold, best)[0] == 0:
            verdict, got = "not found", ""
        else:
            got = text[slice(*best["source"])] if best["source"] else ""
            # “Miller, who said”: gold has now the one, now the other.
            meant = text[slice(*best["antecedent"])] if best["antecedent"] else got
            verdict = "right" if {head(got), head(meant)} & expected else "wrong"
        if verdict != "right":
            whole = [*gold["Source"], *gold["Cue"], *gold["Content"]]
            place = text[min(s for s, _ in whole) : max(e for _, e in whole)]
            cue = " ".join(text[s:e] for s, e in gold["Cue"])
            failures.append((f"{verdict} {kind}", f"[{' '.join(text[s:e] for s, e in gold['Source'])}] [{cue}] got [{got}]", repr(place[:300])))
        yield kind, verdict


def judge_found(article, answer):
    """For each found attribution its manner, and whether half of it is the content of a gold one or its cue is."""
    for found in answer["attributions"]:
        length = sum(e - s for s, e in found["content"])
        for gold in article["attributions"]:
            shared, cue = closeness(gold, found)
            covered = sum(max(0, min(e, f) - max(s, g)) for s, e in gold["Content"] for g, f in found["content"])
            if cue or covered >= 0.5 * length:
                yield found["manner"], True
                break
        else:
            yield found["manner"], False


def closeness(gold, found):
    """The share of characters that the contents have in common, then whether the cues meet."""
    shared = sum(max(0, min(e, f) - max(s, g)) for s, e in gold["Content"] for g, f in found["content"])
    union = sum(e - s for s, e in gold["Content"]) + sum(f - g for g, f in found["content"]) - shared
    cue = any(s < found["cue"][1] and found["cue"][0] < e for s, e in gold["Cue"])
    return (shared / union if union else 0) + cue, cue


def head(source):
    """The last word of a name before what describes it: `Donna Brazile, the chairwoman` → `brazile`."""
    source = re.sub(r"^(?:one|some|many|most|all|both|two|three|several) of ", "", source.strip(), flags=re.I)
    source = re.sub(r"(?:'s|’s|['’])(?=\s|$)", "", source)
    cut = STOPS.search(source, 1)
    participle = PARTICIPLE.search(source, 1)
    if participle and (not cut or participle.start() < cut.start()):
        cut = participle
    words = re.findall(r"[\w$%.'’&-]+", source[: cut.start()] if cut else source)
    return words[-1].lower().strip(".") if words else ""


if __name__ == "__main__":
    sys.exit(main())
