"""The teaching kit says of the lessons what the lessons say: headings, minutes, order, mistakes."""

import re
import runpy
from pathlib import Path

import nbformat
import pytest
import results
import teaching

ROOT = Path(__file__).resolve().parent.parent
KIT = ROOT / "docs" / "teaching"
LESSONS = {path.stem[:2]: path for path in results.lesson_files()}
PAGES = sorted((KIT / "lessons").glob("*.md"))
PATHS = teaching.paths()
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
each_path = pytest.mark.parametrize("name", PATHS)


def texts(number):
    """The text cells of a lesson."""
    cells = nbformat.read(LESSONS[number], as_version=4).cells
    return [cell.source for cell in cells if cell.cell_type == "markdown"]


def headings(number):
    return set(re.findall(r"^##+ (.+)$", "\n".join(texts(number)), re.MULTILINE))


def run_minutes(number):
    return float(re.search(r"<!-- budget -->about ([\d.]+) minutes?", "\n".join(texts(number)))[1])


def necessary(number):
    told = " ".join(texts(number)[1].split()).split("*Necessary earlier lessons:*")[1]
    return re.findall(r"\b\d\d\b", told.split("*Helpful:*")[0].split("*If the next")[0])


def rows(text):
    """A table's rows below its head, a list of cells each."""
    return [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in text.splitlines()
        if line.startswith("|")
    ][2:]


def test_the_kit_is_what_the_lessons_make():
    stale = [
        str(file.relative_to(ROOT))
        for file, text in teaching.wanted().items()
        if not file.exists() or file.read_text("utf-8") != text
    ]
    assert stale == [], "run make teaching"


def test_each_lesson_has_a_page_and_each_page_a_lesson():
    assert {page.stem for page in PAGES} == set(LESSONS)
    for number in LESSONS:
        assert f"(lessons/{number}.md)" in (KIT / "lessons.md").read_text("utf-8")


@each_page
def test_a_page_names_the_lesson_s_own_headings(page):
    text = re.sub(r"\s+", " ", page.read_text("utf-8"))
    named = re.findall(r"“([^”]+)”", text)
    if "Notes are not written yet" not in text:
        assert set(named) <= headings(page.stem)
        assert named, "it stresses nothing"


@each_page
def test_a_timetable_lists_all_that_is_taught_and_adds_up(page):
    table = rows(re.search(r"<!-- timetable -->(.*?)<!-- /timetable -->", page.read_text("utf-8"), re.S)[1])
    sections, (core, everything) = table[:-2], table[-2:]
    taught = [
        h for h in re.findall(r"^## (.+)$", "\n".join(texts(page.stem)), re.M) if h not in teaching.AFTER
    ]
    assert [row[0] for row in sections] == taught
    assert {row[3] for row in sections} <= {"core", "skip"}
    for name, kept in ((core, ("core",)), (everything, ("core", "skip"))):
        sums = [sum(int(row[k] or 0) for row in sections if row[3] in kept) for k in (1, 2)]
        assert [int(name[1]), int(name[2])] == sums and name[3] == f"{sum(sums)} in all"
    fits = sum(int(core[k]) for k in (1, 2)) <= 90
    assert fits or "Notes are not written yet" in page.read_text("utf-8"), (
        "the core does not fit into a session"
    )
    assert f"runs in {run_minutes(page.stem):g} minute" in page.read_text("utf-8")


@each_page
def test_a_page_has_what_a_teacher_wants_and_repeats_no_number_of_the_lesson(page):
    text = page.read_text("utf-8")
    if "Notes are not written yet" in text:
        return
    parts = dict(
        zip(re.findall(r"^## (.+)$", text, re.M), re.split(r"^## .+$", text, flags=re.M)[1:], strict=True)
    )
    assert list(parts) == ["Objectives", "Timetable", "Likely misconceptions", "To discuss"]
    counts = [len(re.findall(rf"^{mark} ", parts[name], re.M)) for name, mark in
              (("Objectives", r"\d\."), ("Likely misconceptions", "-"), ("To discuss", r"\d\."))]  # fmt: skip
    assert counts == [3, 3, 2]
    assert " ".join(parts["To discuss"].split()).count("*A good answer:*") == 2
    assert "**Stress** " in parts["Timetable"] and "**Skip** " in parts["Timetable"]
    said = re.sub(r"<!-- timetable -->.*<!-- /timetable -->", "", text, flags=re.S)
    assert re.findall(r"\d[.,]\d", said) == [], "a measured number belongs to the lesson, where it is checked"


@each_page
def test_the_misconceptions_are_wrong_answers_that_the_exercises_know(page):
    known = {
        (answer["exercise"], answer["why"])
        for answer in runpy.run_path(str(ROOT / "tests" / "wrong_answers" / f"{page.stem}.py"))["WRONG"]
    }
    text = re.sub(r"\s+", " ", page.read_text("utf-8"))
    named = re.findall(r"\(exercise (\d): \*([^)]+)\*\)", text)
    assert len(named) == (0 if "Notes are not written yet" in text else 3)
    assert set(named) <= known


@each_path
def test_a_path_comes_to_a_lesson_after_those_that_it_needs(name):
    before = []
    for item in PATHS[name]["item"]:
        if "lesson" not in item:
            continue
        assert item["lesson"] in LESSONS, f"there is no lesson {item['lesson']}"
        instead = PATHS[name].get("substitute", {})
        missing = [n for n in necessary(item["lesson"]) if n not in before and not instead.get(n)]
        assert missing == [], f"lesson {item['lesson']} needs {missing} before it"
        before.append(item["lesson"])
    assert len(before) == len(set(before)), "a lesson stands twice in it"


@each_path
def test_a_path_s_minutes_are_the_contracts_and_add_up(name):
    text = (KIT / "paths.md").read_text("utf-8")
    table = rows(re.search(rf"<!-- path: {name} -->(.*?)<!-- /path -->", text, re.S)[1])
    *plan, total = table
    assert len(plan) == len(PATHS[name]["item"])
    for row, item in zip(plan, PATHS[name]["item"], strict=True):
        assert row[2] == (f"{run_minutes(item['lesson']):g}" if "lesson" in item else "")
        if isinstance(item.get("sections"), list):
            assert set(item["sections"]) <= headings(item["lesson"])
            assert all(f"“{heading}”" in row[1] for heading in item["sections"])
    runs, lessons, exercises = (sum(float(row[k] or 0) for row in plan) for k in (2, 3, 4))
    assert total[2] == f"{runs:.1f}" and int(total[3]) == lessons and int(total[4]) == exercises
    assert total[1] == f"{lessons + exercises:.0f} minutes in class"
    assert lessons + exercises <= PATHS[name]["at_most"]


def test_the_paths_are_an_hour_half_a_day_a_week_and_a_semester():
    text = (KIT / "paths.md").read_text("utf-8")
    assert {"one hour", "half a day", "a semester"} <= set(PATHS) and any("week" in name for name in PATHS)
    assert all(f"<!-- path: {name} -->" in text for name in PATHS)


def test_the_order_of_a_path_is_held_by_what_the_test_reads():
    """The test's own eyes: what it reads of the contracts is not empty."""
    assert necessary("01") == [] and necessary("04") == ["03"] and necessary("11") == ["02", "10"]
    assert necessary("16") == ["01", "03", "04"]


def test_a_lesson_without_notes_gets_a_page_by_itself():
    lesson = teaching.read(LESSONS["16"])
    text = teaching.blank(lesson)
    assert "break a classifier in six ways" in text
    assert teaching.skipped(text) == [] and teaching.core(lesson, text) == list(lesson.sections)
    assert "| Six ways to break it |" in teaching.timetable(lesson, text)
