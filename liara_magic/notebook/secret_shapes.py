"""Secrets that show by their own shape: issued keys and tokens, private keys, passwords in addresses and headers.

Each function yields the places of what it finds, in time linear in the text: a key's pattern starts only where a word
starts, so that no stretch of text is scanned from many beginnings, and repeats without an upper bound hold no character
at which a key could begin.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from .secret_values import (
    Span,
    has_digit,
    is_placeholder,
    is_template,
    is_user_and_password,
    looks_issued,
    looks_random,
)

# What issuers write at the beginning of a key, and how it goes on. From their own pages and the rules of gitleaks.
_ISSUED = [
    ("Anthropic key", "sk-ant-", r"[\w-]{20,}"),
    ("API key", "sk-", r"[\w-]{20,}"),
    ("Google key", "AIza", r"[\w-]{35,40}"),
    ("Google key", "GOCSPX-", r"[\w-]{24,}"),
    ("Google token", "ya29.", r"[\w-]{20,}"),
    ("GitHub token", "ghp_ gho_ ghu_ ghs_ ghr_", r"[A-Za-z0-9]{36,}"),
    ("GitHub token", "github_pat_", r"\w{22,}"),
    ("GitLab token", "glpat- gldt- glrt- glcbt- glptt- glft- glimt- glsoat- glffct- glagent- gloas-", r"[\w-]{20,}"),
    ("GitLab token", "GR1348941", r"[\w-]{20,}"),
    ("Slack token", "xoxb- xoxp- xoxa- xoxr- xoxs- xoxo- xoxe- xoxe.xoxb- xoxe.xoxp- xapp-", r"\d[\w-]{15,}"),
    ("Slack webhook", "hooks.slack.com/", r"(?:services|workflows|triggers)/[\w+/-]{30,100}"),
    ("Discord webhook", "discord.com/api/webhooks/ discordapp.com/api/webhooks/", r"\d{10,25}/[\w-]{40,}"),
    ("AWS access key", "AKIA ASIA ABIA ACCA", r"[A-Z0-9]{16}"),
    ("AWS access key", "A3T", r"[A-Z0-9]{17}"),
    ("AWS key", "ABSK", r"[A-Za-z0-9+/]{100,300}={0,2}"),
    ("Stripe key", "sk_live_ sk_test_ sk_prod_ rk_live_ rk_test_ rk_prod_ whsec_", r"[A-Za-z0-9+/]{10,250}"),
    ("Hugging Face token", "hf_ api_org_", r"[A-Za-z0-9]{30,}"),
    ("SendGrid key", "SG.", r"[\w-]{16,32}\.[\w-]{16,64}"),
    ("npm token", "npm_", r"[A-Za-z0-9]{36,}"),
    ("PyPI token", "pypi-", r"[\w-]{50,}"),
    ("JSON web token", "eyJ", r"[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]+){0,3}"),
    ("DigitalOcean token", "dop_v1_ doo_v1_ dor_v1_", r"[a-f0-9]{64}"),
    ("Databricks token", "dapi", r"[a-f0-9]{32}(?:-\d)?"),
    ("Shopify token", "shpat_ shpca_ shppa_ shpss_", r"[a-fA-F0-9]{32}"),
    ("Square token", "sq0atp- sq0csp- EAAA", r"[\w-]{22,}"),
    ("Facebook token", "EAAC EAAM", r"[A-Za-z0-9]{80,}"),
    ("Twilio key", "SK", r"[0-9a-f]{32}"),
    ("Mailgun key", "key-", r"[a-f0-9]{32}"),
    ("Brevo key", "xkeysib-", r"[a-f0-9]{64}-[A-Za-z0-9]{16}"),
    ("Postman key", "PMAK-", r"[a-f0-9]{24}-[a-f0-9]{34}"),
    ("Pulumi token", "pul-", r"[a-f0-9]{40}"),
    ("RubyGems key", "rubygems_", r"[a-f0-9]{48}"),
    ("Vault token", "hvs. hvb. hvr.", r"[\w-]{24,}"),
    ("Linear key", "lin_api_ lin_oauth_", r"[A-Za-z0-9]{32,}"),
    ("Notion token", "ntn_", r"[A-Za-z0-9]{40,}"),
    ("Notion token", "secret_", r"[A-Za-z0-9]{43}"),
    ("Grafana token", "glsa_", r"[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}"),
    ("Grafana token", "glc_", r"[A-Za-z0-9+/]{32,400}={0,3}"),
    ("API key", "pplx- gsk_ xai- r8_ csk- nvapi- tvly- lsv2_pt_ lsv2_sk_ jina_", r"(?:dev-|prod-)?\w{32,}"),
    ("1Password token", "ops_eyJ", r"[A-Za-z0-9+/]{200,2000}={0,3}"),
    ("age key", "AGE-SECRET-KEY-1", r"[A-Z0-9]{58}"),
    ("Sentry token", "sntryu_", r"[a-f0-9]{64}"),
    ("Sentry token", "sntrys_eyJ", r"[A-Za-z0-9+/=_]{40,500}"),
    ("Fly.io token", "fo1_", r"[\w-]{43,}"),
    ("Fly.io token", "fm1r_ fm1a_ fm2_", r"[A-Za-z0-9+/]{100,1000}={0,3}"),
    ("Heroku key", "HRKU-AA", r"[\w-]{58}"),
    ("Netlify token", "nfp_", r"[A-Za-z0-9]{36,}"),
    ("Supabase key", "sbp_ sb_secret_", r"[\w-]{24,}"),
    ("PlanetScale token", "pscale_tkn_ pscale_pw_ pscale_oauth_", r"[\w=.-]{32,64}"),
    ("Prefect key", "pnu_ pnb_", r"[A-Za-z0-9]{36}"),
    ("Docker token", "dckr_pat_ dckr_oat_", r"[\w-]{20,}"),
    ("Figma token", "figd_ figu_", r"[\w-]{36,}"),
    ("Airtable token", "pat", r"[A-Za-z0-9]{14}\.[a-f0-9]{64}"),
    ("Atlassian token", "ATATT3 ATCTT3", r"[\w=-]{60,400}"),
    ("OpenShift token", "sha256~", r"[\w-]{43}"),
    ("Alibaba key", "LTAI", r"[A-Za-z0-9]{20}"),
    ("JFrog key", "AKCp", r"[A-Za-z0-9]{69}"),
    ("JFrog key", "cmVmd", r"[A-Za-z0-9]{59}"),
    ("Doppler token", "dp.pt. dp.st. dp.ct. dp.sa.", r"[\w.-]{40,80}"),
    ("Dynatrace token", "dt0c01. dt0s01.", r"[A-Z0-9]{24}\.[A-Z0-9]{64}"),
    ("New Relic key", "NRAK- NRII- NRJS-", r"[A-Za-z0-9-]{19,32}"),
    ("Typeform token", "tfp_", r"[\w.=-]{40,60}"),
    ("EasyPost key", "EZAK EZTK", r"[A-Za-z0-9]{54}"),
    ("Shippo token", "shippo_live_ shippo_test_", r"[a-f0-9]{40}"),
    ("Cloudflare key", "v1.0-", r"[a-f0-9]{24}-[a-f0-9]{146}"),
]  # fmt: skip
_BY_PREFIX = {prefix: (kind, body) for kind, prefixes, body in _ISSUED for prefix in prefixes.split()}
# Beginnings that words have as well: scikit-learn's class names, the names of functions and packages.
_LIKE_WORDS = ("sk-", "sk_", "rk_", "pypi-")
_ESCAPES = (r"\\[nrt]", r"%[0-9A-Fa-f]{2}", r"[\[;]\dm", r"[\[;]\d\dm", r"[\[;]\d{3}m")


def _start(begun: str = "") -> str:
    """Where a key may start that began with the pattern ``begun``.

    It follows what is no part of a word, or what ends in a letter only by being an escape: of a line end in a string,
    of a character in an address, of a terminal's colour.
    """
    return "(?:" + "|".join([rf"(?<![\w-]{begun})", *(rf"(?<={escape}{begun})" for escape in _ESCAPES)]) + ")"


# Shapes that do not begin with letters of their own, with a text without which they need not be looked for.
_OTHER_SHAPES = [
    ("Telegram bot token", ":A", r"(?<!\d)\d{8,10}:A[\w-]{34}(?![\w-])"),
    ("Discord bot token", ".", "[MNO]" + _start(".") + r"[\w-]{23,27}\.[\w-]{6}\.[\w-]{27,40}(?![\w-])"),
    ("Azure secret", "Q~", _start() + r"[\w~.-]{3}\dQ~[\w~.-]{31,34}(?![\w~.-])"),
    ("Terraform token", ".atlasv1.", _start() + r"\w{14}\.atlasv1\.[\w=-]{60,70}(?!\w)"),
    ("Mailchimp key", "-us", _start() + r"[0-9a-f]{32}-us\d{1,2}(?!\w)"),
    ("Firebase key", ":APA91", _start() + r"AAAA[\w-]{7}:APA91[\w-]{100,}"),
    ("Teams webhook", ".webhook.office.com/", r"\.webhook\.office\.com/webhookb2/[\w@/-]{60,300}"),
    ("signature of a shared link", "sig=", r"(?<=[?&;]sig=)[\w%+/-]{40,120}=?"),
    ("API key", '"username"', r'"username"\s{0,3}:\s{0,3}"[^"\n]{1,60}",\s{0,3}"key"\s{0,3}:\s{0,3}"([0-9a-f]{32})"'),
    ("password", "login", r"\blogin[ \t]{1,9}[^\s:]{1,99}[ \t\n]{1,9}password[ \t]{1,9}([^\s:]{4,99})"),
    ("password", "IDENTIFIED BY", r"IDENTIFIED BY ['\"]([^'\"\n]{4,99})['\"]"),
    ("password", "PASSWORD '", r"\bPASSWORD '([^'\n]{4,99})'"),
    ("password", "sshpass", r"\bsshpass -p ?['\"]?([^\s'\"]{4,99})"),
    ("password", "mysql", r"\bmysql(?:dump|admin)?\b[^\n|;]{0,99}? -p([^\s'\"]{4,99})"),
]
_AWS_SECRET = re.compile(r"(?<![\w/+])[\w/+]{40}(?![\w/+=])", re.ASCII)

_PEM_MARK = re.compile(r"-{5}(BEGIN|END) ([A-Z0-9 ]{0,60})-{5}")
_PEM_BODY = re.compile(r"[A-Za-z0-9+/=\s\\\"'.,]+")
_PEM_CUT = re.compile(r"(?:\s|\\[nr]|[\"'+])*(?:[A-Za-z0-9+/=]{16,}(?:\s|\\[nr]|[\"'+])*)+")
_LONG_RUN = re.compile(r"[A-Za-z0-9+/]{32}")

_USER = r"[^\s:/?#@\"'<>`\\]"
_URL_PASSWORD = re.compile(rf"://{_USER}{{0,100}}:([^\s/?#\"'<>`]{{1,200}})@")
# A password with a slash that should have been escaped; a port before a path is none.
_SLOPPY_URL_PASSWORD = re.compile(
    rf"(?:sql|postgres|mongodb|mongodb\+srv|redis|rediss|amqps?|mariadb|psycopg2?|asyncpg)://{_USER}{{0,100}}:"
    r"((?!\d{1,5}[/?#])[^\s@\"'<>`]{1,100})@"
)
_URL_TOKEN = re.compile(r"://([A-Za-z0-9_-]{20,200}):?@")
_BEARER = re.compile(r"(?:[Bb]earer|BEARER)[ \t]{1,4}([\w.~+/-]{8,}=*)", re.ASCII)
_BASIC = re.compile(r"(?:[Bb]asic|BASIC)[ \t]{1,4}([\w+/-]{6,}=*)", re.ASCII)
_HEADER = re.compile(
    r"(?:[Aa]uthorization|AUTHORIZATION)[\"']?[ \t]{0,3}:[ \t]{0,3}[\"']?"
    r"(?:[A-Za-z-]{3,12}[ \t]{1,3})?([^\s\"'<>{}$]{8,})"
)
_PAIR = re.compile(r"(?:\bauth ?= ?|HTTPBasicAuth)\(\s{0,9}[\"'][^\"'\n]{0,99}[\"'],\s{0,9}([\"'])([^\"'\n]{4,200})\1")
_CURL_USER = re.compile(
    r"(?<=\s)(?:-u|--user)[ =]{0,3}[\"']?"
    r"(?:[^\s:\"']{0,99}[\"']?:[\"']?([^\s\"']{3,200})|([^\s:\"']{8,99}):(?=[\"'\s]))"
)


def shaped_secrets(text: str) -> Iterator[Span]:
    """All secrets of ``text`` that show by their shape. Places may overlap."""
    yield from _private_keys(text)
    yield from _issued_keys(text)
    yield from _other_keys(text)
    if "://" in text:
        yield from _passwords_of_addresses(text)
    yield from _credentials_of_requests(text)


@cache
def _issued(prefix: str) -> re.Pattern[str]:
    """A pattern that begins with plain letters, which is found fast, and then looks at what stands before them."""
    letters = re.escape(prefix)
    return re.compile(letters + _start(letters) + _BY_PREFIX[prefix][1] + "(?![A-Za-z0-9])", re.ASCII)


def _issued_keys(text: str) -> Iterator[Span]:
    for prefix, (kind, _) in _BY_PREFIX.items():
        if prefix not in text:
            continue
        for found in _issued(prefix).finditer(text):
            if not prefix.startswith(_LIKE_WORDS) or looks_issued(found[0][len(prefix) :]):
                yield Span(found.start(), found.end(), kind)
                if kind == "AWS access key":
                    yield from _secret_beside(text, found.end())


def _secret_beside(text: str, start: int) -> Iterator[Span]:
    """The secret that belongs to an AWS access key has no shape of its own, but stands right after it."""
    found = _AWS_SECRET.search(text, start, start + 120)
    if found and looks_random(found[0]) and not found[0].islower():
        yield Span(found.start(), found.end(), "AWS secret key")


@cache
def _other(shape: str) -> re.Pattern[str]:
    return re.compile(shape, re.ASCII)


def _other_keys(text: str) -> Iterator[Span]:
    for kind, needed, shape in _OTHER_SHAPES:
        if needed in text:
            for found in _other(shape).finditer(text):
                group = 1 if found.re.groups else 0
                if looks_random(found[group]) or (
                    kind == "password" and not is_placeholder(found[group], password=True)
                ):
                    yield Span(*found.span(group), kind)


def _private_keys(text: str) -> Iterator[Span]:
    """Each block from its BEGIN to its END; of a block that is cut off, what there is."""
    if "PRIVATE KEY" not in text:
        return
    begin = None
    for mark in _PEM_MARK.finditer(text):
        if begin:
            yield from _private_key(text, begin, mark if mark[1] == "END" else None)
        begin = mark if mark[1] == "BEGIN" and "PRIVATE KEY" in mark[2] else None
    if begin:
        yield from _private_key(text, begin, None)


def _private_key(text: str, begin: re.Match[str], end: re.Match[str] | None) -> Iterator[Span]:
    if end is None:
        body = _PEM_CUT.match(text, begin.end())
        if body:
            yield Span(begin.start(), body.end(), "private key")
    elif _PEM_BODY.fullmatch(text, begin.end(), end.start()) or _LONG_RUN.search(text, begin.end(), end.start()):
        yield Span(begin.start(), end.end(), "private key")


def _passwords_of_addresses(text: str) -> Iterator[Span]:
    for pattern in (_URL_PASSWORD, _SLOPPY_URL_PASSWORD):
        for found in pattern.finditer(text):
            if not is_template(found[1]):
                yield Span(*found.span(1), "password")
    for found in _URL_TOKEN.finditer(text):
        if looks_random(found[1]):
            yield Span(*found.span(1), "token")


def _credentials_of_requests(text: str) -> Iterator[Span]:
    for found in _BASIC.finditer(text):
        if is_user_and_password(found[1]):
            yield Span(*found.span(1), "user and password")
    for pattern in (_BEARER, _HEADER):
        for found in pattern.finditer(text):
            if has_digit(found[1]) or looks_issued(found[1]):
                yield Span(*found.span(1), "token")
    for found in _PAIR.finditer(text):
        if not is_placeholder(found[2], password=True):
            yield Span(*found.span(2), "password")
    for found in _CURL_USER.finditer(text):
        group = 1 if found[1] else 2
        if "curl" in text[max(0, found.start() - 300) : found.start()] and not is_placeholder(found[group]):
            yield Span(*found.span(group), "password")
