"""Sentences with other words and other names in them. Nobody knows their stances but a teacher who judges them."""

import random
import re

import torch
import torch.nn.functional as F

CHANGED = 0.25  # share of the words that have neighbours
RENAMED = 0.4  # share of the sentences that get other names, too
NEIGHBOURS = 12
NEAR = 0.5  # cosine from which a word is a neighbour; for one that begins otherwise, and so is no other form of it:
NEAR_OTHER = 0.35

WORD = re.compile(r"(?<![\w'’-])[a-z]{4,}(?![\w'’-])")
KEPT = set(
    "about above after again against because been before being below between both could does during each every from "
    "have here into just more most once only other over said should some such than that their them then there these "
    "they this those through under upon very were what when where which while will with within without would your".split()
)


class Words:
    """Whole words of a vocabulary, and those near each of them by their embeddings."""

    def __init__(self, vocabulary: dict[str, int], embeddings: torch.Tensor):
        self.words = [word for word in vocabulary if WORD.fullmatch(word)]
        chosen = embeddings[[vocabulary[word] for word in self.words]].float()
        self.vectors = F.normalize(chosen - chosen.mean(0), dim=1)
        self.places = {word: place for place, word in enumerate(self.words)}
        self.known: dict[str, list[str]] = {}

    def near(self, word: str) -> list[str]:
        if word in KEPT or word not in self.places:
            return []
        if word not in self.known:
            likeness, places = (self.vectors @ self.vectors[self.places[word]]).topk(min(NEIGHBOURS + 1, len(self.words)))
            others = [(self.words[place], near) for place, near in zip(places[1:].tolist(), likeness[1:].tolist())]
            self.known[word] = [
                other for other, near in others if near > NEAR or (near > NEAR_OTHER and other[:4] != word[:4])
            ]
        return self.known[word]


def changed(row: dict, words: Words, people: list[str], rng: random.Random) -> dict | None:
    """The sentence with some words exchanged for near ones, and sometimes its targets' names for others, without
    stances; none where fewer than two words change or targets overlap."""
    spans = sorted((start, end, target) for target, t in enumerate(row["targets"]) for start, end in t["spans"])
    if any(one[1] > other[0] for one, other in zip(spans, spans[1:])):
        return None
    renamed, names = rng.random() < RENAMED, {}
    text, at, exchanged = "", 0, 0
    targets: list[dict] = [{"spans": []} for _ in row["targets"]]

    def other(match: re.Match) -> str:
        nonlocal exchanged
        near = words.near(match.group())
        if not near or rng.random() > CHANGED:
            return match.group()
        exchanged += 1
        return rng.choice(near)

    for start, end, target in spans:
        name = row["text"][start:end]
        if renamed and name[:1].isupper():
            full = names.setdefault(target, rng.choice(people))
            name = full if " " in name else full.split()[-1]
        text += WORD.sub(other, row["text"][at:start])
        targets[target]["spans"].append([len(text), len(text) + len(name)])
        text, at = text + name, end
    text += WORD.sub(other, row["text"][at:])
    return {"text": text, "targets": targets} if exchanged > 1 else None
