"""A state that is stepped in place, and prices."""

import numpy as np

import mygrad as mg
from workloads.problem import Problem


def wave(side, steps):
    """Build a wave on a grid, stepped in place; the energy in the end, by the first state and the medium."""
    rng = np.random.default_rng(21)
    start, medium = rng.normal(size=(side, side)), rng.uniform(0.1, 0.2, (side - 2, side - 2))
    inner = slice(1, -1), slice(1, -1)

    def bend(u):
        return u[2:, 1:-1] + u[:-2, 1:-1] + u[1:-1, 2:] + u[1:-1, :-2] - 4.0 * u[1:-1, 1:-1]

    def by_hand():
        u, v, bends = start.copy(), np.zeros((side, side)), []
        for _ in range(steps):
            bends.append(bend(u))
            v[inner] += medium * bends[-1]
            u += v
        value = (u * u).sum()
        gu, gv, g_medium = 2.0 * u, np.zeros((side, side)), np.zeros_like(medium)
        for bent in reversed(bends):
            gv += gu
            g_medium += gv[inner] * bent
            g = gv[inner] * medium
            gu[2:, 1:-1] += g
            gu[:-2, 1:-1] += g
            gu[1:-1, 2:] += g
            gu[1:-1, :-2] += g
            gu[inner] -= 4.0 * g
        return value, gu, g_medium

    def stepped(u, v, medium):
        for _ in range(steps):
            v[inner] += medium * bend(u)
            u += v
        return (u * u).sum()

    def loss(xp, start, medium):
        return stepped(start.copy(), mg.zeros((side, side)), medium)

    def in_torch(torch, start, medium):
        return stepped(start.clone(), torch.zeros_like(start), medium)

    return Problem([start, medium], by_hand, loss, variants={"autograd": None, "torch": in_torch})


def black_scholes(options):
    """Build the value of call options, by spot prices and volatilities: its gradient is delta and vega.

    The normal distribution is that of Page (1977), in tanh, since NumPy has no error function.
    """
    rng = np.random.default_rng(22)
    spot, strike = rng.uniform(80.0, 120.0, (2, options))
    volatility, years = rng.uniform(0.1, 0.5, options), rng.uniform(0.1, 2.0, options)
    rate, a, b = 0.03, np.sqrt(2.0 / np.pi), 0.044715

    def by_hand():
        root = np.sqrt(years)
        spread = volatility * root
        d1 = (np.log(spot / strike) + (rate + 0.5 * volatility * volatility) * years) / spread
        d2 = d1 - spread
        t1, t2 = np.tanh(a * (d1 + b * d1 * d1 * d1)), np.tanh(a * (d2 + b * d2 * d2 * d2))
        due = strike * np.exp(-rate * years)
        value = 0.5 * (spot * (1.0 + t1) - due * (1.0 + t2)).sum()
        g1 = 0.5 * a * spot * (1.0 - t1 * t1) * (1.0 + 3.0 * b * d1 * d1)
        g2 = 0.5 * a * due * (1.0 - t2 * t2) * (1.0 + 3.0 * b * d2 * d2)
        return value, 0.5 * (1.0 + t1) + (g1 - g2) / (spot * spread), (g2 * d1 - g1 * d2) / volatility

    def loss(xp, spot, volatility, strike, years):
        def below(d):
            return 0.5 * (1.0 + xp.tanh(a * (d + b * d * d * d)))

        spread = volatility * xp.sqrt(years)
        d1 = (xp.log(spot / strike) + (rate + 0.5 * volatility * volatility) * years) / spread
        return (spot * below(d1) - strike * xp.exp(-rate * years) * below(d1 - spread)).sum()

    return Problem([spot, volatility], by_hand, loss, [strike, years])
