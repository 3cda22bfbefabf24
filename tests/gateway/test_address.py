"""From what a person pastes to the endpoint."""

import pytest

from liara_magic.gateway.address import SANDBOX, resolve
from liara_magic.protocol.errors import LiaraWorkspaceError

ID = "6922b3240bbead6ac2126c0a"
BASE = f"https://ai.liara.ir/api/{ID}/v1"
OTHER_BASE = f"https://ai.liara.ir/api/v1/{ID}"
ZWNJ, ZWSP, BOM, RLM, NBSP = "\u200c", "\u200b", "\ufeff", "\u200f", "\u00a0"


@pytest.mark.parametrize(
    "pasted",
    [
        ID,
        f"  {ID}\n",
        f'"{ID}"',
        f"'{ID}'",
        f"`{ID}`",
        f"<{ID}>",
        f"{ZWSP}{ID}{ZWNJ}",
        f"{BOM}{NBSP}{ID}{RLM}",
        f'{RLM} "{ID}" ',
        BASE,
        f"{BASE}/",
        f"{BASE}/chat/completions",
        f"{BASE}/chat/completions/",
        f"{BASE}/models",
        f"'{BASE}' ",
        f"{ZWSP}{BASE}{ZWSP}",
        BASE.removeprefix("https://"),
        f"ai.liara.ir/api/{ID}",
        BASE.replace("https://ai.liara.ir", "HTTPS://AI.LIARA.IR"),
        f"{BASE}?x=1#y",
        f"https://console.liara.ir/ai/{ID}/models",
        f"https://console.liara.ir/ai/{ID}",
        f"https://console.liara.ir/ai/{ID}/models?tab=keys#top",
        f"console.liara.ir/ai/{ID}/models",
        f" console.liara.ir/ai/{ID}/ ",
    ],
)
def test_everything_that_names_the_workspace_is_understood(pasted):
    assert resolve(workspace=pasted).base_url == BASE
    assert resolve(base_url=pasted).base_url == BASE


@pytest.mark.parametrize(
    "pasted",
    [
        OTHER_BASE,
        f"{OTHER_BASE}/",
        f"{OTHER_BASE}/chat/completions",
        f"{OTHER_BASE}/models",
        OTHER_BASE.removeprefix("https://"),
    ],
)
def test_the_other_documented_order_is_taken_as_it_is(pasted):
    assert resolve(base_url=pasted).base_url == OTHER_BASE


@pytest.mark.parametrize(
    ("pasted", "base"),
    [
        ("http://localhost:11434/v1", "http://localhost:11434/v1"),
        ("http://localhost:11434/v1/", "http://localhost:11434/v1"),
        ("http://localhost:11434/v1/chat/completions", "http://localhost:11434/v1"),
        ("localhost:11434/v1", "http://localhost:11434/v1"),
        ("LocalHost:11434/v1", "http://localhost:11434/v1"),
        ("localhost/v1", "http://localhost/v1"),
        ("https://localhost/v1", "https://localhost/v1"),
        ("127.0.0.1:8000/v1", "http://127.0.0.1:8000/v1"),
        ("http://127.8.9.1:8000/v1", "http://127.8.9.1:8000/v1"),
        ("http://[::1]:8080/v1", "http://[::1]:8080/v1"),
        ("[::1]:8080/v1", "http://[::1]:8080/v1"),
        ("http://api.localhost/v1", "http://api.localhost/v1"),
    ],
)
def test_a_server_on_this_machine(pasted, base):
    address = resolve(base_url=pasted)
    assert address.base_url == base
    assert address.is_local
    assert not address.is_sandbox


@pytest.mark.parametrize(
    ("pasted", "base"),
    [
        ("https://openrouter.ai/api/v1", "https://openrouter.ai/api/v1"),
        ("openrouter.ai/api/v1/models", "https://openrouter.ai/api/v1"),
        ("https://gateway.example:8443/v1/chat/completions", "https://gateway.example:8443/v1"),
        ("http://192.168.1.5:8000/v1", "http://192.168.1.5:8000/v1"),
        ("http://gpu:8000/v1", "http://gpu:8000/v1"),
        ("http://gpu.local/v1", "http://gpu.local/v1"),
        ("https://[2001:db8::1]:8443/v1", "https://[2001:db8::1]:8443/v1"),
    ],
)
def test_another_server(pasted, base):
    address = resolve(base_url=pasted)
    assert address.base_url == base
    assert not address.is_local


def test_a_host_whose_name_only_ends_alike_is_another_server():
    assert resolve(base_url="https://myliara.ir/v1").base_url == "https://myliara.ir/v1"


def test_the_base_url_wins_over_the_workspace():
    assert resolve("0" * 24, "http://localhost:1/v1").base_url == "http://localhost:1/v1"
    assert resolve("0" * 24, BASE).base_url == BASE
    assert resolve(ID, "  ").base_url == BASE


def test_what_follows_from_a_base_url():
    address = resolve(ID)
    assert address.endpoint == f"{BASE}/chat/completions"
    assert address.models == f"{BASE}/models"
    assert address.host == "ai.liara.ir"
    assert not address.is_local and not address.is_sandbox


def test_the_two_documented_orders_name_each_other():
    assert resolve(base_url=BASE).other_form == OTHER_BASE
    assert resolve(base_url=OTHER_BASE).other_form == BASE
    assert resolve(base_url="http://localhost:1/api/v1").other_form == ""


def test_the_sandbox_is_this_machine():
    assert SANDBOX.is_sandbox and SANDBOX.is_local
    assert SANDBOX.other_form == ""


# Refusals


def refusal(**pasted):
    with pytest.raises(LiaraWorkspaceError) as refused:
        resolve(**pasted)
    return refused.value


@pytest.mark.parametrize("nothing", ["", "  ", '""', ZWSP, "\n"])
def test_nothing_at_all_names_the_ways_to_set_it(nothing):
    error = refusal(workspace=nothing, base_url=nothing)
    assert error.message == "No workspace is set, so there is nowhere to send the prompt."
    for way in ("%liara /set workspace", "LIARA_WORKSPACE_ID", "console.liara.ir/ai/", "sandbox/tutor"):
        assert way in error.hint


@pytest.mark.parametrize(
    "pasted",
    [
        "my-team",
        ID[:-1],
        ID + "0",
        "g" * 24,
        ID.replace("6", " ", 1) + "x",
        "localhost",
        "۶" * 24,
        f"{ID}{ID}",
        f"{ID} {ID}",
    ],
)
def test_what_is_no_workspace_id_is_refused_and_says_where_the_id_is(pasted):
    error = refusal(workspace=pasted)
    assert error.message.startswith("The workspace id")
    assert error.message.endswith(" is not 24 letters a-f and digits.")
    assert "console.liara.ir/ai/<workspace id>/models" in error.hint


@pytest.mark.parametrize(
    ("pasted", "named"),
    [
        ("https://ai.liara.ir/api/my-team/v1", "my-team"),
        ("https://ai.liara.ir/api/v1/my-team", "my-team"),
        ("https://console.liara.ir/ai/my-team/models", "my-team"),
        (f"https://ai.liara.ir/api/{ID[:-1]}/v1", ID[:-1]),
        ("https://ai.liara.ir/api/{workspaceID}/v1", "{workspaceid}"),
    ],
)
def test_a_url_with_a_malformed_id_names_it(pasted, named):
    error = refusal(base_url=pasted)
    assert named in error.message
    assert error.message.endswith(" in the URL is not 24 letters a-f and digits.")
    assert "console.liara.ir/ai/<workspace id>/models" in error.hint


@pytest.mark.parametrize(
    "pasted", ["https://ai.liara.ir", "https://ai.liara.ir/api/v1", "ai.liara.ir", "console.liara.ir/ai"]
)
def test_a_url_without_an_id_says_so(pasted):
    assert refusal(base_url=pasted).message.endswith(" names no workspace.")


@pytest.mark.parametrize("host", ["api.liara.ir", "liara.ir", "docs.liara.ir", "API.LIARA.IR"])
@pytest.mark.parametrize("form", ["https://{}/api/" + ID + "/v1", "{}/v1", "http://{}"])
def test_liara_s_other_hosts_are_refused_and_the_right_one_is_named(host, form):
    error = refusal(base_url=form.format(host))
    assert error.message == f"{host.lower()} does not serve the AI gateway."
    assert error.hint == "The host is ai.liara.ir."


@pytest.mark.parametrize(
    ("pasted", "host"),
    [
        (BASE.replace("https", "http"), "ai.liara.ir"),
        ("http://gateway.example/v1", "gateway.example"),
        ("http://8.8.8.8/v1", "8.8.8.8"),
        ("http://localhost.evil.example/v1", "localhost.evil.example"),
        ("localhost.evil.example/v1", "localhost.evil.example"),
    ],
)
def test_plain_http_to_a_public_host_is_refused(pasted, host):
    error = refusal(base_url=pasted)
    assert error.message == f"http://{host} would send the key and the prompt unencrypted."
    assert error.hint == f"Use https://{host}."


@pytest.mark.parametrize("user", ["sara:s3cret@", "sara@", ":s3cret@"])
@pytest.mark.parametrize("scheme", ["https://", "http://", ""])
def test_a_user_name_or_password_in_the_url_is_refused_and_not_repeated(user, scheme):
    error = refusal(base_url=f"{scheme}{user}gateway.example/v1")
    assert error.message == "The base URL holds a user name or password."
    assert "s3cret" not in str(error)


@pytest.mark.parametrize("scheme", ["ftp", "ws", "file", "socks5", "sandbox"])
def test_other_schemes_are_refused(scheme):
    assert (
        refusal(base_url=f"{scheme}://ai.liara.ir/v1").message == f"A base URL starts with https://, not {scheme}://."
    )


@pytest.mark.parametrize(
    "pasted",
    [
        "https://", "https:///v1", "file:///etc/passwd", "http://:80/v1", "javascript:alert(1)", "https://[::1/v1",
        "https://host:port/v1", "https://host:99999/v1", "://x", "/v1", "::1",
    ],
)  # fmt: skip
def test_what_cannot_be_a_url_is_refused(pasted):
    error = refusal(base_url=pasted)
    assert error.message.startswith(("A base URL starts with https://", "The base URL cannot be read"))
    assert "https://ai.liara.ir/api/<workspace id>/v1" in error.hint


@pytest.mark.parametrize("pasted", ["https://exa mple.com/v1", "http://my host/v1", "https://exa\u200bmple.com/v1"])
def test_a_url_with_a_space_inside_is_refused(pasted):
    refusal(base_url=pasted)


@pytest.mark.parametrize("key", ["sk-" + "canary" * 5, "sk-or-v1-" + "0123456789abcdef" * 4])
@pytest.mark.parametrize("place", ["{}", "https://ai.liara.ir/api/{}/v1", "https://ai.liara.ir/api/v1/{}"])
def test_a_key_in_place_of_the_workspace_is_not_shown(key, place):
    error = refusal(workspace=place.format(key))
    assert key[3:19] not in str(error)
