"""Turns and conversations made for exporting."""

from liara_magic.protocol.events import Finish, ListDelta, ReasoningDelta, TextDelta
from liara_magic.protocol.reply import Reply
from liara_magic.protocol.usage import Usage
from liara_magic.session.ask import Ask, Place
from liara_magic.session.conversation import Conversation
from liara_magic.session.ledger import LedgerRow
from liara_magic.session.turn import Turn

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
IMAGE = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL}"}}


def a_turn(prompt, text, context=None, images=(), reasoning="", **asked):
    row = LedgerRow("test/model")
    reply = Reply(model="test/model", seconds=1.5, usage=Usage(19, 9, 28, total_cost_toman=0.98))
    if reasoning:
        reply.add(ReasoningDelta(reasoning))
    reply.add(TextDelta(text))
    if images:
        reply.add(ListDelta("images", list(images)))
    reply.add(Finish("stop"))
    row.settle(reply.usage, 1.5, "complete")
    turn = Turn(Ask(prompt, context=context, place=Place("id", 0, 3), **asked), row, reply)
    turn.complete()
    return turn


def conversation_of(*turns, name="main"):
    conversation = Conversation(name)
    conversation.take(turns)
    return conversation
