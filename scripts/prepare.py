#!/usr/bin/env python3
"""Turns the training sets into JSON Lines in the gold format, one sentence a line.

    python scripts/prepare.py DATA ARTICLES OUT

Our own sentences come from the templates in data/train, filled with names at random. DATA holds the
sets as their authors publish them: newsmtsc/, newstsc-2019/, directed-sentiment/, sentfin/, sst/.
ARTICLES holds the collections that data/labels refers to: wikinews_2019.csv, wikinews_2020.csv,
whitehouse.csv. A line is {"text", "sentiment"?, "targets"?: [{"spans": [[start, end], ...],
"stance"?}]}; offsets count characters, and every span is checked by slicing. What does not fit is
left out and counted on standard error, never mended by guessing.

For a teacher to judge, texts.jsonl and headlines.jsonl have news sentences without labels, and every news sentence
has the other names in it as targets without a stance.

`train.py` names the sets that it reads; the others come along for experiments.
"""

import csv
import hashlib
import itertools
import json
import random
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

TEMPLATES = Path(__file__).resolve().parent.parent / "data/train"
LABELS = Path(__file__).resolve().parent.parent / "data/labels"
SLANT = Path(__file__).resolve().parent / "slant"
FILLS = {"train": 12, "dev": 2}  # sentences made from each template
DEV = 10  # every tenth template and every tenth sentence labelled by us is kept for a dev set
RUN = {"own-pairs": 10}  # templates in a row that are kept or trained on together, so that a set of twins is seldom parted

WORD = r"(?:[A-ZÀ-ÖØ-Þ][\w’'-]*\w|[A-Z]\.)"
NAME = re.compile(rf"(?<!\w){WORD}(?:(?: of the | of | de | bin | al-| von | van | ){WORD})*")
NO_NAME = set(
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August "
    "September October November December Mr Mrs Ms Dr AM PM EST EDT GMT UTC English American British French German "
    "Russian Chinese Christmas I The of de".split()
)
NAMES = 4  # at most that many are added to a sentence

STANCE = {"negative": "against", "neutral": "neutral", "positive": "favor"}
POLARITY = {2: "against", 4: "neutral", 6: "favor"}
FIVE_GRADES = ["negative", "negative", "neutral", "positive", "positive"]


def main(data: Path, articles: Path, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    held = newsmtsc(data / "newsmtsc/dev_rw.jsonl", out / "newsmtsc-dev-rw.jsonl")
    held |= newsmtsc(data / "newsmtsc/dev_mt.jsonl", out / "newsmtsc-dev-mt.jsonl")
    seen = newsmtsc(data / "newsmtsc/train.jsonl", out / "newsmtsc-train.jsonl", held)
    newstsc(data / "newstsc-2019/train.jsonl", out / "newstsc-train.jsonl", held | seen)
    for part in "train", "valid":
        directed(data / f"directed-sentiment/{part}.txt", out / f"directed-{part}.jsonl")
    sentfin(data / "sentfin/SEntFiN.csv", out / "headlines.jsonl")
    for part in "train", "dev":
        sst(data / f"sst/stsa.fine.{part}", out / f"sst-{part}.jsonl")
    own(TEMPLATES, out)
    labelled(LABELS, data, articles, out)
    unlabelled(articles, held, out)


def newsmtsc(source: Path, out: Path, held: frozenset | set = frozenset()) -> set:
    """NewsMTSC. A sentence that stands on two lines becomes one; sentences in `held` are dropped."""
    counts, sentences = Counter(), {}
    for row in map(json.loads, source.open(encoding="utf-8")):
        text = row["sentence_normalized"]
        if text in held:
            counts["sentences dropped: in a dev set"] += 1
            continue
        targets = sentences.setdefault(text, [])
        for target in row["targets"]:
            mentions = [target, *target.get("further_mentions", [])]
            spans = [[m["from"], m["to"]] for m in mentions if sliced(text, m["from"], m["to"], m["mention"])]
            counts["bad spans"] += len(mentions) - len(spans)
            if spans:
                targets.append({"spans": sorted(spans), "stance": POLARITY[int(target["polarity"])]})
    return write(out, [{"text": t, "targets": merged(ts, counts)} for t, ts in sentences.items()], counts)


def newstsc(source: Path, out: Path, held: set) -> None:
    """NewsTSC: one target a line, with one mention."""
    counts, sentences = Counter(), {}
    for row in map(json.loads, source.open(encoding="utf-8")):
        text, start, end = row["local_context"], row["target_local_from"], row["target_local_to"]
        if text in held:
            counts["sentences dropped: in NewsMTSC"] += 1
        elif not sliced(text, start, end, row["target_mention"]):
            counts["bad spans"] += 1
        else:
            sentences.setdefault(text, []).append({"spans": [[start, end]], "stance": STANCE[row["label"]]})
    write(out, [{"text": t, "targets": merged(ts, counts)} for t, ts in sentences.items()], counts)


def directed(source: Path, out: Path) -> None:
    """Directed sentiment: two [entities] p and q. The one that is liked or disliked carries the
    label; nothing is said about the other, so it is left out. Without an opinion both are neutral."""
    counts, sentences = Counter(), {}
    for line in source.open(encoding="utf-8"):
        marked, p, q, label = line.rstrip("\n").split("\t")
        spans = unbracket(marked, p, q)
        if spans is None:
            counts["sentences dropped: entities not found"] += 1
            continue
        text, p, q = spans
        stance = {"0": "neutral", "1": "favor", "2": "favor", "3": "against", "4": "against"}[label]
        asked = {"0": [p, q], "1": [q], "2": [p], "3": [q], "4": [p]}[label]
        sentences.setdefault(text, []).extend({"spans": [span], "stance": stance} for span in asked)
    write(out, [{"text": t, "targets": merged(ts, counts)} for t, ts in sentences.items()], counts)


def unbracket(marked: str, p: str, q: str) -> tuple | None:
    """The text without the brackets around `p` and `q`, and their two spans in it."""
    for first, second in (p, q), (q, p):
        at = marked.find(f"[{first}]")
        then = marked.find(f"[{second}]", at + len(first) + 2)
        if at < 0 or then < 0:
            continue
        text = marked[:at] + first + marked[at + len(first) + 2 : then] + second + marked[then + len(second) + 2 :]
        spans = [[at, at + len(first)], [then - 2, then - 2 + len(second)]]
        if all(sliced(text, *span, name) for span, name in zip(spans, (first, second))):
            return text, *(spans if first == p else spans[::-1])
    return None


def sentfin(source: Path, out: Path) -> None:
    """SEntFiN: finance headlines. The names carry no offsets: every whole-word place of a name is a
    mention of it, unless it lies inside a longer name's mention. What is good or bad news for a company is
    no stance toward it, so the labels are left out."""
    counts, names_by_title, sentences = Counter(), {}, []
    for row in csv.DictReader(source.open(encoding="utf-8", newline="")):
        # Not Python literals: names such as Moody's stand in unescaped quotes.
        names = re.findall(r"""['"]([^:]+?)['"]: ['"](?:negative|neutral|positive)['"]""", row["Decisions"])
        names_by_title.setdefault(row["Title"], set()).update(name.replace("\\'", "'") for name in names)
    for text, names in names_by_title.items():
        taken, targets = [], []
        for name in sorted(names, key=lambda name: (-len(name), name)):
            places = [list(m.span()) for m in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text)]
            spans = [s for s in places if not any(overlap(s, t) for t in taken)]
            taken += spans
            if spans:
                targets.append({"spans": spans})
            else:
                counts["targets dropped: name not in the headline"] += 1
        sentences.append({"text": text, "targets": targets})
    write(out, sentences, counts)


def sst(source: Path, out: Path) -> None:
    """Stanford Sentiment Treebank: five grades become three."""
    rows = [line.rstrip("\n").split(" ", 1) for line in source.open(encoding="utf-8")]
    write(out, [{"text": detokenised(text), "sentiment": FIVE_GRADES[int(grade)]} for grade, text in rows], Counter())


def detokenised(text: str) -> str:
    """Penn Treebank tokens as running text. Single quotes are told apart by their opening "`"."""
    for token, plain in ("-lrb-", "("), ("-rrb-", ")"), ("\\/", "/"), ("\\*", "*"), ("``", "“"), ("''", "”"):
        text = text.replace(token, plain)
    text = re.sub(r"` (.+?) '(?= |$)", r"‘\1’", text)
    text = re.sub(r"([(“‘$#]) ", r"\1", text)
    text = re.sub(r" ([)”’%]|'(?:s|re|ve|ll|d|m)\b|n't\b|(?:[.,:;]|[?!]+)(?= |$|[)”’])|\.\.\.)", r"\1", text)
    text = re.sub(r" '(?= |$)", "'", text)  # what is left is a plural's apostrophe
    return text.replace("`", "‘").strip()


def own(source: Path, out: Path) -> None:
    """Our own templates: `SENTIMENT<TAB>TEXT` with slots `{A:KIND:STANCE}`, later `{A}` or `{A.short}`."""
    names, rng, numbers = read_names(source / "names.txt"), random.Random(1), itertools.count()
    for name, templates in read_templates(source).items():
        numbered = list(zip(templates, numbers))  # numbered on through the sets: what is added changes no older dev set
        for part, is_dev in ("train", False), ("dev", True):
            chosen = [template for template, number in numbered if (number // RUN.get(name, 1) % DEV == 0) == is_dev]
            rows = [filled(*template, names, rng) for template in chosen for _ in range(FILLS[part])]
            write(out / f"{name}-{part}.jsonl", rows, Counter())


def read_templates(source: Path) -> dict[str, list[tuple[str, str]]]:
    """Sentiment and text of every template, by the set that it belongs to: terse ones, those worded as news, and
    pairs worded as news in which two parties exchange their parts."""
    return {
        "own": templates_in(source),
        "own-news": templates_in(source / "news"),
        "own-pairs": templates_in(source / "pairs"),
    }


def templates_in(folder: Path) -> list[tuple[str, str]]:
    files = sorted(path for path in folder.glob("*.txt") if path.name != "names.txt")
    lines = [line for path in files for line in path.read_text("utf-8").splitlines()]
    return [tuple(line.split("\t")) for line in lines if line and not line.startswith("#")]


def read_names(source: Path) -> dict[str, list[str]]:
    """Names by kind; the kind `any` has them all."""
    names: dict[str, list[str]] = {}
    for line in source.read_text("utf-8").splitlines():
        if line.startswith("["):
            kind = names.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            kind.append(line)
    return names | {"any": sum(names.values(), [])}


def filled(sentiment: str, template: str, names: dict, rng: random.Random) -> dict:
    """The template with a different name in every slot; a leading "the" is no part of a mention."""
    text, parties = "", {}
    for literal, slot in re.findall(r"([^{]*)(?:\{([^}]*)\})?", template):
        text += literal
        if not slot:
            continue
        letter, *rest = re.split(r"[:.]", slot)
        if letter not in parties:
            kind, stance = rest
            used = {party["name"] for party in parties.values()}
            name = rng.choice([name for name in names[kind] if name not in used])
            parties[letter] = {"name": name, "spans": [], "stance": stance}
        party = parties[letter]
        name = party["name"].split()[-1] if rest == ["short"] else party["name"]
        article = 4 if name.startswith("the ") else 0
        party["spans"].append([len(text) + article, len(text) + len(name)])
        text += name
    targets = [{"spans": party["spans"], "stance": party["stance"]} for party in parties.values()]
    first = re.search(r"\w", text).start()
    return {"text": text[:first] + text[first].upper() + text[first + 1 :], "sentiment": sentiment, "targets": targets}


def labelled(source: Path, data: Path, articles: Path, out: Path) -> None:
    """Our labels of others' sentences. They stand apart from the texts: a row has the offsets of a
    sentence and of a party's mentions in the article, and the sentence's SHA-256 to tell that it is the right one."""
    counts, sentences = Counter(), []
    csv.field_size_limit(sys.maxsize)
    for path in sorted(source.glob("*.csv")):
        texts = directed_texts(data) if path.stem == "directed-sentiment" else article_texts(articles / path.name)
        found: dict[tuple, dict] = {}
        for row in csv.DictReader(path.open(encoding="utf-8", newline="")):
            start, end = int(row["start"]), int(row["end"])
            text = texts.get(row["article"], "")[start:end]
            if hashlib.sha256(text.encode()).hexdigest()[:8] != row["check"]:
                counts["labels dropped: not the text that was labelled"] += 1
                continue
            sentence = found.setdefault((row["article"], start), {"text": text, "sentiment": row["sentiment"]})
            if row["mentions"]:
                spans = [[int(at) - start for at in span.split("-")] for span in row["mentions"].split(";")]
                sentence.setdefault("targets", []).append({"spans": spans, "stance": row["stance"]})
        sentences += found.values()
    write(out / "labels-dev.jsonl", sentences[::DEV], counts)
    write(out / "labels-train.jsonl", [s for i, s in enumerate(sentences) if i % DEV], Counter())


def unlabelled(articles: Path, held: set, out: Path) -> None:
    """The news sentences that only a teacher can judge, and the names in those that have labels."""
    rows = {name: read(out / f"{name}.jsonl") for name in ("newsmtsc-train", "labels-train", "labels-dev")}
    seen = held | {row["text"] for of_set in rows.values() for row in of_set}
    others = [row for name in ("newstsc-train", "directed-train") for row in read(out / f"{name}.jsonl")]
    others = [{"text": row["text"], "targets": [{"spans": t["spans"]} for t in row["targets"]]} for row in others]
    for path in sorted(articles.glob("w*.csv")):
        others += [{"text": text} for text in segmented(path, out)]
    others = [row for row in {row["text"]: row for row in others}.values() if row["text"] not in seen]
    texts = [row["text"] for row in [*rows["newsmtsc-train"], *others]]
    common = {word for text in texts for word in re.findall(r"(?<![\w’'-])[a-z][\w’'-]*", text)}
    named = [with_names(row, common) for row in others]
    write(out / "texts.jsonl", [row for row in named if row.get("targets")], Counter())
    for name in "newsmtsc-train", "labels-train":
        write(out / f"{name}.jsonl", [with_names(row, common) for row in rows[name]], Counter())


def segmented(path: Path, out: Path) -> list[str]:
    """The plain sentences of a collection: no headings, no lists, no questions and answers by initial."""
    result = out / f"{path.stem}.sentences.csv"
    subprocess.run([SLANT, "segment", "--quiet", "--force", path, "-o", result], check=True)
    with result.open(encoding="utf-8", newline="") as file:
        texts = [row["text"] for row in csv.DictReader(file)]
    result.unlink()
    fits = [text for text in texts if 40 <= len(text) <= 400 and "\n" not in text]
    return [text for text in fits if not re.match(r"\(\(|Q |M[RS]S?\. [A-Z]+:", text)]


def with_names(row: dict, common: set[str]) -> dict:
    """The row with the names in its text that overlap none of its targets."""
    taken = [span for target in row.get("targets", []) for span in target["spans"]]
    found = [spans for spans in names_in(row["text"], common) if not any(overlap(a, b) for a in spans for b in taken)]
    targets = row.get("targets", []) + [{"spans": spans} for spans in found[:NAMES]]
    return row | {"targets": targets} if targets else row


def names_in(text: str, common: set[str]) -> list[list[list[int]]]:
    """The places of what looks like a name, a list a name; `common` words only begin a sentence with a capital."""
    found: dict[str, list] = {}
    for match in NAME.finditer(text):
        words = [[match.start() + w.start(), match.start() + w.end()] for w in re.finditer(r"\S+", match.group())]
        while words and leads(text, *words[0], common):
            words.pop(0)
        if not words:
            continue
        start, end = words[0][0], words[-1][1]
        name = re.sub(r"['’]s$", "", text[start:end])
        if len(name) < 3 or name in NO_NAME or (name.lower() in common and " " not in name):
            continue
        host = next((other for other in found if name in other.split()), name)
        found.setdefault(host, []).append([start, start + len(name)])
    return list(found.values())


def leads(text: str, start: int, end: int, common: set[str]) -> bool:
    """Whether a capitalised word only leads up to a name."""
    word = text[start:end]
    begins = not text[:start].rstrip()[-1:].isalnum()
    return word in NO_NAME or word.startswith(("I’", "I'")) or (begins and word.rstrip(".").lower() in common)


def read(path: Path) -> list[dict]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def article_texts(path: Path) -> dict[str, str]:
    """The texts of a collection by the id of the article."""
    rows = csv.DictReader(path.open(encoding="utf-8", newline=""))
    return {row.get("id") or row["url"]: row["text"] for row in rows}


def directed_texts(data: Path) -> dict[str, str]:
    """The training sentences of directed sentiment by their line, from 0."""
    lines = (data / "directed-sentiment/train.txt").read_text("utf-8").split("\n")
    texts = {}
    for number, line in enumerate(lines):
        if line and (found := unbracket(*line.split("\t")[:3])):
            texts[str(number)] = found[0]
    return texts


def merged(targets: list, counts: Counter) -> list:
    """Targets that share a mention are one party: merged when their labels agree, dropped when not."""
    parties: list[dict] = []
    for target in targets:
        same = [p for p in parties if any(span in p["spans"] for span in target["spans"])]
        spans = sorted({tuple(s) for t in [target, *same] for s in t["spans"]})
        stances = {target["stance"]}.union(*(p["stances"] for p in same))
        counts["targets merged"] += len(same)
        parties = [p for p in parties if p not in same]
        parties.append({"spans": [list(s) for s in spans], "stances": stances})
    counts["targets dropped: labels contradict each other"] += sum(len(p["stances"]) > 1 for p in parties)
    return [{"spans": p["spans"], "stance": p["stances"].pop()} for p in parties if len(p["stances"]) == 1]


def sliced(text: str, start: int, end: int, mention: str) -> bool:
    return start < end and text[start:end] == mention


def overlap(a: list, b: list) -> bool:
    return a[0] < b[1] and b[0] < a[1]


def write(out: Path, sentences: list, counts: Counter) -> set:
    kept = [s for s in sentences if s.get("targets") != []]
    counts["sentences dropped: no target left"] += len(sentences) - len(kept)
    with out.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(s, ensure_ascii=False) + "\n" for s in kept)
    stances = Counter(t.get("stance", "no stance") for s in kept for t in s.get("targets", []))
    sentiments = Counter(s["sentiment"] for s in kept if "sentiment" in s)
    notes = [f"{n} {what}" for part in (stances, sentiments, counts) for what, n in part.items() if n]
    print(f"{out.name}: {len(kept)} sentences; {', '.join(notes)}", file=sys.stderr)
    return {s["text"] for s in kept}


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*map(Path, sys.argv[1:]))
