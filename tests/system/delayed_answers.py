"""Answers that are long in coming: a request stops on its way until the test lets it go."""

from playwright.sync_api import Page, Route

from tests.waiting import eventually


class DelayedAnswers:
    """Holds requests to an address back; all of them, or of the `only`th alone. method: those of this method alone.

    `first` waits for one to come: that the page says it is at work does not mean that its request has got here.
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
