from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from arena.exposition import Family, exposition


@given(st.dictionaries(st.tuples(st.text(), st.text()), st.floats(0, 1e18)))
def test_prometheus_reads_what_was_counted_whatever_the_labels(values: dict[tuple[str, str], float]):
    family = Family("things_total", "counter", "Things", ("one", "two"))
    family.replace(values)

    (read,) = text_string_to_metric_families(exposition((family,)).decode())

    assert (read.name, read.type, read.documentation) == ("things", "counter", "Things")
    assert {(each.labels["one"], each.labels["two"]): each.value for each in read.samples} == values


def test_counts_add_up():
    family = Family("things", "gauge", "Things")
    family.add(n=3)
    family.add(n=-1)

    assert exposition((family,)) == b"# HELP things Things\n# TYPE things gauge\nthings 2\n"
