"""Results in the programs that analysts open them with: pandas, polars, DuckDB, openpyxl, and LibreOffice
where there is one. Every cell comes back as it went in, and numbers come back as numbers.
"""

import csv
import datetime
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import duckdb
import openpyxl
import pandas
import polars

ROOT = Path(__file__).resolve().parent.parent
SLANT = ROOT / "target/release/slant"
OFFICE = shutil.which("soffice")
LONG = "".join(chr(ord("a") + number % 26) for number in range(40_000))
# What spreadsheets run, change or cannot show.
NASTY = [
    "=1+1", "+1", "-1", "-1+1", "@SUM(A1:A2)", "\t=1", "＝1+1", "'=1", "00123", "9.10", "1E5", "3-4", "TRUE", "漢字",
    "😀🏽", "שלום", 'a "b", c;d', "line\nbreak", " blanks ", "#N/A", "NaN", "1,5", "2020-01-02", "<b>&amp;</b>", LONG,
]  # fmt: skip
NUMBERS = ["sentence", "start", "end", "sentiment_score", "stance_score", "mention_start"]


def text_of(cell):
    """A cell as the text that it stands for."""
    return "" if cell is None else str(cell)


class Clients(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.place = Path(cls.folder.name)
        with open(cls.place / "in.csv", "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["id", "source", "date", "text", "note of mine"])
            for number, nasty in enumerate(NASTY):
                text = f"Sentence {number} praises Hamas. It stays."
                writer.writerow([f"{number:05}", nasty[:50], "2020-01-02", text, nasty])
        (cls.place / "parties.toml").write_text('[[party]]\nname = "Hamas"\n', encoding="utf-8")
        for name, *options in [("out.csv",), ("out.xlsx",), ("out.parquet",), ("excel.csv", "--excel")]:
            cls.score(name, *options)
        with open(cls.place / "out.csv", newline="", encoding="utf-8") as file:
            cls.rows = list(csv.DictReader(file))
        cls.wanted = [NASTY[int(row["article"])] for row in cls.rows]

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def score(cls, name, *options):
        command = [SLANT, "score", "in.csv", "--parties", "parties.toml", "--keep", "note of mine", "--quiet"]
        # Each in a folder of its own: out.csv and out.xlsx would share a manifest.
        folder = cls.place / Path(name).suffix[1:] / Path(name).stem
        folder.mkdir(parents=True)
        subprocess.run([*command, *options, "-o", folder / name], check=True, cwd=cls.place)
        shutil.copy(folder / name, cls.place / name)

    def same_numbers(self, column, found):
        for row, cell in zip(self.rows, found, strict=True):
            wanted = float(row[column]) if row[column] else None
            self.assertEqual(None if cell is None or cell != cell else float(cell), wanted, column)

    def test_every_article_has_its_rows(self):
        self.assertEqual(len(self.rows), 2 * len(NASTY))
        self.assertEqual([row["party"] for row in self.rows], ["Hamas", ""] * len(NASTY))

    def test_pandas_reads_csv(self):
        frame = pandas.read_csv(self.place / "out.csv", dtype={"article": str}, keep_default_na=False, na_values=[""])
        self.assertEqual(frame["article"].tolist(), [row["article"] for row in self.rows])
        for column in NUMBERS:
            self.assertTrue(pandas.api.types.is_numeric_dtype(frame[column]), column)
            self.same_numbers(column, frame[column])

    def test_polars_and_duckdb_read_csv(self):
        frame = polars.read_csv(self.place / "out.csv", schema_overrides={"article": polars.String})
        self.assertEqual(frame["article"].to_list(), [row["article"] for row in self.rows])
        table = duckdb.sql(f"select * from read_csv('{self.place / 'out.csv'}', types = {{'article': 'VARCHAR'}})")
        self.assertEqual([row[0] for row in table.fetchall()], [row["article"] for row in self.rows])
        for column in NUMBERS:
            self.assertTrue(frame[column].dtype.is_numeric(), column)
            self.same_numbers(column, frame[column])
            self.same_numbers(column, [row[0] for row in table.select(f'"{column}"').fetchall()])

    def test_parquet_keeps_texts_and_types(self):
        path = self.place / "out.parquet"
        frames = {
            "pandas": pandas.read_parquet(path).replace({float("nan"): None}).to_dict("list"),
            "polars": polars.read_parquet(path).to_dict(as_series=False),
            "duckdb": duckdb.sql(f"select * from '{path}'").pl().to_dict(as_series=False),
        }
        for client, columns in frames.items():
            with self.subTest(client):
                self.assertEqual([text_of(cell) for cell in columns["note of mine"]], self.wanted)
                self.assertEqual([text_of(cell) for cell in columns["article"]], [row["article"] for row in self.rows])
                self.assertEqual({type(cell) for cell in columns["sentence"]}, {int})
                for column in NUMBERS:
                    self.same_numbers(column, columns[column])

    def test_a_workbook_has_texts_as_texts_and_numbers_as_numbers(self):
        self.same_workbook(self.place / "out.xlsx")

    @unittest.skipUnless(OFFICE, "there is no LibreOffice")
    def test_libreoffice_gives_the_workbook_back(self):
        self.same_workbook(self.converted("out.xlsx", "xlsx", "xlsx:Calc MS Excel 2007 XML"))

    @unittest.skipUnless(OFFICE, "there is no LibreOffice")
    def test_libreoffice_shows_excels_csv_as_it_was(self):
        # Separated by commas, in UTF-8, "quoted" cells are text, as Excel takes them; formulas are run.
        opened = self.converted("excel.csv", "xlsx", "xlsx:Calc MS Excel 2007 XML", "CSV:44,34,76,1,,0,false,true,false,false,false,-1")
        sheet = openpyxl.load_workbook(opened, data_only=True).worksheets[0]
        lines = list(sheet.iter_rows(values_only=True))
        self.assertEqual(len(lines), len(self.rows) + 1)
        column = lines[0].index("note of mine")
        for line, wanted in zip(lines[1:], self.wanted, strict=True):
            cell = text_of(line[column])
            if wanted == LONG:
                # LibreOffice holds it, a workbook does not.
                self.assertTrue(LONG.startswith(cell[:30_000]) and len(cell) >= 30_000)
            elif cell.startswith("'"):
                self.assertEqual(cell[1:], wanted)
            else:
                self.assertEqual(cell, wanted)
            self.assertEqual(line[0], f"{NASTY.index(wanted):05}")
            self.assertIsInstance(line[lines[0].index("sentiment_score")], (int, float))

    def same_workbook(self, path):
        book = openpyxl.load_workbook(path, data_only=True)
        lines = list(book.worksheets[0].iter_rows(values_only=True))
        heading = lines[0]
        self.assertEqual(len(lines), len(self.rows) + 1)
        for line, row, wanted in zip(lines[1:], self.rows, self.wanted, strict=True):
            cells = dict(zip(heading, line, strict=True))
            if wanted != LONG:
                self.assertEqual(text_of(cells["note of mine"]), wanted)
            self.assertEqual(cells["article"], row["article"])
            self.assertEqual(cells["date"], datetime.datetime(2020, 1, 2))
            for column in NUMBERS:
                self.same_number(cells[column], row[column])
        _, *parts = book["long texts"].iter_rows(values_only=True)
        whole = "".join(text_of(part[-1]) for part in parts)
        self.assertTrue(whole == 2 * LONG or whole == LONG, f"{len(whole)} characters of the long text")

    def same_number(self, cell, text):
        self.assertEqual(cell, float(text) if text else None)

    def converted(self, name, ending, target, source=None):
        """What LibreOffice makes of a result."""
        folder = self.place / "office"
        command = [OFFICE, "--headless", f"-env:UserInstallation=file://{self.place}/profile"]
        if source:
            command.append(f"--infilter={source}")
        command += ["--convert-to", target, "--outdir", folder, self.place / name]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
        return folder / f"{Path(name).stem}.{ending}"


if __name__ == "__main__":
    unittest.main()
