"""The panel's own words, in English and Persian."""

from __future__ import annotations

import os

from ..screen.voice import Voice
from ..settings import Liara
from .persian import Persian

#: The word in each language: English, Persian.
_TEXTS: dict[str, tuple[str, str]] = {
    "name": ("Name", "نام"),
    "file": ("File", "پرونده"),
    "new": ("New", "تازه"),
    "branch": ("Branch", "شاخه"),
    "save": ("Save", "ذخیره"),
    "load": ("Load", "بازکردن"),
    "export": ("Export", "برون‌بری"),
    "conversations": ("Conversations", "گفتگوها"),
    "editing": ("Asks again in place of: {0}", "دوباره می‌پرسد به‌جای: {0}"),
    "cancel": ("Cancel", "رها کن"),
    "you": ("You", "شما"),
    "prompt": ("Prompt", "پرسش"),
    "ask_here": ("Ask, or give a command: / shows them", "بپرسید، یا با / دستور بدهید"),
    "send": ("Send", "بفرست"),
    "stop": ("Stop", "بس است"),
    "larger": ("Larger box", "کادر بزرگ‌تر"),
    "smaller": ("One line, Enter sends", "یک خط؛ Enter می‌فرستد"),
    "settings": ("Settings", "تنظیم‌ها"),
    "attach": ("Add context", "افزودن زمینه"),
    "model": ("Model", "مدل"),
    "system": ("System prompt", "دستور سیستم"),
    "temperature": ("Temperature", "دما"),
    "max_tokens": ("Longest reply, tokens", "بلندترین پاسخ، توکن"),
    "reasoning_effort": ("Reasoning effort", "میزان استدلال"),
    "as_it_is": ("as the model has it", "پیش‌فرض مدل"),
    "parameter": ("Parameter", "پارامتر"),
    "value": ("Value", "مقدار"),
    "last_cell": ("Last cell", "آخرین سلول"),
    "last_error": ("Last error", "آخرین خطا"),
    "last_figure": ("Last figure", "آخرین نمودار"),
    "variables": ("Variables", "متغیرها"),
    "files": ("Files", "پرونده‌ها"),
    "preview": ("Preview", "پیش‌نمایش"),
    "retry": ("Ask again", "دوباره بپرس"),
    "retry_with": ("Ask again with {0}", "دوباره بپرس با {0}"),
    "edit": ("Edit the prompt and ask again", "ویرایش پرسش و پرسیدن دوباره"),
    "copy": ("Show the source to copy", "نمایش متن برای رونوشت"),
    "code": ("Code of this reply", "کد این پاسخ"),
    "delete": ("Delete this turn", "حذف این نوبت"),
    "more_actions": ("What can be done with this turn", "کارهای این نوبت"),
    "select_copy": ("A click selects all of it; then copy.", "با یک کلیک همه‌اش انتخاب می‌شود؛ سپس رونوشت بگیرید."),
    "into_cell": ("Into a new cell", "در یک سلول تازه"),
    "marked": (
        "It holds marks in place of secrets that were kept back: put those back before it runs.",
        "به‌جای رازهایی که فرستاده نشدند نشانه دارد: پیش از اجرا آن‌ها را سر جایشان بگذارید.",
    ),
    "no_code": ("There is no code in this reply.", "در این پاسخ کدی نیست."),
    "close_panel": ("Close the panel", "بستن پنل"),
    "earlier": ("Show earlier turns ({0})", "نمایش نوبت‌های پیشین ({0})"),
    "empty": (
        "Ask something below. Cells of this notebook and this panel share one conversation.",
        "پرسش خود را پایین بنویسید. سلول‌های این دفترچه و این پنل یک گفتگو دارند.",
    ),
    "queued": ("Waits its turn", "در صف"),
    "drop": ("Take out of the queue", "بیرون از صف"),
    "idle": ("Ready", "آماده"),
    "connecting": ("Connecting", "در حال اتصال"),
    "thinking": ("Thinking", "در حال فکر"),
    "streaming": ("Answering", "در حال پاسخ"),
    "retrying": ("Trying again in {0} s", "{0} ثانیه تا تلاش دوباره"),
    "list_models": ("List the models", "فهرست مدل‌ها"),
    "models_listed": (
        "{0} models are listed: type a part of a name into Model.",
        "{0} مدل در فهرست است: بخشی از نام را در کادر مدل بنویسید.",
    ),
    "copy_said": ("liara panel: the conversation {0}, {1} turns", "پنل لیارا: گفتگوی {0}، {1} نوبت"),
    "seconds": ("{0} s", "{0} ثانیه"),
    "command_runs": ("At work", "در حال کار"),
    "tokens": ("{0} tokens", "{0} توکن"),
    "conversation": ("Conversation", "گفتگو"),
    "kernel": ("Kernel", "کرنل"),
    "context_used": ("Context {0} of {1}", "زمینه {0} از {1}"),
    "unknown_cost": ("+ {0} unknown", "+ {0} نامعلوم"),
    "budget": ("Budget: {0} of {1}", "بودجه: {0} از {1}"),
    "of_budget": ("Used of the budget", "مصرف بودجه"),
    "may_run": ("The model asks to run this function:", "مدل می‌خواهد این تابع اجرا شود:"),
    "allow": ("Allow once", "این بار بله"),
    "always": ("Allow for this session", "همیشه در این نشست"),
    "deny": ("Do not run it", "اجرا نکن"),
    "left_out": ("{0} earlier turns are not in this copy", "{0} نوبت پیشین در این رونوشت نیست"),
    "nothing_charged": ("nothing charged", "بدون هزینه"),
    "sent_and_received": ("{0} → {1} tokens", "{0} توکن فرستاده، {1} دریافتی"),
    "cost_unknown": ("cost unknown", "هزینه نامعلوم"),
    "replayed": ("replayed from {0}", "از پاسخِ ذخیره‌شدهٔ {0}"),
    "turns": ("conversation {0} turns, {1}", "گفتگو {0} نوبت، {1}"),
    "language": ("فارسی", "English"),
    "bytes": ("{0} B", "{0} بایت"),
    "kilobytes": ("{0} KB", "{0} کیلوبایت"),
    "with_context": ("with context, {0}", "با زمینه، {0}"),
    "kept": ("Your text is back in the box.", "متن شما به کادر برگشت."),
}


class Texts:
    """The words in one language, ``en`` or ``fa``. English has the ``digits`` that are set, Persian its own."""

    def __init__(self, language: str, digits: str = "latin") -> None:
        self.language = language
        self.digits = "persian" if self.is_mirrored else digits
        #: How what the library says in English is said here.
        self.voice = Persian() if self.is_mirrored else Voice(self.digits)

    def __call__(self, name: str, *fillings: object) -> str:
        """The text ``name`` with its places filled."""
        text = _TEXTS[name][self.language == "fa"]
        return text.format(*fillings) if fillings else text

    @property
    def is_mirrored(self) -> bool:
        """Whether the panel runs from right to left."""
        return self.language == "fa"

    @property
    def direction(self) -> str:
        """The direction of the words."""
        return "rtl" if self.is_mirrored else "ltr"


def texts_of(settings: Liara) -> Texts:
    """The words in the language of the settings."""
    return Texts(language_of(settings.language), str(settings.digits))


def language_of(setting: str) -> str:
    """``en`` or ``fa``: as it is set, or for ``auto`` as the environment says it."""
    if setting in ("en", "fa"):
        return setting
    said = next(filter(None, (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return "fa" if said.lower().startswith("fa") else "en"
