"""The workloads, in the order of the table: what shows the engine, and what people compute."""

from functools import partial

from workloads import engine, layers, models, simulations
from workloads.problem import Problem, Workload

__all__ = ["MEMORY", "TIMED", "Problem", "Workload"]

TIMED = [
    Workload("formula", "of two numbers", 1, partial(models.elementwise, ())),
    Workload("scalar_chain", "100 operations", 100, partial(engine.chain, (), 100)),
    Workload("chain", "10 operations on 10", 10, partial(engine.chain, (10,), 10)),
    Workload("chain", "100 operations on 10", 100, partial(engine.chain, (10,), 100)),
    Workload("chain", "10000 operations on 10", 10_000, partial(engine.chain, (10,), 10_000)),
    Workload("items", "100 numbers", 100, partial(engine.items, 100)),
    Workload("reads", "1000 of 1e4", 1000, partial(engine.reads, 10_000)),
    Workload("reads", "1000 of 1e6", 1000, partial(engine.reads, 1_000_000)),
    Workload("writes", "100 into 1e2", 100, partial(engine.writes, 100, 100)),
    Workload("writes", "1000 into 1e3", 1000, partial(engine.writes, 1000, 1000)),
    Workload("writes", "1000 into 1e6", 1000, partial(engine.writes, 1000, 1_000_000)),
    Workload("writes", "10000 into 1e4", 10_000, partial(engine.writes, 10_000, 10_000)),
    Workload("slices", "100 into 1e6", 100, partial(engine.slices, 100, 1_000_000)),
    Workload("fan_in", "1000 uses", 1000, partial(engine.fan_in, 1000)),
    Workload("rnn", "20 steps of 8 x 16", 20, partial(models.rnn, 20, 8, 16)),
    Workload("lstm", "20 steps of 32 x 32", 20, partial(layers.lstm, 20, 32, 32)),
    Workload("mlp", "8 x 8", 1, partial(models.mlp, 8, 8)),
    Workload("mlp", "64 x 64", 1, partial(models.mlp, 64, 64)),
    Workload("mlp", "512 x 512", 1, partial(models.mlp, 512, 512)),
    Workload("elementwise", "1e6 elements", 1, partial(models.elementwise, (1_000_000,))),
    Workload("activations", "1e5 in float32", 1, partial(layers.activations, 100_000)),
    Workload("black_scholes", "1e5 options", 1, partial(simulations.black_scholes, 100_000)),
    Workload("embedding", "20000 of 5000 x 64", 1, partial(layers.embedding, 5000, 64, 20_000)),
    Workload("layer_norm", "1000 x 256", 1, partial(layers.layer_norm, 1000, 256)),
    Workload("cross_entropy", "2000 x 100 classes", 1, partial(models.cross_entropy, 2000, 50, 100)),
    Workload("convolution", "5 x 5 of 8 images", 1, partial(models.convolution, 8, 4, 32, 8, 5)),
    Workload("attention", "8 heads, 128 tokens", 1, partial(models.attention, 8, 128, 64, 16)),
    Workload("gp", "300 points", 1, partial(models.gaussian_process, 300)),
    Workload("sort", "1e5 elements", 1, partial(models.sort, 100_000)),
    Workload("logsumexp", "1000 x 500", 1, partial(models.logsumexp, 1000, 500)),
    Workload("wave", "100 steps of 128 x 128", 100, partial(simulations.wave, 128, 100)),
    Workload("n_body", "300 bodies", 1, partial(models.n_body, 300)),
]
MEMORY = [
    Workload("memory", "10000 nodes of 10", 10_000, partial(engine.chain, (10,), 10_000)),
    Workload("memory", "20 nodes of 1e6", 20, partial(engine.chain, (1_000_000,), 20)),
]
