"""Names the one error every parser and check of `pratique.wire` raises."""


class Refused(ValueError):
    """Says that bytes from outside were refused: a stable `code`, and a `detail` for people that never quotes them."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
