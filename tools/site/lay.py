"""Lay the site's sources into one folder: lessons, exercises with their solutions, starters, docs, API stubs.

The folder mirrors the course, so that links between its files stay as they are; those to a file without a page
go to the repository on the web, whose address stands in the README's Binder badge and nowhere else.
"""

import os
import re
import shutil
from types import SimpleNamespace

import api
import nbformat
import results
import teaching
from course_map import drawing, parts
from exercises import exercise_file, exercise_from, tags

from helpers import course

LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\]]*\])*)\]\((?!https?:|#|mailto:)([^)\s]+)\)")
IMAGE = re.compile(r"!\[[^\]]*\]\((?!https?:)([^)\s]+)\)")
PLACE = re.compile(r"mybinder\.org/v2/gh/([^\s/]+/[^\s/]+)/")
TERM = re.compile(r"^\*\*(.+?)\.\*\* (.+?)\n(?=\n|\Z)", re.MULTILINE | re.DOTALL)
WIDGET = "[interactive:"  # how the stored stand-in of an interactive figure begins
FOLD = {
    "solution": "A solution",
    "judge": "How an answer is judged, and what the check says of this solution",
    "answer": "The answer: open it when you have yours",
    "code": "The code",
}
WIDE = "---\nhtml_theme.sidebar_secondary.remove: true\n---\n\n"  # a page without the column beside it
# What stands below a page in the sidebar; `*` stands for all.
TREES = {
    "docs/teaching/README.md": ["paths", "lessons", "running", "capstone", "capstone_example"],
    "docs/teaching/lessons.md": ["lessons/*"],
    "notebooks/starters/README.md": ["*"],
}
SOLUTION_NOTE = (
    "> Try each exercise in JupyterLab before you open its solution: there the check names your mistake. "
    "The rocket above opens it on Binder; the arrow downloads it."
)


def repository(root):
    """Return the repository's `organisation/name`, as the README's Binder badge has it.

    Raises
    ------
    ValueError
        When the README has no such badge.
    """
    found = PLACE.search((root / "README.md").read_text("utf-8"))
    if not found:
        raise ValueError("README.md names no repository in a Binder badge")
    return found[1]


class Site:
    """The pages of the site, and what their links become.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.
    target : pathlib.Path
        Where the sources are laid.
    """

    def __init__(self, root, target):
        self.root, self.target = root, target
        self.web = f"https://github.com/{repository(root).replace('<', '%3C').replace('>', '%3E')}"
        self.lessons = {lesson.number: lesson for lesson in map(teaching.read, results.lesson_files(root))}
        self.starters = sorted((root / "notebooks" / "starters").glob("*.ipynb"))
        self.docs = [
            *sorted((root / "docs").glob("*.md")),
            *sorted((root / "docs" / "teaching").rglob("*.md")),
            root / "notebooks" / "starters" / "README.md",
        ]
        lessons = [lesson.path for lesson in self.lessons.values()]
        exercises = [exercise_file(path, root) for path in lessons]
        self.notebooks = [*lessons, *exercises, *self.starters]
        self.pages = {path.relative_to(root).as_posix(): None for path in [*self.notebooks, *self.docs]}
        # Files whose words have a page of another name.
        self.pages |= {f"notebooks/solutions/{p.name}": f"notebooks/exercises/{e.name}"
                       for p, e in zip(lessons, exercises, strict=True)}  # fmt: skip
        self.pages["README.md"] = "index.md"

    def relinked(self, text, place, page=None):
        """Return a text whose links lead to pages, or to the repository on the web.

        Parameters
        ----------
        text : str
            Markdown.
        place : str
            The file that it stands in, relative to the course's folder.
        page : str, optional
            The page that it goes to, when that is not the file's own.

        Raises
        ------
        ValueError
            When a link leads to nothing.
        """
        folder, here = os.path.dirname(place), os.path.dirname(page or place)

        def new(link):
            target, hash_, anchor = link[2].partition("#")
            file = os.path.normpath(os.path.join(folder, target))
            if file in self.pages:
                return f"[{link[1]}]({os.path.relpath(self.pages[file] or file, here)}{hash_}{anchor})"
            if not (self.root / file).exists():
                raise ValueError(f"{place} links to {link[2]}, which is not there")
            kind = "tree" if (self.root / file).is_dir() else "blob"
            return f"[{link[1]}]({self.web}/{kind}/main/{file}{hash_}{anchor})"

        for image in IMAGE.findall(text):
            self._copy(os.path.normpath(os.path.join(folder, image)))
        return LINK.sub(new, text)

    def _copy(self, file):
        (self.target / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self.root / file, self.target / file)

    def write(self, file, text):
        """Write one source.

        Parameters
        ----------
        file, text : str
            Relative to the target; its content.
        """
        path = self.target / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")

    def lay(self):
        """Lay everything anew."""
        shutil.rmtree(self.target, ignore_errors=True)
        for path in self.docs:
            place = path.relative_to(self.root).as_posix()
            text = self.relinked(path.read_text("utf-8"), place)
            text = glossary(text) if path.name == "terms.md" else text
            below = f"\n{toctree(None, TREES[place])}" if place in TREES else ""
            self.write(place, f"{WIDE if path.name == 'results.md' else ''}{text}{below}")
        for lesson in self.lessons.values():
            self._lay_notebook(lesson.path, lesson_page(lesson.path, self.root))
            self._lay_notebook(exercise_file(lesson.path, self.root), exercise_page(lesson.path, self.root))
        for path in self.starters:
            self._lay_notebook(path, folded(nbformat.read(path, as_version=4)))
        self.write("index.md", self.front())
        self.write("map.md", self.map())
        self._lay_api()

    def _lay_notebook(self, path, notebook):
        place = path.relative_to(self.root).as_posix()
        for cell in notebook.cells:
            if cell.cell_type == "markdown" and not cell.source.startswith("```{"):
                cell.source = opened(self.relinked(cell.source, place))
            for output in cell.get("outputs", []):  # a claim's row stands beside its data
                output.get("data", {}).pop(course.CLAIM_MIME, None)
        self.write(place, nbformat.writes(notebook, version=4))

    def section(self, *headings):
        """Return sections of the README, as they stand there.

        Raises
        ------
        ValueError
            When the README has no such section.
        """
        readme = (self.root / "README.md").read_text("utf-8")
        found = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", readme, re.MULTILINE | re.DOTALL))
        if missing := [heading for heading in headings if heading not in found]:
            raise ValueError(f"README.md has no section {missing}")
        return "\n".join(f"## {heading}\n{found[heading]}" for heading in headings)

    def front(self):
        """Return the front page: the README's words, and the table of contents."""
        head = (self.root / "README.md").read_text("utf-8").partition("\n## ")[0]
        text = "\n\n".join(
            [
                head,
                "**[The course map](map.md)** · [what we measured](docs/results.md) · "
                "[terms](docs/terms.md) · [for teachers](docs/teaching/README.md)",
                self.section("What it is", "Who it is for", "Start", "For teachers", "Licence and citation"),
            ]
        )
        text = self.relinked(text.replace("(map.md)", "(#map)"), "README.md").replace("(#map)", "(map.md)")
        trees = [toctree("The course", ["map", "docs/results", "docs/robust", "docs/terms", "docs/glossary"])]
        for part in parts(self.root):
            pages = [self.lessons[n].path.relative_to(self.root).with_suffix("") for n in part.lessons]
            trees.append(toctree(part.name, pages))
        trees.append(toctree("Your own data", ["notebooks/starters/README"]))
        trees.append(toctree("Teaching", ["docs/teaching/README"]))
        trees.append(toctree("Helpers", ["api/index"]))
        return "\n\n".join([text, *trees])

    def map(self):
        """Return the course map: the drawing, and a table a part."""
        rows = {row[3:5]: row for row in results.course_map(self.root).splitlines() if row.startswith("| [")}
        seen = {
            number: SimpleNamespace(
                title=lesson.title,
                necessary=lesson.necessary,
                page=lesson.path.relative_to(self.root).with_suffix(".html").as_posix(),
            )
            for number, lesson in self.lessons.items()
        }
        text = [
            "# The course map",
            "An arc runs from each lesson up to those that it leans on; one that follows from others is left "
            "out. Point at a lesson, or tab to it, to see its own. What else helps stands in each lesson's "
            "contract.",
            drawing(parts(self.root), seen).replace("\n", " "),
            "Minutes and memory are measured (`make budget`), on one thread; the class minutes, without "
            "exercises, are [estimates](docs/teaching/lessons.md).",
        ]
        for part in parts(self.root):
            table = [
                "| lesson | question | runs in | class [min] | needs | exercises |",
                "|---|---|---|---|---|---|",
            ]
            for number in part.lessons:
                lesson, question, runs, exercises = rows[number].strip("| ").split(" | ")
                page = teaching.page(self.lessons[number], self.root).read_text("utf-8")
                minutes = teaching.minutes(teaching.core(self.lessons[number], page))
                needs = ", ".join(self.lessons[number].necessary) or "none"
                table.append(f"| {lesson} | {question} | {runs} | {minutes} | {needs} | {exercises} |")
            text += [f"## {part.name}", part.says, "\n".join(table)]
        return "\n\n".join(text)

    def _lay_api(self):
        section = self.section("How it is built")
        modules = [name for row in re.findall(r"^\| (`.+?) \|", section, re.MULTILINE)
                   for name in re.findall(r"`(\w+)`", row)]  # fmt: skip
        there = {path.stem for path in (self.root / "helpers").glob("*.py")} - {"__init__"}
        if set(modules) != there:
            raise ValueError(f"README.md and helpers/ differ in {set(modules) ^ there}")
        text = self.relinked(section, "README.md", page="api/index.md").replace(
            "## How it is built", "# The helpers", 1
        )
        rows = re.compile(r"^\| `.+?(?= \| )", re.MULTILINE)
        text = rows.sub(lambda row: re.sub(r"`(\w+)`", r"[`\1`](\1.md)", row[0]), text)
        self.write("api/index.md", text + "\n\n" + toctree(None, modules))
        for name in modules:
            text = api.page(self.root / "helpers" / f"{name}.py")
            self.write(f"api/{name}.md", f"# `{name}`\n\n````{{eval-rst}}\n{text}\n````\n")


def toctree(caption, pages):
    """Return a table of contents that shows in the sidebar alone.

    Parameters
    ----------
    caption : str or None
        What stands above it.
    pages : sequence
        Documents, without their suffix.
    """
    said = f":caption: {caption}\n" if caption else ""
    return f"```{{toctree}}\n:hidden:\n:glob:\n{said}\n" + "\n".join(map(str, pages)) + "\n```\n"


def opened(text):
    """Return a text whose `<details>` hold Markdown: it takes an empty line after the summary to say so."""
    text = re.sub(r"(<details[^>]*>\s*<summary>.*?</summary>)\s*", r"\1\n\n", text, flags=re.DOTALL)
    return re.sub(r"\s*</details>", "\n\n</details>", text)


def fold(cell, what, *, source=True, outputs=True):
    """Fold a code cell on its page.

    Parameters
    ----------
    cell : nbformat.NotebookNode
        The cell, which is changed.
    what : str
        What stands on the fold, a key of `FOLD`.
    source, outputs : bool
        What is folded.
    """
    hidden = "hide-cell" if source and outputs else "hide-input" if source else "hide-output"
    cell.metadata["tags"] = [hidden]
    cell.metadata["mystnb"] = {"code_prompt_show": FOLD[what]}


def folded(notebook):
    """Fold what JupyterLab has folded: outputs that answer a prediction, and long sources.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        A lesson or a starter, which is changed and returned.
    """
    for cell in notebook.cells:
        hidden = cell.metadata.get("jupyter", {})
        cell.metadata.pop("tags", None)
        if cell.cell_type != "code":
            continue
        answers = hidden.get("outputs_hidden") and cell.outputs
        if answers or hidden.get("source_hidden"):
            what = "answer" if answers else "code"
            fold(cell, what, source=bool(hidden.get("source_hidden")), outputs=bool(answers))
    return notebook


def lesson_page(path, root):
    """Return a lesson as its page has it: answers folded, exercises below it in the table of contents."""
    notebook = folded(nbformat.read(path, as_version=4))
    exercises = os.path.relpath(exercise_file(path, root).with_suffix(""), path.parent)
    notebook.cells.append(nbformat.v4.new_markdown_cell(toctree(None, [exercises])))
    return notebook


def exercise_page(lesson, root):
    """Return a lesson's exercises, each with a folded solution; what judges an answer is one fold.

    Parameters
    ----------
    lesson : pathlib.Path
        The lesson.
    root : pathlib.Path
        The course's folder.
    """
    path = root / "notebooks" / "solutions" / lesson.name
    solution = nbformat.read(path, as_version=4)
    tasks = iter(exercise_from(solution, path.name).cells)
    cells = []
    for cell in solution.cells:
        if cell.cell_type == "markdown" and "solution" in tags(cell):
            cell.source = f"<details><summary>{FOLD['solution']}</summary>\n\n{cell.source}\n\n</details>"
            cells.append(cell)
            continue
        task = next(tasks)
        if tags(cell) & {"check", "judge"}:
            last = cells[-1]
            if last.metadata.get("tags") == ["hide-cell"] and last.metadata.get("judges"):
                last.source += f"\n\n\n{cell.source}"
                last.outputs += cell.outputs
                continue
            fold(cell, "judge")
            cell.metadata["judges"] = True
            cells.append(cell)
        elif "solution" in tags(cell):
            task.metadata.pop("tags", None)
            fold(cell, "solution")
            cell.id = f"{cell.id}-solution"
            cells += [task, cell]
        else:
            cell.metadata.pop("tags", None)
            cells.append(cell)
    cells.insert(1, nbformat.v4.new_markdown_cell(SOLUTION_NOTE))
    solution.cells = cells
    return solution


def glossary(text):
    """Return docs/terms.md with its terms as Sphinx takes them; `**a, b.** text` names one thing twice."""

    def entry(found):
        names = "\n".join(name.strip() for name in found[1].split(","))
        body = "\n".join(f"  {line}" for line in found[2].splitlines())
        return f"```{{glossary}}\n{names}\n{body}\n```\n"

    return TERM.sub(entry, text)
