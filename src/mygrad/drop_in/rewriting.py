"""A function compiled once more from its own source, so that each call in it goes through a hook.

``f(a)`` becomes ``callee(f)(a)``, and ``o.a`` becomes ``attribute(o, "a")``. The file name and the lines
stay, so tracebacks show the original; globals, closure cells, defaults and annotations are the original's own
objects.
"""

import __future__

import ast
import functools
from types import CellType, CodeType, FunctionType, ModuleType
from weakref import WeakKeyDictionary

from mygrad.drop_in.source import Definition, definition_of, mangled

__all__ = ["CALLEE", "INDEX_OBJECTS", "rewritten"]

CALLEE, ATTRIBUTE, OBJECT = "__mygrad_callee__", "__mygrad_attribute__", "__mygrad_object__"
FUNCTION = "__mygrad_function__"
HOOKS = (CALLEE, ATTRIBUTE, OBJECT)

INDEX_OBJECTS = {"r_", "c_"}
"""Names of objects that join arrays when they are indexed: without a call, so they are told by name."""

_FUTURE = functools.reduce(
    int.__or__, (getattr(__future__, name).compiler_flag for name in __future__.all_feature_names)
)

_codes: WeakKeyDictionary = WeakKeyDictionary()
"""What each code object was rewritten to."""


def rewritten(function: FunctionType, hooks: tuple) -> FunctionType:
    """The function with each call in it going through `hooks`: see the module.

    Parameters
    ----------
    function : function
    hooks : (callable, callable, callable)
        What is called for the thing that is to be called; for an object and the name of an attribute; for an
        object that joins arrays by indexing.

    Raises
    ------
    NoSource
        If the source can't be had.
    """
    code = _codes.get(function.__code__)
    if code is None:
        code = _codes[function.__code__] = _rewritten_code(function)
    cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
    cells.update(zip(HOOKS, map(CellType, hooks), strict=True))
    twin = FunctionType(
        code,
        function.__globals__,
        function.__name__,
        function.__defaults__,
        tuple(cells[name] for name in code.co_freevars),
    )
    twin.__kwdefaults__ = function.__kwdefaults__
    twin.__doc__ = function.__doc__
    twin.__qualname__ = function.__qualname__
    twin.__module__ = function.__module__
    twin.__dict__.update(function.__dict__)
    return twin


def _rewritten_code(function):
    original = function.__code__
    definition = definition_of(original)
    modules = {name for name in original.co_names if isinstance(function.__globals__.get(name), ModuleType)}
    node = _Rewriter(definition.owner, modules).of(definition)
    free = [name for name in original.co_freevars if name not in HOOKS]
    text = f"def make({', '.join([*HOOKS, *free])}):\n    pass"
    module = ast.parse(text, original.co_filename)
    module.body[0].body = [node]
    ast.fix_missing_locations(module)
    whole = compile(module, original.co_filename, "exec", original.co_flags & _FUTURE, dont_inherit=True)
    (make,) = _inner(whole)
    (code,) = [c for c in _inner(make) if c.co_name == FUNCTION]
    # Its first line stays that of "def", not of a decorator: the other lines are counted from it.
    return _renamed(code, code.co_qualname, original.co_qualname).replace(co_name=original.co_name)


def _inner(code):
    return [c for c in code.co_consts if isinstance(c, CodeType)]


def _renamed(code, old, new):
    """`code`, and what is in it, with the qualified name that it had."""
    constants = tuple(_renamed(c, old, new) if isinstance(c, CodeType) else c for c in code.co_consts)
    return code.replace(co_consts=constants, co_qualname=code.co_qualname.replace(old, new, 1))


class _Rewriter(ast.NodeTransformer):
    """Puts the hooks in, and writes private names as the class has them, since the twin is compiled outside
    of it."""

    def __init__(self, owner, modules):
        self.owner = owner
        self.modules = modules

    def of(self, definition: Definition):
        node = _copied(definition.node)
        if isinstance(node, ast.Lambda):
            # A lambda has no name to be found by: it becomes a function that returns the same.
            returned = ast.copy_location(ast.Return(node.body), node.body)
            made = ast.FunctionDef(FUNCTION, node.args, [returned], [], **_TYPE_PARAMETERS)
            node = ast.copy_location(made, node)
        # Under its own name it would hide the global of that name from itself.
        node.name = FUNCTION
        node.decorator_list = []
        node.returns = None
        if "type_params" in node._fields:
            node.type_params = []
        for argument in ast.walk(node.args):
            if isinstance(argument, ast.arg):
                argument.annotation = None
                argument.arg = mangled(argument.arg, self.owner)
        # The defaults are the original's own, evaluated when it was defined: theirs are only counted.
        node.args.defaults = [_nothing(d) for d in node.args.defaults]
        node.args.kw_defaults = [d and _nothing(d) for d in node.args.kw_defaults]
        node.body = [self.visit(statement) for statement in node.body]
        return node

    def visit_Call(self, node):
        if isinstance(node.func, ast.Name) and node.func.id in ("super", "locals", "globals", "vars", "dir"):
            return self.generic_visit(node)  # they look at the frame that calls them
        function = node.func
        if isinstance(function, ast.Attribute):
            function = ast.copy_location(
                ast.Attribute(self.visit(function.value), mangled(function.attr, self.owner), function.ctx),
                function,
            )
        else:
            function = self.visit(function)
        return ast.copy_location(
            ast.Call(
                self._hook(CALLEE, function),
                [self.visit(a) for a in node.args],
                [self.visit(k) for k in node.keywords],
            ),
            node,
        )

    def visit_Attribute(self, node):
        node.attr = mangled(node.attr, self.owner)
        if not isinstance(node.ctx, ast.Load):
            return self.generic_visit(node)
        if node.attr in INDEX_OBJECTS:
            return self._hook(OBJECT, self.generic_visit(node))
        if isinstance(node.value, ast.Name) and node.value.id in self.modules:
            return node
        return self._hook(ATTRIBUTE, self.visit(node.value), ast.Constant(node.attr), place=node)

    def visit_Name(self, node):
        node.id = mangled(node.id, self.owner)
        if node.id in INDEX_OBJECTS and isinstance(node.ctx, ast.Load):
            return self._hook(OBJECT, node)
        return node

    def visit_FunctionDef(self, node):
        node.name = mangled(node.name, self.owner)
        return self.generic_visit(node)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node):
        outer, self.owner = self.owner, None  # in a class of its own the compiler does it
        try:
            return self.generic_visit(node)
        finally:
            self.owner = outer

    def visit_arg(self, node):
        node.arg = mangled(node.arg, self.owner)
        return self.generic_visit(node)

    def visit_Global(self, node):
        node.names = [mangled(name, self.owner) for name in node.names]
        return node

    visit_Nonlocal = visit_Global

    def visit_match_case(self, node):
        # A pattern names classes and constants; nothing in it is a call.
        node.guard = node.guard and self.visit(node.guard)
        node.body = [self.visit(statement) for statement in node.body]
        return node

    def visit_AnnAssign(self, node):
        # What an annotation says doesn't run through the hooks.
        node.target = self.visit(node.target)
        node.value = node.value and self.visit(node.value)
        return node

    def _hook(self, name, *arguments, place=None):
        hook = ast.Name(name, ast.Load())
        place = place or arguments[0]
        for made in (hook, *(a for a in arguments if not hasattr(a, "lineno"))):
            ast.copy_location(made, place)
        return ast.copy_location(ast.Call(hook, list(arguments), []), place)


_TYPE_PARAMETERS = {"type_params": []} if "type_params" in ast.FunctionDef._fields else {}


def _nothing(node):
    return ast.copy_location(ast.Constant(None), node)


def _copied(node):
    """A deep copy of a tree: `copy.deepcopy` takes ten times as long."""
    if isinstance(node, ast.AST):
        made = type(node)(**{name: _copied(value) for name, value in ast.iter_fields(node)})
        return ast.copy_location(made, node) if hasattr(node, "lineno") else made
    return [_copied(item) for item in node] if isinstance(node, list) else node
