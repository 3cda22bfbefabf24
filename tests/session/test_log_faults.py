"""What a log does when its disk, its folder or its files fail: the reply is whole, and one sentence says the rest."""

import errno
import json
import os
import random
import stat
import sys
from dataclasses import replace

import pytest
from log_faults import PROMPTS, FailingWrites, echo, foreign_files, run_writer, whole_lines
from loopback import Loopback

from liara_magic.session.log_limits import remove_old_logs
from liara_magic.session.log_records import log_files, log_folder
from liara_magic.session.recovery import earlier_conversations, find_earlier, load_turns
from liara_magic.session.store import Log


def asked_with(kernel, chat_at, write):
    """A chat that asked the prompts while the log wrote with ``write``, and what its replies said of it."""
    kernel.shared = replace(kernel.shared, log=Log(write=write))
    with Loopback(echo) as gateway:
        chat = chat_at(gateway)
        for prompt in PROMPTS:
            assert chat.ask(prompt).text == f"re: {prompt}"
    return chat, [notice for turn in chat.turns for notice in turn.reply.notices]


def saved_turns():
    found = earlier_conversations()
    assert not found.unreadable
    return [turn for one in found.conversations for turn in load_turns(one)[0]]


@pytest.mark.parametrize(("number", "part"), [(errno.ENOSPC, 100), (errno.EIO, 0)])
@pytest.mark.parametrize("which", range(1, 8))
def test_one_write_fails(which, number, part, kernel, chat_at):
    write = FailingWrites(lambda count: count == which, number, part)
    _, notices = asked_with(kernel, chat_at, write)
    failed = write.count >= which
    assert len(notices) == failed
    assert not failed or os.strerror(number) in notices[0]
    assert whole_lines()
    turns = saved_turns()
    assert [turn.prompt for turn in turns] == list(PROMPTS)
    # A later record makes up for whatever was lost before; nothing makes up for the last.
    whole = [turn.reply.text == f"re: {turn.prompt}" for turn in turns]
    assert whole == [True, True, which != 6]


@pytest.mark.parametrize("which", range(1, 8))
def test_every_write_fails_from_some_moment_on(which, kernel, chat_at):
    _, notices = asked_with(kernel, chat_at, FailingWrites(lambda count: count >= which, part=7))
    assert len(notices) == (which <= 6)
    assert whole_lines()
    assert [turn.prompt for turn in saved_turns()] == list(PROMPTS[: which // 2])


def test_half_a_line_that_cannot_be_taken_back_costs_no_other(kernel, chat_at, monkeypatch):
    """A disk that refuses even that: the next line begins on a line of its own, and the reader passes over the half."""

    class Stubborn(FailingWrites):
        def __call__(self, file, data):
            if self.fails(self.count + 1):
                os.write(file, data[:50])
                os.close(file)
                os.dup2(os.open(os.devnull, os.O_RDONLY), file)  # which cannot be cut
                self.count += 1
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            return super().__call__(file, data)

    asked_with(kernel, chat_at, Stubborn(lambda count: count == 3))
    assert [turn.prompt for turn in saved_turns()] == list(PROMPTS)


def test_a_full_device(kernel, chat_at):
    if not os.path.exists("/dev/full"):
        pytest.skip("this system has no /dev/full")
    full = os.open("/dev/full", os.O_WRONLY)
    try:
        _, notices = asked_with(kernel, chat_at, lambda file, data: os.write(full, data))
    finally:
        os.close(full)
    assert notices == ["The conversation is not saved: the log cannot be written (No space left on device)."]
    assert saved_turns() == []


def test_the_folder_cannot_be_made(kernel, chat_at, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "file"))
    _, notices = asked_with(kernel, chat_at, os.write)
    assert len(notices) == 1
    assert "the log cannot be written (File exists)" in notices[0]
    assert earlier_conversations().conversations == []


def test_a_folder_that_is_removed_while_the_kernel_lives(kernel, chat_at):
    import shutil

    with Loopback(echo) as gateway:
        chat = chat_at(gateway)
        chat.ask("one")
        shutil.rmtree(log_folder())
        chat.ask("two")
    assert [turn.prompt for turn in saved_turns()][-1] == "two"
    assert whole_lines()


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits")
def test_a_file_size_limit(monkeypatch, tmp_path):
    """The kernel's own limit: the write that passes it comes back short, and the next one fails."""
    writer = run_writer(tmp_path, 12, 4000, 20_000)
    said = json.loads(writer.communicate(timeout=60)[0])
    assert said["whole"] == 12
    assert said["notices"] == ["The conversation is not saved: the log cannot be written (File too large)."]
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path))
    assert whole_lines()
    assert 0 < len(saved_turns()) < 6
    assert os.path.getsize(said["path"]) <= 20_000


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no such modes")
def test_a_home_that_is_read_only(tmp_path):
    home = tmp_path / "data"
    home.mkdir(mode=0o555)
    for folder in (tmp_path, *tmp_path.parents):  # the other user must come as far as that
        if os.geteuid() == 0 and stat.S_IMODE(folder.stat().st_mode) & 0o005 != 0o005:
            folder.chmod(folder.stat().st_mode | 0o005)
    writer = run_writer(home, 3, 100, -1)
    said = json.loads(writer.communicate(timeout=60)[0])
    assert (said["whole"], said["path"]) == (3, "")
    assert said["notices"] == ["The conversation is not saved: the log cannot be written (Permission denied)."]
    assert list(home.iterdir()) == []


def test_six_processes_write_at_once(monkeypatch, tmp_path):
    """Each has a file of its own, and nothing of any is lost. The benchmark has 300 asks each."""
    count, size = 5, 20_000
    writers = [run_writer(tmp_path, count, size) for _ in range(6)]
    said = [json.loads(writer.communicate(timeout=100)[0]) for writer in writers]
    assert [(one["whole"], one["notices"]) for one in said] == [(count, [])] * 6
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path))
    assert whole_lines()
    found = earlier_conversations().conversations
    assert sorted(str(one.path) for one in found) == sorted(one["path"] for one in said)
    assert [one.turns for one in found] == [count] * 6
    for one in found:
        turns, lost = load_turns(one)
        assert lost == 0
        assert [turn.prompt.split()[0] for turn in turns] == [str(number) for number in range(count)]


@pytest.mark.parametrize("name", foreign_files())
def test_a_foreign_file_is_told_and_left_alone(name, chat_at):
    log_folder().mkdir(parents=True)
    path, content = log_folder() / f"2026-01-01-{name}.jsonl", foreign_files()[name]
    path.write_bytes(content)
    with Loopback(echo) as gateway:
        assert chat_at(gateway).ask("one").notices == []
    found = earlier_conversations()
    assert [one.turns for one in found.conversations] == [1]
    (sentence,) = found.unreadable
    assert path.name in sentence
    assert "newer liara_magic" in sentence if name == "newer" else "no log that liara_magic wrote" in sentence
    os.utime(path, (0, 0))
    assert remove_old_logs(days=1, megabytes=0.001) == 0
    assert path.read_bytes() == content


@pytest.mark.parametrize("seed", range(8))
def test_damage_costs_the_damaged_records_alone(seed, chat_at):
    with Loopback(echo) as gateway:
        chat = chat_at(gateway)
        for number in range(6):
            chat.ask(f"prompt {number}")
    (path,) = log_files()
    lines = path.read_bytes().splitlines(keepends=True)
    rng = random.Random(seed)
    hit = rng.randrange(1, len(lines))
    damage = [
        rng.randbytes(50) + b"\n",
        b"",
        lines[hit][: len(lines[hit]) // 2],
        b"{}\n",
        b'{"record":"end","id":[]}\n',
    ]
    lines[hit] = rng.choice(damage)
    path.write_bytes(b"".join(lines))
    turns, lost = load_turns(find_earlier(path.stem))
    assert len(turns) + lost >= 4
    assert [turn.prompt for turn in turns if turn.state == "complete"] == [
        turn.prompt for turn in chat.turns if turn.prompt in {one.prompt for one in turns if one.state == "complete"}
    ]
    assert sum(turn.state == "complete" for turn in turns) >= 4


def test_a_torn_last_line_is_passed_over(chat_at):
    with Loopback(echo) as gateway:
        chat_at(gateway).ask("one")
    (path,) = log_files()
    whole = path.read_bytes()
    for cut in range(len(whole) - 2, whole.index(b'{"record":"end"'), -7):
        path.write_bytes(whole[:cut])
        (turn,) = load_turns(find_earlier(path.stem))[0]
        assert (turn.prompt, turn.state) == ("one", "cut")


def test_old_logs_go_and_young_ones_stay(kernel, chat_at):
    with Loopback(echo) as gateway:
        chat_at(gateway).ask("one")
    (own,) = log_files()
    day = 24 * 3600
    now = own.stat().st_mtime
    for age in (1, 5, 100):
        copy = log_folder() / f"2020-01-0{age % 9}-age{age}.jsonl"
        copy.write_bytes(own.read_bytes() + b" " * 2**20)
        os.utime(copy, (now - age * day, now - age * day))

    def ages():
        return sorted(path.stem.rpartition("age")[2] for path in log_files() if "age" in path.stem)

    assert remove_old_logs(days=0, megabytes=0) == 0
    assert remove_old_logs(days=90, megabytes=0, but=own) == 1
    assert ages() == ["1", "5"]
    assert remove_old_logs(days=90, megabytes=1.5, but=own) == 1
    assert ages() == ["1"]
    kernel.settings.log_days = 0.5
    log = Log(bounds=lambda: (kernel.settings.log_days, kernel.settings.log_megabytes))
    kernel.shared = replace(kernel.shared, log=log)
    with Loopback(echo) as gateway:
        chat_at(gateway).ask("two")
    assert ages() == []
    assert own.exists()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_forked_child_has_a_file_of_its_own(chat_at):
    with Loopback(echo) as gateway:
        chat = chat_at(gateway)
        chat.ask("one")
        child = os.fork()
        if child == 0:
            try:
                chat.ask("of the child")
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        chat.ask("two")
    found = [[turn.prompt for turn in load_turns(one)[0]] for one in earlier_conversations().conversations]
    assert sorted(found) == [["one", "of the child"], ["one", "two"]]
