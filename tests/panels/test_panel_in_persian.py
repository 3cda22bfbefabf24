"""A person who reads Persian alone: every error with its next step, notices, commands, tools and the preview."""

import re
import time
from html import unescape

import pytest
from by_hand import until
from test_panel_safety import TEXTS, own_elements

from liara_magic.panels.texts import Texts
from liara_magic.panels.translation import translation
from liara_magic.panels.trouble import IN_GENERAL, trouble_html
from liara_magic.protocol.errors import LiaraServerError
from liara_magic.protocol.events import Finish, ListDelta
from liara_magic.protocol.reply import Reply
from liara_magic.protocol.rounds import close_round
from liara_magic.screen.calls import rounds_html
from liara_magic.screen.footer import notices_html

PERSIAN = Texts("fa")
#: Commands, and what their answers have beside Persian: names of files, of conversations and of software.
COMMANDS = {
    "/status": {"main"},
    "/usage": set(),
    "/usage by chat": {"main"},
    "/usage by day": set(),
    "/history": set(),
    "/help /undo": {"N"},
    "/help --temperature": set(),
    "/set temperature": set(),
    "/set temperature 0.5": set(),
    "/budget 900": set(),
    "/budget day 9000": set(),
    "/models": set(),
    "/models zzz": set(),
    "/model foo/bar": set(),
    "/model sandbox/echo": set(),
    "/alias fast sandbox/echo": set(),
    "/alias": set(),
    "/alias fast none": set(),
    "/chats": {"main"},
    "/chat": {"main"},
    "/branch second 1": {"main", "second"},
    "/chat main": {"main"},
    "/save x.json": set(),
    "/load x.json": {"main"},
    "/export x.md": set(),
    "/pin 1": set(),
    "/unpin 1": set(),
    "/undo": set(),
    "/system یک معلم باش": set(),
    "/system none": set(),
    "/replay on": set(),
    "/replay off": set(),
    "/replay clear": set(),
    "/tools": set(),
    "/templates": {"Markdown"},
    "/context": set(),
    "/reset": set(),
    "/logout": set(),
}


def left_in_english(html):
    """The Latin words and figures of a page that stand neither isolated nor as code or a chart."""
    html = re.sub(r'<(bdi|code|svg)( dir="ltr"| [^>]*)?>.*?</\1>', "", html, flags=re.DOTALL)
    text = re.sub("[\u2066\u2068][^\u2069]*\u2069", "", unescape(re.sub("<[^>]*>", " ", html)))
    return set(re.findall("[A-Za-z][A-Za-z_/.-]*[A-Za-z]|[A-Z]|[0-9]+", text)) - {"API", "JSON"}


@pytest.fixture
def persian(session, open_panel, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    session.settings.language = "fa"
    return open_panel()


def in_trouble(front_end):
    return until(lambda: "liara-trouble" in front_end.one("state").value and front_end.one("state").value)


@pytest.mark.parametrize(
    ("status", "words", "step"),
    [
        ("401 Unauthorized", "درگاه کلید را نمی‌پذیرد", "%liara /login"),
        ("402 Payment Required", "اعتبارش تمام شده", "اعتبار را در کنسول افزایش دهید"),
        ("403 Forbidden", "به این فضای کاری دسترسی ندارد", "/set workspace ID"),
        ("404 Not Found", "مدل test/model در 127.0.0.1 نیست", "/model ID"),
        ("413 Too Large", "گفتگو بلندتر از آن است", "/reset"),
        ("429 Too Many", "در زمانی کوتاه درخواست‌های بسیار", "کمی صبر کنید"),
        ("400 Bad Request", "درگاه درخواست را نپذیرفت (وضعیت ۴۰۰)", "/set"),
        ("500 Broken", "از کار افتاد (وضعیت ۵۰۰)", "دوباره بپرسید"),
    ],
)
def test_an_error_is_said_with_its_next_step(persian, replies, status, words, step):
    replies["سلام"] = lambda line: line.answer_json({"error": {"message": "no <b>such</b> thing"}}, status)
    persian.enter("سلام")
    html = in_trouble(persian)
    said = persian.text("state")
    assert words in said and step in said and "سرور می‌گوید: no <b>such</b> thing" in said
    assert left_in_english(html) == set() and 'dir="rtl"' in html
    assert "متن شما به کادر برگشت" in said


def test_an_address_that_nobody_answers(persian, session):
    session.settings.base_url = "http://127.0.0.1:9/v1"
    persian.enter("سلام")
    assert "شبکه، وی‌پی‌ان یا پراکسی را بررسی کنید" in unescape(in_trouble(persian))
    assert left_in_english(persian.one("state").value) == set()


def test_a_budget_that_is_used_up(persian, session, gateway):
    ask, session.settings.budget = gateway.script, 0.5
    gateway.script = lambda line, request: (
        line.answer_json({"data": []}) if request.method == "GET" else ask(line, request)
    )
    persian.enter("سلام")
    until(lambda: persian.turns() and "توکن فرستاده" in persian.turns()[0])
    persian.enter("باز هم")
    said = in_trouble(persian)
    assert "«بودجه»" in said and "/budget" in said and "تومان خرج شده" in said
    assert left_in_english(said) == set()


def test_what_was_typed_wrong(persian, session):
    persian.enter("/set temperature hot")
    assert "باید عددی از ۰ تا ۲ باشد" in in_trouble(persian)
    persian.enter("/hlep")
    until(lambda: "شاید منظورتان" in persian.text("state"))
    persian.enter("/login")
    until(lambda: "پنل کلید نمی‌گیرد" in persian.text("state"))
    persian.enter("/panel")
    until(lambda: "سلول می‌خواهد" in persian.text("state"))
    assert left_in_english(persian.one("state").value) == set()


@pytest.mark.parametrize("kind", IN_GENERAL, ids=lambda kind: kind.__name__)
def test_an_error_that_the_tables_do_not_know_is_said_by_its_kind(kind):
    html = trouble_html(kind("Quite unheard of.", hint="Never mind."), False, PERSIAN)
    what, step = (PERSIAN.voice.sentence(words) for words in IN_GENERAL[kind])
    assert f'{what} <bdi dir="ltr">Quite unheard of.</bdi>' in html
    assert f'{step} <bdi dir="ltr">Never mind.</bdi>' in html
    assert left_in_english(html) == set()


def test_an_error_of_python_is_said_too():
    html = trouble_html(ValueError("boom <script>"), False, PERSIAN)
    assert "خطایی پیش‌بینی‌نشده" in html and "&lt;script&gt;" in html and "گزارش کنید" in html


@pytest.mark.parametrize("payload", TEXTS[::9])
def test_hostile_words_of_a_server_stay_text(payload):
    error = LiaraServerError(f"The gateway refused the request (status 400). The server says: {payload}")
    assert own_elements(trouble_html(error, False, PERSIAN)) == []
    for said in (payload, f"The model asks to call {payload}. Nothing was called.", f"{payload} is no file."):
        assert own_elements(PERSIAN.voice.sentence(said)) == []
        assert own_elements(PERSIAN.voice.figures(said)) == []


def test_words_of_a_server_that_sound_like_ours_stay_its_own():
    said = PERSIAN.voice.sentence("Too many requests in a short time. The server says: Yes. The prompt is empty.")
    assert said.endswith('<bdi dir="ltr">Yes. The prompt is empty.</bdi>')


def test_a_long_text_takes_little_time():
    texts = [
        "The server says: " * 200,
        "a is b. " * 400,
        "The budget of " * 250 + "1 toman are left.",
        "x " * 100_000,
        "cut: " * 800,
        "a is b. cut: left out: " * 100,
    ]
    began = time.process_time()
    for text in texts:
        translation().as_far(text)
    assert time.process_time() - began < 2


def test_every_command_answers_in_persian(persian, session):
    session.settings.model = "sandbox/echo"
    for prompt in ("سلام", "خوبی؟"):
        persian.enter(prompt)
        until(lambda: persian.turns() and "توکن فرستاده" in persian.turns()[-1] and not persian.panel._asking.current)
    answers = persian.panel._view.transcript._notes
    for command, names in COMMANDS.items():
        before = [note for _, note in answers]
        persian.enter(command)
        notes = until(lambda before=before: [n for _, n in persian.panel._view.transcript._notes if n not in before])
        assert left_in_english(notes[-1].value) <= names, command
        answers = persian.panel._view.transcript._notes


def test_notices_stand_in_persian_and_unknown_ones_behind_a_word():
    html = notices_html(["The reply ended at the token limit.", "Something new."], PERSIAN.voice)
    assert "<div>پاسخ در سقف توکن پایان یافت.</div>" in html and 'dir="rtl"' in html and "border-right" in html
    assert '<div>نکته‌ای دربارهٔ این پاسخ: <bdi dir="ltr">Something new.</bdi></div>' in html


def test_a_call_of_a_tool_stands_in_persian():
    entries = [{"index": 0, "id": "1", "function": {"name": "rows", "arguments": '{"n": 3}'}}]
    reply = Reply()
    for event in (ListDelta("tool_calls", entries), Finish("tool_calls")):
        reply.add(event)
    (run,) = close_round(reply).runs
    assert "در انتظار" in rounds_html(reply.rounds, voice=PERSIAN.voice)
    run.state, run.result, run.seconds = "failed", "42", 0.31
    html = rounds_html(reply.rounds, voice=PERSIAN.voice)
    took = "۰٫۳\N{NO-BREAK SPACE}ثانیه"
    assert f'<code dir="ltr">✗ rows(n=3)</code> | ناکام ماند | {took}' in html and '<details dir="rtl"' in html


@pytest.mark.parametrize(
    ("cut", "said"),
    [
        ("cut: The workspace may not use a/b: its credit is used up…", "استفاده کند: یا اعتبارش تمام شده"),
        ("cut: There is no model openai/gpt-5 at ai.lia…", "مدل \u2066openai/gpt-5\u2069 در \u2068ai.lia…\u2069 نیست."),
        ("Nothing of the reply came for 60…", "\u206860…\u2069 ثانیه چیزی از پاسخ نیامد."),
    ],
)
def test_a_sentence_whose_end_is_cut_off_is_known_by_its_beginning(cut, said):
    assert said in translation(is_markdown=True).as_far(cut)


def test_figures_names_and_code_keep_their_digits_and_directions():
    voice = PERSIAN.voice
    said = voice.sentence("frequency_penalty is 9, but must be a number from -2 to 2.")
    assert "۹" in said and '<bdi dir="ltr">-۲</bdi>' in said and '<bdi dir="ltr">frequency_penalty</bdi>' in said
    assert '<bdi dir="ltr">/set max_tokens 300</bdi>' in voice.sentence("--max-tokens 300 would fit.")
    assert voice.sentence("There is no model gpt-4.1 at 127.0.0.1.").count('<bdi dir="ltr">') == 2
    table = voice.markdown("| prompt | state |\n| --- | ---: |\n| running 12 | complete; pinned |")
    assert table == "| پرسش | وضعیت |\n| --- | ---: |\n| running 12 | کامل؛ سنجاق‌شده |"
