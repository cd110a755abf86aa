"""The article's step: conv(1 filter, 3x3) - relu - max pool - fc 64 - relu - fc 10, SGD.

In the rows that say so, ours is recorded once and replayed (``compile(backend="replay")``).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.harness import Step, row
from benchmarks.peers import LIKE_TORCH


def data(batch: int, dtype: str) -> tuple[Any, Any]:
    random = np.random.default_rng(0)
    return random.random((batch, 1, 28, 28)).astype(dtype), random.integers(0, 10, batch)


def weights(dtype: str) -> list[Any]:
    random = np.random.default_rng(1)
    shapes = [(1, 1, 3, 3), (1,), (64, 169), (64,), (10, 64), (10,)]
    return [
        (0.01 * random.standard_normal(s) if len(s) > 1 else np.zeros(s)).astype(dtype)
        for s in shapes
    ]


def build(peer: str, batch: int, dtype: str, replayed: bool = False) -> Step | None:
    images, labels = data(batch, dtype)
    if peer in LIKE_TORCH:
        p = LIKE_TORCH[peer]
        if not p.plain:
            return None  # one channel: no other memory format
        model = p.nn.Sequential(
            p.nn.Conv2d(1, 1, 3),
            p.nn.ReLU(),
            p.nn.MaxPool2d(2),
            p.nn.Flatten(),
            p.nn.Linear(169, 64),
            p.nn.ReLU(),
            p.nn.Linear(64, 10),
        ).to(getattr(p.lib, dtype))
        optimizer = p.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
        x, y = p.tensor(images), p.tensor(labels)

        def step() -> None:
            loss = p.F.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

        ours = p.module == "tinygrad_np"
        return p.lib.compile(step, backend="replay") if ours and replayed else step
    return {"numpy by hand": by_hand, "jax.jit": in_jax, "mygrad": in_mygrad}[peer](
        images, labels, dtype
    )


def by_hand(images: Any, labels: Any, dtype: str) -> Step:
    """The whole step written out for this one network."""
    params = weights(dtype)
    velocity = [np.zeros_like(p) for p in params]
    n = len(images)
    rows = np.arange(n)
    windows = np.lib.stride_tricks.sliding_window_view(images[:, 0], (3, 3), (1, 2))
    columns = np.ascontiguousarray(windows).reshape(n * 26 * 26, 9)

    def step() -> None:
        kernel, kernel_bias, w1, b1, w2, b2 = params
        conv = (columns @ kernel.reshape(9) + kernel_bias).reshape(n, 13, 2, 13, 2)
        hidden = np.maximum(conv, 0)
        pooled = hidden.max((2, 4), keepdims=True)
        flat = pooled.reshape(n, 169)
        z1 = flat @ w1.T + b1
        a1 = np.maximum(z1, 0)
        z2 = a1 @ w2.T + b2
        e = np.exp(z2 - z2.max(1, keepdims=True))
        d2 = e / e.sum(1, keepdims=True)
        d2[rows, labels] -= 1
        d2 /= n
        d1 = (d2 @ w2) * (a1 > 0)
        d_pool = (d1 @ w1).reshape(pooled.shape)
        d_conv = (np.equal(hidden, pooled) & (conv > 0)) * d_pool
        d_conv = d_conv.reshape(-1)
        grads = (
            (d_conv @ columns).reshape(kernel.shape),
            d_conv.sum(keepdims=True),
            d1.T @ flat,
            d1.sum(0),
            d2.T @ a1,
            d2.sum(0),
        )
        for p, v, g in zip(params, velocity, grads):
            v *= 0.9
            v += g
            p -= 0.01 * v

    return step


def in_jax(images: Any, labels: Any, dtype: str) -> Step:
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", dtype == "float64")
    params = [jnp.asarray(w) for w in weights(dtype)]
    state = (params, [jnp.zeros_like(p) for p in params])
    x, y = jnp.asarray(images), jnp.asarray(labels)

    def loss(params: Any) -> Any:
        kernel, kernel_bias, w1, b1, w2, b2 = params
        h = jax.lax.conv_general_dilated(x, kernel, (1, 1), "VALID") + kernel_bias[:, None, None]
        h = jax.lax.reduce_window(
            jax.nn.relu(h), -jnp.inf, jax.lax.max, (1, 1, 2, 2), (1, 1, 2, 2), "VALID"
        )
        h = jax.nn.relu(h.reshape(len(x), -1) @ w1.T + b1) @ w2.T + b2
        return -jnp.take_along_axis(jax.nn.log_softmax(h), y[:, None], 1).mean()

    @jax.jit
    def update(state: Any) -> Any:
        params, velocity = state
        grads = jax.grad(loss)(params)
        velocity = [0.9 * v + g for v, g in zip(velocity, grads)]
        return [p - 0.01 * v for p, v in zip(params, velocity)], velocity

    def step() -> None:
        nonlocal state
        state = jax.block_until_ready(update(state))

    return step


def in_mygrad(images: Any, labels: Any, dtype: str) -> Step:
    import mygrad as mg
    from mygrad.nnet.activations import relu
    from mygrad.nnet.layers import conv_nd, max_pool
    from mygrad.nnet.losses import softmax_crossentropy

    params = [mg.tensor(w) for w in weights(dtype)]
    velocity = [np.zeros_like(p.data) for p in params]

    def step() -> None:
        kernel, kernel_bias, w1, b1, w2, b2 = params
        h = conv_nd(images, kernel, stride=1) + kernel_bias.reshape(1, 1, 1, 1)
        h = max_pool(relu(h), (2, 2), 2).reshape(len(images), -1)
        h = relu(h @ w1.T + b1) @ w2.T + b2
        softmax_crossentropy(h, labels).backward()
        for p, v in zip(params, velocity):
            v *= 0.9
            v += p.grad
            p.data -= 0.01 * v
            p.null_grad()

    return step


for _batch, _dtype in ((2, "float64"), (2, "float32"), (64, "float32")):
    for _replayed in (False, True):

        def _build(
            peer: str, batch: int = _batch, dtype: str = _dtype, replayed: bool = _replayed
        ) -> Step | None:
            return build(peer, batch, dtype, replayed)

        name = f"article, batch {_batch}, {_dtype}" + ", replayed" * _replayed
        row(name, "training step")(_build)
