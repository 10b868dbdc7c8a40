"""Delayed, lost and false responses to the requests of a page."""

from collections.abc import Callable

from playwright.sync_api import Page, Route

from tests.waiting import eventually


def handle_first(page: Page, address: str, handle: Callable[[Route], None]) -> None:
    """Handle the first request to an address; the next ones go to the server.

    Playwright's own `times` stops to intercept at once, and a request that begins at this moment never gets an answer.
    """
    handlers = [handle]
    page.route(address, lambda route: handlers.pop()(route) if handlers else route.continue_())


def lose_answer(route: Route) -> None:
    """The server does what is requested, and its answer is lost."""
    route.fetch()
    route.abort()


class DelayedAnswers:
    """Hold back a page's requests to an address.

    method: only requests with this method; "" for all. only: hold back only the n-th of them, counted from 1; 0 for
    all. `first` waits until a request has arrived, and returns it; a page may show that it is busy before that.
    """

    def __init__(self, page: Page, address: str, *, method: str = "", only: int = 0) -> None:
        self._page = page
        self._routes: list[Route] = []
        self.count = 0
        self._method, self._only = method, only
        page.route(address, self._take)

    def _take(self, route: Route) -> None:
        if self._method and route.request.method != self._method:
            return route.continue_()
        self.count += 1
        if self._only and self.count != self._only:
            return route.continue_()
        self._routes.append(route)

    def first(self) -> Route:
        def come() -> bool:
            self._page.wait_for_timeout(10)  # the page's events are handled meanwhile
            return bool(self._routes)

        eventually(come, "a request")
        return self._routes[0]
