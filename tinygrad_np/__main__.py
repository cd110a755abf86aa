"""Run PyTorch's scripts on tinygrad_np, unchanged.

python -m tinygrad_np SCRIPT [ARGS]        a script, or a notebook (.ipynb)
python -m tinygrad_np -m MODULE [ARGS]     a module
python -m tinygrad_np -c CODE [ARGS]       a line of code
python -m tinygrad_np --check SCRIPT...    what scripts use that there is not; 0 if nothing
python -m tinygrad_np --api [ROOM...]      what there is, in Markdown: all, or torch.nn and such
python -m tinygrad_np --info               versions, threads, BLAS and extras found
python -m tinygrad_np --version | --help
"""

from __future__ import annotations

import os
import sys


def main(args: list[str]) -> int:
    """Do what the command line says; return the exit code."""
    first, rest = (args[0], args[1:]) if args else ("--help", [])
    if first in ("-h", "--help"):
        print(__doc__.strip())
        return 0
    if first in ("-V", "--version", "--info"):
        from tinygrad_np.launch.info import info

        print(info() if first == "--info" else info().splitlines()[0])
        return 0
    if first == "--check":
        from tinygrad_np.launch.check import check

        if not rest:
            print("--check SCRIPT...: expected the paths of scripts or notebooks", file=sys.stderr)
            return 2
        return check(rest)
    if first == "--api":
        from tinygrad_np.launch.api import page

        try:
            print(page(rest), flush=True)
        except BrokenPipeError:  # whoever reads it, as head, has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except ValueError as error:
            print(f"--api: {error}", file=sys.stderr)
            return 2
        return 0
    kinds = {"-m": "module", "-c": "code"}
    if (first in kinds and not rest) or (first[0] == "-" and first != "-" and first not in kinds):
        print(f"unknown or incomplete option: {first}\n\n{__doc__.strip()}", file=sys.stderr)
        return 2
    from tinygrad_np import as_torch  # noqa: F401  from here on, torch is this package
    from tinygrad_np.launch.run import run

    if first in kinds:
        run(rest[0], rest[1:], kind=kinds[first])
    else:
        run(first, rest)
    return 0


if __name__ == "__main__":
    code = main(sys.argv[1:])
    if code:
        sys.exit(code)
