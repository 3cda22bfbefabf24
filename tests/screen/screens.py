"""A publisher that remembers what it was given, and replies to show."""

from liara_magic.protocol.events import Facts, TextDelta, UsageReport
from liara_magic.protocol.reply import Reply
from liara_magic.protocol.usage import Totals, Usage

TOTALS = Totals(requests=1, prompt_tokens=19, completion_tokens=9, toman=0.98)
USAGE = Usage(prompt_tokens=19, completion_tokens=9, total_tokens=28, total_cost_toman=0.98)


#: A PNG of one red pixel, 69 bytes.
PNG_URL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"
)


class RecordingPublisher:
    """Takes what IPython's display publisher takes, and keeps the outputs of a cell as a front end does."""

    def __init__(self):
        self.calls = []
        self.outputs = []
        self.clears = 0
        self._clear_next = False

    def publish(self, data, metadata=None, *, transient=None, update=False, **other):
        assert not other
        assert not metadata or not (update or transient), "an update whose metadata changes replaces every output"
        identity = (transient or {}).get("display_id")
        self.calls.append((identity, dict(data), update))
        if update:
            shown = [output for output in self.outputs if output[0] == identity]
            assert shown, "an update of an output that is not shown"
            for output in shown:
                output[1] = dict(data)
            return
        if self._clear_next:
            self.outputs, self._clear_next = [], False
        self.outputs.append([identity, dict(data)])

    def clear_output(self, wait=False):
        assert wait, "the cell would be empty for a moment"
        self.clears += 1
        self._clear_next = True

    @property
    def html(self):
        """What is shown now."""
        return "".join(data["text/html"] for _, data in self.outputs)


def reply_of(*events, model="test/model", usage=USAGE):
    """A reply made of texts and events."""
    reply = Reply()
    for event in [Facts({"model": model}), *events, UsageReport(usage)]:
        reply.add(TextDelta(event) if isinstance(event, str) else event)
    return reply
