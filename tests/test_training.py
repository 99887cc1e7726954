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

SETS = "newsmtsc-train newsmtsc-dev-rw newsmtsc-dev-mt texts own-train own-dev labels-train labels-dev"
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
        texts = [json.loads(line) for line in (data / "texts.jsonl").read_text("utf-8").splitlines()]
        for row in texts:
            row["targets"] = [{"spans": target["spans"]} for target in row["targets"]]
        write(data / "texts.jsonl", texts)
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


if __name__ == "__main__":
    unittest.main()
