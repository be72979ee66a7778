"""No route sends a dependency to a thread and back: that costs every request more than the dependency itself."""

from collections.abc import Iterator
from inspect import isasyncgenfunction, iscoroutinefunction

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from app.main import NOUNS


def below(dependant: Dependant) -> Iterator[object]:
    for one in dependant.dependencies:
        yield one.call
        yield from below(one)


def waits(call: object) -> bool:
    return any(
        is_async(one) for one in (call, type(call).__call__) for is_async in (iscoroutinefunction, isasyncgenfunction)
    )


def test_every_dependency_and_every_route_is_asynchronous() -> None:
    routes = [route for noun in NOUNS for route in noun.router.routes if isinstance(route, APIRoute)]
    calls = [call for route in routes for call in (route.endpoint, *below(route.dependant))]
    assert len(routes) > 15
    assert [call for call in calls if not waits(call)] == []
