"""Programs in the style of other people, each of which insists on arrays somewhere: one a feature of the
language. `PROGRAMS` maps what they use to the function of one array."""

# ruff: noqa  others write as they like

import abc
import asyncio
import collections
import concurrent.futures
import contextlib
import contextvars
import copy
import dataclasses
import enum
import functools
import itertools
import math
import operator
import pickle
import sys
import threading
import weakref
from typing import Generic, NamedTuple, TypeVar

import numpy as np
from numpy import asarray as aa
from numpy.linalg import *

PROGRAMS: dict = {}


def program(f):
    PROGRAMS[f.__name__] = f
    return f


# ------------------------------------------------------------------------------------ where names come from


@program
def an_alias(x):
    return aa(x) * 2.0


@program
def a_star_import(x):
    return norm(np.asarray(x)) * x


@program
def a_module_looked_up(x):
    late = sys.modules["numpy"]
    return late.asarray(x) * getattr(late, "exp")(x)


@program
def an_import_inside(x):
    if len(x):
        import numpy as inner
        from numpy import array as made
    return made(x) + inner.asarray(x) ** 2


TABLE = {"a": np.asarray, "b": np.array}


@program
def a_table_of_functions(x):
    return TABLE["a"](x) * TABLE["b"](x)


@program
def a_default_argument(x, g=np.asarray, *, h=np.array):
    return g(x) * h(x)


class Backend:
    np = np
    convert = staticmethod(np.asarray)

    def __init__(self):
        self.xp = np

    def run(self, x):
        return self.np.asarray(x) * self.xp.array(x) + self.convert(x)


@program
def functions_kept_by_classes_and_objects(x):
    return Backend().run(x)


# -------------------------------------------------------------------------------------------------- functions


@program
def a_closure_that_counts(x):
    total, calls = 0.0, 0

    def add(v):
        nonlocal total, calls
        calls += 1
        total += np.asarray(v) * calls

    for v in x:
        add(v)
    return total


@program
def a_generator_that_is_sent_values(x):
    def averaging():
        total, n = 0.0, 0
        value = yield None
        while True:
            total = total + np.asarray(value)
            n += 1
            try:
                value = yield total / n
            except KeyError:
                total, value = np.array(total) * 2.0, 0.0

    average = averaging()
    next(average)
    out = [average.send(v) for v in x]
    out.append(average.throw(KeyError("twice")))
    average.close()
    return np.array(out)


@program
def generators_that_delegate(x):
    def inner(v):
        got = yield np.asarray(v) ** 2
        return got

    def outer():
        last = None
        for v in x:
            last = yield from inner(v)
        yield last

    running, out = outer(), []
    value = next(running)
    for _ in range(3):
        out.append(value)
        value = running.send(value)
    return np.stack([np.asarray(v) for v in out])


class Counter:
    def __init__(self, x):
        self.x, self.at = x, 0

    def __aiter__(self):
        return self

    async def __anext__(self):
        if self.at == len(self.x):
            raise StopAsyncIteration
        self.at += 1
        return float(np.asarray(self.x[self.at - 1]))

    async def __aenter__(self):
        self.x = np.asarray(self.x) * 2.0
        return self

    async def __aexit__(self, *error):
        return False

    def __await__(self):
        yield from asyncio.sleep(0).__await__()
        return np.asarray(self.x)


@program
def coroutines(x):
    async def squared(v):
        await asyncio.sleep(0)
        return np.asarray(v) ** 2

    async def parts():
        for v in x:
            yield np.asarray(v)

    async def main():
        gathered = await asyncio.gather(*[squared(v) for v in x])
        total = sum([v async for v in parts()])
        async with Counter(x) as counter:
            async for v in counter:
                total = total + v
        return np.array(gathered) + total + await Counter(x)

    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(main())
    finally:
        loop.close()


def counted(f):
    @functools.wraps(f)
    def wrapper(*args, **kwargs):
        wrapper.calls += 1
        return np.asarray(f(*args, **kwargs)) * 1.0

    wrapper.calls = 0
    return wrapper


class Scaled:
    """A decorator with state."""

    def __init__(self, scale):
        self.scale = scale

    def __call__(self, f):
        @functools.wraps(f)
        def wrapper(x):
            return np.multiply(np.asarray(f(x)), self.scale)

        return wrapper


@counted
@Scaled(3.0)
def decorated_function(x):
    return np.asarray(x) ** 2


@program
def decorators_with_state(x):
    before = decorated_function.calls
    result = decorated_function(x)
    assert decorated_function.calls == before + 1
    return result


@program
def a_decorator_inside(x):
    def converting(f):
        given = np.asarray(x)
        return lambda v: f(v) * given

    @converting
    def cubed(v):
        return np.asarray(v) ** 3

    return cubed(x)


def even(x, n):
    return np.asarray(x) if n == 0 else odd(np.asarray(x) * 1.5, n - 1)


def odd(x, n):
    return even(np.array(x) + 1.0, n - 1)


@program
def mutual_recursion(x):
    return even(x, 4)


@program
def recursion_of_a_closure(x):
    def power(v, n):
        return np.asarray(1.0) if n == 0 else np.asarray(v) * power(v, n - 1)

    return power(x, 3)


@program
def scopes_of_comprehensions(x):
    i = 5
    rows = [[np.asarray(v) * w for w in (1.0, i)] for i, v in enumerate(x)]
    table = {k: np.asarray(v) for k, v in enumerate(x)}
    return np.array([sum(row) for row in rows]) * i + sum(v for v in table.values() if v is not None)


@program
def walrus(x):
    if (n := len(a := np.asarray(x))) > 2:
        return a * n + [y := np.asarray(v) * 2 for v in x][0] + y
    return a


def kinds(v):
    match v:
        case None | True:
            return 0.0
        case {"value": inner, **_rest}:
            return kinds(inner) * 2.0
        case np.ndarray() | list() if len(v) > 2:
            return np.asarray(v).sum()
        case np.ndarray():
            return np.asarray(v) * 5.0
        case [first, float() | np.float64() as second]:
            return np.asarray(first) * second
        case [float(first), *_]:
            return np.asarray(first)
        case float(number) | int(number):
            return number * 7.0
        case Point(x=a, y=b):
            return np.asarray(a) * np.asarray(b)
        case _:
            return 1000.0 * v


@program
def match_statements(x):
    return np.stack(
        [
            np.asarray(kinds(v))
            for v in (None, x, x[0] * 1.0, {"value": x}, [x[1], 2.0], [x[2] * 1.0], Point(x[0], x[1]))
        ]
    )


@program
def functions_made_by_exec(x):
    space = {"np": np}
    exec("def f(x):\n    return np.asarray(x) * np.array([1.0, 2.0, 3.0])\n", space)
    return space["f"](x) + eval("lambda v: asarray(v)", {"asarray": np.asarray})(x)


def plain_lambdas(x):
    return [
        f(x) for f in (lambda v: np.asarray(v) * 2, lambda v: np.asarray(v) * 3, lambda v: v * np.array(v))
    ]


@program
def lambdas_on_a_line(x):
    a, b, c = plain_lambdas(x)
    return a + 10 * b + 100 * c + (lambda u: (lambda v: np.asarray(v) * u)(x))(x)


@program
def callbacks_of_compiled_functions(x):
    products = itertools.accumulate(x, lambda a, b: np.asarray(a) * b)
    pairs = itertools.starmap(lambda a, b: np.asarray(a) - b, zip(x, x[::-1]))
    values = list(x)
    values.sort(key=lambda v: -float(np.asarray(v)))
    groups = [sum(g) for _, g in itertools.groupby(values, key=lambda v: bool(np.asarray(v) > 0))]
    reduced = functools.reduce(operator.add, map(lambda v: np.asarray(v) ** 2, x))
    return np.array([*products, *pairs, values[0], *groups, reduced])


@program
def arguments_of_all_kinds(x):
    def f(a, /, b, *rest, c=np.array(2.0), **more):
        return np.asarray(a) * b + c * sum(np.asarray(r) for r in rest) + np.asarray(more["d"])

    return f(x[0], x[1], *x, **{"d": x[2]}, c=3.0) + f(*x, d=x)


SETTING = 1.0


@program
def global_statements(x):
    def change(v):
        global SETTING
        SETTING = np.asarray(v)

    global SETTING
    before = SETTING
    change(x * 2.0)
    try:
        return SETTING * x
    finally:
        SETTING = before


@program
def errors_caught(x):
    out = []
    for v in (*x, "seven"):
        try:
            out.append(float(v) * 2.0)
        except (ValueError, TypeError) as error:
            out.append(np.asarray(x[0]) * len(error.args))
        else:
            out.append(np.asarray(v))
        finally:
            out.append(np.asarray(x[1]))
    return np.array(out)


@program
def deleting_and_asserting(x):
    a = {"x": np.asarray(x), "y": 1}
    del a["y"]
    assert isinstance(a["x"], np.ndarray), f"no array: {np.asarray(a['x'])!r}"
    return a["x"] * 2.0


@program
def chained_comparisons(x):
    return np.array([np.asarray(v) * 2 if -1.0 < np.asarray(v) <= 1.0 else np.asarray(v) ** 2 for v in x])


@program
def formatted_strings(x):
    length = len(f"{np.asarray(x).shape!r:>20}{Vec(x)}{Vec(x)!s}{Vec(x)!r}")
    return np.asarray(x) * length


@program
def locals_of_a_function(x):
    a = np.array(x)
    a += 1.0
    return (lambda **names: sum(names[k] for k in sorted(names) if k in "ax"))(**locals())


@program
def slices_that_are_assigned(x):
    out = np.zeros((2, 3))
    out[0, :] += x
    out[:, 1:] *= np.asarray(x)[1:] + 2.0
    out[1, 1:][:1] -= 3.0
    return out


# ---------------------------------------------------------------------------------------------------- classes


class Vec:
    """Operators in Python, each of which insists on arrays."""

    __slots__ = ("a",)

    def __init__(self, a):
        self.a = np.asarray(a, dtype=float)

    def __add__(self, other):
        return Vec(np.asarray(self.a) + np.asarray(getattr(other, "a", other)))

    __radd__ = __add__

    def __mul__(self, other):
        return Vec(np.asarray(self.a) * other) if not isinstance(other, Vec) else NotImplemented

    def __rmul__(self, other):
        return Vec(np.multiply(np.asarray(other), np.asarray(self.a)))

    def __sub__(self, other):
        return Vec(np.array(self.a) - np.array(other.a))

    def __neg__(self):
        return Vec(-np.asarray(self.a))

    def __matmul__(self, other):
        return float(np.dot(np.asarray(self.a), np.asarray(other.a)))

    def __pow__(self, n):
        return Vec(np.asarray(self.a) ** n)

    def __imul__(self, other):
        self.a = np.asarray(self.a) * np.asarray(other)
        return self

    def __eq__(self, other):
        return bool(np.all(np.asarray(self.a) == np.asarray(other.a)))

    def __lt__(self, other):
        return float(np.asarray(self.a)[0]) < float(np.asarray(getattr(other, "a", other)).ravel()[0])

    def __hash__(self):
        return hash(np.asarray(self.a).shape)

    def __bool__(self):
        return bool(np.asarray(self.a).any())

    def __len__(self):
        return len(np.asarray(self.a))

    def __iter__(self):
        return (np.asarray(v) for v in self.a)

    def __contains__(self, v):
        return bool(np.any(np.asarray(self.a) == np.asarray(v)))

    def __getitem__(self, k):
        return np.asarray(self.a)[k]

    def __setitem__(self, k, v):
        a = np.array(self.a)
        a[k] = np.asarray(v)
        self.a = a

    def __abs__(self):
        return float(np.sqrt(np.sum(np.asarray(self.a) ** 2)))

    def __repr__(self):
        return f"Vec({np.asarray(self.a).shape})"

    def __enter__(self):
        self.a = np.asarray(self.a) * 2.0
        return self

    def __exit__(self, *error):
        self.a = np.asarray(self.a) / 2.0

    __array_ufunc__ = None


@program
def operators(x):
    a, b = Vec(x), Vec(x * 2.0)
    c = a + b * 2.0 + 2.0 * b - (-a) ** 2 + 1.0 + x * b
    c *= x
    c[0] = a[1]
    c[1] += a @ b
    first, *rest = c
    return np.array([first, *rest, abs(c), sum([a, b])[0], functools.reduce(operator.add, [a, b, c])[1]])


@program
def operators_that_compare(x):
    a, b = Vec(x), Vec(x + 1.0)
    flags = [a == b, a != b, a < b, b > a, x[0] in a, not a, bool(a), len(a), hash(a) == hash(b)]
    assert a and sorted([b, a])[0] is a and max(a, b) is b and any([a]) and (a < b < Vec(x + 2.0))
    return sum(flags) * np.asarray(max([a, b])[0]) + min(b, a)[1] + np.array([v for v in a])


@program
def managers_of_contexts(x):
    @contextlib.contextmanager
    def scaled(v):
        inner = np.asarray(v) * 2.0
        try:
            yield inner
        finally:
            done.append(np.asarray(v))

    done: list = []
    with scaled(x) as y, Vec(x) as v, contextlib.suppress(KeyError):
        out = y * v[:]
        raise KeyError
    return out + done[0] + v[0]


class Items:
    """Iterated over by index, since it has nothing else."""

    def __init__(self, x):
        self.x = x

    def __getitem__(self, k):
        return np.asarray(np.asarray(self.x)[k]) * 2.0


class Countdown:
    def __init__(self, x):
        self.x, self.k = np.asarray(x), len(x)

    def __iter__(self):
        return self

    def __next__(self):
        if not self.k:
            raise StopIteration
        self.k -= 1
        return float(np.asarray(self.x)[self.k])


@program
def iterators(x):
    a, b, c = Items(x)
    down = Countdown(x)
    first = next(down)
    return np.array([a, b, c, first, *down, *map(np.asarray, Items(x)), *(v for v in Countdown(x))])


class Attributes:
    def __init__(self, x):
        self.hidden = {"x": x}

    def __getattr__(self, name):
        if name.startswith("the_"):
            return np.asarray(self.hidden[name.removeprefix("the_")])
        raise AttributeError(name)


class Watching:
    def __init__(self, x):
        self.x = x

    def __getattribute__(self, name):
        value = super().__getattribute__(name)
        return np.asarray(value) * 2.0 if name == "x" else value

    def __setattr__(self, name, value):
        object.__setattr__(self, name, np.asarray(value) + 1.0)


class Converted:
    """A descriptor."""

    def __set_name__(self, owner, name):
        self.name = f"_{name}"

    def __get__(self, o, cls=None):
        return self if o is None else np.asarray(getattr(o, self.name)) * 1.0

    def __set__(self, o, value):
        setattr(o, self.name, np.asarray(value) * 2.0)

    def __delete__(self, o):
        setattr(o, self.name, np.zeros(3))


class Measured:
    scale = Converted()
    made: list = []

    def __init_subclass__(cls, **options):
        cls.options = options

    def __init__(self, x):
        self.scale = x
        self._value = x

    @property
    def value(self):
        return np.asarray(self._value)

    @value.setter
    def value(self, new):
        self._value = np.asarray(new) * 3.0

    @value.deleter
    def value(self):
        self._value = np.asarray(self._value) * 0.5

    @functools.cached_property
    def once(self):
        return np.asarray(self._value) ** 2

    @functools.cached_property
    def convert(self):
        return lambda v: np.asarray(v) + 1.0

    power = functools.partialmethod(lambda self, n, m: np.asarray(self._value) ** n * m, 2)


class Derived(Measured, option=1):
    @property
    def value(self):
        return super().value * 2.0

    def __init__(self, x):
        super(Derived, self).__init__(x)
        self.extra = super().once


@program
def descriptors(x):
    m, d = Measured(x), Derived(x)
    before = m.value + m.once + m.power(3.0) + m.convert(x) + d.value + d.extra
    m.value = x
    m.value += x
    first, m.value = m.value, x + 1.0
    del m.value
    setattr(m, "scale", x)
    second = m.scale + getattr(m, "value")
    del m.scale
    return before + first + second + m.scale + Derived.options["option"]


@program
def attributes_found_by_methods(x):
    w = Watching(x)
    w.x += x
    return Attributes(x).the_x * getattr(Attributes(x), "the_x") + w.x + getattr(Attributes(x), "other", 1.0)


T = TypeVar("T")


class Box(Generic[T]):
    def __init__(self, value):
        self.value = np.asarray(value)


@program
def generic_classes(x):
    return Box[float](x).value * np.asarray(list[float](Items(x)))


class Private:
    __scale = 2.0

    def __init__(self, x):
        self.__x = np.asarray(x)

    def __twice(self, __y=1.0):
        return np.asarray(self.__x) * self.__scale * __y

    def run(self):
        class __Inner:
            __c = 3.0

            def get(self, outer):
                self.__kept = np.array(outer._Private__x)
                self.__kept += 1.0
                return self.__kept * self.__c

        return self.__twice(2.0) + __Inner().get(self)


@program
def mangled_names(x):
    return Private(x).run()


class Registry(type):
    known: dict = {}

    def __new__(mcs, name, bases, members, **options):
        made = super().__new__(mcs, name, bases, members)
        mcs.known[name] = made
        return made

    def __call__(cls, x, *args):
        return super().__call__(np.asarray(x) * 2.0, *args)

    def __getitem__(cls, x):
        return np.asarray(x) * 5.0

    def __len__(cls):
        return 7


class Registered(metaclass=Registry):
    def __init__(self, x):
        self.x = np.asarray(x)


@program
def metaclasses(x):
    made = Registry.known["Registered"](x)
    assert type(made) is Registered and len(Registered) == 7
    return made.x + Registered[x]


@program
def classes_inside(x):
    given = np.asarray(x)

    @dataclasses.dataclass
    class Pair:
        a: "np.ndarray"
        b: float = 1.0
        total = given * 2.0

        def __post_init__(self):
            self.c = np.asarray(self.a) * self.b

        class Nested:
            def get(self):
                return np.asarray(given)

    assert Pair.__annotations__["a"] == "np.ndarray"
    return Pair(x, 3.0).c + Pair.total + Pair.Nested().get()


@dataclasses.dataclass
class Point:
    x: float
    y: float = 2.0
    out: object = dataclasses.field(default_factory=lambda: np.zeros(3))

    def __post_init__(self):
        self.norm = np.sqrt(np.asarray(self.x) ** 2 + np.asarray(self.y) ** 2)

    def filled(self):
        self.out[0] = np.asarray(self.norm)
        return self.out


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Frozen:
    x: float
    y: dataclasses.InitVar[float] = 2.0
    z: float = dataclasses.field(init=False)

    def __post_init__(self, y):
        object.__setattr__(self, "z", np.asarray(self.x) * y)

    def __add__(self, other):
        return dataclasses.replace(self, x=np.asarray(self.x) + np.asarray(other.x), y=1.0)


@program
def dataclasses_of_all_kinds(x):
    frozen = Frozen(x, 3.0)
    assert type(frozen) is Frozen and type(Point(x[0])) is Point
    return (frozen + frozen).z + frozen.z + Point(x[0], x[1]).filled()


class Row(NamedTuple):
    a: float
    b: float = 2.0

    @property
    def total(self):
        return np.asarray(self.a) + np.asarray(self.b)

    def __add__(self, other):
        return Row(np.asarray(self.a) + np.asarray(other.a), self.b)


Plain = collections.namedtuple("Plain", "a b", defaults=[1.0])


@program
def named_tuples(x):
    a, b = Row(x) + Row(x, 3.0)
    return Row(x, b=x).total * a + np.asarray(Plain(x).a) * b + Row(x)._replace(b=x * 2.0).total


class Kind(enum.Enum):
    SQUARE = "square"
    CUBE = "cube"

    def of(self, x):
        return np.asarray(x) ** (2 if self is Kind.SQUARE else 3)


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2

    @property
    def scale(self):
        return np.asarray(float(self))


@program
def enumerations(x):
    assert Kind("cube") is Kind.CUBE and Kind["CUBE"] == Kind.CUBE
    return sum(kind.of(x) for kind in Kind) + Level.HIGH.scale * x + Level.HIGH * x


class Shape(abc.ABC):
    @abc.abstractmethod
    def area(self): ...

    def doubled(self):
        return 2.0 * np.asarray(self.area())


class Square(Shape):
    def __init__(self, x):
        self.x = x

    def area(self):
        return np.asarray(self.x) ** 2


class Table(collections.abc.Mapping):
    def __init__(self, x):
        self.x = {"a": x, "b": 2.0}

    def __getitem__(self, k):
        return np.asarray(self.x[k])

    def __iter__(self):
        return iter(self.x)

    def __len__(self):
        return len(self.x)


class Missing(dict):
    def __missing__(self, k):
        return np.asarray(self["x"]) * len(k)


@program
def abstract_base_classes(x):
    table = Table(x)
    copied = {**table, "c": 1.0}
    listed = collections.UserList([np.asarray(x)])
    return (
        Square(x).doubled()
        + table.get("a")
        + sum(dict(table).values())
        + copied["a"] * listed[0]
        + Missing(x=x)["other"]
    )


@functools.total_ordering
class Ordered:
    def __init__(self, x):
        self.x = x

    def __eq__(self, other):
        return float(np.asarray(self.x)) == float(np.asarray(other.x))

    def __lt__(self, other):
        return float(np.asarray(self.x)) < float(np.asarray(other.x))


@program
def total_ordering(x):
    a, b = Ordered(x[0]), Ordered(x[1])
    return np.asarray((a if a >= b else b).x) + np.asarray((a if a > b else b).x) * x + max(a, b).x


@functools.singledispatch
def dispatched(x):
    return 100.0 * np.asarray(x)


@dispatched.register(np.ndarray)
def _(x):
    return 2.0 * np.asarray(x)


@dispatched.register
def _(x: float):
    return 3.0 * np.asarray(x)


class Dispatching:
    @functools.singledispatchmethod
    def of(self, x):
        return 100.0 * np.asarray(x)

    @of.register
    def _(self, x: np.ndarray):
        return 5.0 * np.asarray(x)


@program
def single_dispatch(x):
    return dispatched(x) + dispatched(x[0] * 1.0) + Dispatching().of(x)


@functools.lru_cache(maxsize=None)
def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


class Caching:
    def __init__(self, x):
        self.x = x

    @functools.lru_cache
    def power(self, n):
        return np.asarray(self.x) ** n


@program
def caches(x):
    return np.asarray(x) * fibonacci(60) / fibonacci(59) + Caching(x).power(2)


@program
def getters(x):
    p = Point(x[0], x[1])
    got = operator.attrgetter("x", "norm")(p)
    m = operator.attrgetter("value")(Measured(x))
    return np.array(
        [*got, operator.itemgetter(1)(Vec(x)), *operator.methodcaller("power", 2.0)(Measured(x)), *m]
    )


@program
def bound_methods_of_builtins(x):
    out: list = []
    keep = out.append
    for v in x:
        keep(np.asarray(v))
    extend = out.extend
    extend(Items(x))
    get = {"x": x}.get
    return np.array(out)[:3] + np.asarray(get("x")) + x.__mul__(2.0)


@program
def threads(x):
    out = [0.0] * 3

    def work(k):
        out[k] = np.asarray(x[k]) * 2.0

    workers = [threading.Thread(target=work, args=(k,)) for k in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        futures = [pool.submit(lambda v: np.asarray(v) ** 2, v) for v in x]
        mapped = list(pool.map(lambda v: float(np.asarray(v)), x))
        return np.array(out) + np.array([f.result() for f in futures]) + np.array(mapped)


SCALE: contextvars.ContextVar = contextvars.ContextVar("SCALE", default=1.0)


@program
def context_variables(x):
    def inner(v):
        SCALE.set(np.asarray(v))
        return SCALE.get() * 2.0

    return contextvars.copy_context().run(inner, x) * SCALE.get()


@program
def weak_references(x):
    v = Vec2(x)
    return np.asarray(weakref.ref(v)().a) + weakref.WeakMethod(v.get)()()


class Vec2:
    def __init__(self, a):
        self.a = a

    def get(self):
        return np.asarray(self.a)


@program
def pickles_and_copies(x):
    v = Vec2(np.array([1.0, 2.0, 3.0]) * 1.0)
    same = pickle.loads(pickle.dumps(v))
    again, shallow = copy.deepcopy(v), copy.copy(Vec2(x))
    assert type(same) is type(again) is type(shallow) is Vec2
    return shallow.get() * same.get() + again.get()


EXISTING = Vec2(None)


@program
def objects_that_exist_already(x):
    EXISTING.a = x
    try:
        return EXISTING.get() * 2.0
    finally:
        EXISTING.a = None


@program
def functions_returned(x):
    def made(v):
        return lambda w: np.asarray(w) * np.asarray(v)

    return made(x)(x)


@program
def truth_of_alternatives(x):
    return (np.asarray(x) if Vec(x) and not Vec(x * 0.0) else None or x * 100.0) * (2.0 if Vec(x) else 3.0)


# ------------------------------------------------------------------------------- lists beside plain arrays

PLAIN = np.arange(1.0, 10.0).reshape(3, 3)


@program
def a_plain_array_at_lists(x):
    return PLAIN @ [x, x * 2, x * x] + [x[0], x[1], x[2]] @ PLAIN


@program
def a_plain_array_times_lists(x):
    return PLAIN * [x, x, x] + (x, x, x) - PLAIN / [[x[0]], [x[1]], (x[2],)]


@program
def a_plain_number_plus_a_list(x):
    return np.float64(2.0) + [x[0], x[1], x[2] * x[0]]


@program
def lists_that_are_joined_and_repeated(x):
    parts = [x[0]] + [x[1]] * np.int64(2)
    parts += (x[2],)
    parts = [1.0] + parts + [2.0]
    pair = (1.0,) + (x[0],) + (3.0,)
    return np.array(2 * parts + list(pair)) if [x[0]] == [x[0]] else x


@program
def a_plain_array_compared_with_a_list(x):
    return np.where(PLAIN > [x, x * 4, x], PLAIN * x, x)


@program
def a_text_of_numbers(x):
    return x * len("%.1f, %.1f" % (x[0], x[1]))


@program
def elements_of_created_arrays_as_keys(x):
    kinds = {0.0: 2.0, np.ones(2)[0]: 3.0}
    return x * kinds[np.zeros(3)[1]] * len(set(np.zeros(4)))


class Naming(type):
    def __getattr__(cls, name):
        raise AttributeError(name)


class Unnamed(metaclass=Naming):
    @classmethod
    def made(cls, x):
        return np.asarray(x) * 2.0


@program
def a_class_whose_metaclass_gives_attributes(x):
    return Unnamed.made(x)


class Documented(property):
    pass


class Doubled:
    def __init__(self, x):
        self.x = x

    @property
    @functools.cache
    def doubled(self):
        return np.array([float(v) * 2.0 for v in self.x])

    def _shift(self):
        return np.array([float(v) for v in self._shifted])

    def _set_shift(self, shift):
        self._shifted = [float(v) + 1.0 for v in shift]

    shift = Documented(_shift, _set_shift)


@program
def properties_of_other_kinds(x):
    m = Doubled(x)
    m.shift = x * 2.0
    return m.doubled * m.shift


class Amount:
    def __init__(self, x):
        self.values = np.zeros(3)
        self.values[:] = x

    def __float__(self):
        return float(self.values[1])


@program
def objects_that_are_numbers(x):
    return np.array([float(Amount(x)), math.exp(Amount(x)), complex(Amount(x)).real])


class Worker(threading.Thread):
    def __init__(self, x):
        super().__init__()
        self.x = x

    def run(self):
        self.result = np.array([float(v) * 2.0 for v in self.x])


@program
def a_class_of_threads(x):
    worker = Worker(x)
    worker.start()
    worker.join()
    assert "run" not in vars(worker)
    return worker.result


@program
def an_array_of_tensors_and_nothing(x):
    o = np.array([x[0], x[1], None], dtype=object)
    pairs = np.array([x[2], "name"], dtype=object)
    return np.array([o[:2].sum(), float(o[0]), pairs[0]])


class Samples:
    def __init__(self, x):
        self.values = np.zeros(3)
        self.values[:] = x

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self.values, dtype=dtype)


@program
def objects_that_are_arrays(x):
    s = Samples(x)
    sums = np.sum(s) + np.asarray(s) + np.add(s, 1.0) + np.array([1.0, 2.0, 3.0]) * s
    return sums * np.stack([s, Samples(x * 2.0)])


def _forwarded(name):
    def of_the_array(self):
        return getattr(np.asarray(self.values), name)

    return property(of_the_array)


class Cell:
    __add__, __rmatmul__ = _forwarded("__add__"), _forwarded("__rmatmul__")

    def __init__(self, x):
        self.values = np.asarray(x)


@program
def operators_that_are_properties(x):
    return (Cell(x) + 1.0) * ((1.0, 2.0, 3.0) @ Cell(np.outer(x, x)))
