import re
import tomllib

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.house.repository import ROOT

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def locked() -> dict[str, Version]:
    pins = re.findall(r"^([a-z0-9._-]+)==([^\s;]+)", LOCK, re.MULTILINE)
    return {canonicalize_name(name): Version(version) for name, version in pins}


def asked_for() -> list[Requirement]:
    project = PROJECT["project"]
    lists = [project["dependencies"], *project["optional-dependencies"].values(), PROJECT["build-system"]["requires"]]
    requirements = [Requirement(text) for texts in lists for text in texts]
    return [each for each in requirements if each.name != project["name"]]


def test_the_lock_file_names_no_place_to_download_from():
    assert "://" not in LOCK
    assert not re.search(r"^(--|-i|-f|-e)", LOCK, re.MULTILINE)


def test_every_locked_package_has_its_hashes():
    for block in re.split(r"\n(?=\S)", LOCK):
        assert block.startswith("#") or "--hash=sha256:" in block, block


def test_all_that_pyproject_asks_for_is_locked_in_a_version_it_allows():
    pins = locked()
    found = [(each, pins.get(canonicalize_name(each.name))) for each in asked_for()]

    assert [str(each) for each, pin in found if pin is None or pin not in each.specifier] == [], "run `make lock`"


def test_the_lock_is_written_for_the_oldest_python_that_we_support():
    assert PROJECT["project"]["requires-python"] == ">=3.11"
    assert "--python-version 3.11 " in LOCK.splitlines()[1]
