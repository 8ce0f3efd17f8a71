"""The demonstration: an invented council's "Technology at Home" group, part way through its work.

It is made with the same actions the pages use, each at the time in the story it belongs to.
"""
