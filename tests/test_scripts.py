"""The scripts: what libtorch.py accepts, refuses and prints. The data: that it is what its READMEs say."""

import csv
import importlib.machinery
import importlib.util
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADER = "include/torch/csrc/api/include/torch/version.h"
CONFIG = "share/cmake/Torch/TorchConfig.cmake"


class Libtorch(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        # A checkout of its own, so that the link in the real one stays.
        (self.folder / "checkout/scripts").mkdir(parents=True)
        self.script = self.folder / "checkout/scripts/libtorch.py"
        self.script.write_text((ROOT / "scripts/libtorch.py").read_text())

    def run_with(self, libtorch, **variables):
        environment = {**os.environ, "LIBTORCH": str(libtorch), **variables}
        environment.pop("LIBTORCH_CXX11_ABI", None)
        command = [sys.executable, str(self.script)]
        return subprocess.run(command, env=environment, capture_output=True, text=True)

    def libtorch(self, version, abi):
        home = self.folder / f"libtorch {version}"
        for name, text in {
            HEADER: f'#define TORCH_VERSION \\\n  "{version}"\n',
            CONFIG: f'set(TORCH_CXX_FLAGS "-D_GLIBCXX_USE_CXX11_ABI={abi}")\n',
        }.items():
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            (home / name).write_text(text)
        return home

    def test_a_libtorch_of_the_users_own_is_taken_as_it_is(self):
        home = self.libtorch("2.4.0", abi=1)
        run = self.run_with(home)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(run.stdout, f"export LIBTORCH='{home}'\nexport LIBTORCH_CXX11_ABI=1\n")
        self.assertEqual((self.folder / "checkout/.libtorch").resolve(), home.resolve())

    def test_a_wrong_version_is_refused_by_name(self):
        run = self.run_with(self.libtorch("2.3.1", abi=0))
        self.assertEqual((run.returncode, run.stdout), (2, ""))
        self.assertIn("libtorch 2.3.1", run.stderr)
        self.assertIn("slant needs 2.4.0", run.stderr)

    def test_a_folder_without_libtorch_is_refused(self):
        run = self.run_with(self.folder)
        self.assertEqual((run.returncode, run.stdout), (2, ""))
        self.assertIn(str(self.folder), run.stderr)

    def test_a_failed_download_leaves_nothing_behind(self):
        cache = self.folder / "cache"
        (self.script.parent / "libtorch.txt").write_text("torch==2.4.0 --hash=sha256:" + 64 * "0")
        run = self.run_with("", XDG_CACHE_HOME=str(cache), PIP_NO_INDEX="1", PIP_FIND_LINKS=str(self.folder))
        self.assertEqual(run.returncode, 2)
        self.assertIn("set LIBTORCH", run.stderr)
        self.assertEqual([path.name for path in (cache / "slant").iterdir()], ["libtorch.lock"])


def script(name):
    path = ROOT / f"scripts/{name}.py"
    path = path if path.is_file() else path.with_suffix("")
    loader = importlib.machinery.SourceFileLoader(name, str(path))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    loader.exec_module(module)
    return module


class Package(unittest.TestCase):
    """The pieces of scripts/package; the build, the stripping of libtorch and the packing of it take minutes."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.tree = Path(temporary.name, "slant-0.0.0")
        self.package = script("package")

    def write(self, name, content):
        path = self.tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def test_the_same_files_make_the_same_bytes_sorted_and_of_one_time_and_owner(self):
        packed = []
        for names in ("b", "bin/slant", "a/c"), ("a/c", "bin/slant", "b"):
            for name in names:
                os.utime(self.write(name, name.encode()), (len(packed), 7))
            packed.append(self.package.pack(self.tree, 1_000_000_000).read_bytes())
            shutil.rmtree(self.tree)
        self.assertEqual(*packed)
        with tarfile.open(self.tree.parent / "slant-0.0.0.tar.gz") as tar:
            entries = [(entry.name.removeprefix("slant-0.0.0"), oct(entry.mode)) for entry in tar]
            entry = tar.getmember("slant-0.0.0/b")
        program = ("/bin/slant", "0o755")
        self.assertEqual(
            entries,
            [("", "0o755"), ("/a", "0o755"), ("/a/c", "0o644"), ("/b", "0o644"), ("/bin", "0o755"), program],
        )
        self.assertEqual((entry.mtime, entry.uid, entry.uname), (1_000_000_000, 0, "root"))

    def test_a_file_that_names_a_folder_of_the_build_machine_is_refused_by_name(self):
        self.write("share/text", b"see /builds/of/slant/src")
        self.package.check_folders(self.tree, [Path("/builds/of/others"), Path("/builds")])
        with self.assertRaisesRegex(self.package.Refused, "share/text names /builds/of/slant, a folder of this"):
            self.package.check_folders(self.tree, [Path("/builds/of/slant")])

    def test_what_needs_a_newer_system_than_debian_12_is_refused_by_name(self):
        self.write("bin/slant", Path(sys.executable).resolve().read_bytes())
        self.write("README.md", b"no program")
        self.assertRegex(self.package.check_symbols(self.tree), r"GLIBC 2\.\d+")
        self.package.NEWEST["GLIBC"] = (2, 1)
        with self.assertRaisesRegex(self.package.Refused, r"bin/slant needs GLIBC 2\.\d.*, and Debian 12 has 2\.1:"):
            self.package.check_symbols(self.tree)

    def test_every_crate_that_is_linked_brings_the_text_of_its_licence(self):
        crates = self.package.linked_crates()
        names = [crate["name"] for crate in crates]
        self.assertEqual(names[0], "slant")
        self.assertIn("tch", names)
        for absent in "criterion", "insta", "syn", "cc":
            self.assertNotIn(absent, names)
        text = self.package.third_party(crates)
        listed, _, texts = text.partition("=" * 80)
        for crate in crates[1:]:
            named = f"{crate['name']} {crate['version']}"
            self.assertIn(f"\n{named}, {crate['license']}, https://", listed)
            self.assertRegex(texts, rf"(?m)(^|, ){re.escape(named)}(, |$)")
        without = {**crates[1], "name": "no-text", "manifest_path": str(self.tree / "Cargo.toml"), "license": "None-1.0"}
        with self.assertRaisesRegex(self.package.Refused, "None-1.0 of the crate no-text"):
            self.package.third_party([*crates, without])

    def test_the_libraries_are_those_that_the_program_needs_and_that_those_need(self):
        program, libraries = ROOT / "target/release/slant", ROOT / ".libtorch/lib"
        if not program.is_file() or not (libraries / "libtorch_cpu.so").is_file():
            self.skipTest("there is no Linux program in target/release")
        found = self.package.needed_libraries(program, libraries)
        self.assertLessEqual({"libtorch_cpu.so", "libc10.so"}, set(found))
        self.assertFalse({"libtorch.so", "libc.so.6", "libstdc++.so.6"} & set(found))


def runs(text):
    """The runs of five words in a text."""
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i : i + 5]) for i in range(len(words) - 4)}


class Gold(unittest.TestCase):
    def setUp(self):
        lines = (ROOT / "data/gold/gold.jsonl").read_text("utf-8").splitlines()
        self.rows = [json.loads(line) for line in lines]

    def test_no_training_template_shares_five_words_in_a_row_with_a_gold_sentence(self):
        gold = set().union(*(runs(row["text"]) for row in self.rows))
        for template in (ROOT / "data/gold/templates.txt").read_text("utf-8").splitlines():
            gold |= set().union(*map(runs, template.split("\t")[1].split("{}")))
        prepare = script("prepare")
        for _, template in sum(prepare.read_templates(prepare.TEMPLATES).values(), []):
            for part in re.split(r"\{[^}]*\}", template):
                self.assertFalse(runs(part) & gold, template)

    def test_no_name_of_the_name_test_fills_a_training_template(self):
        prepare = script("prepare")
        used = set(prepare.read_names(prepare.TEMPLATES / "names.txt")["any"])
        self.assertFalse(used & set(script("fill_names").lines(ROOT / "data/gold/names.txt")))

    def test_the_name_test_is_what_its_templates_and_names_make(self):
        run = subprocess.run([sys.executable, ROOT / "scripts/fill_names.py"], capture_output=True, text=True)
        self.assertEqual(run.stdout, (ROOT / "data/gold/names.jsonl").read_text("utf-8"))

    def test_a_swap_pair_is_one_sentence_with_its_names_exchanged(self):
        pairs = {}
        for row in self.rows:
            if "pair" in row:
                pairs.setdefault(row["pair"], []).append(row)
        self.assertEqual(len(pairs), 100)
        for name, (one, other) in pairs.items():
            stances = [{target["party"]: target["stance"] for target in row["targets"]} for row in (one, other)]
            parties = list(stances[0])
            with self.subTest(name):
                self.assertEqual(stances[1], dict(zip(parties, reversed(stances[0].values()))))
                self.assertEqual(one["sentiment"], other["sentiment"])


class Labels(unittest.TestCase):
    def test_every_row_has_labels_and_mentions_inside_its_sentence(self):
        for path in sorted((ROOT / "data/labels").glob("*.csv")):
            with path.open(encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file):
                    self.assertIn(row["sentiment"], ("negative", "neutral", "positive"))
                    self.assertEqual(bool(row["mentions"]), row["stance"] in ("against", "neutral", "favor"))
                    for span in filter(None, row["mentions"].split(";")):
                        start, end = map(int, span.split("-"))
                        self.assertTrue(int(row["start"]) <= start < end <= int(row["end"]), row)


class Names(unittest.TestCase):
    def test_names_are_found_with_their_short_forms_and_not_the_words_that_only_begin_a_sentence(self):
        common = {"the", "minister", "told", "yesterday", "they"}
        text = "Yesterday Angela Merkel’s aide told the BBC that Merkel knew. They met in Bad Homburg on Monday."
        found = script("prepare").names_in(text, common)
        words = [[text[start:end] for start, end in spans] for spans in found]
        self.assertEqual(words, [["Angela Merkel", "Merkel"], ["BBC"], ["Bad Homburg"]])

    def test_a_name_that_overlaps_a_target_is_not_added(self):
        row = {"text": "Biden met Xi Jinping.", "targets": [{"spans": [[10, 12]], "stance": "neutral"}]}
        named = script("prepare").with_names(row, set())
        self.assertEqual(named["targets"], [*row["targets"], {"spans": [[0, 5]]}])


class Templates(unittest.TestCase):
    def test_every_template_fills_with_names_that_its_spans_slice(self):
        prepare = script("prepare")
        names, rng = prepare.read_names(prepare.TEMPLATES / "names.txt"), random.Random(7)
        templates = sum(prepare.read_templates(prepare.TEMPLATES).values(), [])
        self.assertGreater(len(templates), 15000)
        known = {part for name in names["any"] for part in (name, name.removeprefix("the "), name.split()[-1])}
        known |= {part[0].upper() + part[1:] for part in known}
        for sentiment, template in templates:
            with self.subTest(template):
                row = prepare.filled(sentiment, template, names, rng)
                self.assertIn(row["sentiment"], ("negative", "neutral", "positive"))
                self.assertNotRegex(row["text"], r"[{}]|\s\s|\bthe the\b")
                for target in row["targets"]:
                    self.assertIn(target["stance"], ("against", "neutral", "favor"))
                    for start, end in target["spans"]:
                        self.assertTrue(row["text"][start:end] in known, row)


if __name__ == "__main__":
    unittest.main()
