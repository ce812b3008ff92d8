"""The code of a function, compiled once more from its own source with hooks in it.

| source | compiled | |
|---|---|---|
| ``f(a)``, ``o.f(a)`` | ``callee(f)(a)``, ``method(o, "f")(a)`` | what is called for `f` |
| ``o.a`` | ``attribute(o, "a")`` | properties and other descriptors may be written in Python |
| ``o.a = v`` | ``place(o, "a").a = v`` | |
| ``a + b``, ``o[i]``, ``for x in o`` | ``operand(a) + operand(b)``, ... | and so may operators |
| ``a += b`` | ``a = iadd(a, b)`` | |
| ``a[i] = v`` | ``(a := receiver(a, v))[i] = v`` | where `a` is a local name |

The hooks are constants of the code, so it needs no names beyond its own: globals, closure cells and defaults
are the original's own objects. The file name and the lines stay, so tracebacks show the original.
"""

import __future__

import ast
import functools
import threading
import warnings
from types import CodeType

from mygrad.twins.patterns import told_by_guards
from mygrad.twins.source import Definition, NoSource, definition_of, mangled, names_in, parsed, same

__all__ = ["IN_PLACE", "rewritten"]

FUNCTION = "__mygrad_function__"
TARGET, INDEX = "__mygrad_target__", "__mygrad_index__"
"""Locals of an augmented assignment, whose object and index are evaluated once."""
VALUE = "__mygrad_value__"
"""The local that has what is assigned to an item."""

_FUTURE = functools.reduce(
    int.__or__, (getattr(__future__, name).compiler_flag for name in __future__.all_feature_names)
)
_compiling = threading.RLock()


def rewritten(code: CodeType, hooks: dict) -> CodeType:
    """The code of a function with `hooks` in it: see the module.

    Parameters
    ----------
    code : code
    hooks : dict
        By name: ``callee``, ``method``, ``attribute``, ``place``, ``operand``, ``class``, ``isinstance``,
        ``receiver``, ``part_receiver``, ``out_receiver``, ``target``,
        ``slice``, ``visible`` and those of `IN_PLACE`.

    Raises
    ------
    NoSource
        If the source can't be had.
    """
    definition = definition_of(code)
    # Warnings about the source were given when it was imported; what filters them is the whole process's.
    with _compiling, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if not same(_compiled(_function(definition), definition, code), code):
            raise NoSource(f"{code.co_filename!r} has changed since {code.co_qualname} was compiled")
        made = _compiled(_Rewriter(definition.owner).of(_function(definition)), definition, code)
    made = _hooked(made, {_marker(name): found for name, found in hooks.items()})
    # Its first line stays that of "def", not of a decorator: the other lines are counted from it.
    return made.replace(co_name=code.co_name)


def _function(definition: Definition):
    """The definition as a function of a name that no code knows: under its own it would hide the global of
    that name from itself. Its body is the very one that was read."""
    node, arguments = definition.node, definition.node.args
    # The defaults are the original's own, evaluated when it was defined: theirs are only counted.
    defaults = [_NOTHING] * len(arguments.defaults)
    kw_defaults = [d and _NOTHING for d in arguments.kw_defaults]
    bare = ast.arguments(
        *([_bare(a) for a in each] for each in (arguments.posonlyargs, arguments.args)),
        _bare(arguments.vararg),
        [_bare(a) for a in arguments.kwonlyargs],
        kw_defaults,
        _bare(arguments.kwarg),
        defaults,
    )
    if isinstance(node, ast.Lambda):
        kind, body = ast.FunctionDef, [ast.copy_location(ast.Return(node.body), node.body)]
    else:
        kind, body = type(node), node.body
    return ast.copy_location(kind(FUNCTION, bare, body, [], **_TYPE_PARAMETERS), node)


def _bare(argument):
    """A parameter without its annotation."""
    return argument and ast.copy_location(ast.arg(argument.arg), argument)


def _compiled(node, definition, original):
    """The code of the function `node`, compiled as in its class and its module, and where the free variables
    of the original are free."""
    if definition.owner is not None:
        node = ast.copy_location(ast.ClassDef(definition.owner, [], [], [node], [], **_TYPE_PARAMETERS), node)
    imports = "".join(f"import {name}\n" for name in definition.imported & names_in(original))
    free = original.co_freevars
    # The class isn't to be found where it wasn't: its name is a global one, unless it was free.
    binding = "pass" if definition.owner is None or definition.owner in free else f"global {definition.owner}"
    module = parsed(f"{imports}def make({', '.join(free)}):\n    {binding}")
    module.body[-1].body.append(node)
    code = compile(module, original.co_filename, "exec", original.co_flags & _FUTURE, dont_inherit=True)
    while code.co_name != FUNCTION:
        code = next(k for k in code.co_consts if isinstance(k, CodeType))
    return _renamed(code, code.co_qualname, original.co_qualname)


def _renamed(code, old, new):
    """`code`, and the functions and classes in it, with the qualified name that it had."""
    constants = tuple(
        _renamed(k, old, new)
        if isinstance(k, CodeType)
        else k.replace(old, new, 1)
        if type(k) is str and k.startswith(f"{old}.")
        else k
        for k in code.co_consts
    )
    return code.replace(co_consts=constants, co_qualname=code.co_qualname.replace(old, new, 1))


def _hooked(code, hooks):
    """`code`, and what is in it, with the hooks for their markers."""
    constants = tuple(
        _hooked(k, hooks) if isinstance(k, CodeType) else hooks.get(k, k) if type(k) is str else k
        for k in code.co_consts
    )
    return code.replace(co_consts=constants)


def _marker(name):
    """The constant that stands for a hook until the code is compiled."""
    return f"__mygrad_{name}__"


IN_PLACE = {
    ast.Add: "iadd", ast.Sub: "isub", ast.Mult: "imul", ast.Div: "itruediv", ast.FloorDiv: "ifloordiv",
    ast.Mod: "imod", ast.Pow: "ipow", ast.MatMult: "imatmul", ast.LShift: "ilshift", ast.RShift: "irshift",
    ast.BitAnd: "iand", ast.BitOr: "ior", ast.BitXor: "ixor",
}  # fmt: skip
"""For each operator the function of `operator` that assigns with it."""


class _Rewriter(ast.NodeTransformer):
    """Puts the hooks in."""

    def __init__(self, owner):
        self.owner = owner
        self.in_class = False
        self.local: set[str] = set()

    def of(self, node):
        self.local = local_names(node)
        node.body = self._each(_copied(node.body))
        return node

    # ---------------------------------------------------------------------------------- calls and attributes

    def visit_Call(self, node):
        name = node.func.id if isinstance(node.func, ast.Name) else None
        if name == "super" and not node.args:
            return self.generic_visit(node)  # it looks at the frame that calls it
        if name in ("locals", "vars", "dir") and not (node.args or node.keywords or self.in_class):
            return self._hook("visible", node)
        function = node.func
        if isinstance(function, ast.Attribute) and function.attr != "__class__":
            attribute = ast.Constant(mangled(function.attr, self.owner))
            node.func = _NOTHING
            made = self.generic_visit(node)
            made.func = self._hook("method", self.visit(function.value), attribute, place=function)
        else:
            made = self.generic_visit(node)
            made.func = self._hook("callee", made.func)
        for keyword in made.keywords:
            out = keyword.value
            if keyword.arg == "out" and isinstance(out, ast.Name) and self._is_local(out):
                keyword.value = self._bound(out.id, self._hook("out_receiver", out))
            if keyword.arg is None:
                keyword.value = self._operand(keyword.value)
        return made

    def visit_Attribute(self, node):
        value, name = self.visit(node.value), mangled(node.attr, self.owner)
        if isinstance(node.ctx, ast.Load):
            if name == "__class__":
                return self._hook("class", value, place=node)
            return self._hook("attribute", value, ast.Constant(name), place=node)
        node.value = self._hook("place", value, ast.Constant(name), place=node)
        return node

    # -------------------------------------------------------------------- syntax that calls special methods

    def visit_BinOp(self, node):
        node = self.generic_visit(node)
        # A sequence right of % may be what is put into a text.
        side = self._operand if isinstance(node.op, ast.Mod) else self._term
        node.left, node.right = side(node.left), side(node.right)
        return node

    def visit_UnaryOp(self, node):
        if isinstance(node.op, ast.Not):
            node.operand = self._tested(node.operand)
            return node
        node = self.generic_visit(node)
        node.operand = self._operand(node.operand)
        return node

    def visit_Compare(self, node):
        node = self.generic_visit(node)
        sides = [node.left, *node.comparators]
        for k, side in enumerate(sides):
            before, after = node.ops[k - 1] if k else None, node.ops[k] if k < len(node.ops) else None
            # What is asked for its identity, or looked for in something, is itself.
            if not isinstance(before, _IDENTITY) and not isinstance(after, (*_IDENTITY, ast.In, ast.NotIn)):
                sides[k] = self._term(side)
        node.left, *node.comparators = sides
        return node

    def visit_Subscript(self, node):
        node = self.generic_visit(node)
        stored = isinstance(node.ctx, ast.Store) and not isinstance(node.value, _PLAIN)
        node.value = self._hook("target", node.value) if stored else self._operand(node.value)
        return node

    def visit_Starred(self, node):
        node = self.generic_visit(node)
        if isinstance(node.ctx, ast.Load):
            node.value = self._operand(node.value)
        return node

    def visit_Dict(self, node):
        node = self.generic_visit(node)
        node.values = [
            self._operand(v) if k is None else v for k, v in zip(node.keys, node.values, strict=True)
        ]
        return node

    def visit_FormattedValue(self, node):
        node = self.generic_visit(node)
        node.value = self._operand(node.value)
        return node

    def _value_is_operand(self, node):
        node = self.generic_visit(node)
        node.value = self._operand(node.value)
        return node

    visit_YieldFrom = visit_Await = _value_is_operand

    def visit_For(self, node):
        node = self.generic_visit(node)
        node.iter = self._operand(node.iter)
        return node

    visit_AsyncFor = visit_For

    def visit_comprehension(self, node):
        node.target, node.iter = self.visit(node.target), self._operand(self.visit(node.iter))
        node.ifs = [self._tested(test) for test in node.ifs]
        return node

    def visit_withitem(self, node):
        node = self.generic_visit(node)
        node.context_expr = self._operand(node.context_expr)
        return node

    def visit_If(self, node):
        test = self._tested(node.test)
        node.test = _NOTHING
        node = self.generic_visit(node)
        node.test = test
        return node

    visit_While = visit_IfExp = visit_Assert = visit_If

    def _tested(self, node):
        """An expression that is only asked for its truth."""
        if isinstance(node, ast.BoolOp):
            node.values = [self._tested(value) for value in node.values]
            return node
        return self._operand(self.visit(node))

    def _in_another_scope(self, node):
        outer, self.local = self.local, set()
        node = self.generic_visit(node)
        self.local = outer
        return node

    visit_Lambda = visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _in_another_scope

    # ------------------------------------------------------------------------------------------- assignments

    def visit_Assign(self, node):
        first = node.targets[0] if len(node.targets) == 1 else None
        array = self._receiving(first)
        node = self.generic_visit(node)
        if isinstance(first, (ast.Tuple, ast.List)):
            node.value = self._operand(node.value)
        if array is None:
            return node
        node.value = self._bound(VALUE, node.value)
        first.value = self._receiver(array)
        return [node, self._deleted((VALUE,), node)]

    def visit_AugAssign(self, node):
        target = node.target
        if self.in_class and not isinstance(target, ast.Name):
            return self.generic_visit(node)  # in the body of a class every name that is bound is a member
        array = self._receiving(target)
        read, kept = self._read(target)
        container = [self._name(TARGET, ast.Load(), target)] if isinstance(target, ast.Subscript) else []
        value = self._hook(
            IN_PLACE[type(node.op)],
            self.visit(read),
            self.visit(node.value),
            *container,
            place=node,
        )
        target = self.visit(target)
        if isinstance(array, ast.Name):
            value, kept = self._bound(VALUE, value), (*kept, VALUE)
            target.value = self._receiver(array, ast.Constant(1))
        made = [ast.copy_location(ast.Assign([target], value), node)]
        if kept:
            made.append(self._deleted(kept, node))
        return made

    def _receiving(self, target):
        """What an item is assigned to, if that can be another object afterwards: a local name, or an
        attribute of one."""
        if not isinstance(target, ast.Subscript):
            return None
        array = target.value
        name = array.value if isinstance(array, ast.Attribute) and array.attr != "__class__" else array
        return _copied(array) if isinstance(name, ast.Name) and self._is_local(name) else None

    def _is_local(self, name):
        return name.id in self.local and not self.in_class

    def _receiver(self, array, *more):
        """What takes `VALUE` as an item, in the place of `array`."""
        value = self._name(VALUE, ast.Load(), array)
        if isinstance(array, ast.Attribute):
            name = ast.Constant(mangled(array.attr, self.owner))
            return self._operand(self._hook("part_receiver", array.value, name, value))
        return self._operand(self._bound(array.id, self._hook("receiver", array, value, *more)))

    def _deleted(self, names, place):
        return ast.copy_location(ast.Delete([self._name(name, ast.Del(), place) for name in names]), place)

    def _read(self, target):
        """The reading of what is assigned to; the parts of `target` become locals, and their names."""
        if isinstance(target, ast.Name):
            return self._name(target.id, ast.Load(), target), ()
        objects = self._bound(TARGET, target.value)
        target.value = self._name(TARGET, ast.Load(), target)
        if isinstance(target, ast.Attribute):
            return ast.copy_location(ast.Attribute(objects, target.attr, ast.Load()), target), (TARGET,)
        index = self._bound(INDEX, self._index(target.slice))
        target.slice = self._name(INDEX, ast.Load(), target)
        return ast.copy_location(ast.Subscript(objects, index, ast.Load()), target), (TARGET, INDEX)

    def _index(self, node):
        """An index as an expression of its own: with ``slice(a, b)`` for ``a:b``."""
        if isinstance(node, ast.Tuple):
            node.elts = [self._index(item) for item in node.elts]
        if isinstance(node, ast.Slice):
            parts = [part or ast.Constant(None) for part in (node.lower, node.upper, node.step)]
            return self._hook("slice", *parts, place=node)
        return node

    def _bound(self, name, value):
        return ast.copy_location(ast.NamedExpr(self._name(name, ast.Store(), value), value), value)

    def visit_AnnAssign(self, node):
        # What an annotation says doesn't run through the hooks.
        node.target = self.visit(node.target)
        node.value = node.value and self.visit(node.value)
        return node

    def visit_arg(self, node):
        return node

    def visit_TypeAlias(self, node):
        return node

    # ------------------------------------------------------------------------------------ definitions, match

    def visit_FunctionDef(self, node):
        node.decorator_list = [self._hook("callee", self.visit(d)) for d in node.decorator_list]
        node.args = self.visit(node.args)
        outer = self.in_class, self.local
        self.in_class, self.local = False, local_names(node)
        node.body = self._each(node.body)
        self.in_class, self.local = outer
        return node

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node):
        node.decorator_list = [self._hook("callee", self.visit(d)) for d in node.decorator_list]
        node.bases = self._each(node.bases)
        node.keywords = self._each(node.keywords)
        outer = self.owner, self.in_class
        self.owner, self.in_class = node.name, True
        node.body = self._each(node.body)
        self.owner, self.in_class = outer
        return node

    def visit_Match(self, node):
        node.subject = self.visit(node.subject)
        cases: list = []
        is_instance = functools.partial(self._hook, "isinstance")
        for case in node.cases:
            # Nothing in a pattern is a call.
            case.guard = case.guard and self._tested(case.guard)
            case.body = self._each(case.body)
            cases += [case] if self.in_class else told_by_guards(case, is_instance)
        node.cases = cases
        return node

    def _each(self, nodes):
        made = []
        for node in nodes:
            visited = self.visit(node)
            made.extend(visited if isinstance(visited, list) else [visited])
        return made

    # ------------------------------------------------------------------------------------------- small parts

    def _operand(self, node):
        return node if isinstance(node, _PLAIN) else self._hook("operand", node)

    def _term(self, node):
        return node if isinstance(node, _NO_TERM) else self._hook("term", node)

    def _hook(self, name, *arguments, place=None):
        place = place or arguments[0]
        hook = ast.Constant(_marker(name))
        for made in (hook, *(a for a in arguments if not hasattr(a, "lineno"))):
            ast.copy_location(made, place)
        return ast.copy_location(ast.Call(hook, list(arguments), []), place)

    @staticmethod
    def _name(name, context, place):
        return ast.copy_location(ast.Name(name, context), place)


def local_names(function):
    """The names that the statements of a function bind, so that they are its own; and its parameters."""
    a = function.args
    names = {p.arg for p in (*a.posonlyargs, *a.args, *a.kwonlyargs, *filter(None, (a.vararg, a.kwarg)))}
    inner = [node for statement in function.body for node in ast.walk(statement)]
    others = {name for node in inner if isinstance(node, ast.Nonlocal) for name in node.names}
    todo = list(function.body)
    for node in todo:  # which grows on the way
        if isinstance(node, ast.Global):
            others.update(node.names)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif not isinstance(node, _SCOPES):
            todo.extend(ast.iter_child_nodes(node))
    return names - others


_SCOPES = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef,
    ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp,
)  # fmt: skip
_IDENTITY = (ast.Is, ast.IsNot)
_NO_TERM = (
    ast.Constant, ast.JoinedStr, ast.Dict, ast.Set, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda,
)  # fmt: skip
"""Expressions whose value is of a type of Python's own, and nothing that NumPy makes an array of."""
_PLAIN = (*_NO_TERM, ast.List, ast.Tuple, ast.ListComp)
"""Expressions whose value is of a type of Python's own."""
_NOTHING = ast.Constant(None, lineno=1, col_offset=0, end_lineno=1, end_col_offset=0)
_TYPE_PARAMETERS = {"type_params": []} if "type_params" in ast.FunctionDef._fields else {}


def _copied(node):
    """A deep copy of a tree: `copy.deepcopy` takes thirty times as long."""
    if isinstance(node, list):
        return [_copied(item) for item in node]
    if not isinstance(node, ast.AST) or not node.__dict__:
        return node  # a name, a number, or an operator, which is the same everywhere
    made = type(node)()
    fields = made.__dict__
    for name, value in node.__dict__.items():
        fields[name] = _copied(value) if isinstance(value, (list, ast.AST)) else value
    return made
