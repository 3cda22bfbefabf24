"""Neither the key nor what is hidden before sending is in any file that a session leaves."""

import os
from pathlib import Path

from loopback import Loopback

TOKEN = "ghp_0123456789abcdefABCDEF0123456789abcd"
PASSWORD = "correct-horse-battery-staple-17"


def files():
    folder = Path(os.environ["JUPYTER_DATA_DIR"])
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_whole_session(ipython, kernel, monkeypatch, canary_key):
    """The gateway even repeats the key that it was sent: in a reply, in its facts, in an error."""
    monkeypatch.setenv("LIARA_API_KEY", canary_key)
    monkeypatch.setenv("DATABASE_PASSWORD", PASSWORD)

    def script(line, request):
        key = request.headers["authorization"].split()[-1]
        if "fail" in str(request.json["messages"][-1]["content"]):
            return line.answer_json({"error": {"message": f"no such key {key}"}}, "400 Bad Request")
        line.head()
        line.event({"id": key, "provider": key, "choices": [{"index": 0, "delta": {"content": f"your key is {key}"}}]})
        line.finish()

    with Loopback(script) as gateway:
        kernel.settings.base_url, kernel.settings.model = gateway.base_url, "test/model"
        ipython.run("%liara /replay on")
        ipython.run(f"table = {{'token': '{TOKEN}', 'password': '{PASSWORD}', 'rows': 'visible ' * 100}}")
        ipython.run(f"print('the password is {PASSWORD}')")
        ipython.run("%%liara --cells 2\nwhat is in {table}?")
        ipython.fails("%%liara\nfail")
        ipython.run("%%liara --fresh\nplain")
        sent = b"".join(request.body for request in gateway.requests)
    found = files()
    assert len(found) == 3  # the log and two stored replies
    everything = b"".join(found.values())
    assert b"visible" in everything and b"your key is" in everything
    assert PASSWORD.encode() not in sent and TOKEN.encode() not in sent  # so the test sees what was hidden
    for secret in (canary_key, canary_key.rpartition(".")[2], TOKEN, PASSWORD):
        assert [name for name, content in found.items() if secret.encode() in content] == []
