"""The table of deadlines, for every way of moving and every calendar, at fixed instants."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.contents.adaptation import Hours
from pratique.contents.desk import DeskHours
from pratique.contents.fields import instant_ms
from pratique.contents.shipment import Leg
from pratique.desk.calendars import calendar_of
from pratique.desk.deadlines import Calendar, Way, deadlines, late, working_days_after

# A Thursday.
SENT = "2026-11-26T10:00:00Z"
SENT_MS = instant_ms(SENT)
HOUR_MS = 3_600_000
GULF = Calendar(weekend=frozenset({4, 5}), offset=timedelta(hours=4))


def way(mode: str, etd: str | None, eta: str | None) -> Way:
    """Give a way of one leg into Kenya."""
    return Way.to("ke", [Leg(mode, "BEBRU", "KENBO", etd, eta)])


FAR = {mode: way(mode, "2026-12-20T00:00Z", "2026-12-28T00:00Z") for mode in ("air", "sea", "road", "rail", "post")}


@pytest.mark.parametrize(
    ("mode", "acknowledge", "reply"),
    [
        ("air", "2026-11-27T10:00:00Z", "2026-11-28T10:00:00Z"),
        ("sea", "2026-11-30T10:00:00Z", "2026-12-03T10:00:00Z"),  # two and five working days over a weekend
        ("road", "2026-11-26T22:00:00Z", "2026-11-27T10:00:00Z"),
        ("rail", "2026-11-27T10:00:00Z", "2026-11-28T10:00:00Z"),
        ("post", "2026-11-26T22:00:00Z", "2026-11-27T10:00:00Z"),
    ],
)
def test_each_way_of_moving_has_its_clocks(mode: str, acknowledge: str, reply: str) -> None:
    asked = deadlines(FAR[mode], "REPLY", SENT_MS, Calendar())
    assert (asked.acknowledge_at, asked.reply_at, asked.reconcile_days) == (acknowledge, reply, 3)
    assert deadlines(FAR[mode], "INFORM", SENT_MS, Calendar()).reply_at is None


@pytest.mark.parametrize(
    ("mode", "etd", "eta", "acknowledge", "reply"),
    [
        # Before departure, and four hours before it.
        ("air", "2026-11-26T20:00Z", "2026-11-27T04:00Z", "2026-11-26T20:00:00Z", "2026-11-26T20:00:00Z"),
        ("air", "2026-11-28T00:00Z", "2026-11-28T08:00Z", "2026-11-27T10:00:00Z", "2026-11-27T20:00:00Z"),
        # Loading limits the answer of a sea way, not its acknowledgement.
        ("sea", "2026-12-01T00:00Z", "2026-12-20T00:00Z", "2026-11-30T10:00:00Z", "2026-12-01T00:00:00Z"),
        # Two hours before the border.
        ("road", "2026-11-26T12:00Z", "2026-11-26T20:00Z", "2026-11-26T12:00:00Z", "2026-11-26T18:00:00Z"),
        # Nobody can answer within minutes: an hour at least.
        ("air", "2026-11-26T10:10Z", "2026-11-26T20:00Z", "2026-11-26T11:00:00Z", "2026-11-26T11:00:00Z"),
        # A limit that has passed limits nothing.
        ("air", "2026-11-26T09:00Z", "2026-11-26T20:00Z", "2026-11-27T10:00:00Z", "2026-11-28T10:00:00Z"),
    ],
)
def test_departure_loading_and_border_limit_the_clocks(
    mode: str, etd: str, eta: str, acknowledge: str, reply: str
) -> None:
    asked = deadlines(way(mode, etd, eta), "REPLY", SENT_MS, Calendar())
    assert (asked.acknowledge_at, asked.reply_at) == (acknowledge, reply)


def test_the_addressee_s_calendar_counts_not_the_sender_s() -> None:
    sea = FAR["sea"]
    # Thursday noon in the Gulf; Friday and Saturday are no working days there: Sunday, Monday.
    assert deadlines(sea, "INFORM", SENT_MS, GULF).acknowledge_at == "2026-11-30T10:00:00Z"
    told = DeskHours(weekend=(4, 5), holidays=("2026-11-30", "2026-12-01"), utc_offset_minutes=240)
    assert deadlines(sea, "INFORM", SENT_MS, calendar_of(told)).acknowledge_at == "2026-12-02T10:00:00Z"
    assert deadlines(sea, "REPLY", SENT_MS, calendar_of(told)).reply_at == "2026-12-07T10:00:00Z"
    # Late in the evening in UTC it is Friday in the Gulf: it comes with Sunday's first minute there.
    evening = instant_ms("2026-11-26T22:00:00Z")
    assert deadlines(sea, "INFORM", evening, GULF).acknowledge_at == "2026-11-30T20:00:00Z"


def test_urgent_notices_count_clock_hours_only() -> None:
    asked = deadlines(FAR["sea"], "REPLY", SENT_MS, GULF, urgent=True)
    assert (asked.acknowledge_at, asked.reply_at) == ("2026-11-28T10:00:00Z", "2026-12-01T10:00:00Z")


def test_an_operation_sets_its_own_clocks() -> None:
    asked = deadlines(FAR["air"], "REPLY", SENT_MS, Calendar(), hours=Hours(acknowledge=2))
    assert (asked.acknowledge_at, asked.reply_at) == ("2026-11-26T12:00:00Z", "2026-11-28T10:00:00Z")


def test_a_series_without_times_has_clocks_without_limits() -> None:
    asked = deadlines(way("air", None, None), "INFORM", SENT_MS, Calendar())
    assert asked.acknowledge_at == "2026-11-27T10:00:00Z"
    assert late(way("air", None, None), SENT_MS) is None


def test_each_addressee_s_clock_is_that_of_the_leg_that_leads_to_it() -> None:
    legs = [
        Leg("air", "BEBRU", "AEDXB", "2026-11-30T00:00Z", "2026-11-30T08:00Z"),
        Leg("road", "AEDXB", "AEAUH", "2026-11-30T10:00Z", "2026-11-30T12:00Z"),
        Leg("sea", "AEAUH", "KEMBA", "2026-12-20T00:00Z", "2026-12-26T00:00Z"),
    ]
    assert Way.to("ae", legs).by == "air"
    assert Way.to("ke", legs).by == "sea"
    assert deadlines(Way.to("ke", legs), "INFORM", SENT_MS, Calendar()).acknowledge_at == "2026-11-30T10:00:00Z"


@pytest.mark.parametrize(
    ("mode", "etd", "eta", "last"),
    [
        ("air", "2026-11-26T08:00Z", "2026-11-26T20:00Z", "2026-11-26T16:00Z"),  # 4 hours before arrival
        ("air", "2026-11-26T08:00Z", "2026-11-26T10:00Z", "2026-11-26T08:00Z"),  # a short flight: wheels up
        ("sea", "2026-11-28T08:00Z", "2026-12-20T10:00Z", "2026-11-27T08:00Z"),
        ("road", "2026-11-26T08:00Z", "2026-11-26T20:00Z", "2026-11-26T19:00Z"),
        ("rail", "2026-11-26T08:00Z", "2026-11-26T20:00Z", "2026-11-26T18:00Z"),
        ("post", "2026-11-26T08:00Z", "2026-11-29T20:00Z", "2026-11-26T08:00Z"),
    ],
)
def test_a_notice_is_late_after_its_floor(mode: str, etd: str, eta: str, last: str) -> None:
    last_ms = instant_ms(last)
    assert late(way(mode, etd, eta), last_ms) is None
    assert last.removesuffix("Z") in (late(way(mode, etd, eta), last_ms + 1) or "")


def test_a_notice_of_the_year_one_is_late_like_any_other() -> None:
    assert late(way("sea", "0001-01-01T00:00Z", "0001-01-09T00:00Z"), SENT_MS) is not None


@given(
    seconds=st.integers(instant_ms("2026-01-01T00:00Z") // 1000, instant_ms("2030-01-01T00:00Z") // 1000),
    days=st.integers(1, 10),
    weekend=st.frozensets(st.integers(0, 6), max_size=5),
    holidays=st.frozensets(st.dates(date(2026, 1, 1), date(2030, 1, 1)), max_size=20),
    offset=st.integers(-12 * 60, 14 * 60),
)
def test_so_many_working_days_lie_between(
    seconds: int, days: int, weekend: frozenset[int], holidays: frozenset[date], offset: int
) -> None:
    calendar = Calendar(weekend, holidays, timedelta(minutes=offset))
    start_ms = seconds * 1000
    zone = timezone(calendar.offset)
    end = datetime.fromtimestamp(working_days_after(start_ms, days, calendar) / 1000, zone)
    begin = datetime.fromtimestamp(start_ms / 1000, zone)
    if not calendar.works(begin.date()):
        begin = datetime.combine(begin.date(), datetime.min.time(), zone)
        while not calendar.works(begin.date()):
            begin += timedelta(days=1)
    assert end.timetz() == begin.timetz()
    assert calendar.works(end.date())
    between = [begin.date() + timedelta(days=n) for n in range(1, (end.date() - begin.date()).days + 1)]
    assert sum(calendar.works(day) for day in between) == days
