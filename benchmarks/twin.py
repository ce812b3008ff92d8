"""What a twin costs: microseconds that a hook adds to one site of the source, and to a call from outside;
milliseconds that the first call of a function takes.

    python benchmarks/twin.py
"""

import gc
import importlib.util
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import mygrad as mg

REPEATS = 7
LOOPS = 200_000


class Thing:
    def __init__(self):
        self.value = 1.0

    def method(self):
        pass

    @property
    def given(self):
        return 1.0

    def __add__(self, other):
        return other


def nothing():
    pass


# Each is timed with its own loop, in the function and in its twin; the difference is what the hooks cost.


def call_of_a_function(n, o, a, b):
    for _ in range(n):
        nothing()


def call_of_a_method(n, o, a, b):
    for _ in range(n):
        o.method()


def call_of_a_closure(n, o, a, b):
    for _ in range(n):
        b()


def read_of_an_attribute(n, o, a, b):
    for _k in range(n):
        _ = o.value


def read_of_an_attribute_of_an_array(n, o, a, b):
    for _k in range(n):
        _ = a.shape


def read_of_a_property(n, o, a, b):
    for _k in range(n):
        _ = o.given


def write_of_an_attribute(n, o, a, b):
    for _ in range(n):
        o.value = a


def operator_of_numbers(n, o, a, b):
    x, y = 1.5, 2.5
    for _ in range(n):
        x + y


def comparison_of_numbers(n, o, a, b):
    x, y = 1.5, 2.5
    for _k in range(n):
        _ = x < y


def assignment_with_an_operator(n, o, a, b):
    x = 1.5
    for _ in range(n):
        x += 1.0


def element_of_a_list(n, o, a, b):
    items, i = [1.0, 2.0], 1
    for _ in range(n):
        items[i]


def operator_written_in_python(n, o, a, b):
    for _ in range(n):
        o + a


SITES = [f for name, f in list(globals().items()) if name.split("_")[0] in
         {"call", "read", "write", "operator", "comparison", "assignment", "element"}]  # fmt: skip


def closure():
    kept = 1.0
    return lambda: kept


def shortest(run):
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


def identity(x):
    return x


def sites():
    arguments = LOOPS, Thing(), np.ones(3), closure()
    for f in SITES:
        twin = mg.drop_in(f)
        twin(1, *arguments[1:])
        extra = shortest(lambda: twin(*arguments)) - shortest(lambda: f(*arguments))  # noqa: B023
        yield f.__name__.replace("_", " "), extra / LOOPS * 1e6


def outermost():
    twin, x = mg.drop_in(identity), mg.tensor(np.ones(3))
    return shortest(lambda: [twin(x) for _ in range(10_000)]) / 10_000 * 1e6


def first_calls(lines=20, functions=200):
    """Milliseconds a function of so many lines, in a module of such functions."""
    body = "\n".join(f"    y{k} = np.sin(x[{k % 3}]) * {k}.5 + len(x)" for k in range(lines))
    source = "import numpy as np\n\n" + "\n".join(
        f"def f{k}(x):\n{body}\n    return y0\n" for k in range(functions)
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "many.py"
        path.write_text(source)
        specification = importlib.util.spec_from_file_location("many", path)
        module = sys.modules["many"] = importlib.util.module_from_spec(specification)
        specification.loader.exec_module(module)
        times, x = [], np.ones(3)
        for k in range(functions):
            twin = mg.drop_in(getattr(module, f"f{k}"))
            start = time.perf_counter()
            twin(x)
            times.append((time.perf_counter() - start) * 1e3)
    return times[0], float(np.median(times[1:]))


if __name__ == "__main__":
    gc.disable()
    for name, cost in sites():
        print(f"{name:40} {cost:7.3f} µs")
    print(f"{'call from outside':40} {outermost():7.3f} µs")
    parsed, each = first_calls()
    print(f"{'first call of a function of 20 lines':40} {each:7.3f} ms")
    print(f"{'the first of a file of 4400 lines':40} {parsed:7.3f} ms")
