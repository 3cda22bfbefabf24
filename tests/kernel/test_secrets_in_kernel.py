"""The key in a real kernel: whatever fails, and however tracebacks are shown, it is in no message."""

import socket

import pytest
from kernels import CANARY_KEY
from loopback import Loopback

pytestmark = pytest.mark.kernel

MODES = ("Plain", "Context", "Verbose", "Minimal")
SECRET = CANARY_KEY.rpartition(".")[2]  # also a part of it would be too much


def echo(line, request):
    """A server that repeats the key in everything it says."""
    return request.headers["authorization"]


def refused(line, request):
    key = echo(line, request)
    line.answer_json({"error": {"message": f"Incorrect API key: {key}", "code": key}}, "401 Unauthorized")


def failed(line, request):
    key = echo(line, request)
    line.head("500 Internal Server Error", "text/plain", x_request_id=key)
    line.send(key.encode())


def page(line, request):
    line.head("200 OK", "text/html")
    line.send(f"<html>{echo(line, request)}</html>".encode())


def moved(line, request):
    line.head("307 Temporary Redirect", "text/plain", location=f"http://127.0.0.1:1/?{echo(line, request)}")


def broke_off(line, request):
    line.head()
    line.delta("some words")
    key = echo(line, request)
    line.event({"error": {"message": f"upstream said {key}", "code": key}, "choices": []})


def cut(line, request):
    line.head()
    line.delta("some words")


def hung_up(line, request):
    line.socket.close()


def asked(notebook, code):
    """Run ``code`` in every traceback mode, with what a person does next, and look at every message so far."""
    for mode in MODES:
        notebook.run(f"%xmode {mode}")
        cell = notebook.run(code)
        assert cell.status == "error", code
        notebook.run("%tb")
    assert SECRET not in notebook.everything()


@pytest.mark.parametrize("script", [refused, failed, page, moved, broke_off, cut, hung_up])
@pytest.mark.parametrize("code", ["%%liara\nhi", "liara.Chat().ask('hi')"], ids=["magic", "python"])
def test_no_failure_shows_the_key(notebook, ask_gateway, script, code):
    with Loopback(script) as gateway:
        ask_gateway(gateway)
        asked(notebook, code)
        assert all(request.headers["authorization"] == f"Bearer {CANARY_KEY}" for request in gateway.requests)
        assert gateway.posts == len(MODES)


def test_no_failed_connection_shows_the_key(notebook, ask_gateway):
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    assert notebook.run(f"%liara /set base_url http://127.0.0.1:{port}/v1\n%liara /model m").status == "ok"
    asked(notebook, "%%liara\nhi")


def test_the_full_traceback_does_not_show_the_key(notebook, ask_gateway):
    with Loopback(refused) as gateway:
        ask_gateway(gateway)
        notebook.run("%liara /set full_traceback true")
        asked(notebook, "%%liara\nhi")
        notebook.run("%liara /set full_traceback none")


def test_an_interrupted_call_does_not_show_the_key(notebook, ask_gateway):
    def stalled(line, request):
        line.head()
        line.wait_for_close()

    with Loopback(stalled) as gateway:
        ask_gateway(gateway)
        notebook.run("%xmode Verbose")
        cell = notebook.send("liara.Chat().ask('hi')")
        assert gateway.answering.wait(10)
        notebook.interrupt()
        notebook.wait(cell)
    assert cell.ename == "KeyboardInterrupt"
    assert SECRET not in notebook.everything()


@pytest.mark.parametrize("script", [cut, hung_up])
def test_a_debugger_after_an_error_finds_no_key(notebook, ask_gateway, script):
    with Loopback(script) as gateway:
        ask_gateway(gateway)
        assert notebook.run("%%liara\nhi").status == "error"
    looked = notebook.run(
        "import sys\n"
        "trace = sys.last_traceback\n"
        "while trace:\n"
        "    held = {name: repr(value) for name, value in trace.tb_frame.f_locals.items() if name[0] != '_'}\n"
        "    print(trace.tb_frame.f_code.co_name, held)\n"
        "    trace = trace.tb_next\n"
        "error = sys.last_value\n"
        "while error:\n"
        "    print(repr(error), vars(error), str(error))\n"
        "    error = error.__cause__ or error.__context__\n"
    )
    assert looked.status == "ok", looked.error
    assert "begin" in looked.printed or "events" in looked.printed
    assert SECRET not in notebook.everything()


@pytest.mark.parametrize(
    "code",
    [
        f"%%liara\nmy key is {CANARY_KEY}",
        f"%liara my key is {CANARY_KEY}",
        f"%%liara -s {CANARY_KEY}\nhi",
        f"%liara /login {CANARY_KEY}",
        f"%liara /set system {CANARY_KEY}",
        f"liara.Chat().ask('{CANARY_KEY}')",
        f"liara.Chat(system='{CANARY_KEY}').ask('hi')",
        f"liara.Chat().ask('hi', user='{CANARY_KEY}')",
    ],
)
def test_a_key_in_a_cell_is_refused_before_anything_is_sent(notebook, ask_gateway, code):
    with Loopback(lambda line, request: line.reply("sent")) as gateway:
        ask_gateway(gateway)
        cell = notebook.run(code)
        assert gateway.requests == []
    assert (cell.status, cell.ename) == ("error", "LiaraCredentialsError")
    assert SECRET not in "".join(str(message) for message in cell.messages if message["msg_type"] != "execute_input")
