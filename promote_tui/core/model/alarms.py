"""CloudWatch alarms, and what is wrong with them."""

from __future__ import annotations

from promote_tui.core.value import Value


class Alarm(Value):
    """A CloudWatch alarm; `state` is OK, ALARM or INSUFFICIENT_DATA, None where it could not be read (`problem`)."""

    name: str
    state: str | None
    problem: str = ""


def unhealthy_alarms(names: tuple[str, ...], found: tuple[Alarm, ...], *, fatal: bool = False) -> list[str]:
    """Return what is wrong with the alarms of these names; `fatal`: only with those that have gone off."""
    known = {each.name: each for each in found}
    asked = [known.get(name, Alarm(name, None, "was not read")) for name in names]
    return [words for each in asked if (words := _alarm_words(each)) and (not fatal or each.state == "ALARM")]


def _alarm_words(alarm: Alarm) -> str:
    """Return what is wrong with an alarm; empty where nothing is."""
    if alarm.state is None:
        return f"{alarm.name} cannot be read: {alarm.problem}"
    return "" if alarm.state == "OK" else f"{alarm.name} is {alarm.state}"
