"""One call of a function whose derivative is looked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from tinygrad_np.func.trees import Tree, form_of, in_form_of, leaves_of, tensors_of, with_leaves
from tinygrad_np.tape.grad_mode import enable_grad, mode
from tinygrad_np.tape.graph import Leaf
from tinygrad_np.tensor import Tensor

Argnums = int | tuple[int, ...] | range  # a range of all of them may be empty


class Level:
    """The call ``func(*args, **kwargs)`` on the tape, some arguments in new places on it.

    Its results are on the tape of the caller only as far as the caller's own tensors lead to them.

    Attributes
    ----------
    result, aux : Tree
        What `func` returned, and with `has_aux` what it returned beside it.
    outputs : list of Tensor
        The leaves of `result`.
    chosen : Tree
        The arguments to differentiate for: that of an int `argnums`, or a tuple of them.
    leaves : list of Tensor
        The leaves of `chosen`.
    """

    def __init__(
        self,
        name: str,
        func: Callable[..., Any],
        args: Sequence[Any],
        kwargs: dict[str, Any],
        argnums: Argnums,
        has_aux: bool,
    ) -> None:
        self.name = name
        numbers = _numbers(name, argnums, len(args))
        given = list(args)
        with enable_grad():
            for i in numbers:
                new = [self._placed(leaf) for leaf in leaves_of(given[i])]
                given[i] = with_leaves(given[i], iter(new))
            chosen = tuple(given[i] for i in numbers)
            self.chosen = chosen[0] if isinstance(argnums, int) else chosen
            self.leaves = leaves_of(self.chosen)
            self._made = {leaf._node for leaf in self.leaves if leaf.is_leaf}
            result, self.aux = func(*given, **kwargs), None
        if has_aux:
            if not isinstance(result, tuple) or len(result) != 2:
                raise RuntimeError(
                    f"{name}: with has_aux=True the function should return a tuple (output, aux), "
                    f"but it returned {_what(result)}"
                )
            result, self.aux = result
        self.result, self.outputs = result, leaves_of(result)
        wrong = [leaf for leaf in self.outputs if not isinstance(leaf, Tensor)]
        if wrong or not self.outputs:
            raise RuntimeError(
                f"{name}: expected the function to return only tensors, one at least, in dicts, "
                f"lists and tuples; got {_what(wrong[0] if wrong else result)}"
            )

    def _placed(self, leaf: Any) -> Tensor:
        if not isinstance(leaf, Tensor):
            raise ValueError(
                f"{self.name}: what is differentiated for must be Tensor, got "
                f"{type(leaf).__name__}: make it a tensor, or let argnums leave the argument out"
            )
        return leaf[...] if leaf.requires_grad else leaf.detach().requires_grad_()

    def only(self, kinds: str, words: str) -> None:
        """RuntimeError for a result of another kind of dtype."""
        for y in self.outputs:
            if y._array.dtype.kind not in kinds:
                raise RuntimeError(
                    f"{self.name}: All outputs of the function must be {words} Tensors, got one "
                    f"with dtype {y.dtype}"
                )

    def check_form(self, given: Tree, wanted: Tree, names: str) -> None:
        """RuntimeError for a tree that has another form than it should."""
        if form_of(given) != form_of(wanted):
            raise RuntimeError(
                f"{self.name}: expected {names} to have the same structure, but the one is "
                f"{form_of(given)} and the other {form_of(wanted)} (* is a leaf)"
            )

    def records(self, *tensors: Any) -> bool:
        """Whether the caller may differentiate what is computed from these tensors."""
        return mode.grad and any(map(self._lead_out, tensors))

    def freed(self, tree: Tree) -> Tree:
        """A tree with its tensors as the caller is to have them."""
        tensors = tensors_of(tree)
        return in_form_of(tree, (t if self.records(t) else t.detach() for t in tensors))

    def as_chosen(self, tensors: Iterable[Any]) -> Tree:
        """Results for each leaf, in the form of what was chosen."""
        return with_leaves(self.chosen, iter(self.freed(list(tensors))))

    def _lead_out(self, tensor: Any) -> bool:
        """Whether a tensor depends on other leaves than those made here."""
        seen, todo = set(), [tensor._node] if tensor.requires_grad else []
        while todo:
            node = todo.pop()
            if node in seen or node in self._made:
                continue
            if isinstance(node, Leaf):
                return True
            seen.add(node)
            todo += [edge[0] for edge in node.edges]
        return False


def _numbers(name: str, argnums: Any, count: int) -> tuple[int, ...]:
    """The positions that `argnums` means among that many arguments."""
    if isinstance(argnums, range):
        return tuple(argnums)
    numbers = argnums if isinstance(argnums, tuple) else (argnums,)
    if not numbers:
        raise RuntimeError(f"{name}: argnums must be non-empty")
    if not all(isinstance(i, int) for i in numbers):
        raise RuntimeError(f"{name}: argnums must be int or a tuple of int, got {argnums!r}")
    for i in numbers:
        if not -count <= i < count:
            raise RuntimeError(f"{name}: Got argnum={i}, but only {count} positional inputs")
    found = tuple(i % count for i in numbers)
    if len(set(found)) < len(found):
        raise RuntimeError(f"{name}: argnums elements must be unique, got {argnums}")
    return found


def _what(value: Any) -> str:
    return f"a {type(value).__name__}" if value is not None and value != () else repr(value)
