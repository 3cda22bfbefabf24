"""What went wrong in a cell, in a few lines of text. Nothing of the error, its frames or their values is held on to."""

from __future__ import annotations

import builtins
import linecache
import re
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import CodeType, FrameType
from typing import Any

from .printed import cut_middle, readable
from .sources import is_marked

_LONGEST_TRACEBACK = 4_096
_LONGEST_MESSAGE = 2_048
_LONGEST_LINE = 500
_LONGEST_CHAIN = 3
_MOST_CALLS = 24  # of a deep recursion
_MOST_NAMES = 20
_MOST_OF_A_GROUP = 5
_GROUPS: Any = getattr(builtins, "BaseExceptionGroup", ())  # since Python 3.11

_NAME = re.compile(r"(?<![\w.])[^\W\d]\w*")
_TIMED = "<timed exec>"  # what %%time compiles the body of its cell as
_TOP = ("<module>", "<cell line:")  # what the code of a cell is called outside of functions
_INSTALLED = re.compile(r".*[/\\](?:site-packages|dist-packages|python3\.\d+)[/\\]")
# A class may answer for itself what it is called, so the plain type is asked.
_qualified_name = type.__dict__["__qualname__"].__get__
_module = type.__dict__["__module__"].__get__


@dataclass(frozen=True)
class CellError:
    """A cell's error.

    ``traceback`` is plain text: the calls in the person's own code and the last one in a library. ``failing_line`` and
    ``line_number`` are the innermost line of the person's own; ``names`` are the variables in that line with the types
    that their values had.
    """

    name: str
    message: str
    traceback: str
    failing_line: str = ""
    line_number: int | None = None
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """About how many bytes are held."""
        return len(self.message) + len(self.traceback) + len(self.failing_line) + 100 * len(self.names)


class Describer:
    """Describes errors of one shell. ``count_of`` tells a cell's execution count by its file name and its text."""

    def __init__(self, shell: Any, count_of: Callable[[str, str], int | None]) -> None:
        self._shell = shell
        self._count_of = count_of

    def describe(self, error: BaseException, source: str = "") -> CellError:
        """What is worth knowing of ``error``, raised by the cell with ``source``."""
        own = reversed(self._own_calls(error))
        failing = next((call for call in own if not self._is_marked(call[0].f_code.co_filename)), None)
        line, line_number, names = "", None, {}
        if failing is not None:
            frame, line_number = failing
            line = _line(frame.f_code.co_filename, line_number, source)
            names = _types(frame, line)
        elif isinstance(error, SyntaxError):
            line, line_number = str(error.text or ""), error.lineno
        return CellError(
            name=_name(error),
            message=cut_middle(readable(_message(error)), _LONGEST_MESSAGE),
            traceback=cut_middle(readable("\n\n".join(self._story(error, source))), _LONGEST_TRACEBACK),
            failing_line=line.strip()[:_LONGEST_LINE],
            line_number=line_number,
            names=names,
        )

    def cell_of(self, error: BaseException) -> int | None:
        """The execution count of the cell that ``error`` ended, where it can be told."""
        name = getattr(error, "filename", None) if isinstance(error, SyntaxError) else None
        for frame, _ in self._own_calls(error)[:1]:
            name = frame.f_code.co_filename
        return self._count_of(name, _text(name)) if isinstance(name, str) else None

    def _story(self, error: BaseException, source: str) -> Iterator[str]:
        """The error after the errors that it came from, each with its calls."""
        chain = [error]
        links: list[str] = []
        while len(chain) < _LONGEST_CHAIN:
            last = chain[-1]
            link = "The above exception was the direct cause of the following exception:"
            before = last.__cause__
            if before is None and not last.__suppress_context__:
                link, before = "During handling of the above exception, another exception occurred:", last.__context__
            if before is None or any(before is one for one in chain):
                break
            chain.append(before)
            links.append(link)
        for position in range(len(chain) - 1, -1, -1):
            yield "\n".join([*self._calls(chain[position], source), self._last_words(chain[position])])
            if position:
                yield links[position - 1]

    def _calls(self, error: BaseException, source: str) -> list[str]:
        calls = list(traceback.walk_tb(error.__traceback__))
        own = [self._is_own(frame) for frame, _ in calls]
        first = own.index(True) if True in own else len(calls)  # what comes before is IPython's
        shown: list[tuple[FrameType, int] | str] = []
        skipped = 0
        for position in range(first, len(calls)):
            if not own[position] and position != len(calls) - 1:
                skipped += 1
                continue
            if skipped:
                shown.append(f"… {skipped} calls in libraries …")
                skipped = 0
            shown.append(calls[position])
        if len(shown) > _MOST_CALLS:
            half = _MOST_CALLS // 2
            shown[half:-half] = [f"… {len(shown) - 2 * half} more calls …"]
        lines = [one if isinstance(one, str) else self._call(*one, source) for one in shown]
        return ["Traceback (most recent call last):", *lines] if lines else []

    def _call(self, frame: FrameType, number: int, source: str) -> str:
        name = frame.f_code.co_filename
        line = "(kept out)" if self._is_marked(name) else _line(name, number, source).strip()[:_LONGEST_LINE]
        function = frame.f_code.co_name
        head = f"{self._place(name)}, line {number}" + ("" if function.startswith(_TOP) else f", in {function}")
        return f"{head}\n    {line}" if line else head

    def _last_words(self, error: BaseException) -> str:
        if isinstance(error, SyntaxError):
            words = "".join(traceback.format_exception_only(type(error), error)).rstrip()
            return words.replace(f'File "{error.filename}"', self._place(str(error.filename)))
        # For other errors Python 3.12 looks for names that were meant, and asks objects of the person's for them.
        module, message = _module(type(error)), _message(error)
        name = _name(error) if module in ("builtins", "__main__") else f"{module}.{_name(error)}"
        lines = [f"{name}: {message}" if message else name]
        if isinstance(error, _GROUPS):
            inner = error.exceptions[:_MOST_OF_A_GROUP]
            lines += [f"  - {_name(one)}: {_message(one)[:_LONGEST_LINE]}" for one in inner]
        notes = getattr(error, "__notes__", None)
        if isinstance(notes, list):
            lines += [note for note in notes if isinstance(note, str)]
        return "\n".join(lines)

    def _place(self, name: str) -> str:
        count = self._count_of(name, _text(name))
        if count is not None:
            return f"Cell In[{count}]"
        if name.startswith("<ipython-input") or name == _TIMED:
            return "Cell"
        # A path says where someone lives; of a library's only the end matters.
        return 'File "{}"'.format(_INSTALLED.sub("", name) if _INSTALLED.match(name) else re.split(r"[/\\]", name)[-1])

    def _own_calls(self, error: BaseException) -> list[tuple[FrameType, int]]:
        return [call for call in traceback.walk_tb(error.__traceback__) if self._is_own(call[0])]

    def _is_own(self, frame: FrameType) -> bool:
        """Whether the code is of a cell, or of a file that a cell runs."""
        namespace = frame.f_globals
        if namespace is self._shell.user_global_ns or namespace is self._shell.user_ns:
            return True
        return dict.get(namespace, "__name__") == "__main__"

    def _is_marked(self, name: str) -> bool:
        return is_marked("".join(linecache.getlines(name)[:3]))


def _text(name: str) -> str:
    return "".join(linecache.getlines(name)) if not name.endswith(".py") or name in linecache.cache else ""


def _line(name: str, number: int, source: str) -> str:
    if name == _TIMED and source.lstrip().startswith("%%"):
        lines = source.lstrip().splitlines()
        return lines[number] if number < len(lines) else ""  # the magic's own line is not counted
    line = linecache.getline(name, number)
    if line.lstrip().startswith("get_ipython()."):  # what IPython makes of a magic: rather as it was typed
        typed = source.splitlines()[number - 1 : number]
        line = typed[0] if typed and typed[0].lstrip().startswith(("%", "!")) else line
    return line


def _types(frame: FrameType, line: str) -> dict[str, str]:
    """The variables that ``line`` names and the types of their values. No code of theirs runs."""
    used = _names_used(frame.f_code)
    places = [one for one in (frame.f_locals, frame.f_globals) if _is_plain(one)]
    found: dict[str, str] = {}
    for name in _NAME.findall(line[: 4 * _LONGEST_LINE]):
        place = next((one for one in places if name in one), None) if name in used else None
        if place is not None and len(found) < _MOST_NAMES:
            found[name] = _qualified_name(type(place[name]))
    return found


def _names_used(code: CodeType) -> set[str]:
    return {*code.co_names, *code.co_varnames, *code.co_freevars, *code.co_cellvars}


def _is_plain(namespace: object) -> bool:
    """Whether looking something up there runs no one's code: the body of a class may have a namespace of its own."""
    return type(namespace) is dict or type(namespace).__name__ == "FrameLocalsProxy"


def _name(error: BaseException) -> str:
    return str(_qualified_name(type(error)))


def _message(error: BaseException) -> str:
    try:
        return str(error.msg if isinstance(error, SyntaxError) else error)
    except Exception:
        return ""
