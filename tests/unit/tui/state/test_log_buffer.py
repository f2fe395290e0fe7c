"""The lines of a log: numbers that stay, a search that goes round, the oldest dropped."""

from __future__ import annotations

from promote_tui.tui.state.log_buffer import LogBuffer


def buffer_of(*lines: str) -> LogBuffer:
    found = LogBuffer()
    found.append([line.encode() for line in lines])
    return found


def test_a_line_keeps_its_number_when_the_oldest_go() -> None:
    found = buffer_of(*(f"line {number}" for number in range(100_002)))
    assert (found.start, found.end) == (2, 100_002)
    assert found.text_of(1) == ""
    assert found.text_of(2) == "line 2"


def test_a_search_begins_at_the_line_on_top_and_goes_round() -> None:
    found = buffer_of("one", "Two", "three", "two")
    assert found.search("two", 2) == 3
    assert found.place == (2, 2)
    assert found.step(1, 0) == 1
    assert found.step(-1, 0) == 3


def test_colours_do_not_part_what_is_searched_for() -> None:
    found = buffer_of("a \x1b[31mfai\x1b[0mled deploy")
    assert found.search("failed", 0) == 0
    assert found.text_of(0) == "a failed deploy"


def test_what_comes_later_counts_as_a_match_too() -> None:
    found = buffer_of("nothing")
    assert found.search("error", 0) is None
    found.append([b"an error"])
    assert found.place == (0, 1)
    assert found.step(1, 0) == 1


def test_a_line_is_found_by_all_of_its_words() -> None:
    found = buffer_of("CREATE_FAILED Table", "CREATE_FAILED Queue")
    assert found.find("CREATE_FAILED", "Queue") == 1
    assert found.find("CREATE_FAILED", "Topic") is None
