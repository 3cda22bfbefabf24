"""Texts that hold a secret. Each is made here, at run time, from a published shape and a die: none was ever valid."""

import base64
import random
import string

DIE = random.Random()
ALPHANUMERIC = string.ascii_letters + string.digits
URL_SAFE = ALPHANUMERIC + "-_"
HEX = "0123456789abcdef"
CAPITALS = string.ascii_uppercase + string.digits


def of(length, letters=ALPHANUMERIC):
    """A random text with at least one digit and one letter, as all real keys have."""
    while True:
        text = "".join(DIE.choices(letters, k=length))
        if any(map(str.isdigit, text)) and any(map(str.isalpha, text)):
            return text


def token(text):
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def web_token(parts=3):
    head, body = token('{"alg":"HS256","typ":"JWT"}'), token('{"sub":"' + of(12) + '"}')
    return ".".join([head, body, of(43, URL_SAFE)][:parts])


def private_key(kind="RSA ", line_end="\n"):
    lines = [of(64, ALPHANUMERIC + "+/") for _ in range(6)]
    return line_end.join(["-----BEGIN " + kind + "PRIVATE KEY-----", *lines, "-----END " + kind + "PRIVATE KEY-----"])


def by_shape(seed):
    """What is found by its shape alone: the kind, and the secret."""
    DIE.seed(seed)
    return [
        ("API key", "sk" + "-" + of(20) + "T3Blbk" + "FJ" + of(20)),
        ("API key", "sk" + "-proj-" + of(48, URL_SAFE) + of(20)),
        ("API key", "sk" + "-or-v1-" + of(64, HEX)),
        ("API key", "sk" + "-" + of(32, HEX)),
        ("Anthropic key", "sk" + "-ant-api03-" + of(93, URL_SAFE) + "AA"),
        ("API key", "gs" + "k_" + of(52)),
        ("API key", "pp" + "lx-" + of(48)),
        ("API key", "xa" + "i-" + of(80)),
        ("API key", "r8" + "_" + of(37)),
        ("API key", "nv" + "api-" + of(64)),
        ("Google key", "AI" + "za" + "Sy" + of(33, URL_SAFE)),
        ("Google key", "GOC" + "SPX-" + of(28, URL_SAFE)),
        ("Google token", "ya" + "29." + of(60, URL_SAFE)),
        ("GitHub token", "gh" + "p_" + of(36)),
        ("GitHub token", "gh" + "o_" + of(36)),
        ("GitHub token", "gh" + "u_" + of(36)),
        ("GitHub token", "gh" + "s_" + of(36)),
        ("GitHub token", "gh" + "r_" + of(76)),
        ("GitHub token", "github" + "_pat_" + of(22) + "_" + of(59)),
        ("GitLab token", "gl" + "pat-" + of(20)),
        ("GitLab token", "gl" + "rt-" + of(20)),
        ("GitLab token", "gl" + "ptt-" + of(40, HEX)),
        ("GitLab token", "GR" + "1348941" + of(20)),
        ("Slack token", "xo" + "xb-" + "123456789012-1234567890123-" + of(24)),
        ("Slack token", "xo" + "xp-" + "1234567890-1234567890-1234567890-" + of(32, HEX)),
        ("Slack token", "xa" + "pp-1-A0" + of(9, CAPITALS) + "-1234567890123-" + of(64, HEX)),
        (
            "Slack webhook",
            "hooks.slack" + ".com/services/T" + of(10, CAPITALS) + "/B" + of(10, CAPITALS) + "/" + of(24),
        ),
        ("Discord webhook", "discord" + ".com/api/webhooks/123456789012345678/" + of(68)),
        ("Discord bot token", "M" + of(25) + "." + of(6) + "." + of(38)),
        ("AWS access key", "AK" + "IA" + of(16, CAPITALS)),
        ("AWS access key", "AS" + "IA" + of(16, CAPITALS)),
        ("Azure secret", of(4)[:3] + "8Q" + "~" + of(34)),
        ("Stripe key", "sk" + "_live_" + of(24)),
        ("Stripe key", "rk" + "_test_" + of(24)),
        ("Stripe key", "wh" + "sec_" + of(32)),
        ("Hugging Face token", "hf" + "_" + of(34)),
        ("Telegram bot token", "1234567890" + ":A" + "A" + of(33)),
        ("SendGrid key", "S" + "G." + of(22) + "." + of(43)),
        ("npm token", "np" + "m_" + of(36)),
        ("PyPI token", "py" + "pi-AgEIcHlwaS5vcmc" + of(80, URL_SAFE)),
        ("JSON web token", web_token()),
        ("JSON web token", web_token(2)),
        ("DigitalOcean token", "do" + "p_v1_" + of(64, HEX)),
        ("Databricks token", "da" + "pi" + of(32, HEX)),
        ("Shopify token", "sh" + "pat_" + of(32, HEX)),
        ("Square token", "sq" + "0atp-" + of(22)),
        ("Facebook token", "EA" + "AC" + of(100)),
        ("Twilio key", "S" + "K" + of(32, HEX)),
        ("Mailgun key", "ke" + "y-" + of(32, HEX)),
        ("Mailchimp key", of(32, HEX) + "-us" + "12"),
        ("Brevo key", "xkey" + "sib-" + of(64, HEX) + "-" + of(16)),
        ("Postman key", "PM" + "AK-" + of(24, HEX) + "-" + of(34, HEX)),
        ("Pulumi token", "pu" + "l-" + of(40, HEX)),
        ("RubyGems key", "ruby" + "gems_" + of(48, HEX)),
        ("Vault token", "hv" + "s." + of(90)),
        ("Terraform token", of(14) + ".at" + "lasv1." + of(64)),
        ("Linear key", "lin" + "_api_" + of(40)),
        ("Notion token", "nt" + "n_12345678901" + of(35)),
        ("Grafana token", "gl" + "sa_" + of(32) + "_" + of(8, HEX)),
        ("1Password token", "op" + "s_eyJ" + of(260)),
        ("age key", "AGE-SECRET" + "-KEY-1" + of(58, CAPITALS)),
        ("Sentry token", "sn" + "tryu_" + of(64, HEX)),
        ("Fly.io token", "fo" + "1_" + of(43)),
        ("Heroku key", "HR" + "KU-AA" + of(58)),
        ("Supabase key", "sb" + "p_" + of(40, HEX)),
        ("PlanetScale token", "pscale" + "_tkn_" + of(43)),
        ("Prefect key", "pn" + "u_" + of(36)),
        ("Docker token", "dckr" + "_pat_" + of(27)),
        ("Figma token", "fi" + "gd_" + of(40)),
        ("Airtable token", "pa" + "t" + of(14) + "." + of(64, HEX)),
        ("Atlassian token", "ATA" + "TT3" + of(186)),
        ("OpenShift token", "sha" + "256~" + of(43)),
        ("Alibaba key", "LT" + "AI" + of(20)),
        ("JFrog key", "AK" + "Cp" + of(69)),
        ("Doppler token", "dp" + ".pt." + of(43)),
        ("Dynatrace token", "dt" + "0c01." + of(24, CAPITALS) + "." + of(64, CAPITALS)),
        ("New Relic key", "NR" + "AK-" + of(27, CAPITALS)),
        ("Typeform token", "tf" + "p_" + of(59)),
        ("EasyPost key", "EZ" + "AK" + of(54)),
        ("Shippo token", "shippo" + "_live_" + of(40, HEX)),
        ("private key", private_key()),
        ("private key", private_key("")),
        ("private key", private_key("OPENSSH ", "\\n")),
        ("private key", private_key("EC ")),
    ]


def by_place(seed):
    """Where a name, a header or an address gives the secret away: the text with ◊ for it, and the secret."""
    DIE.seed(seed)
    secret, key = "hunter2" + of(3), of(40)
    return [
        ('password = "◊"', secret), ("passwd='◊'", secret), ("self.password: str = '◊'", secret),
        ('{"user": "a", "password": "◊"}', secret), ("{'db_password': '◊'}", secret),
        ("{\\\"password\\\": \\\"◊\\\"}", secret),
        ("password: ◊\nport: 5432", secret), ("DB_PASSWORD=◊\nDB_PORT=5432", secret), ("export DB_PASS='◊'", secret),
        ("set X_SECRET=◊", key), ("X_SECRET=◊", "correcthorsebattery"), ("ENV API_SECRET ◊", key),
        ("$env:API_KEY = \"◊\"", key),
        ("%env MY_TOKEN=◊", key), ('os.environ["PGPASSWORD"] = "◊"', secret),
        ('os.environ["OPENAI_API_KEY"] = "◊"', key),
        ('os.getenv("API_TOKEN", "◊")', key), ("connect(user='u', password='◊')", secret),
        ("user, password = 'admin', '◊'", secret),
        ("host=localhost user=me password=◊ dbname=x", secret), ("Server=db;User Id=sa;Password=◊;Encrypt=yes", secret),
        ("AccountName=x;AccountKey=◊;EndpointSuffix=y", of(86, ALPHANUMERIC + "+/") + "=="),
        ("SharedAccessKey=◊", key + "="),
        ("aws_secret_access_key = ◊", of(40, ALPHANUMERIC + "/+")), ("api_key: ◊", key), ('"api-key": "◊"', key),
        ("apiKey: '◊',", key),
        ("client_secret=◊&grant_type=x", key), ("https://h/p?access_token=◊&y=2", key),
        ("http://localhost:8888/lab?token=◊", of(48, HEX)),
        ("x-api-key: ◊", key), ("Authorization: Bearer ◊", key), ("{'Authorization': 'Bearer ◊'}", key),
        ("Authorization: Token ◊", key),
        ("Authorization: Basic ◊", token("admin:" + secret)), ("curl -u admin:◊ https://h", secret),
        ("get(url, auth=('admin', '◊'))", secret),
        ("postgres://user:◊@host:5432/db", secret), ("redis://:◊@localhost:6379/0", secret),
        ("postgresql://u:◊@h/db", "a/b#" + secret),
        ("mongodb+srv://u:◊@c0.x.mongodb.net/?w=1", secret), ("https://u:◊@github.com/o/r.git", secret),
        ("mysql+pymysql://root:◊@10.0.0.1/db", "p@" + secret),
        ("https://◊@o1.ingest.sentry.io/2", of(32, HEX)), ("psql --password ◊", secret),
        ("tool --api-key=◊ run", key), ("mysql -u root -p◊ db", secret),
        ("<password>◊</password>", secret), ('<add key="Password" value="◊" />', secret),
        ("- name: DB_PASSWORD\n  value: ◊", secret),
        ("machine h login me password ◊", secret), ("ALTER USER x WITH PASSWORD '◊'", secret),
        ("رمز عبور پایگاه داده: ◊", secret), ('گذرواژه = "◊"', secret),
        ('{"username":"x","key":"◊"}', of(32, HEX)),
        ("AccessKey,Secret\nAK" + "IA" + of(16, CAPITALS) + ",◊", of(40, ALPHANUMERIC + "/+")),
        ("client-key-data: ◊", of(700, ALPHANUMERIC + "+/")),
        ("https://x.blob.core.windows.net/c?sv=1&sig=◊&se=2", of(43) + "%3D"),
        ('X_TOKEN ?= "◊"', key), ("xToken :::= '◊'", key), ('var xToken string = "◊"', key), ("x_token += '◊'", key),
        ("x_token: |\n  ◊", key), ("<xToken>\n  ◊\n</xToken>", key), ("xToken,◊,", key), ('"xToken" => "◊"', key),
        ("curl -u kevin:'◊' h", secret), ('curl h \\\n -u ":◊"', secret), ("Authorization: ◊", key),
        ('set_property("X_TOKEN", "◊")', key), ("<entry name='xToken' value='◊' />", key),
        ("password=◊,user=me,port=5432", secret), ("secret = '◊", secret + "cut"), ("password == '◊'", secret),
        ("SECRET_KEY = 'django-insecure-◊'", key),
    ]  # fmt: skip
