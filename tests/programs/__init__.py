"""Random programs of views and in-place writes, run on tensors, on arrays, and on arrays with a nudge.

`program.py`
    The little language: a program is a list of statements, each a line of Python and what it does.
`generate.py`
    Writes random programs that NumPy can run.
`check.py`
    Runs a program with mygrad and with NumPy side by side, and again with NumPy to measure every derivative.
`shrink.py`
    Makes a failing program small.

``python -m tests.programs --count 100000`` runs many; `test_programs.py` runs a fixed few hundred.
"""
