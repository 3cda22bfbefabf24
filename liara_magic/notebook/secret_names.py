"""What a name promises of the value that stands beside it.

After a *password* nearly everything is a secret; after a *secret*, an API key or an access token everything that is no
word of a placeholder; after a bare "token" or "auth", or where the name goes on ("secret_id"), only what was clearly
generated. "primary_key", "token_url" and their like are no names of secrets.
"""

from __future__ import annotations

import re
from enum import Enum


class Promise(Enum):
    """What a name promises of its value."""

    NOTHING = 0
    MAYBE = 1
    SECRET = 2
    PASSWORD = 3


_JOINTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[-. ]+")
_ENDINGS = re.compile(r"(?:_?(?:prod|production|dev|staging|test|live|old|new|value|str|raw|default|base64|b64|\d+))+$")
_PASSWORD = re.compile(r"(?:passw(?:or)?[dt]|passphrase|passcode|pwd|(?:^|_)(?:pass|pw))s?$")
_SECRET = re.compile(
    r"(?:secret|credential|apikey|accesskey|secretkey|privatekey|accountkey|authtoken|accesstoken|(?:^|_)(?:"
    r"(?:api|access|secret|private|encryption|encrypt|signing|master|account|service|storage|subscription|license|auth"
    r"|client|app|webhook|ssh|deploy|shared|consumer|admin|security|session|hmac|jwt|aes|fernet|openai|anthropic|liara"
    r"|azure|gemini|license)_?key"
    r"|(?:access|auth|api|bearer|refresh|bot|session|oauth2?|personal|github|gitlab|hf|huggingface|slack|telegram"
    r"|discord|npm|pypi|jwt|security|admin|service|secret|device|push|deploy|user|app|login|vault|sas|liara)_?token"
    r"))s?$"
)
_INNOCENT = re.compile(
    r"public_key|(?:^|_)(?:pub|primary|foreign|sort|partition|cache|dict|group|index|idx|row|hot|lookup|join|natural|object|s3"
    r"|dedup|idempotency|sample|rng|random|prng)_?keys?$"
    r"|^keys?$|^sec_websocket|(?:^|_)(?:author|authority|authors|tokeniz\w*|key(?:word|board|point|note|stroke|frame|map|press)\w*)(?:_|$)"
    r"|_(?:name|file|filename|path|dir|url|uri|type|field|header|length|len|size|limit|count|hash|digest|fingerprint|label"
    r"|column|prefix|suffix|pattern|regex|policy|hint|help|ttl|expires\w*|index|env|var|list|class|format|algorithm|alg"
    r"|method|mode|error|message|prompt|title|placeholder|endpoint|version|region|host|user|username|email|schema|doc)s?$"
)
_SUSPECT = re.compile(r"secret|token|passw|pwd|credential|key|auth|sessionid")
LONGEST_NAME = 80


def promise_of(name: str) -> Promise:
    """What ``name``, of a variable, a field or a column, promises of its value."""
    plain = _JOINTS.sub("_", name[:LONGEST_NAME]).lower().strip("_")
    plain = _ENDINGS.sub("", plain) or plain
    if _INNOCENT.search(plain):
        return Promise.NOTHING
    if _PASSWORD.search(plain):
        return Promise.PASSWORD
    if _SECRET.search(plain) or (name.isupper() and plain.endswith("_token")):
        return Promise.SECRET
    return Promise.MAYBE if _SUSPECT.search(plain) else Promise.NOTHING


def is_secret_name(name: str) -> bool:
    """Whether what stands under ``name``, such as a table's column, is a secret whatever it looks like."""
    return promise_of(name) in {Promise.PASSWORD, Promise.SECRET}
