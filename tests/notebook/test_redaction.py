"""Secrets are hidden in whatever leaves, equal ones stay equal, and what is none stays as it is."""

import copy
import json
import pickle
import re
from collections import Counter
from urllib.parse import quote

import pytest
from clean_texts import digests, made, programs
from secret_samples import HEX, by_place, by_shape, of, private_key, web_token

from liara_magic.notebook.redaction import Redactor
from liara_magic.notebook.secret_names import is_secret_name
from liara_magic.notebook.variables import describe

#: What a key may stand in. {} is the key.
SURROUNDINGS = ["{}", "see {} there", 'key = "{}"', "'a\\n{}\\n'", "\x1b[32m'{}'\x1b[0m", "\x1b[1;31m{}\x1b[0m",
                "کلید{}،",
                "a={};b", "https://h/?q={}&x=%3D", "x,{},y", "<b>{}</b>", "[{}]({})", "| a | {} |",
                "A\n{}\nB"]  # fmt: skip


def redact(text, environment=None, patterns=()):
    return Redactor(patterns, environment or {}).redact(text)


def leaks(secret, text):
    """Whether ``text`` holds ``secret`` or a quarter of it, at least 8 characters."""
    size = max(8, len(secret) // 4)
    return any(secret[start : start + size] in text for start in range(len(secret) - size + 1))


def test_what_has_the_shape_of_a_key_is_hidden_wherever_it_stands():
    tried, missed = 0, []
    for seed in range(10):
        samples = by_shape(seed)
        assert len({secret for _, secret in samples}) == len(samples) >= 80
        for kind, secret in samples:
            for surroundings in SURROUNDINGS:
                tried += 1
                found = redact(surroundings.replace("{}", secret))
                if leaks(secret, found.text) or {finding.kind for finding in found.found} != {kind}:
                    missed.append((kind, surroundings))
                elif found.text != surroundings.replace("{}", f"[hidden: {kind} 1]"):
                    missed.append((kind, found.text))
    print(f"by shape: {tried - len(missed)} of {tried} hidden")
    assert not missed


def test_what_its_place_gives_away_is_hidden_and_nothing_around_it():
    tried, missed = 0, []
    for seed in range(10):
        for text, secret in by_place(seed):
            tried += 1
            before, after = text.split("◊")
            found = redact(before + secret + after).text
            if leaks(secret, found) or not found.endswith(after) or not found[: len(before)].startswith(before[:12]):
                missed.append((text, found))
    print(f"by place: {tried - len(missed)} of {tried} hidden")
    assert not missed


def test_texts_without_a_secret_stay_as_they_are():
    texts = [*made(720), *programs(900), *digests(300)]
    hits = Counter()
    changed = []
    for text in texts:
        found = redact(text)
        hits.update(found.counts)
        if found.text != text:
            changed.append(found.text)
    print(f"false hits: {sum(hits.values())} in {len(texts)} texts, {sum(map(len, texts)):,} characters; {dict(hits)}")
    assert len(texts) >= 1_000
    assert not changed
    assert not hits


def test_equal_secrets_have_equal_names_and_different_ones_different_names():
    redactor, one, other = Redactor((), {}), "gh" + "p_" + of(36), "gh" + "p_" + of(36)
    assert redactor.redact(f"a={one}; b={other}; c={one}").text == (
        "a=[hidden: GitHub token 1]; b=[hidden: GitHub token 2]; c=[hidden: GitHub token 1]"
    )
    assert redactor.redact(other).text == "[hidden: GitHub token 2]"
    assert Redactor((), {}).redact(other).text == "[hidden: GitHub token 1]"


def test_a_key_inside_a_longer_secret_says_what_it_is():
    secret = "gh" + "p_" + of(36)
    assert redact(f"DB_PASSWORD=x.{secret}\n").text == "DB_PASSWORD=[hidden: GitHub token 1]\n"


def test_what_a_name_gave_away_once_is_hidden_without_it_too():
    redactor, secret = Redactor((), {}), of(24)
    text = redactor.redact(f"api_key = '{secret}'\nget('https://h/{secret}/x')").text
    assert text == "api_key = '[hidden: API key 1]'\nget('https://h/[hidden: API key 1]/x')"
    assert redactor.redact(f"404 for {secret}").text == "404 for [hidden: API key 1]"
    assert redactor.redact("password = 'postgres'\nimport postgres").text.endswith("\nimport postgres")


def test_findings_say_what_and_where_and_never_the_secret():
    secret = "gl" + "pat-" + of(20)
    found = redact(f"سلام {secret} password='hunter2xy' {secret}")
    assert [found.text[finding.start :].split("]")[0] for finding in found.found] == [
        "[hidden: GitLab token 1", "[hidden: password 1", "[hidden: GitLab token 1",
    ]  # fmt: skip
    assert found.counts == {"GitLab token": 2, "password": 1}
    assert [(finding.kind, finding.number) for finding in found.found][1:] == [("password", 1), ("GitLab token", 1)]
    assert secret not in repr(found)
    assert "hunter2" not in repr(found)


def test_hiding_twice_changes_nothing():
    for _, secret in by_shape(1):
        once = redact(f"password='{secret}' {secret}").text
        assert redact(once).text == once
    for text, secret in by_place(1):
        once = redact(text.replace("◊", secret)).text
        assert redact(once).text == once


def test_a_redactor_shows_nothing_of_what_it_knows():
    secret = "AK" + "IA" + of(16, "ABCDEFGH2345")
    redactor = Redactor([secret[:6] + "x+"], {"X_TOKEN": "tok" + of(20)})
    redactor.redact(secret)
    assert repr(redactor).startswith("<liara_magic")
    assert [name for name in dir(redactor) if not name.startswith("__")] == ["redact"]
    assert not hasattr(redactor, "__dict__")
    for copied in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match="not copied or pickled"):
            copied(redactor)


SECRET_VARIABLES = {
    "OPENAI_API_KEY": of(20), "GITHUB_TOKEN": of(12), "DB_PASSWORD": "p@ss w0rd!", "ADMIN_PASSWD": "Sesame123",
    "MYSQL_PWD": "abcd1234", "DJANGO_SECRET": "correct-horse-battery", "AWS_CREDENTIALS": of(30), "SIGNING_KEY": of(16),
    "PRIVATE_SETTING": of(20), "AUTH_HEADER": of(20), "X_API": of(20), "JUPYTER_TOKEN": of(48, HEX),
    "ROOT_PASSWORD": "13751022",
    "lower_token": of(12), "SSH_PRIVATE_KEY": private_key("OPENSSH "), "GMAIL_APP_PASSWORD": "abcd efgh ijkl mnop",
}  # fmt: skip
OTHER_VARIABLES = {
    "PWD": "/home/sara/work (copy)/a1b2c3d4", "OLDPWD": "/home/sara/work (old)/x1y2",
    "PATH": "/usr/bin:/bin", "HOME": "/home/sara",
    "SSH_AUTH_SOCK": "/tmp/ssh-AbCd1234efgh/agent.77", "KEYBOARD": "us-intl", "GIT_AUTHOR_NAME": "sara2026x9y",
    "TOKENIZERS_PARALLELISM": "false", "TOKENIZER_MODEL": "bert-base-uncased", "API_KEY_FILE": "/run/secrets/key",
    "USE_AUTH": "true",
    "API_URL": "https://example.com/v1/abc123def", "API_VERSION": "2026-03-01", "MAX_TOKENS": "4096000",
    "AUTH_METHOD": "oauth2",
    "KEY_ALGORITHM": "aes-256-gcm", "DB_PASS": "1", "TOKEN_TYPE": "Bearer", "SECRET_NAME": "my-secrets",
    "API_MODEL": "openai/gpt-5-mini",
    "GOOGLE_APPLICATION_CREDENTIALS": "/home/sara/key.json", "PASSWORD": "changeme", "LANG": "fa_IR.UTF-8",
    "KEYTIMEOUT": "1",
}  # fmt: skip


@pytest.mark.parametrize("name", SECRET_VARIABLES)
def test_the_environments_secrets_are_hidden(name):
    secret = SECRET_VARIABLES[name]
    found = redact(f"> {secret} <", SECRET_VARIABLES | OTHER_VARIABLES)
    assert not leaks(secret, found.text)
    assert found.text.startswith("> [hidden: ")
    assert found.text.endswith("] <")


@pytest.mark.parametrize("name", OTHER_VARIABLES)
def test_other_variables_hide_nothing(name):
    value = OTHER_VARIABLES[name]
    assert redact(f"> {value} <", SECRET_VARIABLES | OTHER_VARIABLES).text == f"> {value} <"


def test_the_environment_is_the_one_of_now_and_its_secrets_are_known_as_others_write_them():
    environment = {}
    redactor, secret = Redactor((), environment), 'a/"b\\c' + of(12)
    forms = [secret, quote(secret, safe=""), json.dumps(secret)[1:-1], repr(secret)[1:-1]]
    assert redactor.redact(forms[1]).text == forms[1]
    environment["MY_TOKEN"] = secret
    assert {redactor.redact(form).text for form in forms} == {"[hidden: environment secret 1]"}
    environment["DATABASE_URL"] = "postgres://sara:gulab55@db/x"
    assert redactor.redact("user sara, gulab55").text == "user sara, [hidden: environment secret 2]"


def test_patterns_of_the_person():
    patterns = [r"\bEMP-\d{5}\b", r"(?m)^patient: (.+)$", "x*"]
    found = redact("EMP-12345 and EMP-12345, EMP-1\npatient: Sara R.\nend", patterns=patterns)
    assert found.text == (
        "[hidden: text of your pattern 1] and [hidden: text of your pattern 1], EMP-1\n"
        "patient: [hidden: text of your pattern 2]\nend"
    )
    long = "-" * 3_995 + "EMP-12345" + "-" * 9_000 + "EMP-54321"
    assert redact(long, patterns=patterns[:1]).counts == {"text of your pattern": 2}


@pytest.mark.parametrize("pattern", ["(", "[a", "*", "(?P<a>x)(?P<a>y)", "a{2,1}", "(?<=a+)b"])
def test_a_pattern_that_cannot_be_read_is_named(pattern):
    with pytest.raises(ValueError, match="is not a regular expression") as caught:
        Redactor(["fine", pattern], {})
    assert repr(pattern) in str(caught.value)


def test_names_of_secrets():
    secret = ["password", "db_password", "userPassword", "API key", "api-key", "apiKey", "client_secret",
              "ACCESS_TOKEN",
              "auth_token2", "secrets", "aws_secret_access_key", "pwd", "DB_PASS", "Passwort"]  # fmt: skip
    other = ["token", "key", "primary_key", "token_count", "password_length", "secret_name", "author", "tokenizer",
             "city",
             "keyboard", "sort_key", "public_key", "compass", "bypass_rate", "token_type", "KeyError", ""]  # fmt: skip
    assert [name for name in secret if not is_secret_name(name)] == []
    assert [name for name in other if is_secret_name(name)] == []


def test_odd_texts_are_no_trouble():
    for text in [
        "",
        " ",
        "\ud800password='hunter2xx'",
        "password=",
        "password='",
        "-----BEGIN RSA PRIVATE KEY-----",
        "://:@",
        "\0",
    ]:
        assert "hunter2" not in redact(text).text


def test_a_private_key_that_is_cut_off_is_hidden_and_what_follows_is_not():
    key = private_key("RSA ").rsplit("\n", 1)[0]
    assert redact(f"a\n{key}\n[1200 lines more]").text == "a\n[hidden: private key 1][1200 lines more]"
    text = f"{key}\nand then\n{private_key('EC ')}\n{web_token()}"
    assert redact(text).counts == {"private key": 2, "JSON web token": 1}
    assert "and then" in redact(text).text


@pytest.mark.parametrize("library", ["pandas", "polars", "pyarrow"])
def test_a_table_keeps_the_values_of_columns_that_are_named_like_secrets(library):
    values = {"name": ["ali", "sara", "omid"], "password": ["blue-sky", "old wall", "blue-sky"], "api_key": [None] * 3}
    module = pytest.importorskip(library)
    table = module.table(values) if library == "pyarrow" else module.DataFrame(values)
    column = table.column("password") if library == "pyarrow" else table["password"]
    text = describe(table, "users", 4000, hide=lambda text: text).text
    assert not re.search("blue-sky|old wall", text) and "sara" in text
    assert [text.count(f"[hidden: value of a column {number}]") for number in (1, 2, 3)] == [2, 1, 0]
    assert "blue-sky" in describe(table, "users", 4000).text
    if library != "pyarrow":  # whose columns do not know their names
        assert "blue-sky" not in describe(column, "column", 4000, hide=lambda text: text).text
