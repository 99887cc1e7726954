"""The road to a bundle, on a handful of sentences: trained, stopped, resumed, read by the program.

Needs what scripts/requirements.txt lists, and the built program.
"""

import json
import random
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

import prepare  # noqa: E402
import torch  # noqa: E402
from augmentation import Words, changed  # noqa: E402

SETS = "newsmtsc-train newsmtsc-dev-rw newsmtsc-dev-mt labels-train labels-dev "
SETS += "own-train own-dev own-news-train own-news-dev own-pairs-train own-pairs-dev"
WITHOUT_STANCES = "texts headlines"
REVIEWS = "sst-train sst-dev"


def write(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


class Training(unittest.TestCase):
    def test_a_smoke_run_makes_a_bundle_that_the_program_reads(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        data, out = Path(temporary.name) / "data", Path(temporary.name) / "bundle"
        data.mkdir()
        names, rng = prepare.read_names(prepare.TEMPLATES / "names.txt"), random.Random(1)
        templates = sum(prepare.read_templates(prepare.TEMPLATES).values(), [])
        for name in SETS.split():
            write(data / f"{name}.jsonl", [prepare.filled(*rng.choice(templates), names, rng) for _ in range(64)])
        for name in WITHOUT_STANCES.split():
            rows = [prepare.filled(*rng.choice(templates), names, rng) for _ in range(64)]
            bare = [{"text": row["text"], "targets": [{"spans": t["spans"]} for t in row["targets"]]} for row in rows]
            write(data / f"{name}.jsonl", bare)
        for name in REVIEWS.split():
            rows = [prepare.filled(*rng.choice(templates), names, rng) for _ in range(64)]
            write(data / f"{name}.jsonl", [{key: row[key] for key in ("text", "sentiment")} for row in rows])

        self.train(data, out)
        again = self.train(data, out)
        self.assertIn("student-2-2: goes on after epoch", again)
        config = json.loads((out / "config.json").read_text("utf-8"))
        self.assertLess(sum((out / name).stat().st_size for name in config["files"]), 46_000_000)
        program = [ROOT / "target/release/slant", "evaluate", data / "own-dev.jsonl", "--model", out, "--json", "-q"]
        figures = json.loads(subprocess.run(program, check=True, capture_output=True, text=True).stdout)
        self.assertGreaterEqual(figures["stance"]["n"], 64)

    def train(self, data, out):
        command = [sys.executable, ROOT / "scripts/train.py", data, out, "--smoke"]
        run = subprocess.run([*command, "--reference", data / "own-dev.jsonl"], capture_output=True, text=True)
        self.assertEqual(run.returncode, 0, run.stderr)
        return run.stdout


class Changed(unittest.TestCase):
    def test_a_changed_sentence_has_other_words_around_the_same_mentions(self):
        vocabulary = {word: number for number, word in enumerate(["praised", "lauded", "bridge", "viaduct"])}
        words = Words(vocabulary, torch.tensor([[1.0, 0.1], [1.0, 0.0], [-1.0, 0.1], [-1.0, 0.0]]))
        text = "Ann Lee praised the bridge; Lee praised it."
        row = {"text": text, "targets": [{"spans": [[0, 7], [28, 31]], "stance": "favor"}]}
        rng, seen = random.Random(1), set()
        for _ in range(200):
            if not (other := changed(row, words, ["Tunde Okri"], rng)):
                continue
            (target,) = other["targets"]
            self.assertEqual(list(target), ["spans"])
            mentions = [other["text"][start:end] for start, end in target["spans"]]
            self.assertIn(mentions, (["Ann Lee", "Lee"], ["Tunde Okri", "Okri"]))
            seen.add(other["text"].replace("Tunde Okri", "Ann Lee").replace("Okri", "Lee"))
        self.assertIn("Ann Lee lauded the viaduct; Lee praised it.", seen)
        self.assertEqual(len(seen), 4, seen)  # any two of the three words, or all of them


if __name__ == "__main__":
    unittest.main()
