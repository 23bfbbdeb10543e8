import errno

import pytest

from export.release.finishing import versions
from export.release.making import NoRoom, naming_full_disks


def test_a_full_disk_is_told_as_something_that_one_can_mend():
    with pytest.raises(NoRoom, match="--resume"), naming_full_disks():
        raise OSError(errno.ENOSPC, "No space left on device")


def test_no_other_trouble_is_taken_for_a_full_disk():
    with pytest.raises(PermissionError), naming_full_disks():
        raise PermissionError(errno.EACCES, "Permission denied")


def test_a_release_says_which_library_found_its_names():
    assert "python-crfsuite" in versions()
