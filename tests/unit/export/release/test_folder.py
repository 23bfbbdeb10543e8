from pathlib import Path

import pytest

from arena.errors import SetupError
from export.release.folder import new_folder


def test_an_absent_folder_is_made(tmp_path: Path):
    with new_folder(tmp_path / "a" / "b") as folder:
        assert folder.is_dir()


def test_a_folder_that_holds_something_is_refused_and_left_alone(tmp_path: Path):
    (tmp_path / "precious").touch()

    with pytest.raises(SetupError, match="not empty"), new_folder(tmp_path):
        pass

    assert (tmp_path / "precious").exists()


def test_a_file_is_no_folder(tmp_path: Path):
    (tmp_path / "file").touch()

    with pytest.raises(SetupError, match="cannot write"), new_folder(tmp_path / "file"):
        pass


def test_half_a_release_is_swept_away(tmp_path: Path):
    def break_off() -> None:
        with new_folder(tmp_path / "out") as folder:
            (folder / "data").mkdir()
            (folder / "data" / "half").touch()
            (folder / "README.md").touch()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        break_off()

    assert list((tmp_path / "out").iterdir()) == []
