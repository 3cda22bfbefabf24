"""Tools in a real kernel: the question and its answers, the interrupt, prints and pictures, async tools, Run All."""

import sys

import pytest
from calling import bodies, call, calling, saying, scripted

pytestmark = pytest.mark.kernel

TOOL = """
ran = []
def act(n: int = 1) -> str:
    ran.append(n)
    print("acting")
    return f"acted {n}"
"""


@pytest.fixture
def gateway_with(notebook, ask_gateway):
    def start(*steps):
        gateway = scripted(*steps)
        ask_gateway(gateway)
        assert notebook.run(f"{TOOL}\n%liara /set tool_approval none").status == "ok"
        return gateway

    return start


def asked(notebook, *answers, interrupt=False):
    """Ask with a tool in a front end that can ask, and give it ``answers``; returns the cell and the questions."""
    questions, left = [], list(answers)

    def answer(question):
        questions.append(question)
        return notebook.interrupt() if interrupt else left.pop(0)

    return notebook.run_answering("%%liara -T act\nhi", answer), questions


def test_a_call_is_asked_about_in_full_and_runs_when_allowed(notebook, gateway_with):
    with gateway_with(calling(call("act", '{"n": 7}')), saying("Done.")) as gateway:
        cell, questions = asked(notebook, "y")
    assert cell.status == "ok", cell.error
    (question,) = questions
    assert "act" in question and '{"n": 7}' in question
    assert notebook.value("ran") == [7]
    assert bodies(gateway)[1]["messages"][-1]["content"] == "acted 7"
    (bundle,) = cell.shown
    assert "✓ act(n=7)" in bundle["text/plain"] and "acting" in bundle["text/html"]
    assert "acting" not in cell.printed


@pytest.mark.parametrize("answer", ["n", "", "whatever"])
def test_a_call_that_is_not_allowed_does_not_run(notebook, gateway_with, answer):
    with gateway_with(calling(call("act")), saying("Well.")) as gateway:
        cell, _ = asked(notebook, *[answer] * 3)
    assert cell.status == "ok" and notebook.value("ran") == []
    assert bodies(gateway)[1]["messages"][-1]["content"] == "The person did not allow this call."


def test_always_allows_the_tool_for_the_session(notebook, gateway_with):
    calls = [calling(call("act", {"n": n})) for n in (1, 2)]
    with gateway_with(*calls, saying("Done.")):
        cell, questions = asked(notebook, "a")
    assert cell.status == "ok" and len(questions) == 1 and notebook.value("ran") == [1, 2]


def test_an_interrupt_at_the_question_denies_and_stops(notebook, gateway_with):
    with gateway_with(calling(call("act")), saying("after")) as gateway:
        cell, _ = asked(notebook, interrupt=True)
        assert cell.status == "error" and cell.ename == "KeyboardInterrupt"
        assert notebook.value("ran") == [] and gateway.posts == 1
        assert notebook.run("%%liara\nand now?").status == "ok"
    roles = [message["role"] for message in bodies(gateway)[1]["messages"]]
    assert roles == ["user", "assistant", "tool", "assistant", "user"]


def test_an_interrupt_ends_a_tool_that_runs(notebook, gateway_with):
    with gateway_with(calling(call("slow")), saying("after")) as gateway:
        notebook.run(
            "import time\n@liara.tool(approval='allow')\ndef slow() -> str:\n    time.sleep(60)\n    return ''"
        )
        cell = notebook.send("%%liara -T slow\nhi")
        notebook.wait(cell, lambda cell: any("running" in str(one) for one in cell.shown))
        notebook.interrupt()
        notebook.wait(cell)
        assert cell.ename == "KeyboardInterrupt" and gateway.posts == 1
        assert "stopped" in str(cell.shown)


def test_without_a_front_end_that_can_ask_nothing_runs(notebook, gateway_with):
    with gateway_with(calling(call("act")), saying("Well.")) as gateway:
        cell = notebook.run("%%liara -T act\nhi")
    assert "this front end cannot ask" in bodies(gateway)[1]["messages"][-1]["content"]
    assert "act was not run" in str(cell.shown) and notebook.value("ran") == []


def test_a_tool_that_takes_too_long_is_ended(notebook, gateway_with):
    with gateway_with(calling(call("slow")), calling(call("later")), saying("ok")) as gateway:
        notebook.run(
            "import time, asyncio\n@liara.tool(approval='allow', timeout=0.2)\ndef slow() -> str:\n    time.sleep(60)\n"
            "@liara.tool(approval='allow', timeout=0.2)\nasync def later() -> str:\n    await asyncio.sleep(60)"
        )
        assert notebook.run("%%liara -T slow -T later\nhi").status == "ok"
    results = [message["content"] for message in bodies(gateway)[2]["messages"] if message["role"] == "tool"]
    assert results == ["Error: it took longer than 0.2 s and was stopped."] * 2


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="the mark is refused where tasks cannot be nested")
def test_a_tool_of_the_kernels_own_loop_runs_there_and_run_all_loses_no_cell(own_kernel):
    setup = """
import asyncio
import liara_magic as liara
from liara_magic.kernel import this_kernel
%liara /model sandbox/tools
loop = asyncio.get_running_loop()
queue = asyncio.Queue()
answers = asyncio.create_task(queue.get())

@liara.tool(approval="allow", loop="kernel")
async def bound(text: str) -> str:
    "Only works on the kernel's loop."
    assert asyncio.get_running_loop() is loop
    await asyncio.sleep(0.05)
    queue.put_nowait(text)
    return f"{text} from {await asyncio.wait_for(answers, 5)}"

task = asyncio.Task
done = []
"""
    assert own_kernel.run(setup).status == "ok"
    cells = own_kernel.run_all(
        *(code for number in range(4) for code in (f"%%liara -T bound\n`word{number}`", f"done.append({number})"))
    )
    assert [cell.status for cell in cells] == ["ok"] * 8, [cell.error for cell in cells]
    assert own_kernel.value("done") == [0, 1, 2, 3]
    assert [f"word{number} from word0" in str(cell.shown) for number, cell in enumerate(cells[::2])] == [True] * 4
    assert own_kernel.value("asyncio.Task is task and not hasattr(asyncio, '_nest_patched')") is True
    assert own_kernel.run("await asyncio.sleep(0.01); print('still awaited')").printed == "still awaited\n"
