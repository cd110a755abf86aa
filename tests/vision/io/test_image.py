"""Image files as Tensors and back, against Pillow."""

import io as files

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np.vision import io

pil = pytest.importorskip("PIL.Image")
rng = np.random.default_rng(0)
PIXELS = rng.integers(0, 256, (5, 6, 3), np.uint8)
X = tg.tensor(np.ascontiguousarray(PIXELS.transpose(2, 0, 1)))


def saved(picture, kind="PNG", **options):
    """The bytes of a file."""
    file = files.BytesIO()
    picture.save(file, kind, **options)
    return tg.tensor(np.frombuffer(file.getvalue(), np.uint8).copy())


def test_png_there_and_back(tmp_path):
    for level in (0, 6, 9):
        np.testing.assert_array_equal(io.decode_png(io.encode_png(X, level)).numpy(), X.numpy())
    assert len(io.encode_png(tg.zeros(3, 99, 99, dtype=tg.uint8), 0)) > 29403
    io.write_png(X, tmp_path / "a.png")
    with pil.open(tmp_path / "a.png") as picture:
        np.testing.assert_array_equal(np.asarray(picture), PIXELS)
    np.testing.assert_array_equal(io.read_image(tmp_path / "a.png").numpy(), X.numpy())
    np.testing.assert_array_equal(io.decode_image(str(tmp_path / "a.png")).numpy(), X.numpy())
    io.write_png(X[:1], str(tmp_path / "g.png"))
    np.testing.assert_array_equal(io.read_image(str(tmp_path / "g.png")).numpy(), X[:1].numpy())


def test_jpeg(tmp_path):
    smooth = np.add.outer(np.arange(40), np.arange(60)).astype(np.uint8)[None].repeat(3, 0)
    io.write_jpeg(tg.tensor(smooth), tmp_path / "a.jpg", quality=95)
    got = io.read_image(tmp_path / "a.jpg")
    assert got.shape == (3, 40, 60)
    assert np.abs(got.numpy().astype(int) - smooth).max() <= 3
    with pil.open(tmp_path / "a.jpg") as picture:
        np.testing.assert_array_equal(got.numpy(), np.asarray(picture).transpose(2, 0, 1))
    worse = io.encode_jpeg(tg.tensor(smooth), quality=5)
    assert len(worse) < len(io.encode_jpeg(tg.tensor(smooth)))
    grey = io.decode_jpeg(io.encode_jpeg(X), mode="GRAY")
    assert grey.shape == (1, 5, 6)


@pytest.mark.parametrize("kept", ["L", "LA", "RGB", "RGBA"])
def test_channels(kept):
    picture = pil.fromarray(PIXELS).convert(kept)
    data = saved(picture)
    modes = {"L": "GRAY", "LA": "GRAY_ALPHA", "RGB": "RGB", "RGBA": "RGB_ALPHA"}
    for wanted, name in modes.items():
        expected = np.asarray(picture.convert(wanted))
        expected = expected[None] if expected.ndim == 2 else expected.transpose(2, 0, 1)
        for mode in (name, name.lower(), io.ImageReadMode[name]):
            np.testing.assert_array_equal(io.decode_image(data, mode).numpy(), expected)
    same = io.decode_image(data)
    assert same.shape == (len(kept), 5, 6)
    assert io.ImageReadMode.RGBA is io.ImageReadMode.RGB_ALPHA


def test_palettes_bits_and_wide_greys():
    palette = pil.fromarray(PIXELS).convert("P")
    expected = np.asarray(palette.convert("RGB")).transpose(2, 0, 1)
    np.testing.assert_array_equal(io.decode_image(saved(palette)).numpy(), expected)
    assert io.decode_image(saved(palette, transparency=0)).shape == (4, 5, 6)
    bits = pil.fromarray(PIXELS[..., 0] > 99)
    np.testing.assert_array_equal(
        io.decode_image(saved(bits)).numpy()[0], np.where(PIXELS[..., 0] > 99, 255, 0)
    )
    wide = PIXELS[..., 0].astype(np.uint16) * 257
    got = io.decode_image(saved(pil.fromarray(wide))).numpy()
    assert got.dtype == np.uint16
    np.testing.assert_array_equal(got[0], wide)


def test_turned_by_the_camera():
    exif = pil.Exif()
    exif[0x0112] = 6  # a quarter turn
    data = saved(pil.fromarray(PIXELS), exif=exif)
    assert io.decode_image(data).shape == (3, 5, 6)
    turned = io.decode_image(data, apply_exif_orientation=True).numpy()
    np.testing.assert_array_equal(turned, np.rot90(X.numpy(), -1, (1, 2)))


def test_files(tmp_path):
    io.write_file(tmp_path / "x", tg.tensor([1, 2, 255], dtype=tg.uint8))
    assert (tmp_path / "x").read_bytes() == b"\x01\x02\xff"
    assert io.read_file(tmp_path / "x").tolist() == [1, 2, 255]


two = files.BytesIO()
pil.fromarray(PIXELS).save(two, "GIF", save_all=True, append_images=[pil.fromarray(255 - PIXELS)])
BYTES = io.encode_png(X)
REFUSED = {
    "nowhere": (lambda: io.read_image("/nowhere.png"), RuntimeError, "No such file"),
    "no image": (lambda: io.decode_image(BYTES[5:]), RuntimeError, "not an image, or truncated"),
    "cut off": (lambda: io.decode_image(BYTES[:-30]), RuntimeError, "truncated"),
    "nothing": (lambda: io.decode_image(BYTES[:0]), RuntimeError, "not an image"),
    "a PNG": (lambda: io.decode_jpeg(BYTES), RuntimeError, "not a JPEG"),
    "frames": (
        lambda: io.decode_image(tg.tensor(np.frombuffer(two.getvalue(), np.uint8).copy())),
        RuntimeError,
        "2 frames",
    ),
    "floats": (lambda: io.decode_image(tg.ones(3)), RuntimeError, r"float32 \(3,\)"),
    "floats to write": (lambda: io.write_file("x", tg.ones(3)), RuntimeError, "float32"),
    "mode": (lambda: io.decode_image(BYTES, "BGR"), KeyError, "BGR"),
    "float image": (lambda: io.encode_png(tg.ones(3, 2, 2)), RuntimeError, "float32"),
    "channels": (lambda: io.encode_jpeg(X[:2]), RuntimeError, r"uint8 \(2, 5, 6\)"),
    "level": (lambda: io.encode_png(X, 10), RuntimeError, "between 0 and 9, got 10"),
    "quality": (lambda: io.encode_jpeg(X, 0), ValueError, "between 1 and 100, got 0"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused(what):
    call, error, message = REFUSED[what]
    with pytest.raises(error, match=message):
        call()


def test_without_pillow(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "PIL", None)
    with pytest.raises(ImportError, match=r"tinygrad_np\[image\]"):
        io.encode_png(X)
