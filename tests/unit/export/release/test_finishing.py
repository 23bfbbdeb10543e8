from importlib.metadata import version

from export.release.finishing import versions


def test_a_release_says_which_libraries_decide_its_bytes():
    assert {name: version(name) for name in ("google-re2", "pycld2", "rensa", "pyarrow")}.items() <= versions().items()
