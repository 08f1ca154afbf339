"""Packets: length, evenness and entries, from lines alone."""

from dataclasses import replace

import pytest

from vidgen_assets.arrivals import packets as module
from vidgen_assets.arrivals.limits import LIMITS
from vidgen_assets.arrivals.packets import lines_of, read_packets
from vidgen_assets.clips.errors import InputError


def lines(*times_s: float, keys: tuple[float, ...] = (0.0,), duration: str = "N/A") -> list[str]:
    return [f"{t},{t},{duration},{'K' if t in keys else '_'}__\n" for t in times_s]


def test_times_count_from_the_first_frame_that_is_shown_in_whatever_order_they_are_stored() -> None:
    found = read_packets(lines(5.0, 5.3, 5.1, 5.2, duration="0.1", keys=(5.0,)))

    assert found.times_s == pytest.approx((0, 0.1, 0.2, 0.3))
    assert found.start_s == 5.0
    assert found.duration_s == pytest.approx(0.4)
    assert found.frame_count == 4


def test_a_last_frame_without_a_duration_stands_as_long_as_the_one_before_it() -> None:
    assert read_packets(lines(0.0, 0.5)).duration_s == pytest.approx(1.0)
    assert read_packets(lines(0.0)).duration_s == pytest.approx(0.04)
    assert read_packets([]).duration_s == 0


def test_frames_that_are_to_be_dropped_dont_count_and_untimed_ones_do() -> None:
    found = read_packets(["-0.1,-0.1,0.1,KD_", "0,0,0.1,K__", "N/A,0.1,0.1,___", "N/A,N/A,0.1,___", ""])

    assert found.times_s == (0.0,)
    assert found.frame_count == 3
    assert not found.is_variable_rate, "what isn't known isn't said"


def test_where_no_time_of_showing_is_written_that_of_decoding_stands_for_it() -> None:
    assert read_packets(["N/A,1.0,0.1,K__", "N/A,1.1,0.1,___"]).times_s == pytest.approx((0, 0.1))


@pytest.mark.parametrize(
    ("gaps_ms", "is_variable"),
    [
        ([33, 34, 33] * 10, False),  # 30 a second, as milliseconds
        ([33] * 20 + [66] + [33] * 20, False),  # one frame was dropped
        ([33, 66, 100] * 10, True),
        ([40], False),
    ],
)
def test_a_rate_is_variable_if_more_than_a_few_frames_stand_longer(gaps_ms: list[int], is_variable: bool) -> None:
    times_s = [sum(gaps_ms[:n]) / 1_000 for n in range(len(gaps_ms) + 1)]

    assert read_packets(lines(*times_s)).is_variable_rate is is_variable


def test_one_enters_at_the_last_key_picture_and_sees_the_last_frame() -> None:
    found = read_packets(lines(0.0, 1.0, 2.0, 3.0, keys=(0.0, 2.0)))

    assert [found.entry_before(s) for s in (0.0, 1.9, 2.0, 9.0)] == [0, 0, 2, 2]
    assert [found.shown_at(s) for s in (0.0, 1.9, 2.5, 9.0)] == [0, 1, 2, 3]


def test_a_flood_of_packets_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LIMITS", replace(LIMITS, most_packets=10))
    endless = (f"{number},{number},1,K__" for number in iter(int, 1))

    with pytest.raises(InputError, match="too many frames"):
        read_packets(endless)


def test_lines_are_put_together_again_from_pieces() -> None:
    assert list(lines_of([b"ab\nc", b"d\n", b"e"])) == ["ab", "cd", "e"]
