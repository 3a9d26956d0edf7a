"""How the models say no."""


class Refused(Exception):
    """A thing that cannot be done now, said in one plain, translated sentence. Nothing was changed.

    `status` is the HTTP answer: 422 by default, 409 where somebody else was first.
    """

    def __init__(self, sentence: str, status: int = 422) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.status = status
