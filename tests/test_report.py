"""The report of `slant compare` in a real browser: nothing is asked of anybody, marks stand where figures say,
tables sort and copy, and all fits a phone and a sheet of paper.

SLANT_BROWSER names the browser, a Chromium; SLANT_PICTURES a folder to keep the pictures in.
"""

import csv
import json
import os
import random
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
SLANT = ROOT / "target/release/slant"
SOURCES = {"The Herald": -0.4, 'The "Courier" & Sons <script>window.ran = 1</script>': 0.3, "صحيفة الشرق": 0.0}
PARTIES = ["Okafor", "=1+1", "<img src=x onerror='window.ran = 1'>", "The Association of the Friends of Everything" * 3]


def rows():
    """A result in which sources differ, of which one party has too few articles in one source."""
    draw = random.Random(1)
    for source, mean in SOURCES.items():
        for number in range(24):
            for party in PARTIES:
                if party == PARTIES[1] and source == "The Herald" and number > 2:
                    continue
                for sentence in range(1, 3):
                    score = max(-0.99, min(0.99, draw.gauss(mean, 0.3)))
                    stance = "against" if score < -0.3 else "favor" if score > 0.3 else "neutral"
                    text = f"{party} did what “{number}” says & <b>more</b>."
                    yield {
                        "article": f"https://example.org/{number}?a=1&b=2" if number % 2 else f"javascript:{number}",
                        "source": source, "date": f"2024-{1 + number % 6:02}-03", "title": "", "sentence": sentence,
                        "start": 0, "end": len(text), "text": text, "sentiment": "neutral", "sentiment_score": 0.1,
                        "sentiment_negative": 0.1, "sentiment_neutral": 0.7, "sentiment_positive": 0.2,
                        "party": party, "mention": party, "mention_start": 0, "mention_end": len(party),
                        "link": "alias", "stance": stance, "stance_score": f"{score:.4f}", "stance_against": 0.1,
                        "stance_neutral": 0.8, "stance_favor": 0.1,
                        "voice": "author" if sentence == 1 else "quoted", "speaker": "", "note": "",
                    }  # fmt: skip


class Report(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.pictures = Path(os.environ.get("SLANT_PICTURES", folder.name))
        cls.pictures.mkdir(parents=True, exist_ok=True)
        with (cls.folder / "scores.csv").open("w", newline="", encoding="utf-8") as file:
            writer = None
            for row in rows():
                writer = writer or csv.DictWriter(file, row)
                if file.tell() == 0:
                    writer.writeheader()
                writer.writerow(row)
        command = [SLANT, "compare", "scores.csv", "-o", "report.html", "--json", "figures.json", "-q"]
        subprocess.run(command, cwd=cls.folder, check=True)
        cls.figures = json.loads((cls.folder / "figures.json").read_text())
        cls.parties = cls.figures["settings"]["parties"]
        playwright = sync_playwright().start()
        cls.addClassCleanup(playwright.stop)
        # A container's root has no sandbox.
        cls.browser = playwright.chromium.launch(executable_path=browser(), args=["--no-sandbox"])
        cls.addClassCleanup(cls.browser.close)

    def open(self, **options):
        """The report in a window of its own; what it logs and asks for is held against it at the end."""
        context = self.browser.new_context(**options)
        self.addCleanup(context.close)
        page = context.new_page()
        address = (self.folder / "report.html").as_uri()
        logged, asked = [], []
        page.on("console", lambda message: logged.append(message.text))
        page.on("pageerror", lambda error: logged.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(address)
        self.addCleanup(lambda: self.assertEqual((logged, asked), ([], [address])))
        return page

    def of_party(self, number):
        """The figures of a party, in the order of its section: group by group."""
        party = self.parties[number]
        groups = [group for group in self.figures["groups"] if group["party"] == party]
        names = list(dict.fromkeys(group["group"] for group in groups))
        return sorted(groups, key=lambda group: names.index(group["group"]))

    def test_nothing_from_a_result_runs_and_names_stand_as_they_are(self):
        page = self.open()
        self.assertIsNone(page.evaluate("window.ran ?? null"))
        headings = page.locator("section.party h2").all_inner_texts()
        self.assertEqual(headings, self.parties)
        self.assertEqual(set(headings), set(PARTIES))
        self.assertEqual(page.locator("a[href^='javascript']").count(), 0)
        self.assertGreater(page.locator("a[href='https://example.org/1?a=1&b=2']").count(), 0)
        self.assertIn(PARTIES[2], page.locator("mark").all_inner_texts())

    def test_plots_have_a_mark_for_each_figure_at_its_place(self):
        page = self.open()
        groups = self.figures["groups"]
        known = [group for group in groups if group["mean"] is not None]
        sure = [group for group in groups if group["low"] is not None]
        self.assertEqual(page.locator(".dots .dot").count(), len(known))
        self.assertEqual(page.locator(".dots .whisker").count(), len(sure))
        self.assertEqual(page.locator(".bars .bar").count(), len(known))
        self.assertEqual(page.locator(".panels figure").count(), len(SOURCES) * len(PARTIES))
        self.assertLess(len(sure), len(known), "one group has too few articles for an interval")
        for number in range(len(PARTIES)):
            places = page.evaluate(
                """number => {
                    const plot = document.querySelectorAll("svg.dots")[number];
                    const middle = it => { const box = it.getBoundingClientRect(); return box.x + box.width / 2; };
                    const [low, , , , high] = [...plot.querySelectorAll(".grid")].map(middle);
                    return [...plot.querySelectorAll(".dot")].map(it => (middle(it) - low) / (high - low));
                }""",
                number,
            )
            reach = float(page.locator("svg.dots").nth(number).locator(".tick").last.text_content())
            means = [group["mean"] for group in self.of_party(number) if group["mean"] is not None]
            for place, mean in zip(places, means, strict=True):
                self.assertAlmostEqual(place, (mean / reach + 1) / 2, delta=0.01)

    def test_charts_have_a_text_alternative(self):
        page = self.open()
        for image in page.locator("svg[role=img]").all():
            label = image.get_attribute("aria-label") or image.locator("title").text_content()
            self.assertGreater(len(label), 20)

    def test_a_table_sorts_by_keyboard_and_says_so(self):
        page = self.open()
        table = page.locator("section.party").nth(self.parties.index(PARTIES[1])).locator("table").first
        head = table.locator("thead th", has_text="low")
        button = head.get_by_role("button")

        def column():
            return table.locator("tbody tr td:nth-child(10)").all_inner_texts()

        button.focus()
        page.keyboard.press("Enter")
        self.assertEqual(head.get_attribute("aria-sort"), "ascending")
        known = [float(cell) for cell in column() if cell]
        self.assertEqual(known, sorted(known))
        self.assertEqual(column()[-1], "", "what is not known stands last")
        page.keyboard.press("Space")
        self.assertEqual(head.get_attribute("aria-sort"), "descending")
        self.assertEqual([float(cell) for cell in column() if cell], known[::-1])
        self.assertEqual(column()[-1], "")

    def test_a_table_is_copied_for_a_spreadsheet_with_numbers_as_numbers_and_no_formulas(self):
        page = self.open()
        page.evaluate("navigator.clipboard.writeText = async text => { window.copied = text; }")
        page.get_by_role("button", name="Copy for a spreadsheet").nth(1).click()
        lines = [line.split("\t") for line in page.evaluate("window.copied").splitlines()]
        groups = self.of_party(0)
        self.assertEqual(len(lines), 1 + len(groups))
        for line, group in zip(lines[1:], groups, strict=True):
            self.assertEqual([line[1], int(line[2])], [group["voice"], group["articles"]])
            self.assertAlmostEqual(float(line[8]), group["mean"], delta=0.0051)
        page.get_by_role("button", name="Copy for a spreadsheet").first.click()
        copied = page.evaluate("window.copied")
        self.assertIn("\n'=1+1\t", copied)

    def test_the_claims_are_those_of_the_figures(self):
        page = self.open()
        claims = [one for one in self.figures["differences"] if (one["p_adjusted"] or 1) < 0.05]
        self.assertGreater(len(claims), 0)
        told = page.locator("section.party .claims li").all_inner_texts()
        self.assertEqual(len(told), len(claims))
        one = next(one for one in claims if one["voice"] == "all")
        amount = f"{one['difference']:+.2f}".replace("-", "−")
        word = "less" if one["difference"] < 0 else "more"
        start = f"{one['a']} presents {one['party']} {word} favourably than {one['b']} does: {amount}, 95"
        self.assertTrue(any(line.startswith(start) for line in told), (start, told))

    def test_it_fits_a_wide_screen_a_phone_and_paper_by_day_and_night(self):
        sizes = {"wide": (1280, 900), "phone": (390, 844), "narrow": (320, 640)}
        for name, (width, height) in sizes.items():
            page = self.open(viewport={"width": width, "height": height})
            across = page.evaluate("document.documentElement.scrollWidth")
            self.assertLessEqual(across, width, name)
            page.screenshot(path=self.pictures / f"{name}.png", full_page=True)
        page = self.open(viewport={"width": 1280, "height": 900}, color_scheme="dark")
        page.screenshot(path=self.pictures / "dark.png", full_page=True)
        self.assertEqual(page.evaluate("getComputedStyle(document.body).backgroundColor"), "rgb(20, 24, 31)")
        paper = self.pictures / "report.pdf"
        page.pdf(path=paper, format="A4", margin=dict.fromkeys(["top", "bottom", "left", "right"], "15mm"))
        self.assertTrue(paper.read_bytes().startswith(b"%PDF"))
        self.assertEqual(page.locator("details:not([open])").count(), 0, "paper cannot be unfolded")


def browser():
    """The browser to try the report in."""
    names = [os.environ.get("SLANT_BROWSER"), "chromium", "chromium-browser", "google-chrome"]
    return next(filter(None, (shutil.which(name) for name in names if name)))


if __name__ == "__main__":
    unittest.main()
