"""What computes a workload beside the gradient by hand: mygrad, and the peers that happen to be installed."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version

import numpy as np
from workloads.problem import Loss, Problem, Side

import mygrad as mg


@dataclass(frozen=True)
class Library:
    """`prepare` makes a side of a workload; `traced` says whether ``tracemalloc`` sees the arrays."""

    name: str
    version: str
    prepare: Callable[[Problem, Loss], Side]
    traced: bool

    def side(self, problem: Problem) -> Side | None:
        """Return what computes value and gradients, or None where the library can't."""
        loss = problem.loss_for(self.name)
        return None if loss is None else self.prepare(problem, loss)


def with_mygrad(problem, loss):
    tensors = [mg.tensor(x) for x in problem.variables]
    constants = problem.constants

    def side():
        value = loss(np, *tensors, *constants)
        value.backward()
        return value.data, *(t.grad for t in tensors)

    return side


def autograd() -> Library:
    from autograd import value_and_grad

    xp = import_module("autograd.numpy")

    def prepare(problem, loss):
        variables, constants = problem.variables, problem.constants
        derivative = value_and_grad(
            lambda *arguments: loss(xp, *arguments, *constants), tuple(range(len(variables)))
        )

        def side():
            value, gradients = derivative(*variables)
            return value, *gradients

        return side

    return Library("autograd", version("autograd"), prepare, traced=True)


def torch() -> Library:
    torch = import_module("torch")
    torch.set_num_threads(1)

    def prepare(problem, loss):
        tensors = [torch.tensor(x, requires_grad=True) for x in problem.variables]
        constants = [torch.tensor(x) for x in problem.constants]

        def side():
            value = loss(torch, *tensors, *constants)
            gradients = torch.autograd.grad(value, tensors)
            return value.detach().numpy(), *(g.numpy() for g in gradients)

        return side

    return Library("torch", version("torch"), prepare, traced=False)


MYGRAD = Library("mygrad", mg.__version__, with_mygrad, traced=True)
PEERS = {"autograd": autograd, "torch": torch}


def installed(names: list[str]) -> tuple[list[Library], list[str]]:
    """Load the peers of these names; return them, and the names of those that are not installed."""
    found, missing = [], []
    for name in names:
        try:
            found.append(PEERS[name]())
        except ImportError:
            missing.append(name)
    return found, missing
