"""Every page of the product, and the states it can be in: what tests/browser/test_accessible.py looks at.

A line: who looks (a column of tests/matrix.py), the name of the address, the address with what stands in {…} taken
from the scene, and what is done there first (a function below), if anything.
"""

from tests.conftest import PASSWORD

# Without an account ---------------------------------------------------------------------------------------
DOORS = """
AN rooms:hallway                       /
AN account_signup                      /accounts/signup/
AN account_signup                      /accounts/signup/                      send
AN account_login                       /accounts/login/
AN account_login                       /accounts/login/                       send
AN account_login                       /accounts/login/                       log_in_suspended
AN account_reset_password              /accounts/password/reset/
AN account_reset_password_done         /accounts/password/reset/done/
AN account_reset_password_from_key     /accounts/password/reset/key/1-nothing/
AN account_reset_password_from_key_done /accounts/password/reset/key/done/
AN account_email_verification_sent     /accounts/confirm-email/
AN account_confirm_email               /accounts/confirm-email/nothing/
AN account_inactive                    /accounts/inactive/
AN about                               /about/
AN operator                            {operator}
AN operator                            {operator}                             send
AN operator                            /operator/nothing/
AN invitation                          /i/nothing/
AN invitation                          /i/nothing/                            too_often
AN -                                   /nothing/here/
DS -                                   /
"""

# With an account, outside of rooms ------------------------------------------------------------------------
PLACES = """
OT rooms:hallway                       /
OT rooms:new                           /rooms/new/
OT rooms:new                           /rooms/new/                            send
OT inbox                               /backchannel/
OT search                              /search/
OT search                              /search/?q=a
OT search                              /search/?q=nothing
OT search                              /search/?q=ada&by=nobody&after=soon
AU search                              /search/?q=he
AU search                              /search/?q=he&kind=messages&page=2
OT rooms:room                          {room}
OT rooms:room                          {room}?panel=questions
OT rooms:room                          {past}
OT profile                             /@ada_open/
OT profile                             /@ada_open/                            ask_to_block
RM rooms:room                          {room}
AU inbox                               /backchannel/
AU conversation                        {direct}
AU conversation                        {chat}
AU message                             {said}
AU editing                             {said}editing/
AU reactions                           {said}reactions/
AU forwarding                          {said}forwarding/
AU conversation                        {chat}                                 open_message_menu
AU conversation                        {chat}                                 reply
AU conversation                        {chat}?m=00000000-0000-0000-0000-000000000000
AU message                             {letter}
SP conversation                        {group}                                open_seen
SP seen                                {letter}seen/
AU inbox                               /backchannel/?show=rooms
AU inbox                               /backchannel/?show=archived
AU inbox                               /backchannel/                          open_conversation_menu
AU conversation_menu                   {direct}menu/
SP inbox                               /backchannel/?show=requests
SP conversation                        {asked}
OT conversation                        {asked}
AU report_conversation                 {direct}report/
AU report_conversation                 {direct}report/                        send
AU report_message                      {letter}report/
AU report_person                       /@ada_open/report/
AU reported                            /reports/sent/
AU new                                 /backchannel/new/
AU new                                 /backchannel/new/                      send
AU new                                 /backchannel/new/?room={room_id}
AU conversation                        {group}
AU group                               {group}group/
AU pins                                {group}pins/
AU room_from                           {group}room/
AU later                               {direct}later/
AU later                               {direct}later/                         choose_the_past
AU scheduled                           /backchannel/scheduled/
AU scheduled                           /backchannel/scheduled/?in={direct_id}
AU scheduled_one                       {waiting}
AU export                              {direct}export/
AU export                              {group}export/
AU my_data                             /settings/data/
OT scheduled                           /backchannel/scheduled/
OT group_invitation                    {group}group/invitation/
AU notifications                       /notifications/
AU profile                             /@cleo_open/
AU settings                            /settings/
AU settings                            /settings/                             send_nonsense
AU invitations                         /invitations/
AU account_email                       /accounts/email/
AU account_change_password             /accounts/password/change/
AU account_reauthenticate              /accounts/reauthenticate/
AU account_logout                      /accounts/logout/
AU -                                   {room}                                 be_refused
MO settings                            /settings/
MO group                               {group}group/
MO group                               {group}group/                          open_member_menu
MO members                             {group}group/members/
MO sharing                             {room}sharing/
"""

# A room ---------------------------------------------------------------------------------------------------
ROOM = """
AU rooms:room                          {room}
AU rooms:room                          {room}                                 raise_hand
AU rooms:room                          {room}?panel=chat
AU rooms:room                          {room}?panel=questions
AU rooms:room                          {room}                                 open_menu
AU rooms:room                          {room}                                 every_state_of_the_sound
AU rooms:menu                          {bob}
SP rooms:room                          {room}
SP rooms:room                          {room}?panel=speakers
SP rooms:room                          {room}?panel=speakers                  edit
SP conversation                        {line}
MO rooms:room                          {room}?panel=chat
MO rooms:room                          {room}?panel=speakers
MO rooms:room                          {room}?panel=questions
MO rooms:room                          {room}                                 open_room_menu
MO rooms:room                          {room}                                 ask_to_remove
MO rooms:menu                          {bob}
MO rooms:hallway                       /
"""

# The moderators' console: one page of each kind, which Django draws alike for all models.
CONSOLE = """
ST admin:index                         /admin/
ST admin:accounts_person_changelist    /admin/accounts/person/
ST admin:accounts_person_change        /admin/accounts/person/                open_first
ST admin:accounts_person_changelist    /admin/accounts/person/                suspend
"""

# What no person looks at as a page, by its name in tests/matrix.py.
NO_PAGES = {
    "bell": "a piece of every page",
    "rooms:people": "a piece of the room's page",
    "rooms:controls": "a piece of the room's page",
    "rooms:hands": "a piece of the room's page",
    "questions": "a piece; without a script it leads to the room",
    "completions": "options of a list",
    "photo": "a picture",
    "group_photo": "a picture",
    "card_picture": "a picture",
    "attachment": "a file",
    "attachment_small": "a picture",
    "own_card": "a piece of a message",
    "export_file": "a file",
    "healthz": "for machines",
    "readyz": "for machines",
    "account_set_password": "leads to the settings: everybody here has a password",
    "account_confirm_login_code": "leads elsewhere: there are no log-in codes",
}


def states(table):
    """(who, name, address, what is done there) of every line."""
    for line in table.strip().splitlines():
        yield (line.split() + [""])[:4]


def send(page):
    """An empty or half-filled form, past the browser's own checks."""
    page.locator("main form").first.evaluate("form => (form.noValidate = true, form.requestSubmit())")
    page.get_by_role("alert").first.wait_for()


def send_nonsense(page):
    page.get_by_label("Name", exact=True).fill("")
    send(page)


def choose_the_past(page):
    page.get_by_label("Message").fill("Good morning")
    page.get_by_label("When").fill("2020-01-01T09:00")
    page.get_by_role("button", name="Send then").click()
    page.get_by_role("alert").first.wait_for()


def open_member_menu(page):
    page.locator("[id^=member-] summary").first.click()


def log_in_suspended(page):
    page.locator("input[name=login]").fill("dora_open")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.get_by_role("heading", name="suspended").wait_for()


def too_often(page):
    for _ in range(20):
        page.request.get(page.url)
    page.reload()
    page.get_by_role("heading", name="A little slower").wait_for()


def be_refused(page):
    """As for somebody without scripts: a question that is too long."""
    page.evaluate(
        """() => {
            const form = document.getElementById("act");
            form.action = location.pathname + "questions/";
            form.append(Object.assign(document.createElement("input"), {name: "body", value: "Why? ".repeat(100)}));
            form.submit();
        }"""
    )
    page.get_by_role("heading", name="That did not work").wait_for()


def ask_to_block(page):
    page.get_by_role("button", name="Block").click()


def raise_hand(page):
    """Raised it stays, whoever looks next."""
    if page.get_by_role("button", name="Raise hand").is_visible():
        page.get_by_role("button", name="Raise hand").click()
    page.get_by_role("button", name="Lower hand").wait_for()


def open_menu(page):
    page.locator("#stage .seat__link").last.click()
    page.locator("#menu[open]").wait_for()


def ask_to_remove(page):
    open_menu(page)
    page.locator("#menu").get_by_role("button", name="Remove from room").click()


def every_state_of_the_sound(page):
    """All that the line about the sound can say, at once."""
    page.evaluate(
        """() => {
            const sound = document.getElementById("sound");
            for (const state of ["connecting", "tap", "elsewhere", "refused", "broken", "no-microphone"]) {
                const copy = sound.cloneNode(true);
                copy.dataset.soundState = state;
                copy.removeAttribute("id");
                sound.after(copy);
            }
        }"""
    )


def open_message_menu(page):
    page.locator(".message .message__action[aria-haspopup]").first.evaluate("link => link.click()")
    page.locator("#message-menu").get_by_role("link", name="Reply").wait_for()


def open_conversation_menu(page):
    page.locator(".inbox__menu").first.click()
    page.locator("#conversation-menu").get_by_role("button", name="Archive").wait_for()


def open_seen(page):
    page.get_by_role("link", name="Seen by 1").click()
    page.locator("#message-menu").get_by_role("heading", name="Seen by").wait_for()


def reply(page):
    page.locator(".message .message__action[data-reply]").first.evaluate("link => link.click()")
    page.get_by_role("link", name="Do not reply").wait_for()


def edit(page):
    page.locator(".message.mine .message__action[aria-haspopup]").last.evaluate("link => link.click()")
    page.locator("#message-menu").get_by_role("link", name="Edit").click()
    page.get_by_label("Edit your message").wait_for()


def open_room_menu(page):
    page.locator("summary", has_text="Room").first.click()
    page.get_by_role("button", name="End room").click()


def open_first(page):
    page.locator("#result_list tbody th a").first.click()
    page.locator(".readonly").first.wait_for()


def suspend(page):
    page.locator("#result_list tr", has_text="bob_open").locator("input[type=checkbox]").check()
    page.get_by_label("Action:").select_option(label="Suspend")
    page.get_by_role("button", name="Go", exact=True).click()
    page.get_by_label("Reason:").wait_for()
