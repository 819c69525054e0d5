"""Which tricks does each stage of the work know? One module per stage, each with its ``TRICKS``.

A pair finds what it times by name when it is made: a function that is gone costs the line of its trick, not the table.
"""
