"""Figures on the site: lighter copies of what the cells drew."""

import numpy as np
import pytest
from PIL import Image

from bookkit.web import images


@pytest.fixture
def light(tmp_path):
    def write(pixels):
        source, target = tmp_path / "figure.png", tmp_path / "figure.webp"
        Image.fromarray(pixels).save(source)
        with Image.open(source) as picture:
            images.write_light(picture, target, images.LOSSLESS_BYTES)
        with Image.open(target) as picture:
            return np.asarray(picture.convert("RGBA")), source, target

    return write


def test_a_drawing_keeps_every_pixel(light):
    pixels = np.full((300, 400, 4), 255, np.uint8)
    pixels[100:103, :, :3] = (0, 114, 178)
    pixels[::7, 50, :3] = 0
    shown, source, target = light(pixels)
    np.testing.assert_array_equal(shown, pixels)
    assert target.stat().st_size < source.stat().st_size
    assert not target.with_suffix(".tmp").exists()


def test_a_photograph_loses_what_the_eye_does_not_see(light):
    smooth = np.linspace(0, 255, 600)[:, None, None] * np.ones((1, 600, 4))
    noise = np.random.default_rng(0).normal(0, 12, smooth.shape)
    pixels = np.clip(smooth + noise, 0, 255).astype(np.uint8)
    pixels[..., 3] = 255
    shown, source, target = light(pixels)
    assert target.stat().st_size < source.stat().st_size / 4
    assert np.abs(shown.astype(int) - pixels).mean() < 12


def test_a_copy_is_written_anew_when_the_figure_or_this_code_or_its_library_changed(
    tmp_path, monkeypatch
):
    code, source = tmp_path / "images.py", tmp_path / "figure.png"
    monkeypatch.setattr(images, "__file__", str(code))
    code.write_text("quality=80", encoding="utf-8")
    Image.new("RGB", (4, 4), "red").save(source)
    written = [images.light_copy(source)]
    Image.new("RGB", (4, 4), "blue").save(source)
    written.append(images.light_copy(source))
    code.write_text("quality=75", encoding="utf-8")
    written.append(images.light_copy(source))
    monkeypatch.setattr(images.PIL, "__version__", "0")
    written.append(images.light_copy(source))
    assert len(set(written)) == 4
    assert {copy.read_bytes()[8:12] for copy in written} == {b"WEBP"}


def test_a_copy_of_the_same_is_not_written_again(tmp_path):
    source = tmp_path / "figure.png"
    Image.new("RGB", (4, 4), "red").save(source)
    copy = images.light_copy(source)
    copy.write_bytes(b"kept")
    assert images.light_copy(source).read_bytes() == b"kept"


def test_the_site_shows_thelight_copy_and_leaves_the_drawing_out(built_book):
    for language in ("zh", "en"):
        folder = built_book.folder / "out" / language / "html" / "_images"
        assert [path.suffix for path in folder.iterdir()] == [".webp"]
        assert f'src="_images/{next(folder.iterdir()).name}"' in built_book.page(language, "first")
    notebook = built_book.folder / "out" / "en" / "notebook" / "first.ipynb"
    assert '"image/png"' in notebook.read_text(encoding="utf-8")
