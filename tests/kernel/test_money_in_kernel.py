"""Costs in a real kernel: seen while a reply flows, exact at its end, and a budget that stops Run All."""

import threading

import pytest
from loopback import USAGE, Loopback

pytestmark = pytest.mark.kernel

COST = {**USAGE, "total_cost_toman": 30.0, "cost": 0.0003}


def html(message):
    return message["content"]["data"].get("text/html", "")


def test_tokens_so_far_are_seen_while_a_reply_flows_and_the_cost_at_its_end(notebook, ask_gateway):
    go_on = threading.Event()

    def until_seen(line, request):
        line.head()
        while not go_on.wait(0.1):
            line.delta("twelve bytes")
        line.finish(usage=COST)

    with Loopback(until_seen) as gateway:
        ask_gateway(gateway)
        cell = notebook.send("%%liara\nhi")
        notebook.wait(
            cell, lambda cell: any(" tokens so far" in html(m) for m in cell.messages if "data" in m["content"])
        )
        go_on.set()
        notebook.wait(cell)
    assert cell.status == "ok", cell.error
    (bundle,) = cell.shown
    assert "so far" not in bundle["text/html"] and "30.0" in bundle["text/html"]


def test_a_budget_stops_run_all_and_the_command_it_names_goes_on(notebook, ask_gateway):
    def answer(line, request):
        if request.method == "GET":
            return line.answer_json({}, "404 Not Found")
        line.head()
        line.delta("fine")
        line.finish(usage=COST)

    with Loopback(answer) as gateway:
        ask_gateway(gateway)
        spent = notebook.value("this_kernel().ledger.totals().toman")
        notebook.run(f"%liara /budget {spent + 50}")
        first, second, third = notebook.run_all(*["%%liara\nhi"] * 3)
        assert (first.status, second.status, third.status) == ("ok", "error", "aborted")
        assert gateway.posts == 1
        assert second.ename == "LiaraBudgetError" and "20 are left" in second.error
        assert "Traceback" not in second.error
        assert second.outputs and not second.shown
        usage = notebook.run("%liara /usage by model").shown[0]
        assert "<svg" in usage["text/html"] and "█" in usage["text/plain"]
        command = second.error.split("`")[1]
        notebook.run(command)
        assert notebook.run("%%liara\nhi").status == "ok"
        notebook.run("%liara /budget none")
