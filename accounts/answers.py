"""How a form is answered that was obeyed."""

from django.http import HttpResponseRedirect


class SeeOther(HttpResponseRedirect):
    """What was asked is done; its result is to be read there. A reload of that page does nothing again."""

    status_code = 303
