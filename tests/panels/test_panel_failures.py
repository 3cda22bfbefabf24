"""A text is never lost, and what went wrong is said with its next step."""

from by_hand import until


def refused(line):
    line.answer_json({"error": {"message": "no <b>such</b> thing"}}, "400 Bad Request")


def test_the_text_of_a_refused_request_is_back_in_the_box(front_end, replies):
    replies["please"] = refused
    front_end.enter("please")
    until(lambda: front_end.box.value == "please")
    until(lambda: "no <b>such</b> thing" in front_end.text("state"))
    assert "<b>such" not in front_end.one("state").value
    assert "Your text is back in the box." in front_end.text("state")


def test_what_was_typed_meanwhile_stays(front_end, replies):
    replies["please"] = refused
    front_end.enter("please")
    front_end.type("something else")
    until(lambda: "such" in front_end.text("state"))
    assert front_end.box.value == "something else"
    assert "Your text is back" not in front_end.text("state")


def test_a_text_that_cannot_be_sent_is_back_in_the_box(front_end, session, gateway):
    session.settings.base_url = ""
    front_end.enter("without a key")
    until(lambda: front_end.box.value == "without a key")
    assert "LIARA_API_KEY" in front_end.text("state")
    assert front_end.turns() == [] and gateway.posts == 0


def test_a_text_of_several_lines_comes_back_into_the_larger_box(front_end, replies):
    front_end.click("Larger box")
    front_end.type("two\nlines")
    replies["two\nlines"] = refused
    front_end.click("Send")
    until(lambda: front_end.box.value == "two\nlines")


def test_a_reply_that_is_cut_stays_with_its_reason(front_end, replies):
    def cut(line):
        line.head()
        line.delta("half of it")

    replies["cut"] = cut
    front_end.enter("cut")
    until(lambda: front_end.turns() and "half of it" in front_end.turns()[0] and "early" in front_end.turns()[0])
    until(lambda: "early" in front_end.text("state"))
    assert front_end.box.value == ""


def test_the_next_prompt_takes_the_trouble_away(front_end, replies):
    replies["please"] = refused
    front_end.enter("please")
    until(lambda: "such" in front_end.text("state"))
    front_end.ask("all is well")
    assert "such" not in front_end.text("state")


def test_a_wrong_setting_is_said_and_the_field_shows_what_holds(front_end, session):
    front_end.click("Settings")
    field = until(lambda: front_end.has("Temperature") and front_end.labelled("Temperature"))
    front_end.type("hot", field)
    until(lambda: "temperature" in front_end.text("state"))
    until(lambda: field.value == "")
    assert session.settings.temperature is None
