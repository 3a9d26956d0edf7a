"""How the models say no."""

from django.utils.functional import Promise


class Refused(Exception):
    """A thing that cannot be done now, said in one plain, translated sentence. Nothing was changed.

    `status` is the HTTP answer: 422 by default, 409 where somebody else was first. `wait`: after how many seconds it
    is worth trying again, 0 where time alone changes nothing.
    """

    wait = 0

    def __init__(self, sentence: str | Promise, status: int = 422) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.status = status
