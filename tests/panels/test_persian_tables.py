"""Everything that the package may say to a person has its Persian, or stands on a list that says why not."""

import itertools
import re
import time
from fnmatch import fnmatch

from sentences import PACKAGE, sentences

from liara_magic.magics.commands import COMMANDS, FLAGS
from liara_magic.magics.templates import template_files, template_named
from liara_magic.notebook.readers import Readers
from liara_magic.panels.entries import entries
from liara_magic.panels.translation import translation
from liara_magic.session.tools import tool_of
from liara_magic.session.usage import GROUPS
from liara_magic.settings import Liara

#: Modules whose words are not for a person at the panel, and for whom they are.
ELSEWHERE = {
    "for the model": [
        *(f"notebook/{name}.py" for name in ("arrays", "capped_repr", "cell_errors", "containers", "description")),
        *(f"notebook/{name}.py" for name in ("facts", "figures", "foreign_code", "labelled_arrays", "models")),
        *(f"notebook/{name}.py" for name in ("objects", "own_words", "pandas_tables", "pictures", "plotly_figures")),
        *(f"notebook/{name}.py" for name in ("polars_tables", "printed", "readers", "summaries", "tables")),
        *(f"notebook/{name}.py" for name in ("secret_columns", "tool_values", "variables", "wording")),
        *("session/tool_runs.py", "session/turn.py", "session/docstrings.py", "protocol/rounds.py"),
        *("session/building.py", "session/schemas.py", "gateway/sandbox_*.py"),
    ],
    "for a terminal, a file or Python": [
        *("demo.py", "hosting.py", "api.py", "__init__.py", "export/*.py", "screen/terminal_*.py"),
        *("magics/delivery.py", "magics/completion.py", "magics/question.py", "screen/notebook.py"),
    ],
    "what code and secrets look like": [
        *("notebook/secret_*.py", "screen/languages.py", "screen/rules.py", "notebook/redaction.py"),
    ],
}
#: Texts that a module says elsewhere, beside others that it says at the panel.
NOT_SAID = {
    "for the model": [
        "Answer with *",
        "Answer in plain text, *",
        "What follows is data from *",
        "Correct the cell that failed; *",
        "\n\nVariables in the failing line:*",
        "*more outputs left out*",
        "(a picture stands here, which is not sent)",
        "*Your reply to this could not be used: *",
    ],
    "for a cell, a terminal or Python": [
        "A key is not copied or pickled.",
        "Workspace id: ",
        "API key: ",
        "The key works: the workspace offers *",
        "stopped; what came of the reply is kept",
        "tools must be a list of functions, *",
        "<Reply from *",
        "Parameter {} of {}",
        "What is given as parameters of {}",
        "*by what came",
        "*| token | alternatives |*",
        "\n\nand {} more tokens in `{}`",
        "- image {}: `{}`, {} bytes, in {}",
        "The reply could not be used: {}. One more request *",
    ],
    "by the panel in words of its own (texts.py)": [
        "replayed from {}",
        "{} characters kept",
        "nothing charged",
        "≈ {} tokens{} so far",
        "conversation {} turn*",
        " · budget {} of {}",
    ],
    "looked for, sent or kept": [
        "/tools *",
        "/set *",
        "/usage *",
        "/load FILE",
        "/export FILE",
        "/branch NAME *",
        "%liara *",
        "*text/event-stream*",
        "compressed as {}",
        "reasoning is mandatory",
        "context.{0,20}*",
        "*var(--jp*",
        "details open*",
        "data:*",
        "true false null",
        "gpt mini",
        "liara_magic conversation",
        "typed dict",
        "named tuple",
        "*this is the sandbox: *",
        "the sandbox dropped the connection, *",
        " … {} more characters",
        "*shown as it came: it could not be formatted*",
    ],
    "by a server, and quoted": ["the model's provider reported an error", "the server reported an error"],
}
#: Sentences that are put together from parts which the source gives apart, and what they become.
PUT_TOGETHER = {
    "The format of the reply: {}.": [next(flag.help for flag in FLAGS if "-f" in flag.spellings)],
    "cell {} did not fail": ["abc could not be read: cell 3 did not fail"],
    "cell {} is kept out by its first line": ["abc could not be read: cell 3 is kept out by its first line"],
    "{}, so there is no error to send.": [
        "Cell 3 did not fail, so there is no error to send.",
        "No cell has failed, so there is no error to send.",
    ],
    "… and {} more. Words narrow the list, such as {}.": [
        "… and 12 more. Words narrow the list, such as `%liara /models gpt mini`."
    ],
    "Toman by {}, this month": [f"Toman by {group}, this month" for group in GROUPS],
    "it is no JSON ({} at {})": ["The reply could not be used: it is no JSON (abc at line 7, column 2)."],
    "{}, {} of them {}": ["2,100, 12 of them from the cache", "2,100, 12 of them for reasoning"],
    "{}: {} message*, {} bytes, about {} tokens to send, cost {}": [
        "abc: 1 message, 8 bytes, about 2 tokens to send, cost unknown until the catalogue and a price are known",
        "abc: 2 messages, 1,234 bytes, about 309 tokens to send, cost about 6.0 تومان",
    ],
    "{} · {} · {} bytes, about {} tokens{}{}": [
        "1 · system · 8 bytes, about 2 tokens",
        "2 · user · 8 bytes, about 2 tokens, 1.0 تومان, 1 × image, 2 × abc sound",
    ],
    "The price of {} is not known yet: {}.": [
        "The price of abc is not known yet: --max-cost could not be held to.",
        "The price of abc is not known yet: nothing could be reserved for it in the budget.",
    ],
    "The *turn* after this one{} w*": [
        "The turn after this one was answered from its earlier version.",
        "The turn after this one, of cell [3], was answered from its earlier version.",
        "The 3 turns after this one were answered from its earlier version.",
        "The 3 turns after this one, of cells [3], [4], [5], were answered from its earlier version.",
    ],
    "{} control or invisible character*": [
        "1 control or invisible character that could hide or reorder text was left out; reply.text has it.",
        "12 control or invisible characters that could hide or reorder text were left out; reply.text has them.",
    ],
    "--max-cost {}{} does not allow a request {} toman.": [
        f"--max-cost 7{spent} does not allow a request {may} toman."
        for spent in ("", ", 2.5 of which are spent,")
        for may in ("that may cost 12", "at a cost that is not known")
    ],
    "The {} of {} toman does not allow a request {}: {} are spent{}, {} are left.": [
        f"The {name} of 20,000 toman does not allow a request {may}: 12.4 are spent{reserved}, 3 are left."
        for name in ("budget", "budget of the day", "chat's budget", "chat's budget of the day")
        for may in ("that may cost 12", "at a cost that is not known")
        for reserved in ("", " and 5 reserved")
    ],
    "{} `{}` raises it.": [
        f"--max-tokens 300 would fit. `{way}` raises it."
        for way in ("%liara /budget 500", "%liara /budget day 500", "--max-cost 500", "chat.budget = 500")
    ],
    "{} was not run. {}*": [
        "abc was not run. The person did not allow this call.",
        "abc was not run. Not allowed: the person's settings deny this tool.",
        "abc was not run. Error: 7,000 calls at once; at most 32 are allowed, so none was run.",
        "abc was not run. Not allowed: a tool needs the person's word, and no panel is open. %liara /set tool_approval "
        "allow, or @liara.tool(approval='allow'), allows it without a question.",
    ],
    "timeout is {}, but must be a number of seconds above 0.": ["abc is 0, but must be a number of seconds above 0."],
}
_FILLINGS = ("7", "abc", "", " “abc”", "2 turns", "image, 7 × 8 pixels", ", of cell [3],")
_KNOWN = {
    re.sub(r"\{\d(:\w+)?\}", "{}", line)
    for file in (PACKAGE / "panels" / "persian").glob("*.txt")
    for line in file.read_text("utf-8").splitlines()
}
_ALL = "\n".join(_KNOWN)
_LATIN = re.compile("[A-Za-z]+")
_IN_LATIN = set(_LATIN.findall(" ".join([*_FILLINGS, *(entry.persian for entry in entries())])))


def is_elsewhere(file):
    return any(fnmatch(file, name) for names in ELSEWHERE.values() for name in names) or file.startswith("panels/")


def is_not_said(text):
    return any(matches(text, name) for names in NOT_SAID.values() for name in names)


def put_together(text):
    """What a text becomes, where that is on the list."""
    return next((whole for name, whole in PUT_TOGETHER.items() if matches(text, name)), [text])


def matches(text, name):
    return fnmatch(text.replace("[", "("), name.replace("[", "("))


def can_be_said(text):
    """Whether there is Persian for a text with its places filled in one way or another, or for what it is a part of."""
    text = re.sub(r"\{\w*\}", "{}", text)
    if text in _ALL:
        return True
    parts = [part for part in text.split("\n\n") if part.strip("{} \n>")]
    return all(any(map(is_known, filled(part.strip()))) for part in parts)


def filled(text):
    pieces = text.split("{}")
    for values in itertools.product(_FILLINGS, repeat=min(4, len(pieces) - 1)):
        chosen = itertools.chain(values, itertools.repeat("7"))
        said = pieces[0] + "".join(next(chosen) + piece for piece in pieces[1:])
        yield said.strip()
    yield text.replace("{}", "").strip()


def is_known(text):
    """Whether no English is left of it but what filled its places and what the tables write in Latin letters."""
    said = (translation(is_markdown).of(text) for is_markdown in (False, True))
    return any(words is not None and set(_LATIN.findall(words)) <= _IN_LATIN for words in said)


def test_every_sentence_has_its_persian_or_is_not_said_at_the_panel(capsys):
    missing, count = [], 0
    for file, texts in sentences():
        if is_elsewhere(file):
            continue
        said = [one for text in texts if not is_not_said(text) for one in put_together(text)]
        count += len(said)
        missing += [f"{file}: {text!r}" for text in said if not can_be_said(text)]
    with capsys.disabled():
        print(f"\nPersian for {count - len(missing)} of {count} sentences, {len(entries())} entries")
    assert not missing, "\n".join(["without Persian in liara_magic/panels/persian/:", *missing])
    assert count > 500


def test_the_lists_name_nothing_that_is_gone():
    files = dict(sentences())
    gone = [name for names in ELSEWHERE.values() for name in names if not any(fnmatch(file, name) for file in files)]
    texts = {text for found in files.values() for text in found}
    others = [*PUT_TOGETHER, *(name for names in NOT_SAID.values() for name in names)]
    gone += [name for name in others if not any(matches(text, name) for text in texts)]
    assert gone == []


def test_what_the_packages_own_prompts_tools_and_help_say_is_known():
    tools = [tool_of(one).description for one in Readers({}, {}, None, lambda: None).tools()]
    own = [template_named(name).help for name, (_, origin) in template_files().items() if origin == "package"]
    helps = [*(one.help for one in COMMANDS.values()), *(flag.help for flag in FLAGS)]
    settings = [trait.help for trait in Liara.settings().values()]
    said = [*(" ".join(text.split("\n\n")[0].split()) for text in tools), *own, *helps, *settings]
    assert [text for text in said if translation(is_markdown=True).of(text) is None] == []


def test_entries_keep_their_places_and_are_persian():
    faults = []
    for entry in entries():
        used = {int(number) for number in re.findall(r"\{(\d)(?::\w+)?\}", entry.persian)}
        words = re.sub("`[^`]*`|PDF", "", entry.persian)
        reads = re.search("[\u0600-\u06ff]", words) or not re.search("[A-Za-z]", words)
        if not used <= {number for number, _ in entry.places} or entry.persian.count("`") % 2 or not reads:
            faults.append(entry)
    assert faults == []


def test_no_sentence_has_two_entries():
    seen = [(entry.between, entry.places) for entry in entries()]
    assert [one for one in set(seen) if seen.count(one) > 1] == []


def test_a_long_text_that_is_cut_off_is_looked_up_in_a_moment():
    known = translation()
    known.of("warm")
    start = time.thread_time()
    known.as_far("a. b " * 790 + "…")
    assert time.thread_time() - start < 0.6  # it took 1.5 s while every end was compared with every entry
