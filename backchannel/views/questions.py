"""A room's questions: asking, voting, and what moderators do with them. What changes arrives by the socket."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts import limits
from accounts.answers import SeeOther
from accounts.gate import login_required
from backchannel.models import Question, QuestionBoard
from backchannel.question_forms import DecisionForm, QuestionForm, VoteForm
from backchannel.question_list import question_list


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def questions(request: HttpRequest, room: str) -> HttpResponse:
    """The list, or with POST one more question."""
    board = _board(request, room)
    if request.method == "POST":
        return _ask(request, board)
    if _wants_piece(request):
        context = question_list(board, request.user, board.room.seat_of(request.user))
        return render(request, "backchannel/_question_list.html", context)
    return _back_to(board)


def _ask(request: HttpRequest, board: QuestionBoard) -> HttpResponse:
    limits.spend("question", request.user)
    form = QuestionForm(request.POST)
    form.require_valid()
    board.ask(request.user, form.cleaned_data["body"])
    return _done(request, board)


@require_POST
@login_required
def question(request: HttpRequest, room: str, pk: str) -> HttpResponse:
    """Decide what becomes of a question: its moderators; withdrawing: its asker."""
    form = DecisionForm(request.POST)
    form.require_valid()
    state = form.cleaned_data["state"]
    if state == Question.State.WITHDRAWN and (board := _withdrawn_already(request, room, pk)):
        return _done(request, board)
    found = _question(request, room, pk)
    limits.spend("moderate", request.user)
    if state == Question.State.WITHDRAWN:
        found.withdraw(request.user)
    else:
        found.decide(request.user, state, seen=request.GET.get("seen", ""))
    return _done(request, found.board)


def _withdrawn_already(request: HttpRequest, room: str, pk: str) -> QuestionBoard | None:
    """The board that this person's question was on: the same form sent twice withdraws once."""
    theirs = Question.objects.filter(pk=pk, asker=request.user, state=Question.State.WITHDRAWN)
    return QuestionBoard.objects.readable_by(request.user).filter(pk=room, questions__in=theirs).first()


@require_POST
@login_required
def vote(request: HttpRequest, room: str, pk: str) -> HttpResponse:
    found = _question(request, room, pk)
    limits.spend("vote", request.user)
    form = VoteForm(request.POST)
    form.require_valid()
    found.vote(request.user, on=form.cleaned_data["on"] == "yes")
    return _done(request, found.board)


@require_POST
@login_required
def call_asker(request: HttpRequest, room: str, pk: str) -> HttpResponse:
    """Invite whoever asked this to the stage."""
    found = _question(request, room, pk)
    limits.spend("moderate", request.user)
    found.call_asker(request.user)
    return _done(request, found.board)


def _board(request: HttpRequest, room: str) -> QuestionBoard:
    """The board of a room that this person sits or sat in, or 404."""
    return get_object_or_404(QuestionBoard.objects.readable_by(request.user), pk=room)


def _question(request: HttpRequest, room: str, pk: str) -> Question:
    """A question of that room that this person may see now, or 404."""
    found = Question.objects.visible_to(request.user).select_related("board__room", "asker")
    return get_object_or_404(found, board=room, pk=pk)


def _done(request: HttpRequest, board: QuestionBoard) -> HttpResponse:
    return HttpResponse(status=204) if _wants_piece(request) else _back_to(board)


def _back_to(board: QuestionBoard) -> HttpResponse:
    return SeeOther(f"{board.room.get_absolute_url()}?panel=questions")


def _wants_piece(request: HttpRequest) -> bool:
    """Whether a script asked for a part of the page. A boosted link or form wants the whole."""
    return bool(request.htmx) and not request.htmx.boosted
