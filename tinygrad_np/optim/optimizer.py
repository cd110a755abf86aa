"""Optimizer: groups of parameters, what is remembered of each, and the walk over them.

An optimizer is one method, `_update`, on the bare arrays of one parameter, or of several that are
joined (`flat`).
"""

from __future__ import annotations

import copy
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from tinygrad_np.kernels.silence import silent
from tinygrad_np.optim.flat import Groups
from tinygrad_np.optim.hooks import (
    Hooks,
    hooked,
    register_optimizer_step_post_hook,
    register_optimizer_step_pre_hook,
)
from tinygrad_np.optim.parts import by_parts
from tinygrad_np.optim.update import Array
from tinygrad_np.tape.grad_mode import enable_grad
from tinygrad_np.tape.graph import TensorBase
from tinygrad_np.tape.record import recorded_whole
from tinygrad_np.tensor import Tensor

__all__ = [
    "Optimizer",
    "register_optimizer_step_post_hook",
    "register_optimizer_step_pre_hook",
    "required",
]

Params = Iterable[Any]  # of Tensors, of (name, Tensor) pairs or of dicts, the parameter groups
ParamsT = Params  # PyTorch's name, for the annotations of optimizers of one's own


class _Required:
    def __repr__(self) -> str:
        return "<required parameter>"


required: Any = _Required()  # a default that every parameter group has to replace


class Optimizer(Hooks):
    """The base of all optimizers.

    To write one of your own, override `step`, or only ``_update(param, grad, state, group)``,
    which is given two arrays, the dict in which to remember what it needs, and the options, and
    changes `param` in place.

    Parameters
    ----------
    params : iterable
        Tensors, ``(name, Tensor)`` pairs as `Module.named_parameters` gives, or dicts: parameter
        groups, each with its Tensors under ``"params"`` and options of its own beside them.
    defaults : dict
        The options of groups that don't set them.

    Attributes
    ----------
    param_groups : list of dict
        The parameters under ``"params"``, with their options.
    state : dict
        What is remembered of each parameter, by the parameter.
    defaults : dict

    Raises
    ------
    TypeError
        If `params` is a Tensor, or holds something else than Tensors.
    ValueError
        If there are no parameters, if one is not a leaf or is in two groups.

    Source: https://pytorch.org/docs/stable/optim.html

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> class Signs(tg.optim.Optimizer):
    ...     def _update(self, param, grad, state, group):
    ...         param -= group["lr"] * (grad > 0)
    >>> x = tg.tensor([1.0, -1.0], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> Signs([x], {"lr": 0.5}).step()
    >>> x
    tensor([ 0.5000, -1.0000], requires_grad=True)
    """

    _takes_complex = True

    def __init__(self, params: Params, defaults: dict[str, Any]) -> None:
        if isinstance(params, TensorBase):
            raise TypeError(
                "params argument given to the optimizer should be an iterable of Tensors or "
                f"dicts, but got a {type(params).__name__}: pass [tensor]"
            )
        if not isinstance(params, Iterable):
            raise TypeError(
                "params argument given to the optimizer should be an iterable of Tensors or "
                f"dicts, but got a {type(params).__name__}: pass model.parameters()"
            )
        if defaults.get("fused") and defaults.get("foreach"):
            raise RuntimeError("`fused` and `foreach` cannot be `True` together.")
        if defaults.get("differentiable"):
            raise NotImplementedError(
                "differentiable=True: steps are not recorded; write the update with tensor "
                "operations to differentiate through it"
            )
        self.defaults = defaults
        self.state: defaultdict[Tensor, dict[str, Any]] = defaultdict(dict)
        self.param_groups: list[dict[str, Any]] = []
        self._opt_called = False
        self._small = Groups()
        groups = list(params)
        if not groups:
            raise ValueError(
                "optimizer got an empty parameter list: if it comes from model.parameters(), the "
                "model has none, or the generator had been used up before"
            )
        if not isinstance(groups[0], dict):
            groups = [{"params": groups}]
        for group in groups:
            self.add_param_group(group)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "step" in cls.__dict__:
            cls.step = hooked(cls.step)  # type: ignore[method-assign]

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add parameters with options of their own, say layers that are no longer frozen.

        Parameters
        ----------
        param_group : dict
            A Tensor or several under ``"params"``, and any options.

        Raises
        ------
        TypeError, ValueError
            As the constructor; nothing is added then.
        """
        if not isinstance(param_group, dict):
            raise TypeError(f"param_group must be a dict, but got {type(param_group)}")
        group = dict(param_group)
        params = group["params"]
        if isinstance(params, TensorBase):
            params = [params]
        elif isinstance(params, (set, frozenset)):
            raise TypeError(
                "optimizer parameters need to be organized in ordered collections, but the order "
                "of a set changes between runs: use a list"
            )
        params = list(params)
        named = [isinstance(p, tuple) for p in params]
        if any(named):
            if not all(named):
                raise ValueError(
                    "all optimizer params should be with/without names. "
                    "Some param names are missing"
                )
            group["param_names"] = [p[0] for p in params]
            params = [p[1] for p in params]
        if self.param_groups and ("param_names" in self.param_groups[0]) != any(named):
            raise ValueError("all optimizer param groups should be with/without names")
        _check_params(params, self._takes_complex)
        for name, default in self.defaults.items():
            if default is required and name not in group:
                raise ValueError(
                    "parameter group didn't specify a value of required optimization "
                    f"parameter {name}"
                )
            group.setdefault(name, default)
        if len({id(p) for p in params}) != len(params):
            warnings.warn(
                "optimizer contains a parameter group with duplicate parameters: each is updated "
                "as often as it is listed",
                stacklevel=3,
            )
        known = {id(p) for g in self.param_groups for p in g["params"]}
        if any(id(p) in known for p in params):
            raise ValueError("some parameters appear in more than one parameter group")
        group["params"] = params
        self.param_groups.append(group)

    @recorded_whole
    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters.

        Parameters
        ----------
        set_to_none : bool, default True
            Set `.grad` to None; False fills it with zeros, so that `step` goes on to update the
            parameters that got no gradient since.
        """
        for group in self.param_groups:
            for param in group["params"]:
                grad = param._grad
                if set_to_none or grad is None:
                    param._grad = None
                    continue
                if grad._node is not None:
                    grad = param._grad = grad.detach()
                grad._array.fill(0)
                grad._versions().n += 1

    @hooked
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update the parameters that have a gradient; nothing of it is recorded on the tape.

        Parameters
        ----------
        closure : callable, optional
            Computes the loss and its gradients anew, and returns the loss.

        Returns
        -------
        Tensor or None
            What the closure returned.
        """
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        silent.run(self._update_all)  # inf and nan pass, as through the ops
        return loss

    def _update_all(self) -> None:
        update = self._update
        joins = hasattr(update, "elementwise")
        ready = self._small.ready(self.param_groups, self.state, joins)
        for group, some in zip(self.param_groups, ready, strict=True):
            for flat in some.flats:
                flat.update(update, group)
            for param in some.others:
                array: Any = param._array
                grad: Any = param._grad
                if joins and array.dtype.kind == "c":
                    by_parts(update, array, grad._array, self.state[param], group)
                else:
                    update(array, grad._array, self.state[param], group)
                (param._counter or param._versions()).n += 1

    def _update(
        self, param: Array, grad: Array, state: dict[str, Any], group: dict[str, Any]
    ) -> None:
        """Change the array `param` in place; `grad` must stay as it is."""
        raise NotImplementedError(f"{type(self).__name__} has neither step() nor _update()")

    def state_dict(self) -> dict[str, Any]:
        """All that is needed to go on later, in PyTorch's format.

        Returns
        -------
        dict
            ``"state"``: what is remembered of each parameter, by its number; ``"param_groups"``:
            the options, with the parameters' numbers under ``"params"``. The tensors are the
            optimizer's own: copy the dict to keep them as they are now.
        """
        for hook in self._hooks("state_dict_pre"):
            hook(self)
        number: dict[int, int] = {}
        groups = []
        for group in self.param_groups:
            for param in group["params"]:
                number.setdefault(id(param), len(number))
            kept = {key: value for key, value in group.items() if key != "params"}
            groups.append({**kept, "params": [number[id(p)] for p in group["params"]]})
        state: dict[Any, Any] = {
            number[id(key)] if isinstance(key, TensorBase) else key: value
            for key, value in self.state.items()
            if value
        }
        made: dict[str, Any] = {"state": state, "param_groups": groups}
        for hook in self._hooks("state_dict_post"):
            made = hook(self, made) or made
        return made

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what `state_dict` returned for the same parameters in the same order.

        Arrays are copied, and cast to the dtype of their parameter. They may be NumPy's or
        PyTorch's tensors too: a state dict of PyTorch's optimizer of the same name is understood.

        Raises
        ------
        ValueError
            If the number of groups, or of parameters in a group, differs; nothing is changed.
        KeyError
            If a number that the optimizer needs is missing: the state is of another one.
        """
        state_dict = state_dict.copy()
        for hook in self._hooks("load_state_dict_pre"):
            state_dict = hook(self, state_dict) or state_dict
        saved = state_dict["param_groups"]
        if len(saved) != len(self.param_groups):
            raise ValueError(
                f"loaded state dict has a different number of parameter groups: {len(saved)}; "
                f"the optimizer has {len(self.param_groups)}"
            )
        pairs = list(zip(saved, self.param_groups, strict=True))
        for i, (old, group) in enumerate(pairs):
            if len(old["params"]) != len(group["params"]):
                raise ValueError(
                    f"loaded state dict contains a parameter group that doesn't match the size of "
                    f"optimizer's group: group {i} has {len(old['params'])} parameters there and "
                    f"{len(group['params'])} here"
                )
        flags = {k: v for k, v in self.defaults.items() if v is None or isinstance(v, bool)}
        for i, (old, _) in enumerate(pairs):  # flags may be newer than what was saved
            missing = self.defaults.keys() - flags.keys() - old.keys()
            if missing:
                raise KeyError(
                    f"group {i} of the state dict has no {min(missing)!r}, which "
                    f"{type(self).__name__} needs: is it of another optimizer?"
                )
        param_of = {
            number: param
            for old, group in pairs
            for number, param in zip(old["params"], group["params"], strict=True)
        }
        state: defaultdict[Any, dict[str, Any]] = defaultdict(dict)
        for number, value in state_dict["state"].items():
            if number in param_of:
                param = param_of[number]
                state[param] = {key: _load(param, key, v) for key, v in value.items()}
            else:
                state[number] = copy.deepcopy(value)
        names = [{k: g[k] for k in ("param_names",) if k in g} for g in self.param_groups]
        groups = [
            {**flags, **name, **copy.deepcopy(old), "params": group["params"]}
            for (old, group), name in zip(pairs, names, strict=True)
        ]
        self.__setstate__({"state": state, "param_groups": groups})
        for hook in self._hooks("load_state_dict_post"):
            hook(self)

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take over attributes, of a copy or a state dict; optimizers add to it what is new."""
        self.__dict__.update(state)

    def __repr__(self) -> str:
        lines = [f"{type(self).__name__} ("]
        for i, group in enumerate(self.param_groups):
            lines += [f"Parameter Group {i}"]
            lines += [f"    {key}: {group[key]}" for key in sorted(group) if key != "params"]
            lines += [""]
        return "\n".join([*lines[:-1], ")"])


def _check_params(params: list[Any], takes_complex: bool) -> None:
    for i, param in enumerate(params):
        if not isinstance(param, TensorBase):
            raise TypeError(
                "optimizer can only optimize Tensors, but one of the params "
                f"(number {i}) is {type(param).__name__}"
            )
        if param._array.dtype.kind == "c" and not takes_complex:
            raise ValueError(
                f"can't optimize a complex Tensor: number {i}, of shape "
                f"{tuple(param._array.shape)}; optimize its parts, view_as_real(...), and make "
                "the numbers of them with view_as_complex"
            )
        if not (param.is_leaf or param.retains_grad):  # type: ignore[attr-defined]
            raise ValueError(
                f"can't optimize a non-leaf Tensor: number {i}, of shape "
                f"{tuple(param._array.shape)}, was computed by {param._node}; optimize what it "
                "was computed from, or a detach()ed copy"
            )


def _load(param: Tensor, key: str | None, value: Any) -> Any:
    """A copy of an entry of a parameter's state; its tensors, but `step`, in the same dtype."""
    if isinstance(value, dict):
        return {k: _load(param, k, v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_load(param, None, v) for v in value)
    if isinstance(value, TensorBase):
        value = value._array
    elif hasattr(value, "numpy"):  # a tensor of PyTorch's
        value = value.numpy()
    if key in ("step", "mu_product", "eta", "mu") and not isinstance(value, np.ndarray):
        value = np.array(value, np.float32)  # numbers are of old files
    if not isinstance(value, np.ndarray):
        return copy.deepcopy(value)
    if key == "step":  # stays what it is, as PyTorch's
        return Tensor._make(value.copy())
    floating = param._array.dtype.kind == "f"
    return Tensor._make(np.array(value, param._array.dtype if floating else None))


def not_negative(**options: Any) -> None:
    """ValueError for an option below 0, or nan."""
    for name, value in options.items():
        if isinstance(value, TensorBase):
            if value._array.size != 1:
                raise ValueError(
                    f"Tensor {name} must be 1-element, got shape {tuple(value._array.shape)}"
                )
            value = value._array.item()
        if not value >= 0.0:  # nan too
            raise ValueError(f"Invalid {name} value: {value}; it must be at least 0")


def fractions(**options: tuple[float, ...]) -> None:
    """ValueError for an option with an entry outside of [0, 1)."""
    for name, values in options.items():
        for i, value in enumerate(values):
            if not 0.0 <= value < 1.0:
                raise ValueError(
                    f"Invalid {name} parameter at index {i}: {value}; "
                    "it must be at least 0 and below 1"
                )
