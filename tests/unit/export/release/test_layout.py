from export.release.layout import bold, estimated_tokens, headers, lists


def test_headings_are_counted_by_their_level_and_not_in_code():
    text = "# one\n\n## two\n## two again\n####### seven is none\n#none\n```\n# a comment\n```\n"

    assert headers([text]) == {"h1": 1, "h2": 2, "h3": 0, "h4": 0, "h5": 0, "h6": 0}


def test_entries_of_lists_are_counted_by_their_kind():
    assert lists(["1. one\n2) two\n  - nested\n* star\n+ plus\n-none\n12.5 is none"]) == {"ordered": 2, "unordered": 3}


def test_bold_is_counted_by_its_marks():
    assert bold(["**one** and __two__ and ** not this", "```\n**no**"]) == {"**": 1, "__": 1}


def test_tokens_are_estimated_in_every_script():
    assert estimated_tokens("Hello, world!") == 4
    assert estimated_tokens("internationalisation") == 3
    assert estimated_tokens("你好") == 2
    assert estimated_tokens("") == 0
