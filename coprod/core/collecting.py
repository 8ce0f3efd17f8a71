"""How Python looks for garbage in a process that serves or works for long."""

import gc

# Python's own figures are 700, 10 and 10: a page or a message makes thousands of objects, and nearly
# all of them are given up by their count, without being looked for.
SELDOM = (20_000, 10, 20)


def settle() -> None:
    """Leave what a process is made of, once all of it is loaded, out of each later look for garbage.

    To look through the whole program again and again takes up to a third of the time of sending.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SELDOM)
