"""While hostile text streams into JupyterLab, no state of the output is alive, however short it stands."""

import threading

from hostile import END, EVERYTHING
from inertness import faults

#: Characters of a piece: most payloads are cut in their middle.
STEP = 61
#: Animation frames from one piece to the next: about as long as from one paint to the next.
FRAMES = 8
TEXT = "\n\n".join([*EVERYTHING[::11], END])


def test_no_state_of_a_streaming_reply_is_alive(lab, replies, open_notebook):
    turn = threading.Semaphore(0)
    pieces = [TEXT[start : start + STEP] for start in range(0, len(TEXT), STEP)]

    def script(line):
        line.head()
        for piece in pieces:
            assert turn.acquire(timeout=60)
            line.delta(piece)
        line.finish()

    replies["slowly"] = script
    lab.write("live.ipynb", ["%load_ext liara_magic", "%%liara\nslowly"])
    with open_notebook("live.ipynb") as page:
        page.page.evaluate("rig.watch()")
        page.start()
        for _ in pieces:
            turn.release()
            page.page.evaluate(f"rig.frames({FRAMES})")
        page.watched.wait("rig.done() && rig.typeset() === 1")
        states = page.page.evaluate("rig.states()")
        assert len(states) > len(pieces) / 3
        assert not {state: wrong for state in states if (wrong := faults(state))}
        assert not page.page.evaluate("rig.lives()")
        assert not page.mischief()
        assert len(page.outputs()) == 1
