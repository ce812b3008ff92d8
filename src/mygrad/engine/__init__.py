"""The engine: values, the graph between them, and the sweeps that carry derivatives through it.

Read in this order:

``node.py``
    One value of a computation and how it came about.
``record.py``
    What happens between ``x * y`` and the new node.
``buffers.py``
    How NumPy is to read what is broadcast.
``rule.py``
    How a function is differentiated; the elementwise rules.
``sums.py``
    Sums of cotangents over what was broadcast.
``sweep.py``
    Cotangents backward, tangents forward.
``blocks.py``, ``steps.py``
    Large arrays: runs of elementwise nodes that are swept together, and how they are carried out.
``pages.py``
    The memory of large arrays, used again by the next ones.
``memory.py``
    What the graph remembers, and how it is kept from changing.
``indexing.py``
    Elements that arrays name: taken, put and added to.
``regions.py``
    Parts of memory: the rules of reading and writing them.
``views.py``
    Tensors that share memory, and what a write does to the graph.
``elements.py``
    Single numbers, read and written.
``call.py``, ``calling.py``
    How functions that aren't ufuncs are called, and what a node remembers of a call.
``function.py``
    Their rules: linear, multilinear and general ones.
``ufunc.py``
    Every keyword and every method of a NumPy ufunc, once for all rules.
``chapters.py``
    Rules that are loaded when a function is met that has none.
``modes.py``
    The switches, per thread and task.

The engine has never heard of any particular NumPy function: those are in ``mygrad.rules``.
"""

from mygrad.engine.pages import keep_pages

keep_pages()
