"""The two lines that are always there: what was used of the model's context, and what is happening."""

from types import SimpleNamespace

from by_hand import until, words

from liara_magic.protocol.reply import Reply

CATALOGUE = {"object": "list", "data": [{"id": "test/model", "context_length": 8192}, {"id": "other/model"}]}


def test_nothing_is_said_of_a_context_whose_length_is_not_known(front_end, gateway):
    front_end.ask("hello")
    assert "Context" not in front_end.text("meter")
    assert [request.method for request in gateway.requests] == ["POST"]


def test_the_models_are_listed_when_a_person_wants_it(front_end, gateway, session):
    front_end.ask("hello")
    assert "other/model" not in front_end.labelled("Model").options
    ask = gateway.script
    gateway.script = lambda line, request: (
        line.answer_json(CATALOGUE) if request.method == "GET" else ask(line, request)
    )
    front_end.click("List the models")
    until(lambda: "2 models are listed" in front_end.text("state"))
    until(lambda: {"test/model", "other/model"} <= set(front_end.labelled("Model").options))
    until(lambda: "Context 28 of 8,192" in front_end.text("meter"))
    session.settings.model = "other/model"
    until(lambda: "Context" not in front_end.text("meter"))
    front_end.click("List the models")
    until(lambda: gateway.posts == 1 and len(gateway.requests) == 2)


def test_models_that_cannot_be_listed_are_said_and_the_model_stays(front_end, gateway, session):
    gateway.script = lambda line, request: line.answer_json({"error": {"message": "who?"}}, "401 Unauthorized")
    front_end.click("List the models")
    until(lambda: "does not accept the key" in front_end.text("state") and "/login" in front_end.text("state"))
    assert front_end.labelled("Model").value == session.settings.model == "test/model"


def test_the_sandbox_is_known_without_a_network(front_end, gateway, session):
    session.settings.model = "sandbox/echo"
    assert "sandbox/tutor" in front_end.labelled("Model").options
    front_end.ask("hello")
    until(lambda: "of 128,000" in front_end.text("meter"))
    assert gateway.requests == []


def busy_once(line):
    """A gateway that takes no more at the moment; the first time only."""
    line.answer_json({"error": {"message": "slow down"}}, "429 Too Many Requests", retry_after="1")


def test_a_wait_for_another_try_is_said_with_its_reason(front_end, replies, gateway):
    def script(line):
        busy_once(line) if gateway.posts == 1 else line.reply("at last")

    replies["please"] = script
    front_end.enter("please")
    said = until(lambda: "Trying again" in front_end.text("state") and front_end.text("state"))
    assert said.startswith("Trying again in 1 s · Too many requests in a short time.")
    until(lambda: front_end.turns() and "at last" in front_end.turns()[0] and front_end.is_idle())
    assert gateway.posts == 2


def test_the_wait_is_said_in_persian(session, open_panel, replies, gateway):
    session.settings.language = "fa"
    front_end = open_panel()
    replies["please"] = busy_once
    front_end.enter("please")
    said = until(lambda: "تلاش دوباره" in front_end.text("state") and front_end.text("state"))
    assert said.startswith("۱ ثانیه تا تلاش دوباره | در زمانی کوتاه")
    front_end.click("بس است")
    until(lambda: front_end.turns() and "پاسخ متوقف شد." in front_end.turns()[0])


def test_what_lasts_for_the_blink_of_an_eye_is_not_said(session, monkeypatch):
    from liara_magic.panels import meter
    from liara_magic.panels.parts import Parts
    from liara_magic.panels.texts import Texts

    now = [100.0]
    monkeypatch.setattr(meter, "time", SimpleNamespace(monotonic=lambda: now[0], time=lambda: now[0]))
    shown = meter.Meter(Parts(), Texts("en"), session)
    written = []
    shown.state.observe(lambda change: written.append(words(change["new"])), "value")
    turn = SimpleNamespace(reply=Reply("test/model"))

    def show(seconds, *what):
        now[0] = 100.0 + seconds
        return shown.show_state(*what)

    assert show(0.0, None, True) > 0.1  # asked for, and not begun
    assert show(0.01, turn, True) > 0.1
    show(0.05, None, True)  # ended, and not told
    show(0.06, None, False)
    assert written == []
    show(10.0, turn, True)
    show(10.2, turn, True)
    turn.reply.first_word = 0.3
    show(10.3, turn, True)
    assert written == ["Connecting · test/model"]
    for tenth in range(13, 60):
        show(9.0 + tenth / 10, turn, True)
    show(15.0, None, False)
    assert written == ["Connecting · test/model", "Answering · test/model", "Ready"]
