"""Who may do what: the table, as data. tests/test_matrix.py makes a test of every cell.

Columns: AN a stranger, OT somebody with an account, BL somebody the host has blocked, AU a listener, SP a speaker,
MO the moderator, RM somebody removed, DS somebody who spoke until now, ST staff, SU a superuser. The scene is
tests/scene.py. Cells: the answer's status, L for "log in first".

The answers of a POST are those to a page with scripts; without them a 204 is a 303 back to the page.
"""

COLUMNS = ("AN", "OT", "BL", "AU", "SP", "MO", "RM", "DS", "ST", "SU")

# In an open room -------------------------------------------------------------------------------------------
#                                        AN   OT   BL   AU   SP   MO   RM   DS   ST   SU
OPEN = """
rooms:hallway GET                        200  200  200  200  200  200  200  200  200  200
rooms:new GET                            L    200  200  200  200  200  200  200  200  200
rooms:new POST                           L    303  303  303  303  303  303  303  303  303
rooms:room GET                           L    200  404  200  200  200  200  200  200  200
rooms:people GET                         L    200  404  200  200  200  404  200  200  200
rooms:controls GET                       L    200  404  200  200  200  404  200  200  200
rooms:hands GET                          L    404  404  404  404  200  404  404  404  404
rooms:menu GET                           L    200  404  200  200  200  404  200  200  200
rooms:seat POST                          L    204  404  204  204  204  404  204  204  204
rooms:leaving POST                       L    303  404  303  303  303  404  303  303  303
rooms:hand POST                          L    422  404  204  204  204  404  204  422  422
rooms:microphone POST                    L    422  404  422  204  204  404  422  422  422
rooms:invitation POST                    L    422  404  422  204  204  404  422  422  422
rooms:stage_invitation POST              L    404  404  404  404  204  404  404  404  404
rooms:their_microphone POST              L    404  404  404  404  204  404  404  404  404
rooms:role POST                          L    404  404  404  404  204  404  404  404  404
rooms:removal POST                       L    404  404  404  404  204  404  404  404  404
rooms:settings POST                      L    404  404  404  404  204  404  404  404  404
rooms:guests POST                        L    404  404  404  404  204  404  404  404  404
rooms:ending POST                        L    404  404  404  404  204  404  404  404  404

questions GET                            L    404  404  200  200  200  404  200  404  404
questions POST                           L    404  404  204  204  204  404  204  404  404
question POST                            L    404  404  422  422  204  404  422  404  404
question POST @withdraw                  L    404  404  204  422  422  404  422  404  404
question POST @hidden                    L    404  404  422  404  204  404  404  404  404
vote POST                                L    404  404  204  204  204  404  204  404  404
vote POST @hidden                        L    404  404  204  404  204  404  404  404  404
call_asker POST                          L    404  404  422  422  204  404  422  404  404
reply_to_asker POST                      L    404  404  422  422  204  404  422  404  404
sharing GET                              L    200  404  200  200  200  404  200  200  200
sharing POST                             L    404  404  204  204  204  404  204  404  404

inbox GET                                L    200  200  200  200  200  200  200  200  200
search GET                               L    200  200  200  200  200  200  200  200  200
search GET @chat                         L    404  404  200  200  200  404  200  404  404
search GET @line                         L    404  404  404  200  200  404  404  404  404
search GET @direct                       L    404  404  200  200  404  404  404  404  404
conversation GET @chat                   L    404  404  200  200  200  404  200  404  404
messages POST @chat                      L    404  404  204  204  204  404  204  404  404
reading POST @chat                       L    404  404  204  204  204  404  204  404  404
message GET @chat                        L    404  404  200  200  200  404  200  404  404
message POST @chat                       L    404  404  200  422  422  404  422  404  404
editing GET @chat                        L    404  404  200  200  200  404  200  404  404
reactions GET @chat                      L    404  404  200  200  200  404  200  404  404
reactions POST @chat                     L    404  404  204  204  204  404  204  404  404
forwarding GET @chat                     L    404  404  200  200  200  404  200  404  404
forwarding POST @chat                    L    404  404  204  204  204  404  204  404  404
deletion POST @chat                      L    404  404  204  422  204  404  422  404  404
files POST @chat                         L    404  404  201  201  201  404  201  404  404
attachment GET @chat                     404  404  404  200  200  200  404  200  404  404
attachment_small GET @chat               404  404  404  200  200  200  404  200  404  404
card_picture GET @chat                   L    404  404  200  200  200  404  200  404  404
card_removal POST @chat                  L    404  404  204  422  422  404  422  404  404
deletion POST @restore                   L    404  404  204  422  422  404  422  404  404
conversation GET @line                   L    404  404  404  200  200  404  404  404  404
messages POST @line                      L    404  404  404  204  204  404  404  404  404
reading POST @line                       L    404  404  404  204  204  404  404  404  404
message GET @line                        L    404  404  404  200  200  404  404  404  404
message POST @line                       L    404  404  404  200  422  404  404  404  404
editing GET @line                        L    404  404  404  200  200  404  404  404  404
reactions GET @line                      L    404  404  404  200  200  404  404  404  404
reactions POST @line                     L    404  404  404  204  204  404  404  404  404
forwarding GET @line                     L    404  404  404  200  200  404  404  404  404
forwarding POST @line                    L    404  404  404  204  204  404  404  404  404
deletion POST @line                      L    404  404  404  204  204  404  404  404  404
files POST @line                         L    404  404  404  201  201  404  404  404  404
attachment GET @line                     404  404  404  404  200  200  404  404  404  404
attachment_small GET @line               404  404  404  404  200  200  404  404  404  404
card_picture GET @line                   L    404  404  404  200  200  404  404  404  404
card_removal POST @line                  L    404  404  404  204  422  404  404  404  404
conversation GET @direct                 L    404  404  200  200  404  404  404  404  404
messages POST @direct                    L    404  404  204  204  404  404  404  404  404
reading POST @direct                     L    404  404  204  204  404  404  404  404  404
message GET @direct                      L    404  404  200  200  404  404  404  404  404
message POST @direct                     L    404  404  422  200  404  404  404  404  404
editing GET @direct                      L    404  404  200  200  404  404  404  404  404
reactions GET @direct                    L    404  404  200  200  404  404  404  404  404
reactions POST @direct                   L    404  404  204  204  404  404  404  404  404
forwarding GET @direct                   L    404  404  200  200  404  404  404  404  404
forwarding POST @direct                  L    404  404  204  204  404  404  404  404  404
deletion POST @direct                    L    404  404  422  204  404  404  404  404  404
files POST @direct                       L    404  404  201  201  404  404  404  404  404
attachment GET @direct                   404  404  404  200  200  404  404  404  404  404
attachment_small GET @direct             404  404  404  200  200  404  404  404  404  404
card_picture GET @direct                 L    404  404  200  200  404  404  404  404  404
card_removal POST @direct                L    404  404  422  204  404  404  404  404  404
top POST @direct                         L    404  404  204  204  404  404  404  404  404
archive POST @direct                     L    404  404  204  204  404  404  404  404  404
mute POST @direct                        L    404  404  204  204  404  404  404  404  404
level POST @direct                       L    404  404  204  204  404  404  404  404  404
draft POST @direct                       L    404  404  204  204  404  404  404  404  404
unread_from POST @direct                 L    404  404  204  204  404  404  404  404  404
top POST @group                          L    404  404  204  204  204  404  404  404  404
archive POST @group                      L    404  404  204  204  204  404  404  404  404
mute POST @group                         L    404  404  204  204  204  404  404  404  404
level POST @group                        L    404  404  204  204  204  404  404  404  404
draft POST @group                        L    404  404  204  204  204  404  404  404  404
unread_from POST @group                  L    404  404  204  204  204  404  404  404  404
conversation_menu GET @direct            L    404  404  200  200  404  404  404  404  404
conversation_menu GET @group             L    404  404  200  200  200  404  404  404  404
top POST @chat                           L    404  404  404  404  404  404  404  404  404
everything_read POST                     L    204  204  204  204  204  204  204  204  204
acceptance POST @direct                  L    404  404  404  404  404  404  404  404  404
acceptance POST @asked                   L    404  404  404  303  404  404  404  404  404
declining POST @asked                    L    404  404  404  303  404  404  404  404  404
conversation GET @asked                  L    200  404  404  200  404  404  404  404  404
messages POST @asked                     L    422  404  404  204  404  404  404  404  404
report_message GET @line                 L    404  404  404  200  200  404  404  404  404
report_message GET @direct               L    404  404  200  200  404  404  404  404  404
report_message GET @chat                 L    404  404  200  200  200  404  200  404  404
report_message GET @group                L    404  404  200  200  200  404  404  404  404
report_conversation GET @direct          L    404  404  200  200  404  404  404  404  404
report_conversation GET @chat            L    404  404  404  404  404  404  404  404  404
report_person GET @ada                   L    200  404  200  200  200  200  200  200  200
report_message POST @line                L    404  404  404  422  303  404  404  404  404
report_message POST @direct              L    404  404  303  422  404  404  404  404  404
report_message POST @chat                L    404  404  422  303  303  404  303  404  404
report_message POST @group               L    404  404  303  422  303  404  404  404  404
report_conversation POST @direct         L    404  404  303  303  404  404  404  404  404
report_conversation GET @group           L    404  404  200  200  200  404  404  404  404
report_conversation POST @group          L    404  404  303  303  303  404  404  404  404
report_conversation POST @chat           L    404  404  404  404  404  404  404  404  404
report_person POST @ada                  L    303  404  303  303  422  303  303  303  303
reported GET                             L    200  200  200  200  200  200  200  200  200
conversation GET @group                  L    404  404  200  200  200  404  404  404  404
messages POST @group                     L    404  404  204  204  204  404  404  404  404
reading POST @group                      L    404  404  204  204  204  404  404  404  404
message GET @group                       L    404  404  200  200  200  404  404  404  404
message POST @group                      L    404  404  422  200  422  404  404  404  404
editing GET @group                       L    404  404  200  200  200  404  404  404  404
reactions GET @group                     L    404  404  200  200  200  404  404  404  404
reactions POST @group                    L    404  404  204  204  204  404  404  404  404
forwarding GET @group                    L    404  404  200  200  200  404  404  404  404
forwarding POST @group                   L    404  404  204  204  204  404  404  404  404
deletion POST @group                     L    404  404  422  204  422  404  404  404  404
files POST @group                        L    404  404  201  201  201  404  404  404  404
attachment GET @group                    404  404  404  200  200  200  404  404  404  404
attachment_small GET @group              404  404  404  200  200  200  404  404  404  404
seen GET @chat                           L    404  404  404  404  404  404  404  404  404
seen GET @direct                         L    404  404  404  200  404  404  404  404  404
seen GET @group                          L    404  404  404  200  404  404  404  404  404
card_picture GET @group                  L    404  404  200  200  200  404  404  404  404
card_removal POST @group                 L    404  404  422  204  422  404  404  404  404
search GET @group                        L    404  404  200  200  200  404  404  404  404
own_card GET @group                      L    204  204  200  200  200  204  204  204  204
own_card GET @direct                     L    204  204  200  200  204  204  204  204  204
new GET                                  L    200  200  200  200  200  200  200  200  200
new POST                                 L    303  303  303  303  303  303  303  303  303
completions GET @chat                    L    404  404  200  200  200  404  200  404  404
completions GET @line                    L    404  404  404  200  200  404  404  404  404
completions GET @direct                  L    404  404  200  200  404  404  404  404  404
completions GET @group                   L    404  404  200  200  200  404  404  404  404
room_from GET @group                     L    404  404  200  200  200  404  404  404  404
room_from GET @direct                    L    404  404  200  200  404  404  404  404  404
room_from POST @group                    L    404  404  303  303  303  404  404  404  404
room_from POST @direct                   L    404  404  303  303  404  404  404  404  404
room_from GET @chat                      L    404  404  404  404  404  404  404  404  404
pins GET @group                          L    404  404  200  200  200  404  404  404  404
pin POST @group                          L    404  404  204  204  204  404  404  404  404
pin POST @direct                         L    404  404  404  404  404  404  404  404  404
group GET @group                         L    404  404  200  200  200  404  404  404  404
group POST @group                        L    404  404  422  303  303  404  404  404  404
group_photo GET @group                   L    404  404  200  200  200  404  200  404  404
members GET @group                       L    404  404  200  200  200  404  404  404  404
members POST @group                      L    404  404  422  303  303  404  404  404  404
member POST @group                       L    404  404  404  204  204  404  404  404  404
leaving_group POST @group                L    404  404  303  303  303  404  404  404  404
group_invitation GET @group              L    404  404  404  404  404  404  200  404  404
group_invitation POST @group             L    404  404  303  303  303  404  303  404  404

later GET @direct                        L    404  404  200  200  404  404  404  404  404
later GET @group                         L    404  404  200  200  200  404  404  404  404
later GET @chat                          L    404  404  404  404  404  404  404  404  404
later POST @direct                       L    404  404  303  303  404  404  404  404  404
later POST @group                        L    404  404  303  303  303  404  404  404  404
later POST @chat                         L    404  404  404  404  404  404  404  404  404
scheduled GET                            L    200  200  200  200  200  200  200  200  200
scheduled_one GET @own                   L    404  404  200  404  404  404  404  404  404
scheduled_one POST @own                  L    404  404  303  404  404  404  404  404  404
scheduled_sending POST @own              L    404  404  204  404  404  404  404  404  404
scheduled_cancelling POST @own           L    404  404  204  404  404  404  404  404  404
export GET @direct                       L    404  404  200  200  404  404  404  404  404
export GET @group                        L    404  404  200  200  200  404  404  404  404
export GET @chat                         L    404  404  200  200  200  404  200  404  404
export GET @line                         L    404  404  404  200  200  404  404  404  404
export POST @direct                      L    404  404  303  303  404  404  404  404  404
export POST @group                       L    404  404  303  303  303  404  404  404  404
export POST @chat                        L    404  404  303  303  303  404  303  404  404
export POST @line                        L    404  404  404  303  303  404  404  404  404
export_file GET @own                     404  404  404  200  404  404  404  404  404  404
export_removal POST @own                 L    404  404  204  404  404  404  404  404  404
my_data GET                              L    200  200  200  200  200  200  200  200  200
my_data POST                             L    303  303  303  303  303  303  303  303  303

file POST                                L    404  404  204  404  404  404  404  404  404
file_removal POST                        L    404  404  204  404  404  404  404  404  404
own_card GET @room                       L    200  204  200  200  200  204  200  200  200
own_card GET @chat                       L    204  204  200  200  200  204  200  204  204
own_card GET @line                       L    204  204  204  200  200  204  204  204  204
direct POST @ada                         L    303  422  303  303  422  303  303  303  303
direct POST @nobody                      L    422  422  422  422  422  422  422  422  422

profile GET @ada                         L    200  404  200  200  200  200  200  200  200
follow POST @ada                         L    200  404  200  200  200  200  200  200  200
block POST @ada                          L    200  404  200  200  200  200  200  200  200
photo GET @ada                           L    200  404  200  200  200  200  200  200  200
settings GET                             L    200  200  200  200  200  200  200  200  200
settings POST                            L    303  303  303  303  303  303  303  303  303
logins POST                              L    303  303  303  303  303  303  303  303  303
notifications GET                        L    200  200  200  200  200  200  200  200  200
notifications_read POST                  L    422  422  422  422  422  422  422  422  422
bell GET                                 L    200  200  200  200  200  200  200  200  200
invitations GET                          L    200  200  200  200  200  200  200  200  200
invitations POST                         L    303  303  303  303  303  303  303  303  303
invitation GET                           302  302  302  302  302  302  302  302  302  302
operator GET                             404  404  404  404  404  404  404  404  404  404
operator POST                            404  404  404  404  404  404  404  404  404  404
operator GET @good                       200  200  200  200  200  200  200  200  200  200

about GET                                200  200  200  200  200  200  200  200  200  200
healthz GET                              200  200  200  200  200  200  200  200  200  200
readyz GET                               503  503  503  503  503  503  503  503  503  503
"""

# In a closed room: to outsiders there is none ---------------------------------------------------------------
#                                        AN   OT   BL   AU   SP   MO   RM   DS   ST   SU
CLOSED = """
rooms:room GET                           L    404  404  200  200  200  404  200  404  404
rooms:people GET                         L    404  404  200  200  200  404  200  404  404
rooms:controls GET                       L    404  404  200  200  200  404  200  404  404
rooms:hands GET                          L    404  404  404  404  200  404  404  404  404
rooms:menu GET                           L    404  404  200  200  200  404  200  404  404
rooms:seat POST                          L    404  404  204  204  204  404  204  404  404
rooms:leaving POST                       L    404  404  303  303  303  404  303  404  404
rooms:hand POST                          L    404  404  204  204  204  404  204  404  404
rooms:microphone POST                    L    404  404  422  204  204  404  422  404  404
rooms:invitation POST                    L    404  404  422  204  204  404  422  404  404
rooms:stage_invitation POST              L    404  404  404  404  204  404  404  404  404
rooms:their_microphone POST              L    404  404  404  404  204  404  404  404  404
rooms:role POST                          L    404  404  404  404  204  404  404  404  404
rooms:removal POST                       L    404  404  404  404  204  404  404  404  404
rooms:settings POST                      L    404  404  404  404  204  404  404  404  404
rooms:guests POST                        L    404  404  404  404  204  404  404  404  404
rooms:ending POST                        L    404  404  404  404  204  404  404  404  404
questions GET                            L    404  404  200  200  200  404  200  404  404
questions POST                           L    404  404  204  204  204  404  204  404  404
vote POST                                L    404  404  204  204  204  404  204  404  404
conversation GET @chat                   L    404  404  200  200  200  404  200  404  404
conversation GET @line                   L    404  404  404  200  200  404  404  404  404
search GET @chat                         L    404  404  200  200  200  404  200  404  404
search GET @line                         L    404  404  404  200  200  404  404  404  404
sharing GET                              L    404  404  200  200  200  404  200  404  404
sharing POST                             L    404  404  204  204  204  404  204  404  404
messages POST @chat                      L    404  404  204  204  204  404  204  404  404
files POST @chat                         L    404  404  201  201  201  404  201  404  404
attachment GET @chat                     404  404  404  200  200  200  404  200  404  404
card_picture GET @chat                   L    404  404  200  200  200  404  200  404  404
own_card GET @room                       L    204  204  200  200  200  204  200  204  204
"""

# What allauth brings: the same for everybody who is logged in. IN stands for all of them.
#                                        AN   IN
ACCOUNT = """
account_login GET                        200  302
account_login POST                       200  302
account_signup GET                       200  302
account_signup POST                      200  302
account_logout GET                       302  200
account_logout POST                      302  302
account_inactive GET                     200  200
account_reauthenticate GET               L    200
account_email GET                        L    200
account_email_verification_sent GET      200  200
account_confirm_email GET                200  200
account_change_password GET              L    200
account_change_password POST             L    200
account_set_password GET                 L    302
account_reset_password GET               200  200
account_reset_password POST              302  302
account_reset_password_done GET          200  200
account_reset_password_from_key GET      200  200
account_reset_password_from_key_done GET 200  200
account_confirm_login_code GET           L    302
"""

# The moderators' console. A model's line: which of its pages. IN: everybody with an account who is no staff.
#                                        AN   IN   ST   SU
ADMIN = """
index GET                                L    404  200  200
app_list GET                             L    404  200  200
login GET                                L    404  302  302
logout GET                               L    404  405  405
password_change GET                      L    404  302  302
password_change_done GET                 L    404  200  200
autocomplete GET                         L    404  403  403
jsi18n GET                               L    404  200  200
view_on_site GET                         L    404  404  404
accounts_person_changelist GET           L    404  200  200
accounts_person_add GET                  L    404  403  403
accounts_person_change GET               L    404  200  200
accounts_person_history GET              L    404  200  200
accounts_person_delete GET               L    404  403  403
accounts_site_changelist GET             L    404  200  200
accounts_site_add GET                    L    404  403  403
accounts_site_change GET                 L    404  200  200
accounts_site_history GET                L    404  200  200
accounts_site_delete GET                 L    404  403  403
accounts_invitation_changelist GET       L    404  200  200
accounts_invitation_add GET              L    404  403  200
accounts_invitation_change GET           L    404  200  200
accounts_invitation_history GET          L    404  200  200
accounts_invitation_delete GET           L    404  403  200
accounts_moderationentry_changelist GET  L    404  200  200
accounts_moderationentry_add GET         L    404  403  403
accounts_moderationentry_change GET      L    404  200  200
accounts_moderationentry_history GET     L    404  200  200
accounts_moderationentry_delete GET      L    404  403  403
rooms_room_changelist GET                L    404  200  200
rooms_room_add GET                       L    404  403  403
rooms_room_change GET                    L    404  200  200
rooms_room_change GET @closed            L    404  302  200
rooms_room_history GET                   L    404  200  200
rooms_room_delete GET                    L    404  403  403
rooms_seat_changelist GET                L    404  200  200
rooms_seat_add GET                       L    404  403  403
rooms_seat_change GET                    L    404  200  200
rooms_seat_history GET                   L    404  200  200
rooms_seat_delete GET                    L    404  403  403
backchannel_message_changelist GET       L    404  200  200
backchannel_message_add GET              L    404  403  403
backchannel_message_change GET           L    404  200  200
backchannel_message_change GET @line     L    404  302  302
backchannel_message_change GET @direct   L    404  302  302
backchannel_message_change GET @group    L    404  302  302
backchannel_message_change GET @closed   L    404  302  200
backchannel_message_history GET          L    404  200  200
backchannel_message_delete GET           L    404  403  403
backchannel_report_changelist GET        L    404  200  200
backchannel_report_add GET               L    404  403  403
backchannel_report_change GET            L    404  200  200
backchannel_report_history GET           L    404  200  200
backchannel_report_delete GET            L    404  403  403
backchannel_report_file GET              L    404  200  200
backchannel_group_changelist GET         L    404  403  200
backchannel_group_add GET                L    404  403  403
backchannel_group_change GET             L    404  403  200
backchannel_group_history GET            L    404  403  200
backchannel_group_delete GET             L    404  403  403
backchannel_question_changelist GET      L    404  200  200
backchannel_question_add GET             L    404  403  403
backchannel_question_change GET          L    404  200  200
backchannel_question_change GET @closed  L    404  302  200
backchannel_question_history GET         L    404  200  200
backchannel_question_delete GET          L    404  403  403
auth_group_changelist GET                L    404  403  200
auth_group_add GET                       L    404  403  200
auth_group_change GET                    L    404  403  200
auth_group_history GET                   L    404  403  200
auth_group_delete GET                    L    404  403  200
account_emailaddress_changelist GET      L    404  403  200
account_emailaddress_add GET             L    404  403  403
account_emailaddress_change GET          L    404  403  200
account_emailaddress_history GET         L    404  403  200
account_emailaddress_delete GET          L    404  403  403
"""

# Frames of browsers: what is answered to a page that names everything of the room as if it had it. chat, line,
# direct: that conversation, its text included; room, hands, questions: the number of that list, which is then
# fetched, or not, from its address.
ANSWERED = """
hello    AU  chat direct group room hands questions
hello    SP  chat line direct group room hands questions
hello    MO  chat line group room hands questions
hello    DS  chat room hands questions
hello    OT  room hands
hello    ST  room hands
hello    SU  room hands
hello    BL
hello    RM
"""
SAME_AS_HELLO = ("beat", "resume")
SAME_AS_POST = ("typing",)  # those who may write are heard to type, and nobody else

# Posts over the socket: what is answered, "ack" or the status of a refusal: to each the same as to the form. A
# stranger has no socket.
#                                        AN   OT   BL   AU   SP   MO   RM   DS   ST   SU
POSTED = """
post @chat                               L    404  404  ack  ack  ack  404  ack  404  404
post @line                               L    404  404  404  ack  ack  404  404  404  404
post @direct                             L    404  404  ack  ack  404  404  404  404  404
post @group                              L    404  404  ack  ack  ack  404  404  404  404
"""

# The sound: in what role a browser's offer is passed on to the engine, whatever the browser wants.
SOUND = """
sound.offer  AU  listens
sound.offer  SP  speaks
sound.offer  MO  speaks
sound.offer  DS  listens
sound.offer  OT  refused
sound.offer  BL  refused
sound.offer  RM  refused
sound.offer  ST  refused
sound.offer  SU  refused
sound.leave  AU  cut
sound.leave  SP  cut
sound.leave  MO  cut
sound.leave  DS  cut
sound.leave  OT  nothing
sound.leave  BL  nothing
sound.leave  RM  nothing
sound.leave  ST  nothing
sound.leave  SU  nothing
"""

# What browsers are told, by the function that tells it: the frame, and who gets it. Everybody else gets nothing.
TOLD = """
backchannel.message_changed      message    AU SP MO DS      in the chat
backchannel.message_changed      message    AU SP MO DS      reacting in the chat
backchannel.message_changed      message    SP MO            in the line
backchannel.message_changed      message    SP MO            reacting in the line
backchannel.message_changed      message    AU SP            between two
backchannel.types                typing     AU SP MO DS      typing in the chat
backchannel.types                typing     SP               typing in the line
backchannel.types                typing     AU               typing between two
backchannel.message_changed      message    AU SP MO         in the group
backchannel.inbox_changed        reload     AU SP            between two
backchannel.seen                 piece      AU               reading between two
backchannel.seen                 piece      AU MO            reading in the group
backchannel.here                 piece      AU               coming to a page
backchannel.request_accepted     go         SP OT            accepting a request
backchannel.group_changed        reload     AU SP MO         naming the group
backchannel.room_started         notice     AU SP            starting a room
backchannel.pins_changed         reload     AU SP MO         pinning in the group
backchannel.added_to_group       notice     DS               adding to the group
backchannel.removed_from_group   notice     AU               removing from the group
backchannel.invited_to_group     reload     OT               asking into the group
backchannel.number_taken         message    MO               leaving the line
backchannel.conversation_closed  piece      SP               leaving the line
backchannel.line_opened          reload     AU               coming on stage
backchannel.scheduled_changed    reload     AU               writing for later
backchannel.export_changed       reload     AU               asking for an export
backchannel.questions_changed    piece      AU SP MO DS      asking
backchannel.votes_changed        piece      DS               voting
backchannel.question_decided     notice     AU               answering
backchannel.answering_now        notice     SP DS            answering
backchannel.moderating_changed   reload     SP               becoming a moderator
rooms.changed                    piece      AU SP MO DS      raising a hand
rooms.own_controls_changed       reload     SP               becoming a moderator
rooms.hands_changed              piece      MO               raising a hand
rooms.presence_changed           piece      AU SP MO DS      falling silent
rooms.moved                      go         SP               leaving the line
rooms.ended                      go         AU SP MO DS      ending
"""


# Who one is from one moment to the next: as in the columns above. XX: nobody any more, END: in a room that is over.
TRANSITIONS = """
coming on stage          eli  AU SP
leaving the stage        bob  SP DS
being removed            eli  AU RM
a speaker removed        bob  SP RM
being blocked            eli  AU BL
a speaker blocked        bob  SP BL
leaving quietly          cleo AU LEFT
being unblocked          bill BL OT
coming in                dan  OT AU
logging out              bob  SP XX
being suspended          bob  SP XX
the end                  eli  AU END
the end for a speaker    bob  SP END
"""

# What is left to look at for whoever left, or of a room that is over.
#                                        LEFT END
AFTERWARDS = """
rooms:room GET                           200  200
rooms:people GET                         200  404
rooms:controls GET                       200  200
rooms:hands GET                          404  404
rooms:menu GET                           200  404
questions GET                            200  200
questions POST                           422  422
vote POST                                422  422
conversation GET @chat                   200  200
messages POST @chat                      422  422
message GET @chat                        200  200
attachment GET @chat                     200  200
files POST @chat                         422  422
conversation GET @line                   404  404
search GET @chat                         200  200
search GET @line                         404  404
messages POST @line                      404  404
message GET @line                        404  404
attachment GET @line                     404  404
files POST @line                         404  404
"""


def lines(table):
    return [line.split() for line in table.strip().splitlines()]


def rows(table, columns=COLUMNS):
    """(name, method, target, {column: cell}) of every line of a table."""
    for line in table.strip().splitlines():
        if line.strip():
            words = line.split()
            cells = words[-len(columns) :]
            name, method, *target = words[: -len(columns)]
            yield name, method, "".join(target), dict(zip(columns, cells, strict=True))
