"""One peer of scripts/bench: answers for the sentiment of sentences with the bundle's weights.

    bench_peer.py BUNDLE FOLDER THREADS export
    bench_peer.py BUNDLE FOLDER THREADS pipeline DTYPE BATCH sorted|unsorted
    bench_peer.py BUNDLE FOLDER THREADS onnx FILE BATCH

FOLDER holds sentences.json, and the models that `export` wrote. Prints the seconds from the loaded
model to the last answer and the probabilities, as JSON.
"""

import json
import sys
import time
from pathlib import Path

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import nn
from transformers import BertConfig, BertModel, BertPreTrainedModel, PreTrainedTokenizerFast, pipeline
from transformers.modeling_outputs import SequenceClassifierOutput

WARM_UP = 64  # sentences before the clock runs


class Sentiment(BertPreTrainedModel):
    """The bundle's encoder and its head for the sentence."""

    def __init__(self, config):
        super().__init__(config)
        self.bert = BertModel(config, add_pooling_layer=False)
        self.dense = nn.Linear(config.hidden_size, config.hidden_size)
        self.output = nn.Linear(config.hidden_size, 3)
        self.post_init()

    def forward(self, input_ids, attention_mask, **_):
        states = self.bert(input_ids, attention_mask=attention_mask).last_hidden_state
        # All of a sentence's tokens but the first and the last, [CLS] and [SEP].
        content = attention_mask.clone()
        content[:, :-1] = attention_mask[:, 1:] * attention_mask[:, :-1]
        content[:, -1] = 0
        content[:, 0] = 0
        weights = (content / content.sum(1, keepdim=True)).to(states.dtype)
        sentence = (weights.unsqueeze(1) @ states).squeeze(1)
        return SequenceClassifierOutput(logits=self.output(torch.tanh(self.dense(sentence))))


def load(bundle: Path) -> tuple[Sentiment, dict]:
    config = json.loads((bundle / "config.json").read_text("utf-8"))
    labels = config["sentiment"]["labels"]
    encoder = config["encoder"] | {"id2label": dict(enumerate(labels)), "label2id": {n: i for i, n in enumerate(labels)}}
    model = Sentiment(BertConfig(**encoder))
    weights = {name.removeprefix("sentiment."): value.float() for name, value in load_file(bundle / "model.safetensors").items()}
    missing = model.load_state_dict(weights, strict=False).missing_keys
    assert all("position_ids" in name for name in missing), missing
    return model.eval(), config


def by_length(sentences: list[str]) -> list[int]:
    return sorted(range(len(sentences)), key=lambda i: len(sentences[i]))


def restored(order: list[int], answers: list) -> list:
    found = [None] * len(order)
    for index, answer in zip(order, answers):
        found[index] = answer
    return found


def run_pipeline(bundle: Path, sentences: list[str], dtype: str, batch: int, in_order: bool) -> tuple[float, list]:
    model, config = load(bundle)
    model = model.to(getattr(torch, dtype))
    with torch.no_grad():
        model.output.weight /= config["sentiment"]["temperature"]
        model.output.bias /= config["sentiment"]["temperature"]
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(bundle / "tokenizer.json"), pad_token="[PAD]")
    tokenizer.model_input_names = ["input_ids", "attention_mask"]
    classify = pipeline("text-classification", model=model, tokenizer=tokenizer, top_k=None, device="cpu")
    settings = {"batch_size": batch, "truncation": True, "max_length": config["window"], "function_to_apply": "softmax"}
    classify(sentences[:WARM_UP], **settings)
    order = list(range(len(sentences))) if in_order else by_length(sentences)
    began = time.time()
    answers = classify([sentences[i] for i in order], **settings)
    seconds = time.time() - began
    labels = config["sentiment"]["labels"]
    found = [[next(a["score"] for a in answer if a["label"] == label) for label in labels] for answer in answers]
    return seconds, restored(order, found)


def run_onnx(bundle: Path, sentences: list[str], file: Path, threads: int, batch: int) -> tuple[float, list]:
    import numpy
    import onnxruntime

    config = json.loads((bundle / "config.json").read_text("utf-8"))
    tokenizer = Tokenizer.from_file(str(bundle / "tokenizer.json"))
    tokenizer.enable_padding()
    tokenizer.enable_truncation(config["window"])
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])

    def answer(texts: list[str]) -> list:
        encoded = tokenizer.encode_batch(texts)
        ids = numpy.array([e.ids for e in encoded])
        mask = numpy.array([e.attention_mask for e in encoded])
        logits = session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
        return torch.tensor(logits / config["sentiment"]["temperature"]).softmax(1).tolist()

    answer(sentences[:WARM_UP])
    order = by_length(sentences)
    began = time.time()
    found = []
    for start in range(0, len(order), batch):
        found += answer([sentences[i] for i in order[start : start + batch]])
    return time.time() - began, restored(order, found)


class Logits(nn.Module):
    def __init__(self, model: Sentiment):
        super().__init__()
        self.model = model

    def forward(self, input_ids, attention_mask):
        return self.model(input_ids, attention_mask).logits


def export(bundle: Path, folder: Path) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.shape_inference import quant_pre_process

    model, _ = load(bundle)
    example = torch.ones(2, 16, dtype=torch.long), torch.ones(2, 16, dtype=torch.long)
    axes = {0: "sentences", 1: "tokens"}
    names = ["input_ids", "attention_mask"]
    exact, prepared = folder / "model.onnx", folder / "prepared.onnx"
    torch.onnx.export(
        Logits(model), example, exact, input_names=names, dynamic_axes={name: axes for name in names}, dynamo=False
    )
    quant_pre_process(exact, prepared, skip_symbolic_shape=True)
    quantize_dynamic(prepared, folder / "model.int8.onnx", weight_type=QuantType.QInt8, per_channel=True)


def main() -> None:
    bundle, folder, threads, kind, *rest = sys.argv[1:]
    bundle, folder = Path(bundle), Path(folder)
    torch.set_num_threads(int(threads))
    if kind == "export":
        export(bundle, folder)
        print("{}")
        return
    sentences = json.loads((folder / "sentences.json").read_text("utf-8"))
    with torch.no_grad():
        if kind == "pipeline":
            seconds, found = run_pipeline(bundle, sentences, rest[0], int(rest[1]), rest[2] == "unsorted")
        else:
            seconds, found = run_onnx(bundle, sentences, folder / rest[0], int(threads), int(rest[1]))
    print(json.dumps({"seconds": seconds, "probabilities": found}))


if __name__ == "__main__":
    main()
