import contextlib
import hashlib
import runpy
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from helpers import data

GOOD = b"mass_gev,limit_cm2\n10,1e-45\n" * 200
NAME = "toy/folder/limits.csv"
listing = runpy.run_path(str(data.SHIPPED.parent / "tools/checksums.py"))["listing"]


@pytest.fixture(autouse=True)
def world(monkeypatch, tmp_path):
    """A release of one file, an empty cache, no mirror, and a server that cannot be reached."""
    monkeypatch.delenv("COURSE_DATA_MIRROR", raising=False)
    monkeypatch.setenv("COURSE_DATA_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    release = {
        "url": "http://127.0.0.1:1/",
        "files": {"folder/limits.csv": (hashlib.sha256(GOOD).hexdigest(), len(GOOD))},
    }
    monkeypatch.setitem(data.RELEASES, "toy", release)
    data.retry()
    yield release
    data.retry()


@contextlib.contextmanager
def serving(release, answer):
    """Serve the release from this machine; `answer(handler)` writes each answer to a GET."""

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self):
            self.send_response(200)
            self.end_headers()

        def do_GET(self):
            answer(self)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    release["url"] = f"http://127.0.0.1:{server.server_port}/"
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


def send(content, length=None, status=200):
    def answer(handler):
        handler.send_response(status)
        if length is not None:
            handler.send_header("Content-Length", str(length))
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def mirror(monkeypatch, folder, content=GOOD):
    (folder / "mirror/toy/folder").mkdir(parents=True)
    (folder / "mirror" / NAME).write_bytes(content)
    monkeypatch.setenv("COURSE_DATA_MIRROR", str(folder / "mirror"))


def files(folder):
    return [file for file in folder.rglob("*") if file.is_file()]


def test_mirror_is_copied_into_the_cache_and_read_from_there_afterwards(monkeypatch, tmp_path):
    mirror(monkeypatch, tmp_path)
    file = data.fetch(NAME)
    assert file == tmp_path / "cache" / NAME and file.read_bytes() == GOOD
    (tmp_path / "mirror" / NAME).unlink()
    assert data.fetch(NAME) == file
    assert files(tmp_path / "cache") == [file]


def test_download_without_a_mirror(world, tmp_path):
    with serving(world, send(GOOD, len(GOOD))):
        assert data.available("toy")
        assert data.fetch(NAME).read_bytes() == GOOD
    assert files(tmp_path / "cache") == [tmp_path / "cache" / NAME]


def test_a_mirror_without_the_file_leaves_it_to_the_network(world, monkeypatch, tmp_path):
    (tmp_path / "mirror").mkdir()
    monkeypatch.setenv("COURSE_DATA_MIRROR", str(tmp_path / "mirror"))
    with serving(world, send(GOOD, len(GOOD))):
        assert data.fetch(NAME).read_bytes() == GOOD


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (send(GOOD[:1000], length=len(GOOD)), "broke off: try again"),
        (send(GOOD[:1000]), f"truncated: 1000 of {len(GOOD)} bytes"),
        (send(GOOD + b"x", len(GOOD) + 1), "too long"),
        (send(GOOD.replace(b"1e-45", b"2e-45"), len(GOOD)), "wrong checksum"),
        (send(b"", 0, status=404), "answers 404"),
    ],
    ids=["cut by the network", "truncated at the source", "too long", "wrong bytes", "missing"],
)
def test_a_bad_download_is_one_clear_error_and_leaves_nothing(world, tmp_path, answer, says):
    with serving(world, answer):
        with pytest.raises(data.DataUnavailable, match=says):
            data.fetch(NAME)
        reason = data.available("toy").reason
    assert says in reason and "\n" not in reason
    assert files(tmp_path / "cache") == []


@pytest.mark.parametrize(
    ("content", "says"),
    [(GOOD[:-1], "truncated"), (GOOD[:-1] + b"x", "wrong checksum"), (b"", "truncated: 0 of")],
)
def test_a_damaged_mirror_raises_even_when_only_asked(monkeypatch, tmp_path, content, says):
    mirror(monkeypatch, tmp_path, content)
    for ask in (data.fetch, data.available):
        with pytest.raises(data.DataUnavailable, match=f"{says}.*unset COURSE_DATA_MIRROR"):
            ask(NAME)
    assert files(tmp_path / "cache") == []


def test_a_damaged_cache_is_replaced_or_named(world, monkeypatch, tmp_path):
    cached = tmp_path / "cache" / NAME
    cached.parent.mkdir(parents=True)
    cached.write_bytes(GOOD[:10])
    with pytest.raises(data.Unreachable, match="cached copy .* is damaged.*cannot be reached"):
        data.fetch(NAME)
    mirror(monkeypatch, tmp_path)
    assert data.fetch(NAME).read_bytes() == GOOD


def test_no_network_is_quick_and_asked_once(world, monkeypatch):
    asked = []
    head = data.requests.head
    monkeypatch.setattr(data.requests, "head", lambda *a, **k: asked.append(1) or head(*a, **k))
    for _ in range(3):
        assert not data.available("toy")
    assert "cannot be reached" in data.available("toy").reason and len(asked) == 1
    data.retry()
    with serving(world, send(GOOD, len(GOOD))):
        assert data.available("toy")


def test_a_proxy_that_does_not_answer_is_named(world, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    world["url"] = "http://releases.invalid/"
    for _ in range(2):  # remembered, with its cause
        assert "cannot be reached (the proxy" in data.available("toy").reason


def test_a_missing_file_of_certificates_is_named(world, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/no/such/bundle.pem")
    world["url"] = "https://127.0.0.1:1/"
    with pytest.raises(
        data.DataUnavailable, match="/no/such/bundle.pem: correct or unset REQUESTS_CA_BUNDLE"
    ):
        data.fetch(NAME)


@pytest.mark.parametrize("where", ["looking up the name", "in the middle of the file"])
def test_a_silent_server_does_not_hang(world, monkeypatch, tmp_path, where):
    monkeypatch.setattr(data, "FIRST_ANSWER_WITHIN", 0.3)
    monkeypatch.setattr(data, "DOWNLOAD_WITHIN", 0.6)
    release = threading.Event()
    if where == "looking up the name":
        monkeypatch.setattr(data.requests, "head", lambda *a, **k: release.wait(20))

    def answer(handler):
        send(GOOD[:100], len(GOOD))(handler)
        release.wait(20)

    start = time.monotonic()
    with serving(world, answer):
        with pytest.raises(data.Unreachable, match="cannot be reached"):
            data.fetch(NAME)
        waited = time.monotonic() - start
        release.set()
    assert waited < 10  # without the limits it would be 20 s
    assert files(tmp_path / "cache") == []


def test_an_unwritable_cache_says_what_to_set(monkeypatch, tmp_path):
    mirror(monkeypatch, tmp_path)
    (tmp_path / "cache").write_text("a file where the folder should be")
    with pytest.raises(data.DataUnavailable, match="Cannot write.*COURSE_DATA_CACHE"):
        data.fetch(NAME)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "toy").write_text("and one where the release's folder should be")
    monkeypatch.setenv("COURSE_DATA_CACHE", str(tmp_path / "other"))
    with pytest.raises(data.DataUnavailable, match="Cannot write.*COURSE_DATA_CACHE"):
        data.fetch(NAME)


@pytest.mark.parametrize("variable", ["COURSE_DATA_MIRROR", "COURSE_DATA_CACHE"])
def test_relative_paths_are_refused(monkeypatch, variable):
    monkeypatch.setenv(variable, "shared/data")
    with pytest.raises(data.DataUnavailable, match=f"{variable} must be an absolute path"):
        data.fetch(NAME)


def test_a_mirror_that_is_no_folder_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_DATA_MIRROR", str(tmp_path / "nowhere"))
    with pytest.raises(data.DataUnavailable, match="no folder"):
        data.fetch(NAME)


@pytest.mark.parametrize("name", ["toy", "toy/other.csv", "../etc/passwd", 3, ""])
def test_unknown_names_are_value_errors(name):
    with pytest.raises(ValueError, match="name"):
        data.fetch(name)
    if name != "toy":
        with pytest.raises(ValueError, match="name"):
            data.available(name)


def test_available_wants_at_least_one_file():
    with pytest.raises(ValueError, match="name must name at least one file"):
        data.available([])


def test_available_takes_several_files(monkeypatch, tmp_path):
    mirror(monkeypatch, tmp_path)
    assert data.available([NAME, NAME])
    assert files(tmp_path / "cache") == [tmp_path / "cache" / NAME]
    with pytest.raises(ValueError, match="name"):
        data.available([NAME, "toy/other.csv"])


def test_registry_is_pinned_and_complete():
    for release, entry in data.RELEASES.items():
        if release != "toy":
            assert len(entry["url"].rstrip("/").rsplit("/", 1)[1]) == 40, "a commit, not a branch"
        for path, (sha256, size) in entry["files"].items():
            assert len(sha256) == 64 and size > 0 and not Path(path).is_absolute() and ".." not in path


def test_checksums_of_shipped_files_are_those_of_the_files():
    listed = (data.SHIPPED / "checksums.txt").read_text(encoding="utf-8")
    assert listed == listing(), "run `python tools/checksums.py`"


def test_shipped_files_are_verified(monkeypatch, tmp_path):
    (tmp_path / "weights").mkdir()
    (tmp_path / "weights/a table.csv").write_bytes(b"1,2\n")
    (tmp_path / "weights/card.md").write_text("not listed")
    (tmp_path / "checksums.txt").write_text(listing(tmp_path))
    monkeypatch.setattr(data, "SHIPPED", tmp_path)
    assert data.shipped("weights/a table.csv").read_bytes() == b"1,2\n"
    for unlisted in ("weights/card.md", "../setup.py", "nothing"):
        with pytest.raises(data.DataUnavailable, match="not listed"):
            data.shipped(unlisted)
    (tmp_path / "weights/a table.csv").write_bytes(b"1,3\n")
    with pytest.raises(data.DataUnavailable, match="not the file that was shipped"):
        data.shipped("weights/a table.csv")
    (tmp_path / "weights/a table.csv").unlink()
    with pytest.raises(data.DataUnavailable, match="missing"):
        data.shipped("weights/a table.csv")


def test_import_is_silent_and_asks_no_network():
    code = "import socket; socket.getaddrinfo = socket.create_connection = None; import helpers.data"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_available_shows_its_progress_where_wanted(monkeypatch, tmp_path):
    mirror(monkeypatch, tmp_path)
    shown = []

    def bar(iterable, description, total):
        shown.append((description, total))
        return iterable

    monkeypatch.setattr(data.course, "progress", bar)
    assert data.available([NAME, NAME]) and not shown
    assert data.available([NAME, NAME], progress="Two files") and shown == [("Two files", 1)]


def test_files_that_come_together_may_share_new_folders(world, monkeypatch, tmp_path):
    """Threads that make the same folder of an empty cache must not stumble over each other."""
    makedirs = data.pooch.utils.os.makedirs

    def late(path, *rest, **more):  # a neighbour comes between the look and the making
        Path(path).mkdir(parents=True, exist_ok=True)
        return makedirs(path, *rest, **more)

    monkeypatch.setattr(data.pooch.utils.os, "makedirs", late)
    mirror = tmp_path / "mirror"
    for k in range(40):
        file = mirror / "toy" / f"deep/{k % 3}/{k}.csv"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(GOOD)
        world["files"][f"deep/{k % 3}/{k}.csv"] = world["files"]["folder/limits.csv"]
    del world["files"]["folder/limits.csv"]
    monkeypatch.setenv("COURSE_DATA_MIRROR", str(mirror))
    assert data.available("toy")
