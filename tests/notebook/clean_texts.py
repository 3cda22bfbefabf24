"""Texts without a secret in them, of the kinds that cells hold: programs, prose, tables, hashes, images, settings."""

import base64
import hashlib
import random
import sysconfig
import uuid
from pathlib import Path

STANDARD_LIBRARY = Path(sysconfig.get_path("stdlib"))
#: Its documentation logs in with a password.
WITH_A_PASSWORD = {"urllib/request.py"}
LEFT_OUT = {"test", "tests", "idlelib", "site-packages", "ensurepip", "lib2to3"}

# Cells, divided by a line of dashes. «n», «d», «hash», «short», «uuid», «image» and «public» are filled in by a die.
CELLS = r"""
df = pd.read_csv('sales_«n».csv', parse_dates=['date'])
df.groupby('key')['total_«n»'].sum().sort_values()
---
df.merge(other, on='primary_key', how='left', suffixes=('_x', '_y')).drop_duplicates(subset=['key', 'token_id'])
---
tokens = tokenizer(text, max_length=«n», truncation=True)
print(tokens['input_ids'][:«n»], tokenizer.pad_token)
tokenizer.add_special_tokens({'pad_token': '[PAD]', 'bos_token': '<s>', 'eos_token': '<|endoftext|>'})
---
client = OpenAI(api_key=os.environ['OPENAI_API_KEY'], base_url='https://ai.liara.ir/api/v1/«n»')
---
password = getpass.getpass('Password: ')
token = input('Token: ')
print("Password:",pw1,"and token:",t2)
login(user, password=password, token=token)
---
headers = {'Authorization': f'Bearer {token}', 'X-Api-Key': api_key}
r = requests.get(url, headers=headers, auth=(user, password))
---
SECRET_KEY = os.getenv('SECRET_KEY')
DB_PASSWORD = config('DB_PASSWORD', default=None)
API_KEY = '<your-api-key>'
TOKEN = "YOUR_TOKEN_HERE"
---
engine = create_engine(f'postgresql://{user}:{password}@{host}:5432/{db}')  # or postgres://$USER:$PASS@h/db
print(engine.url)  # postgresql://scott:***@localhost:5432/db_«n»
---
def sign(secret: str, key: bytes = b'', token: Optional[str] = None) -> str:
    return hmac.new(key, secret).hexdigest()
---
@dataclass
class Settings:
    password: SecretStr
    token_url: str = 'https://auth.example.com/token/«n»'
    api_key: str = ''
---
conf = {'sort_key': 'id_«n»', 'cache_key': 'user:«n»:profile', 'key': 'a«n»', 'token_type': 'Bearer', 'auth': None}
---
options = {'client.secret-access-key': 's3.secret-access-key', 'filter': {'pass': 'lowpass', 'stop': «n»}}
---
curl -H "Authorization: Bearer $TOKEN" https://api.example.com/v«n»/items?key=$KEY -u "$USER:$PASSWORD"
---
docker run -e DB_PASSWORD -e API_KEY=$API_KEY -p 8888:8888 -u 1000:1000 reg.example.com:5000/app@sha256:«hash»
---
model = AutoModel.from_pretrained('bert-base-uncased', token=hf_token, revision='«hash»')
---
commit «hash»
Author: Sara <sara@example.com>

    Keep the tokens of «n» requests apart

index «short»..«short» 100644
---
sha256:«hash»«hash»  model-«n».safetensors
uuid «uuid»
etag: "«hash»"
request_id=«uuid»
---
{"id": "chatcmpl-«hash»", "object": "chat.completion", "usage": {"prompt_tokens": «n», "total_tokens": «n»}}
---
<label class="sk-toggleable__label sk-toggleable__label-arrow sk-container-id-«n»">Pipeline</label>
---
<img src="data:image/png;base64,«image»" alt="plot «n»"/>
---
Traceback (most recent call last):
  Cell In[«n»], line 3
    value = table['key_«n»']
KeyError: 'key_«n»'
---
ValidationError: 1 validation error for Settings
password
  Field required [type=missing, input_value={'token': «n»}, input_type=dict]
---
services:
  db:
    image: postgres:«n»
    environment:
      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD}
      KEY_FILE: /run/secrets/key
---
[mysqld]
port = «n»
key_buffer_size = 16M
password =
# token: see the wiki
auth_method: oauth2
---
\frac{a}{b} + \sum_{i=«n»}^{m} key_{i} \quad \text{token: } «n»
---
The password must be at least «n» characters long. A token is a word: the key idea is attention. Secret: none.
---
رمز عبور باید دست‌کم «n» نویسه باشد. توکن: بخشی از یک واژه است. کلید: ستون شماره «n» جدول فروش.
---
فروش فصل «n» را با سال پیش مقایسه کن و بگو چرا درآمد کم شده است؛ رمز: ندارد، گذرواژه: لازم نیست.
---
2026-03-0«d» 10:22:31,«n» INFO auth: token refreshed for user «n» from 10.0.0.«d»:5432 key=value id=«uuid»
---
https://example.com:8080/a/«n»?page=2&sort=key&token_type=bearer#section-«n» and git@github.com:o/r.git
---
   city  key  token_count
0  Yazd    «n»          «n»
1  Qom     «n»          «n»
[«n» rows x 3 columns]
---
const { token, key = 'id', secret } = props; fetch(url, {credentials: 'same-origin', auth: {password}});
---
ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI«public» sara@laptop
-----BEGIN PUBLIC KEY-----
«image»
-----END PUBLIC KEY-----
---
for key, value in mapping.items():
    if key == 'secret_«n»':
        continue
    print(f'{key}={value}', end=':')
---
parser.add_argument('--token', default='', help='the API token')
parser.add_argument('--password', metavar='PASSWORD', help='ask for the password')
---
kubectl get secret db-credentials -n team-«n» -o yaml; kubectl create secret generic x --from-file=key=./key.pem
"""


def made(count, seed=3):
    """Cells filled with numbers, hashes, identifiers and images that a die made."""
    die = random.Random(seed)
    cells = CELLS.strip().split("\n---\n")
    for index in range(count):
        hashed = hashlib.sha1(die.randbytes(8)).hexdigest()
        fillings = {
            "n": str(die.randrange(2, 9999)),
            "d": str(die.randrange(1, 9)),
            "hash": hashed,
            "short": hashed[:7],
            "uuid": str(uuid.UUID(bytes=die.randbytes(16))),
            "image": base64.b64encode(die.randbytes(die.randrange(200, 3000))).decode(),
            "public": base64.b64encode(die.randbytes(32)).decode()[:43],
        }
        cell = cells[index % len(cells)]
        for name, filling in fillings.items():
            cell = cell.replace(f"«{name}»", filling)
        yield cell


def programs(count, lines=50, seed=3):
    """Parts of the standard library, a cell's length each."""
    parts = []
    for file in sorted(STANDARD_LIBRARY.rglob("*.py")):
        name = file.relative_to(STANDARD_LIBRARY)
        if name.as_posix() in WITH_A_PASSWORD or LEFT_OUT & set(name.parts):
            continue
        try:
            source = file.read_text("utf-8").split("\n")
        except (OSError, UnicodeDecodeError):
            continue
        parts += ["\n".join(source[start : start + lines]) for start in range(0, len(source), lines)]
    return random.Random(seed).sample(parts, count)


def digests(count, seed=3):
    """What is as random as a key, and is none: on its own, in lists, and as the value of an innocent name."""
    die = random.Random(seed)
    for _ in range(count):
        raw = die.randbytes(32)
        encoded, identifier = base64.b64encode(raw).decode(), uuid.UUID(bytes=raw[:16])
        alone = [raw.hex(), hashlib.md5(raw).hexdigest(), str(identifier), encoded, f"0x{raw[:20].hex()}", repr(raw)]
        named = [
            f"digest = '{raw.hex()}'",
            f"commit_id: {raw[:20].hex()}",
            f'"public_key": "{encoded}"',
            f"cache_key = '{raw.hex()}'",
            f"id={identifier}",
        ]
        yield "\n".join([*alone, repr([raw[:4].hex(), raw[4:8].hex()]), *named])
