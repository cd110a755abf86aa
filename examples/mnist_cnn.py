"""Train a small convolutional network to read handwritten digits.

    python examples/mnist_cnn.py                    # both recipes, on the best data at hand
    python examples/mnist_cnn.py --recipe modern    # today's recipe alone
    python examples/mnist_cnn.py --recipe article --runs 12

`article` is the network and the protocol of an article that writes an MNIST CNN by hand in NumPy:
one filter, 2,000 steps of two images, 82.8 % test accuracy. `modern` is the same idea at today's
size: two convolutions, Adam, one cycle of the learning rate, every image shifted a little.

Data: the 60,000 training images from --data DIR (IDX files, gzipped or not), ./data or --download;
without them the 10,000 that ship with the package. The test set is the official one.
Pictures need matplotlib (pip install "tinygrad_np[examples]") and go to --out.
"""

from __future__ import annotations

import argparse
import pickle
import signal
import statistics
import time
from pathlib import Path
from typing import Any

import tinygrad_np as tg
from tinygrad_np import nn, optim
from tinygrad_np.nn import functional as F
from tinygrad_np.vision import datasets

try:
    from tqdm import tqdm
except ImportError:
    tqdm = None

# --- data ---


class Data:
    """Images (N, 1, 28, 28) from 0 to 1 and labels (N,), for training, validation and test."""

    def __init__(self, train: Any, test: Any, name: str) -> None:
        self.name = f"{len(train):,} training and {len(test):,} test images from {name}"
        images, labels = train.data.unsqueeze(1).float() / 255, train.targets
        held_out = len(train) // 6
        self.train = images[:-held_out], labels[:-held_out]
        self.validation = images[-held_out:], labels[-held_out:]
        self.everything = images, labels
        self.test = test.data.unsqueeze(1).float() / 255, test.targets


def load(directory: Path | None, download: bool) -> Data:
    """The whole of MNIST if it can be had, else the digits that ship with the package."""
    root = directory or Path("data")
    if directory or download or datasets.MNIST.found_in(root):
        train = datasets.MNIST(root, train=True, download=download)
        return Data(train, datasets.MNIST(root, train=False, download=download), str(root))
    return Data(datasets.Digits(train=True), datasets.Digits(train=False), "the package")


# --- recipes: a model, an optimizer, a schedule and batches ---


class Article:
    """conv(1 filter, 3x3) - relu - max pool 2x2 - fc 64 - relu - fc 10, in float64."""

    batch_size, epochs, report_every = 2, 1, 100

    def __init__(self, data: Data, args: argparse.Namespace) -> None:
        self.images, self.labels = data.train
        self.batch = args.batch_size or self.batch_size
        self.steps = 2000 * (args.epochs or self.epochs)
        self.model = nn.Sequential(
            nn.Conv2d(1, 1, kernel_size=3),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(13 * 13, 64),
            nn.ReLU(),
            nn.Linear(64, 10),
        ).double()
        for name, parameter in self.model.named_parameters():
            if name.endswith("weight"):
                nn.init.normal_(parameter, std=0.01)
            else:
                nn.init.zeros_(parameter)
        self.optimizer = optim.SGD(self.model.parameters(), lr=0.01, momentum=0.9)
        self.schedule = optim.lr_scheduler.LambdaLR(
            self.optimizer, lambda step: 1 / (1 + 1e-6 * step)
        )

    def draw(self, step: int) -> tuple[tg.Tensor, tg.Tensor]:
        """Images drawn with replacement."""
        chosen = tg.randint(len(self.images), (self.batch,))
        return self.images[chosen].double(), self.labels[chosen]


class Modern:
    """Two convolutions and two linear layers; Adam, one cycle, shifted images."""

    batch_size, epochs, report_every = 64, 4, 100

    def __init__(self, data: Data, args: argparse.Namespace) -> None:
        self.images, self.labels = data.everything
        self.batch = args.batch_size or self.batch_size
        small = len(self.images) < 60_000  # as many steps on less data
        epochs = args.epochs or (4 * self.epochs if small else self.epochs)
        self.steps_per_epoch = -(-len(self.images) // self.batch)  # rounded up
        self.steps = epochs * self.steps_per_epoch
        self.seed = args.seed
        self.model = nn.Sequential(
            nn.Conv2d(1, 16, kernel_size=3),
            nn.MaxPool2d(2),
            nn.ReLU(),  # after the pooling it has a quarter of the work, with the same result
            nn.Conv2d(16, 32, kernel_size=3),
            nn.MaxPool2d(2),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(32 * 5 * 5, 128),
            nn.ReLU(),
            nn.Dropout(0.25),
            nn.Linear(128, 10),
        )
        self.optimizer = optim.Adam(self.model.parameters())
        self.schedule = optim.lr_scheduler.OneCycleLR(
            self.optimizer, max_lr=4e-3, total_steps=self.steps
        )
        self.order = (-1, tg.empty(0))

    def draw(self, step: int) -> tuple[tg.Tensor, tg.Tensor]:
        """The next images in this epoch's order, each shifted by up to two pixels."""
        epoch, place = divmod(step, self.steps_per_epoch)
        if self.order[0] != epoch:
            generator = tg.Generator().manual_seed(1000 * self.seed + epoch)
            self.order = epoch, tg.randperm(len(self.images), generator=generator)
        chosen = self.order[1][place * self.batch : (place + 1) * self.batch]
        return shifted(self.images[chosen], 2), self.labels[chosen]


def shifted(images: tg.Tensor, pixels: int) -> tg.Tensor:
    """Each image (N, 1, H, W) moved by its own random number of pixels, filled with zeros."""
    n, _, height, width = images.shape
    padded = F.pad(images, (pixels,) * 4)
    down, right = tg.randint(2 * pixels + 1, (2, n, 1, 1))
    rows, columns = down + tg.arange(height)[:, None], right + tg.arange(width)
    return padded[tg.arange(n)[:, None, None], 0, rows, columns].unsqueeze(1)


RECIPES = {"article": Article, "modern": Modern}

# --- training ---


class Run:
    """A recipe on its way: how far it is, and what was seen."""

    def __init__(self, name: str, data: Data, args: argparse.Namespace) -> None:
        tg.manual_seed(args.seed)
        self.name, self.data = name, data
        self.options = {key: getattr(args, key) for key in ("seed", "epochs", "batch_size")}
        self.recipe = RECIPES[name](data, args)
        self.step = 0
        self.history: list[tuple[int, float, float, float]] = []

    def train(self, checkpoint: Path | None, quiet: bool = False) -> bool:
        """Train to the end, or until Ctrl-C; whether the end was reached."""
        recipe, model = self.recipe, self.recipe.model
        with Interrupt() as interrupt:
            for _ in progress(self.step, recipe.steps, self.name, quiet):
                images, labels = recipe.draw(self.step)
                scores = model(images)
                loss = F.cross_entropy(scores, labels)
                recipe.optimizer.zero_grad()
                loss.backward()
                recipe.optimizer.step()
                recipe.schedule.step()
                self.step += 1
                if self.step % recipe.report_every == 0:
                    self.report(loss, scores, labels, quiet)
                if interrupt.seen:
                    break
            if checkpoint:
                self.save(checkpoint)
        return self.step == recipe.steps

    def report(self, loss: tg.Tensor, scores: tg.Tensor, labels: tg.Tensor, quiet: bool) -> None:
        """Loss and accuracy of the batch, accuracy of 200 random validation images."""
        batch = (scores.argmax(1) == labels).float().mean().item()
        images, truth = self.data.validation
        some = tg.randint(len(images), (200,))
        validation = accuracy(self.recipe.model, images[some], truth[some])
        self.history.append((self.step, loss.item(), batch, validation))
        if not quiet and self.step % (5 * self.recipe.report_every) == 0:
            show(
                f"  step {self.step:5d}   loss {loss.item():.4f}   "
                f"batch {batch:6.1%}   validation {validation:6.1%}"
            )

    def save(self, path: Path) -> None:
        """Write a checkpoint from which `resumed` goes on as if nothing had happened."""
        recipe = self.recipe
        path.parent.mkdir(parents=True, exist_ok=True)
        state = {
            "recipe": self.name,
            "images": len(self.data.everything[0]),
            "options": self.options,
            "step": self.step,
            "history": self.history,
            "model": recipe.model.state_dict(),
            "optimizer": recipe.optimizer.state_dict(),
            "schedule": recipe.schedule.state_dict(),
            "random": tg.get_rng_state(),
        }
        tg.save(state, path)
        show(f"  checkpoint at step {self.step:,} of {recipe.steps:,}: {path}")


def resumed(path: Path, name: str, data: Data, args: argparse.Namespace) -> Run:
    """The run of a checkpoint, with the options that it was begun with."""
    try:
        state = tg.load(path)
    except (OSError, pickle.UnpicklingError) as error:
        raise SystemExit(f"--resume: {error}") from None
    found = state.get("recipe") if isinstance(state, dict) else None
    if found != name:
        raise SystemExit(f"--resume: {path} is a checkpoint of {found or 'nothing known'}")
    if state["images"] != len(data.everything[0]):
        raise SystemExit(f"--resume: {path} was trained on {state['images']:,} images: see --data")
    run = Run(name, data, argparse.Namespace(**state["options"]))
    run.step, run.history = state["step"], state["history"]
    run.recipe.model.load_state_dict(state["model"])
    run.recipe.optimizer.load_state_dict(state["optimizer"])
    run.recipe.schedule.load_state_dict(state["schedule"])
    tg.set_rng_state(state["random"])
    return run


@tg.no_grad()
def predict(model: nn.Module, images: tg.Tensor) -> tg.Tensor:
    """The digit that the model sees in each image."""
    model.eval()
    dtype = next(model.parameters()).dtype
    found = [model(part.to(dtype)).argmax(1) for part in images.split(500)]
    model.train()
    return tg.cat(found)


def accuracy(model: nn.Module, images: tg.Tensor, labels: tg.Tensor) -> float:
    """The share of images that the model reads right."""
    return (predict(model, images) == labels).float().mean().item()


class Interrupt:
    """Lets the step under way finish at the first Ctrl-C; a second one ends the program."""

    seen = False

    def __enter__(self) -> Interrupt:
        self.before = signal.signal(signal.SIGINT, self.note)
        return self

    def note(self, *_: Any) -> None:
        self.seen = True
        signal.signal(signal.SIGINT, self.before)

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self.before)


def progress(start: int, end: int, name: str, quiet: bool) -> Any:
    """The steps, with a progress bar in a terminal where tqdm is installed."""
    steps = range(start, end)
    if tqdm is None:
        return steps
    return tqdm(steps, name, end, initial=start, disable=quiet or None, leave=False)


def show(line: str) -> None:
    """Print a line, above a progress bar if there is one."""
    if tqdm is None:
        print(line, flush=True)
    else:
        tqdm.write(line)


# --- pictures ---


def draw_pictures(run: Run, out: Path) -> None:
    """Curves, test digits, mistakes, filters and the confusion matrix, as PNG files."""
    try:
        import matplotlib
    except ImportError:
        show('  no pictures: pip install "tinygrad_np[examples]" for matplotlib')
        return
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    out.mkdir(parents=True, exist_ok=True)
    images, labels = run.data.test
    guesses = predict(run.recipe.model, images)

    def save(figure: Any, name: str) -> None:
        figure.savefig(out / f"{run.name}_{name}.png", dpi=120, bbox_inches="tight")
        plt.close(figure)

    def grid(chosen: list[int], name: str, title: str) -> None:
        figure, axes = plt.subplots(4, 8, figsize=(8, 4.8))
        figure.suptitle(title)
        for axis in axes.flat:
            axis.axis("off")
        for axis, i in zip(axes.flat, chosen):
            truth, guess = labels[i].item(), guesses[i].item()
            axis.imshow(images[i, 0].numpy(), cmap="gray_r")
            color = "black" if truth == guess else "crimson"
            axis.set_title(f"{truth} → {guess}", color=color, fontsize=9)
        save(figure, name)

    if run.history:
        steps, loss, batch, validation = zip(*run.history)
        figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.5))
        left.plot(steps, loss, marker=".")
        left.set(xlabel="step", ylabel="loss of the batch", yscale="log")
        right.plot(steps, batch, marker=".", alpha=0.4, label="batch")
        right.plot(steps, validation, marker=".", label="validation, 200 images")
        right.set(xlabel="step", ylabel="accuracy", ylim=(0, 1.02))
        right.legend()
        save(figure, "curves")
    grid(tg.randperm(len(images))[:32].tolist(), "digits", "Random test digits: truth → prediction")
    wrong = (guesses != labels).nonzero().flatten()
    grid(wrong[:32].tolist(), "wrong", f"{len(wrong)} of {len(images):,} are read wrongly")

    filters = run.recipe.model[0].weight.detach()
    columns = min(8, len(filters))
    rows, most = -(-len(filters) // columns), filters.abs().max().item()
    size = max(3, columns), rows + 0.8 if rows > 1 else 3
    figure, axes = plt.subplots(rows, columns, figsize=size, squeeze=False)
    for axis, kernel in zip(axes.flat, filters):
        axis.imshow(kernel[0].numpy(), cmap="coolwarm", vmin=-most, vmax=most)
        axis.axis("off")
    figure.suptitle("The filters of the first layer: blue is negative")
    save(figure, "filters")

    confusion = tg.zeros(10, 10).index_put_((labels, guesses), tg.tensor(1.0), accumulate=True)
    figure, axis = plt.subplots(figsize=(5, 5))
    axis.imshow(confusion.log1p().numpy(), cmap="Blues")
    for truth in range(10):
        for guess in range(10):
            count = int(confusion[truth, guess])
            color = "white" if truth == guess else "black"
            axis.text(guess, truth, count or "", ha="center", va="center", color=color, fontsize=7)
    axis.set(xlabel="read as", ylabel="truth", xticks=range(10), yticks=range(10))
    save(figure, "confusion")
    show(f"  pictures: {out}/{run.name}_*.png")


# --- the program ---


def run_once(name: str, data: Data, args: argparse.Namespace) -> bool:
    """One recipe from beginning to end; whether it got there."""
    run = resumed(args.resume, name, data, args) if args.resume else Run(name, data, args)
    count = sum(p.numel() for p in run.recipe.model.parameters())
    show(f"{name}: {count:,} parameters, {run.recipe.steps:,} steps of {run.recipe.batch} images")
    start, first = time.perf_counter(), run.step
    checkpoint = args.save or args.resume or args.out / f"{name}.ckpt"
    finished = run.train(checkpoint)
    seconds = time.perf_counter() - start
    if run.step > first:
        show(f"  {seconds:.1f} s, {1000 * seconds / (run.step - first):.2f} ms a step")
    if not finished:
        show(f"  stopped; go on with --recipe {name} --resume {checkpoint}")
        return False
    test = accuracy(run.recipe.model, *data.test)
    validation = accuracy(run.recipe.model, *data.validation)
    seen = " (seen in training)" if name == "modern" else ""
    show(f"  test accuracy {test:.2%}   validation accuracy {validation:.2%}{seen}")
    draw_pictures(run, args.out)
    return True


def run_many(name: str, data: Data, args: argparse.Namespace) -> bool:
    """The distribution of the test accuracy over seeds; whether it got there."""
    found = []
    for seed in range(args.seed, args.seed + args.runs):
        run = Run(name, data, argparse.Namespace(**{**vars(args), "seed": seed}))
        if not run.train(None, quiet=True):
            return False
        found.append(accuracy(run.recipe.model, *data.test))
        show(f"  seed {seed}: test accuracy {found[-1]:.2%}")
    stuck = sum(a < 0.15 for a in found)
    show(
        f"{name}, {args.runs} runs: median {statistics.median(found):.1%}, best {max(found):.1%}, "
        f"worst {min(found):.1%}, {stuck} that never learn (below 15 %)"
    )
    return True


def positive(text: str) -> int:
    """An argument that counts something."""
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError(f"{number} is less than 1")
    return number


def main() -> int:
    """Parse the arguments and run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--recipe", choices=[*RECIPES, "both"], default="both")
    add("--data", type=Path, metavar="DIR", help="where MNIST's files lie")
    add("--download", action="store_true", help="fetch MNIST into --data or ./data")
    add("--runs", type=positive, default=1, metavar="N", help="N seeds, no pictures")
    add("--seed", type=int, default=0)
    add("--epochs", type=positive, metavar="N", help="for article: times 2,000 steps")
    add("--batch-size", type=positive, metavar="N")
    add("--out", type=Path, default=Path("out"), metavar="DIR", help="for pictures and checkpoints")
    add("--save", type=Path, metavar="FILE", help="the checkpoint; else --resume, or in --out")
    add("--resume", type=Path, metavar="FILE", help="go on, with the options it was begun with")
    args = parser.parse_args()
    if args.recipe == "both" and (args.resume or args.save):
        parser.error("--save and --resume need --recipe article or --recipe modern")
    if args.runs > 1 and (args.resume or args.save):
        parser.error("--runs keeps no checkpoints: leave --save and --resume away")
    try:
        data = load(args.data, args.download)
    except (OSError, RuntimeError, ValueError) as error:
        raise SystemExit(str(error)) from None
    show(data.name)
    run = run_many if args.runs > 1 else run_once
    names = RECIPES if args.recipe == "both" else [args.recipe]
    return 0 if all(run(name, data, args) for name in names) else 130


if __name__ == "__main__":
    try:
        code = main()
    except KeyboardInterrupt:
        code = 130
    raise SystemExit(code)
