from export.release.finishing import versions


def test_a_release_says_which_library_found_its_names():
    assert "python-crfsuite" in versions()
