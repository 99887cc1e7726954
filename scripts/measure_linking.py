#!/usr/bin/env python3
"""How well slant links titles and pronouns to parties, measured on GUM's coreference annotation.

    scripts/measure_linking.py DATA [--reader PROGRAM] [--failures] [--one]

DATA is a folder of `.conllu` files with `Entity=` in their last column. Every annotated person and
organisation with a proper name becomes a party: its fullest name, its kind, and the pronoun that the
annotation uses most for it. Text and parties go to the reader (`examples/read.rs`) as JSON Lines; it
answers with mentions, in characters. `--one` asks about each party on its own, as if the others were
in no parties file.

A link is right if the smallest annotated mention around it is of the party's entity. Recall counts the
annotated third-person pronouns, and the annotated names and noun phrases that are not the party's
name itself, of entities whose party was named before. Standard library only.
"""

import argparse
import collections
import json
import re
import subprocess
import sys
from pathlib import Path

PRONOUNS = {
    "he": {"he", "him", "his", "himself"},
    "she": {"she", "her", "hers", "herself"},
    "they": {"they", "them", "their", "theirs", "themselves"},
    "it": {"it", "its", "itself"},
}
KINDS = {"person": "person", "organization": "organisation"}


def main():
    options = arguments()
    documents = [read(path) for path in sorted(options.data.glob("*.conllu"))]
    asked = []
    for document in documents:
        parties = [party for party in document["parties"].values()]
        groups = [[party] for party in parties] if options.one else [parties]
        asked += [(document, group) for group in groups if group]
    lines = "".join(
        json.dumps({"text": document["text"], "parties": [{k: v for k, v in p.items() if k != "entity"} for p in group]}) + "\n"
        for document, group in asked
    )
    answer = subprocess.run([options.reader], input=lines, capture_output=True, text=True, check=True)
    links, recall, failures = collections.Counter(), collections.Counter(), []
    for (document, group), line in zip(asked, answer.stdout.splitlines()):
        judge(document, group, json.loads(line), links, recall, failures)
    for link in ("alias", "title", "pronoun"):
        right, total = links[link, True], links[link, True] + links[link, False]
        print(f"{link:8} precision {100 * right / max(total, 1):.1f} % of {total}")
    for kind in ("title", "pronoun"):
        total = recall[kind, True] + recall[kind, False]
        print(f"{kind:8} recall {100 * recall[kind, True] / max(total, 1):.1f} % of {total}")
    for pronoun in PRONOUNS:
        total = recall[pronoun, True] + recall[pronoun, False]
        right, found = links[pronoun, True], links[pronoun, True] + links[pronoun, False]
        print(f"  {pronoun:5} precision {100 * right / max(found, 1):.1f} % of {found}, recall {100 * recall[pronoun, True] / max(total, 1):.1f} % of {total}")
    if options.failures:
        for failure in failures:
            print("   ", *failure, sep="  ")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, metavar="DATA", help="the folder with the .conllu files")
    parser.add_argument("--reader", default="target/release/examples/read", help="the built example `read`")
    parser.add_argument("--failures", action="store_true", help="show the wrong and the missed links")
    parser.add_argument("--one", action="store_true", help="ask about one party at a time")
    return parser.parse_args()


def read(path):
    """The text as the treebank's `# text` lines have it, the annotated mentions, and the parties."""
    text, tokens, mentions, open_mentions = "", [], [], collections.defaultdict(list)
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        lines = block.splitlines()
        sentence = next((line[len("# text = ") :] for line in lines if line.startswith("# text = ")), None)
        if sentence is None:
            continue
        new_paragraph = any(line.startswith("# newpar") for line in lines)
        text += ("\n\n" if new_paragraph else " ") if text else ""
        at = len(text)
        text += sentence
        for line in lines:
            cells = line.split("\t")
            if line.startswith("#") or not cells[0].isdigit():
                continue
            start = text.find(cells[1], at)
            at = start + len(cells[1])
            tokens.append((start, at, cells[3], cells[1]))
            follow(cells[9], len(tokens) - 1, open_mentions, mentions)
    return {"name": path.stem, "text": text, "tokens": tokens, "mentions": mentions, "parties": parties(text, tokens, mentions)}


def follow(cell, token, open_mentions, mentions):
    """Opens and closes the mentions that `Entity=` opens and closes at a token."""
    entity = re.search(r"Entity=([^|]+)", cell)
    for part in re.findall(r"\(\d+[^()]*\)?|\d+(?:\[[^\]]*\])?\)", entity.group(1)) if entity else ():
        number = re.search(r"\d+", part).group()
        if part.startswith("("):
            fields = part.strip("()").split("-")
            open_mentions[number].append((token, fields[1] if len(fields) > 1 else ""))
        if part.endswith(")") and open_mentions[number]:
            first, kind = open_mentions[number].pop()
            mentions.append({"entity": number, "kind": kind, "first": first, "last": token})


def parties(text, tokens, mentions):
    """The annotated people and organisations with proper names, as a user would write them."""
    found = {}
    groups = collections.defaultdict(list)
    for mention in mentions:
        groups[mention["entity"]].append(mention)
    for entity, group in groups.items():
        kind = collections.Counter(m["kind"] for m in group).most_common(1)[0][0]
        names = [name for m in group if (name := proper_name(text, tokens, m))]
        if kind not in KINDS or not names:
            continue
        # The name in full, as most of its mentions have it.
        full = [name for name in names if " " in name] or names
        name = max(full, key=lambda name: (full.count(name), len(name)))
        used = collections.Counter()
        for mention in group:
            if mention["first"] == mention["last"]:
                word = tokens[mention["first"]][3].lower()
                used.update(pronoun for pronoun, forms in PRONOUNS.items() if word in forms)
        party = {"entity": entity, "name": name, "kind": KINDS[kind], "aliases": []}
        if used:
            party["pronouns"] = used.most_common(1)[0][0]
        if name.lower() not in {other["name"].lower() for other in found.values()}:
            found[entity] = party
    return found


def proper_name(text, tokens, mention):
    """The mention's text if it is nothing but a proper name, titles and articles apart."""
    inside = tokens[mention["first"] : mention["last"] + 1]
    while inside and inside[0][2] != "PROPN":
        inside = inside[1:]
    if not inside or any(kind not in ("PROPN", "ADP", "DET", "PUNCT") for _, _, kind, _ in inside):
        return None
    name = text[inside[0][0] : inside[-1][1]]
    return name if inside[-1][2] == "PROPN" and "," not in name and "(" not in name else None


def judge(document, group, answer, links, recall, failures):
    tokens, text = document["tokens"], document["text"]
    spans = [(tokens[m["first"]][0], tokens[m["last"]][1], m["entity"]) for m in document["mentions"]]
    by_name = {party["name"]: party["entity"] for party in group}
    first_named, linked = {}, collections.defaultdict(list)
    for mention in answer["mentions"]:
        start, end = mention["span"]
        around = [(e - s, entity) for s, e, entity in spans if s <= start and end <= e]
        entity = by_name[mention["party"]]
        # A title link may be wider than the annotated name: “Mr. Peres”.
        right = bool(around) and min(around)[1] == entity or (start, end, entity) in spans
        inner = [x for s, e, x in spans if start <= s and e <= end]
        right = right or entity in inner
        links[mention["link"], right] += 1
        linked[entity].append((start, end))
        if mention["link"] == "alias":
            first_named.setdefault(entity, start)
        if mention["link"] == "pronoun":
            word = text[start:end].lower()
            links[next(p for p, forms in PRONOUNS.items() if word in forms), right] += 1
        if not right and mention["link"] != "alias":
            failures.append((f"wrong {mention['link']}", document["name"], mention["party"], repr(text[max(0, start - 200) : start]), f"[{text[start:end]}]", repr(text[end : end + 50])))
    for start, end, entity in spans:
        party = next((party for party in group if party["entity"] == entity), None)
        if party is None or start <= first_named.get(entity, len(text)):
            continue
        word = text[start:end].lower()
        pronoun = next((p for p, forms in PRONOUNS.items() if word in forms), None)
        if pronoun is None and (word in FIRST_OR_SECOND or word == party["name"].lower()):
            continue
        found = any(s < end and start < e for s, e in linked[entity])
        recall["pronoun" if pronoun else "title", found] += 1
        if pronoun:
            recall[pronoun, found] += 1
        if not found and (pronoun or len(word.split()) < 5):
            failures.append((f"missed {'pronoun' if pronoun else 'title'}", document["name"], party["name"], repr(text[max(0, start - 160) : start]), f"[{text[start:end]}]", repr(text[end : end + 40])))


FIRST_OR_SECOND = {"i", "me", "my", "mine", "myself", "you", "your", "yours", "yourself", "we", "us", "our", "ours", "ourselves", "who", "whom", "whose", "which", "that"}


if __name__ == "__main__":
    sys.exit(main())
