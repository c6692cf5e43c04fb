from datetime import date

import numpy as np
import pytest

from bookkit.data.registry import SAMPLE
from kerasbook.outlook.review.survival import (
    counted,
    half_life,
    kept,
    lifetime,
    load_elsewhere,
    load_names,
    lost_by_part,
    offered,
    shares_kept,
)

# Three releases: b.g is public in the first alone, c.h comes with the second; in the third
# b.f loses `y`, and c.j gains an argument.
NAMES = {
    "keras.b.f": [[0, 1, True, "x y"], [2, 2, True, "x z"]],
    "keras.b.g": [[0, 0, True, "x"], [1, 1, False, "x"]],
    "keras.c.h": [[1, 2, True, ""]],
    "keras.b.i": [[0, 0, True, "x"]],
    "keras.c.j": [[0, 1, True, ""], [2, 2, True, "x"]],
}


def test_offered_and_counted_by_hand():
    assert offered(NAMES, 1) == {
        "keras.b.f": {"x", "y"}, "keras.b.g": {"x"}, "keras.c.h": set(), "keras.c.j": set(),
    }  # fmt: skip
    assert counted(NAMES, 1) == ["keras.b.f", "keras.c.h", "keras.c.j"]


def test_kept_by_hand():
    public, before, after = counted(NAMES, 0), offered(NAMES, 0), offered(NAMES, 2)
    assert kept(public, before, after) == ["keras.b.f", "keras.c.j"]
    assert kept(public, before, after, arguments=True) == ["keras.c.j"]


def test_shares_by_hand():
    nan = np.nan
    np.testing.assert_allclose(
        shares_kept(NAMES, 3), [[1, 3 / 4, 2 / 4], [nan, 1, 1], [nan, nan, 1]]
    )
    strict = shares_kept(NAMES, 3, arguments=True)
    np.testing.assert_allclose(strict, [[1, 3 / 4, 1 / 4], [nan, 1, 2 / 3], [nan, nan, 1]])


def test_half_life_by_hand():
    days = [date(2020, 1, 1), date(2021, 1, 1), date(2022, 1, 1)]
    assert half_life(days, [1, 0.5, 0.49]) == pytest.approx(731 / 365.25)
    assert half_life(days, [1, 0.5, 0.5]) is None


def test_lost_by_part_by_hand():
    assert lost_by_part(NAMES, 0, 2) == {"keras.b": (2, 3), "keras.c": (0, 1)}


def test_lifetime_of_paths_and_arguments():
    assert lifetime(NAMES, "keras.b.f") == [0, 1, 2]
    assert lifetime(NAMES, "keras.b.f", "y") == [0, 1]
    assert lifetime(NAMES, "keras.b.f", "nothing") == []
    assert lifetime(NAMES, "keras.nothing") == []


@pytest.fixture(scope="module")
def record():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KERASBOOK_DATA", str(SAMPLE))
        yield (*load_names(), load_elsewhere())


def test_the_record_knows_what_the_release_notes_say(record):
    releases, names, elsewhere = record
    versions = [release["version"] for release in releases]
    days = [release["built"] for release in releases]
    assert days == sorted(days)
    assert (versions[0], versions[-1], len(versions)) == ("0.2.0", "3.15.0", 35)
    assert days[versions.index("3.0.0")] == date(2023, 11, 28)
    assert releases[0]["frameworks"] == ["theano"]
    assert releases[-1]["frameworks"] == ["jax", "openvino", "tensorflow", "torch"]
    assert lifetime(names, "keras.optimizers.Muon")[0] == versions.index("3.10.0")
    assert lifetime(names, "keras.distillation.Distiller")[0] == versions.index("3.12.0")
    last = lifetime(names, "keras.models.Sequential.fit", "nb_epoch")[-1]
    assert versions[last] == "1.2.0"
    assert all(first < last for first, last in elsewhere.values())


def test_what_the_page_says_of_all_releases_holds(record):
    releases, names, _ = record
    versions = [release["version"] for release in releases]
    days = [release["built"] for release in releases]
    shares = shares_kept(names, len(releases))
    new = versions.index("3.0.0")
    for version in ("1.0.0", "2.0.0", "2.2.0"):  # all fall below a half on one day
        place = versions.index(version)
        assert shares[place, new - 1] > 0.5 > shares[place, new]
        years = half_life(days[place:], shares[place, place:])
        assert years == pytest.approx((days[new] - days[place]).days / 365.25)
    lost = 1 - np.diagonal(shares, offset=1)
    moves = [versions.index(version) - 1 for version in ("1.0.0", "2.0.0", "2.6.0", "3.0.0")]
    assert set(np.argsort(lost)[-4:]) == set(moves)
    assert lost[new:].max() < 0.005


def test_missing_data_say_what_to_do(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KERASBOOK_DATA", str(tmp_path))
    with pytest.raises(
        FileNotFoundError,
        match=r"keras-names/names\.json was not found\. Unpack .*sample-data\.zip",
    ):
        load_names()
