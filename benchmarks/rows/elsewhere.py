"""The same networks in frameworks that don't write like PyTorch: convolutions, a pool, then fcs."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from benchmarks.harness import Step

BETAS, LR, EPS = (0.9, 0.999), 1e-4, 1e-8  # Adam's


def weights(convs: list[tuple[int, int]], fcs: list[int]) -> list[Any]:
    """Weight and bias of each 3x3 convolution, then of each fully connected layer."""
    random = np.random.default_rng(1)
    shapes = [(o, c, 3, 3) for c, o in convs] + [(o, c) for c, o in pairwise(fcs)]
    pairs = ((random.standard_normal(s) / np.prod(s[1:]) ** 0.5, np.zeros(s[0])) for s in shapes)
    return [array.astype(np.float32) for pair in pairs for array in pair]


def in_jax(convs: list[tuple[int, int]], fcs: list[int], images: Any, labels: Any) -> Step:
    """A step of training with Adam, compiled."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", False)
    params = [jnp.asarray(w) for w in weights(convs, fcs)]
    state = (params, [jnp.zeros_like(p) for p in params], [jnp.zeros_like(p) for p in params], 0)
    x, y = jnp.asarray(images), jnp.asarray(labels)

    def loss(params: Any) -> Any:
        h, pairs = x, list(zip(params[::2], params[1::2]))
        for w, b in pairs[: len(convs)]:
            h = jax.lax.conv_general_dilated(h, w, (1, 1), "VALID") + b[:, None, None]
            h = jax.nn.relu(h)
        if convs:
            window = (1, 1, 2, 2)
            h = jax.lax.reduce_window(h, -jnp.inf, jax.lax.max, window, window, "VALID")
        h = h.reshape(len(x), -1)
        for w, b in pairs[len(convs) : -1]:
            h = jax.nn.relu(h @ w.T + b)
        h = h @ pairs[-1][0].T + pairs[-1][1]
        return -jnp.take_along_axis(jax.nn.log_softmax(h), y[:, None], 1).mean()

    @jax.jit
    def update(state: Any) -> Any:
        params, means, squares, count = state
        count, grads = count + 1, jax.grad(loss)(params)
        means = [BETAS[0] * m + (1 - BETAS[0]) * g for m, g in zip(means, grads)]
        squares = [BETAS[1] * s + (1 - BETAS[1]) * g * g for s, g in zip(squares, grads)]
        rate = LR / (1 - BETAS[0] ** count)
        scale = 1 / (1 - BETAS[1] ** count)
        params = [
            p - rate * m / (jnp.sqrt(s * scale) + EPS) for p, m, s in zip(params, means, squares)
        ]
        return params, means, squares, count

    def step() -> None:
        nonlocal state
        state = jax.block_until_ready(update(state))

    return step


def in_mygrad(convs: list[tuple[int, int]], fcs: list[int], images: Any, labels: Any) -> Step:
    """A step of training with Adam, written in NumPy: MyGrad has no optimizers."""
    import mygrad as mg
    from mygrad.nnet.activations import relu
    from mygrad.nnet.layers import conv_nd, max_pool
    from mygrad.nnet.losses import softmax_crossentropy

    params = [mg.tensor(w) for w in weights(convs, fcs)]
    moments = [(np.zeros_like(p.data), np.zeros_like(p.data)) for p in params]
    pairs = list(zip(params[::2], params[1::2]))
    count = 0

    def step() -> None:
        nonlocal count
        h = images
        for w, b in pairs[: len(convs)]:
            h = relu(conv_nd(h, w, stride=1) + b.reshape(1, -1, 1, 1))
        if convs:
            h = max_pool(h, (2, 2), 2)
        h = h.reshape(len(images), -1)
        for w, b in pairs[len(convs) : -1]:
            h = relu(h @ w.T + b)
        softmax_crossentropy(h @ pairs[-1][0].T + pairs[-1][1], labels).backward()
        count += 1
        rate, scale = LR / (1 - BETAS[0] ** count), 1 / (1 - BETAS[1] ** count)
        for p, (mean, square) in zip(params, moments):
            mean += (1 - BETAS[0]) * (p.grad - mean)
            square += (1 - BETAS[1]) * (p.grad * p.grad - square)
            p.data -= rate * mean / (np.sqrt(square * scale) + EPS)
            p.null_grad()

    return step
