"""Every address of the portal, for everybody, by GET and by POST, against a table that people can read.

The addresses come from the resolver: a new one without a line in the table fails, and so does a line without one.
"""

from __future__ import annotations

import re

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client

from congress_portal.accounts.choices import Role
from congress_portal.accounts.rights import rights_by_app, roles_with
from tests.addresses import routes

PEOPLE = ("visitor", "admin", "fang", "zhao", "sun", "shen", "wu", "qian", "chen", "lin", "he")

# What a line is about: the case is assigned to wu's department and was passed on by chen; message and job are zhao's.
#   in   is sent to sign in            to   is sent on to another page
#   200 sees it   403 may not   404 must not even know   405 is no way to ask for it
READING = """
                                                   visitor admin fang zhao sun  shen wu   qian chen lin  he
/                                                  200     200   200  200  200  200  200  200  200  200  200
/board/                                            200     200   200  200  200  200  200  200  200  200  200
/board/<code>/                                     200     200   200  200  200  200  200  200  200  200  200
/calendar/                                         200     200   200  200  200  200  200  200  200  200  200
/calendar/received/                                to      to    to   to   to   to   to   to   to   to   to
/calendar/cancel/                                  200     200   200  200  200  200  200  200  200  200  200
/calendar/<pk>/                                    200     200   200  200  200  200  200  200  200  200  200
/figures/                                          200     200   200  200  200  200  200  200  200  200  200
/roles/                                            200     200   200  200  200  200  200  200  200  200  200
/privacy/                                          200     200   200  200  200  200  200  200  200  200  200
/scope/                                            200     200   200  200  200  200  200  200  200  200  200
/help/                                             200     200   200  200  200  200  200  200  200  200  200
/elder/                                            405     405   405  405  405  405  405  405  405  405  405
/workplace/                                        in      to    to   to   to   to   to   to   to   to   to
/own/                                              in      403   403  403  403  403  403  403  200  200  200
/own/suggestions/                                  in      403   403  403  403  403  403  403  200  200  200
/own/phone/                                        in      403   403  403  403  403  403  403  to   to   to
/jobs/<pk>/                                        in      404   404  200  404  404  404  404  404  404  404
/jobs/<pk>/file/                                   in      404   404  404  404  404  404  404  404  404  404
/favicon.ico                                       to      to    to   to   to   to   to   to   to   to   to
/health/                                           200     200   200  200  200  200  200  200  200  200  200
/accounts/login/                                   200     to    to   to   to   to   to   to   to   to   to
/accounts/logout/                                  405     405   405  405  405  405  405  405  405  405  405
/accounts/password/                                in      200   200  200  200  200  200  200  200  200  200
/accounts/password/done/                           in      200   200  200  200  200  200  200  200  200  200
/messages/                                         in      200   200  200  200  200  200  200  200  200  200
/messages/read/                                    in      405   405  405  405  405  405  405  405  405  405
/messages/<pk>/open/                               in      405   405  405  405  405  405  405  405  405  405
/deputies/activities/                              in      403   403  403  403  403  403  403  200  200  200
/deputies/activities/<pk>/                         in      403   to   to   to   to   403  403  200  404  404
/deputies/activities/<pk>/sign-up/                 in      403   403  403  403  403  403  403  to   404  404
/deputies/activities/<pk>/leave/                   in      403   403  403  403  403  403  403  200  404  404
/deputies/activities/<pk>/sign-in/                 in      403   403  403  403  403  403  403  200  404  404
/deputies/activity-files/<pk>/                     404     404   200  200  200  200  404  404  200  404  404
/deputies/portraits/<pk>/                          200     200   200  200  200  200  200  200  200  200  200
/deputies/file/                                    in      403   403  403  403  403  403  403  200  200  200
/deputies/file/print/                              in      403   403  403  403  403  403  403  405  405  405
/deputies/duty/new/                                in      403   403  403  403  403  403  403  200  200  200
/deputies/duty/<pk>/                               in      403   403  403  403  403  403  403  200  404  404
/deputies/duty/<pk>/take-back/                     in      403   403  403  403  403  403  403  405  405  405
/deputies/duty/photos/<pk>/                        404     404   200  200  200  200  404  404  200  404  404
/deputies/plan/                                    to      to    to   to   to   to   to   to   to   to   to
/deputies/plan/<year>/                             200     200   200  200  200  200  200  200  200  200  200
/suggestions/new/                                  200     200   200  200  200  200  200  200  200  200  200
/suggestions/to/<code>/                            200     200   200  200  200  200  200  200  200  200  200
/suggestions/received/                             to      to    to   to   to   to   to   to   to   to   to
/suggestions/lookup/                               200     200   200  200  200  200  200  200  200  200  200
/suggestions/case/                                 to      to    to   to   to   to   to   to   to   to   to
/suggestions/case/evaluate/                        to      to    to   to   to   to   to   to   to   to   to
/suggestions/attachments/<pk>/                     404     404   200  200  200  200  200  404  200  404  404
/suggestions/raised/<pk>/                          in      403   403  403  403  403  403  403  200  404  404
/suggestions/department/                           in      403   403  403  403  403  200  200  403  403  403
/suggestions/department/<pk>/                      in      403   403  403  403  403  200  404  403  403  403
/suggestions/department/<pk>/reply/                in      403   403  403  403  403  to   404  403  403  403
/suggestions/department/<pk>/return/               in      403   403  403  403  403  to   404  403  403  403
/admin/annual-summary/                             in      403   200  200  200  200  403  403  403  403  403
/admin/annual-summary/<year>/                      in      403   200  200  200  200  403  403  403  403  403
/admin/annual-summary/<year>/pdf/                  in      405   405  405  405  405  403  403  403  403  403
/admin/jobs/<pk>/                                  in      404   404  200  404  404  403  403  403  403  403
/admin/jobs/<pk>/file/                             in      404   404  404  404  404  403  403  403  403  403
/admin/                                            in      200   200  200  200  200  403  403  403  403  403
/admin/login/                                      in      in    in   in   in   in   403  403  403  403  403
/admin/logout/                                     to      to    to   to   to   to   to   to   to   to   to
/admin/password_change/                            in      to    to   to   to   to   403  403  403  403  403
/admin/password_change/done/                       in      200   200  200  200  200  403  403  403  403  403
/admin/autocomplete/                               in      403   403  403  403  403  403  403  403  403  403
/admin/jsi18n/                                     in      200   200  200  200  200  403  403  403  403  403
/admin/r/<content_type_id>/<object_id>/            in      404   404  404  404  404  403  403  403  403  403
/admin/accounts/user/<id>/password/                in      200   403  403  403  403  403  403  403  403  403
/admin/accounts/user/                              in      200   200  200  200  200  403  403  403  403  403
/admin/accounts/user/add/                          in      200   403  403  403  403  403  403  403  403  403
/admin/accounts/user/<object_id>/history/          in      200   200  200  200  200  403  403  403  403  403
/admin/accounts/user/<object_id>/delete/           in      403   403  403  403  403  403  403  403  403  403
/admin/accounts/user/<object_id>/change/           in      200   200  200  200  200  403  403  403  403  403
/admin/accounts/user/<object_id>/                  in      to    to   to   to   to   403  403  403  403  403
/admin/accounts/department/                        in      200   200  200  200  200  403  403  403  403  403
/admin/accounts/department/add/                    in      200   200  403  403  403  403  403  403  403  403
/admin/accounts/department/<object_id>/history/    in      200   200  200  200  200  403  403  403  403  403
/admin/accounts/department/<object_id>/delete/     in      403   403  403  403  403  403  403  403  403  403
/admin/accounts/department/<object_id>/change/     in      200   200  200  200  200  403  403  403  403  403
/admin/accounts/department/<object_id>/            in      to    to   to   to   to   403  403  403  403  403
/admin/accounts/department/import/template/        in      200   200  403  403  403  403  403  403  403  403
/admin/accounts/department/process_import/         in      to    to   403  403  403  403  403  403  403  403
/admin/accounts/department/import/                 in      200   200  403  403  403  403  403  403  403  403
/admin/accounts/department/export/                 in      200   200  200  200  200  403  403  403  403  403
/admin/accounts/community/                         in      200   200  200  200  200  403  403  403  403  403
/admin/accounts/community/add/                     in      200   200  403  403  403  403  403  403  403  403
/admin/accounts/community/<object_id>/history/     in      200   200  200  200  200  403  403  403  403  403
/admin/accounts/community/<object_id>/delete/      in      403   403  403  403  403  403  403  403  403  403
/admin/accounts/community/<object_id>/change/      in      200   200  200  200  200  403  403  403  403  403
/admin/accounts/community/<object_id>/             in      to    to   to   to   to   403  403  403  403  403
/admin/accounts/community/import/template/         in      200   200  403  403  403  403  403  403  403  403
/admin/accounts/community/process_import/          in      to    to   403  403  403  403  403  403  403  403
/admin/accounts/community/import/                  in      200   200  403  403  403  403  403  403  403  403
/admin/accounts/community/export/                  in      200   200  200  200  200  403  403  403  403  403
/admin/accounts/committee/                         in      200   200  200  200  200  403  403  403  403  403
/admin/accounts/committee/add/                     in      403   403  403  403  403  403  403  403  403  403
/admin/accounts/committee/<object_id>/history/     in      200   200  200  200  200  403  403  403  403  403
/admin/accounts/committee/<object_id>/delete/      in      403   403  403  403  403  403  403  403  403  403
/admin/accounts/committee/<object_id>/change/      in      200   200  200  200  200  403  403  403  403  403
/admin/accounts/committee/<object_id>/             in      to    to   to   to   to   403  403  403  403  403
/admin/common/calendaryear/notice/                 in      403   200  200  200  403  403  403  403  403  403
/admin/common/calendaryear/sheet/                  in      403   200  200  200  403  403  403  403  403  403
/admin/common/calendaryear/template/               in      403   200  200  200  403  403  403  403  403  403
/admin/common/calendaryear/confirm/                in      403   to   to   to   403  403  403  403  403  403
/admin/common/calendaryear/next/                   in      403   to   to   to   403  403  403  403  403  403
/admin/common/calendaryear/                        in      200   200  200  200  200  403  403  403  403  403
/admin/common/calendaryear/add/                    in      403   403  403  403  403  403  403  403  403  403
/admin/common/calendaryear/<object_id>/history/    in      200   200  200  200  200  403  403  403  403  403
/admin/common/calendaryear/<object_id>/delete/     in      403   403  403  403  403  403  403  403  403  403
/admin/common/calendaryear/<object_id>/change/     in      200   200  200  200  200  403  403  403  403  403
/admin/common/calendaryear/<object_id>/            in      to    to   to   to   to   403  403  403  403  403
/admin/notifications/message/                      in      200   200  200  200  200  403  403  403  403  403
/admin/notifications/message/add/                  in      403   403  403  403  403  403  403  403  403  403
/admin/notifications/message/<object_id>/history/  in      200   200  200  200  200  403  403  403  403  403
/admin/notifications/message/<object_id>/delete/   in      403   403  403  403  403  403  403  403  403  403
/admin/notifications/message/<object_id>/change/   in      200   200  200  200  200  403  403  403  403  403
/admin/notifications/message/<object_id>/          in      to    to   to   to   to   403  403  403  403  403
/admin/deputies/dutyrecord/return/                 in      403   to   to   to   403  403  403  403  403  403
/admin/deputies/dutyrecord/book/                   in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/dutyrecord/<pk>/confirm/           in      404   405  405  405  403  403  403  403  403  403
/admin/deputies/dutyrecord/<pk>/correct/           in      404   to   to   to   403  403  403  403  403  403
/admin/deputies/dutyrecord/person/<pk>/            in      403   200  200  200  200  403  403  403  403  403
/admin/deputies/dutyrecord/person/<pk>/print/      in      403   405  405  405  403  403  403  403  403  403
/admin/deputies/dutyrecord/                        in      403   200  200  200  200  403  403  403  403  403
/admin/deputies/dutyrecord/add/                    in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/dutyrecord/<object_id>/history/    in      to    200  200  200  200  403  403  403  403  403
/admin/deputies/dutyrecord/<object_id>/delete/     in      403   403  403  403  403  403  403  403  403  403
/admin/deputies/dutyrecord/<object_id>/change/     in      403   200  200  200  200  403  403  403  403  403
/admin/deputies/dutyrecord/<object_id>/            in      to    to   to   to   to   403  403  403  403  403
/admin/deputies/activity/<pk>/announce/            in      404   to   to   to   403  403  403  403  403  403
/admin/deputies/activity/<pk>/leave/               in      404   to   to   to   403  403  403  403  403  403
/admin/deputies/activity/<pk>/attendance/          in      404   to   to   to   403  403  403  403  403  403
/admin/deputies/activity/<pk>/held/                in      404   to   to   to   403  403  403  403  403  403
/admin/deputies/activity/<pk>/report_back/         in      404   to   to   to   403  403  403  403  403  403
/admin/deputies/activity/<pk>/invite/              in      404   200  200  200  403  403  403  403  403  403
/admin/deputies/activity/<pk>/answers/             in      404   200  200  200  403  403  403  403  403  403
/admin/deputies/activity/<pk>/edit/                in      404   200  200  200  403  403  403  403  403  403
/admin/deputies/activity/<pk>/minutes/             in      404   to   to   to   403  403  403  403  403  403
/admin/deputies/activity/<pk>/files/               in      404   200  200  200  403  403  403  403  403  403
/admin/deputies/activity/<pk>/counts/              in      404   to   to   to   403  403  403  403  403  403
/admin/deputies/activity/<pk>/cancel/              in      404   200  200  200  403  403  403  403  403  403
/admin/deputies/activity/<pk>/screen/              in      404   200  200  200  403  403  403  403  403  403
/admin/deputies/activity/<pk>/print/attendance/    in      405   405  405  405  405  403  403  403  403  403
/admin/deputies/activity/<pk>/print/minutes/       in      405   405  405  405  405  403  403  403  403  403
/admin/deputies/activity/<pk>/files/<file_pk>/remove/ in      405   405  405  405  405  403  403  403  403  403
/admin/deputies/activity/<pk>/sign-ups/            in      404   200  200  200  403  403  403  403  403  403
/admin/deputies/activity/<pk>/sign-ups/<row>/take-out/ in      404   405  405  405  403  403  403  403  403  403
/admin/deputies/activity/                          in      403   200  200  200  200  403  403  403  403  403
/admin/deputies/activity/add/                      in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/activity/<object_id>/history/      in      to    200  200  200  200  403  403  403  403  403
/admin/deputies/activity/<object_id>/delete/       in      403   403  403  403  403  403  403  403  403  403
/admin/deputies/activity/<object_id>/change/       in      403   200  200  200  200  403  403  403  403  403
/admin/deputies/activity/<object_id>/              in      to    to   to   to   to   403  403  403  403  403
/admin/deputies/oversighttopic/<pk>/round/         in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/oversighttopic/<pk>/note/          in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/oversighttopic/<pk>/begin/         in      403   to   to   to   403  403  403  403  403  403
/admin/deputies/oversighttopic/<pk>/report/        in      403   to   to   to   403  403  403  403  403  403
/admin/deputies/oversighttopic/<pk>/close/         in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/oversighttopic/<pk>/edit/          in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/oversighttopic/                    in      403   200  200  200  200  403  403  403  403  403
/admin/deputies/oversighttopic/add/                in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/oversighttopic/<object_id>/history/ in      403   200  200  200  200  403  403  403  403  403
/admin/deputies/oversighttopic/<object_id>/delete/ in      403   403  403  403  403  403  403  403  403  403
/admin/deputies/oversighttopic/<object_id>/change/ in      403   200  200  200  200  403  403  403  403  403
/admin/deputies/oversighttopic/<object_id>/        in      to    to   to   to   to   403  403  403  403  403
/admin/deputies/workplan/<pk>/edit/                in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/workplan/<pk>/publish/             in      403   to   to   to   403  403  403  403  403  403
/admin/deputies/workplan/<pk>/print/               in      405   405  405  405  405  403  403  403  403  403
/admin/deputies/workplan/<pk>/items/<item_pk>/drop/ in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/workplan/<pk>/items/<item_pk>/take-up/ in      403   to   to   to   403  403  403  403  403  403
/admin/deputies/workplan/<pk>/items/<item_pk>/link/ in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/workplan/                          in      403   200  200  200  200  403  403  403  403  403
/admin/deputies/workplan/add/                      in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/workplan/<object_id>/history/      in      403   200  200  200  200  403  403  403  403  403
/admin/deputies/workplan/<object_id>/delete/       in      403   403  403  403  403  403  403  403  403  403
/admin/deputies/workplan/<object_id>/change/       in      403   200  200  200  200  403  403  403  403  403
/admin/deputies/workplan/<object_id>/              in      to    to   to   to   to   403  403  403  403  403
/admin/deputies/person/board/                      in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/person/change-term/                in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/person/photos/                     in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/person/photos/confirm/             in      403   to   to   to   403  403  403  403  403  403
/admin/deputies/person/<pk>/end/                   in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/person/<pk>/photo/                 in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/person/<pk>/phone/                 in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/person/                            in      403   200  200  200  200  403  403  403  403  403
/admin/deputies/person/add/                        in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/person/<object_id>/history/        in      403   200  200  200  200  403  403  403  403  403
/admin/deputies/person/<object_id>/delete/         in      403   403  403  403  403  403  403  403  403  403
/admin/deputies/person/<object_id>/change/         in      403   200  200  200  200  403  403  403  403  403
/admin/deputies/person/<object_id>/                in      to    to   to   to   to   403  403  403  403  403
/admin/deputies/person/import/template/            in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/person/process_import/             in      403   to   to   to   403  403  403  403  403  403
/admin/deputies/person/import/                     in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/person/export/                     in      403   200  200  200  200  403  403  403  403  403
/admin/deputies/deputygroup/import/template/       in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/deputygroup/process_import/        in      403   to   to   to   403  403  403  403  403  403
/admin/deputies/deputygroup/import/                in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/deputygroup/export/                in      403   200  200  200  200  403  403  403  403  403
/admin/deputies/deputygroup/                       in      403   200  200  200  200  403  403  403  403  403
/admin/deputies/deputygroup/add/                   in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/deputygroup/<object_id>/history/   in      403   200  200  200  200  403  403  403  403  403
/admin/deputies/deputygroup/<object_id>/delete/    in      403   403  403  403  403  403  403  403  403  403
/admin/deputies/deputygroup/<object_id>/change/    in      403   200  200  200  200  403  403  403  403  403
/admin/deputies/deputygroup/<object_id>/           in      to    to   to   to   to   403  403  403  403  403
/admin/deputies/performancereport/owed/            in      403   200  200  200  200  403  403  403  403  403
/admin/deputies/performancereport/<pk>/correct/    in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/performancereport/                 in      403   200  200  200  200  403  403  403  403  403
/admin/deputies/performancereport/add/             in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/performancereport/<object_id>/history/ in      403   200  200  200  200  403  403  403  403  403
/admin/deputies/performancereport/<object_id>/delete/ in      403   403  403  403  403  403  403  403  403  403
/admin/deputies/performancereport/<object_id>/change/ in      403   200  200  200  200  403  403  403  403  403
/admin/deputies/performancereport/<object_id>/     in      to    to   to   to   to   403  403  403  403  403
/admin/deputies/duereminder/                       in      403   200  200  200  200  403  403  403  403  403
/admin/deputies/duereminder/add/                   in      403   403  403  403  403  403  403  403  403  403
/admin/deputies/duereminder/<object_id>/history/   in      403   200  200  200  200  403  403  403  403  403
/admin/deputies/duereminder/<object_id>/delete/    in      403   403  403  403  403  403  403  403  403  403
/admin/deputies/duereminder/<object_id>/change/    in      403   200  200  200  200  403  403  403  403  403
/admin/deputies/duereminder/<object_id>/           in      to    to   to   to   to   403  403  403  403  403
/admin/suggestions/suggestion/<pk>/accept/         in      404   to   to   to   403  403  403  403  403  403
/admin/suggestions/suggestion/<pk>/assign/         in      404   to   to   to   403  403  403  403  403  403
/admin/suggestions/suggestion/<pk>/evaluate/       in      404   to   to   to   403  403  403  403  403  403
/admin/suggestions/suggestion/<pk>/send_back/      in      404   to   to   to   403  403  403  403  403  403
/admin/suggestions/suggestion/<pk>/close/          in      404   to   to   to   403  403  403  403  403  403
/admin/suggestions/suggestion/<pk>/decline/        in      404   to   to   to   403  403  403  403  403  403
/admin/suggestions/suggestion/<pk>/contact/        in      404   200  200  200  403  403  403  403  403  403
/admin/suggestions/suggestion/put-forward/<topic_pk>/ in      403   200  200  200  403  403  403  403  403  403
/admin/suggestions/suggestion/                     in      403   200  200  200  200  403  403  403  403  403
/admin/suggestions/suggestion/add/                 in      403   200  200  200  403  403  403  403  403  403
/admin/suggestions/suggestion/<object_id>/history/ in      to    200  200  200  200  403  403  403  403  403
/admin/suggestions/suggestion/<object_id>/delete/  in      403   403  403  403  403  403  403  403  403  403
/admin/suggestions/suggestion/<object_id>/change/  in      403   200  200  200  200  403  403  403  403  403
/admin/suggestions/suggestion/<object_id>/         in      to    to   to   to   to   403  403  403  403  403
/admin/suggestions/category/                       in      403   200  200  200  200  403  403  403  403  403
/admin/suggestions/category/add/                   in      403   200  200  200  403  403  403  403  403  403
/admin/suggestions/category/<object_id>/history/   in      403   200  200  200  200  403  403  403  403  403
/admin/suggestions/category/<object_id>/delete/    in      403   403  403  403  403  403  403  403  403  403
/admin/suggestions/category/<object_id>/change/    in      403   200  200  200  200  403  403  403  403  403
/admin/suggestions/category/<object_id>/           in      to    to   to   to   to   403  403  403  403  403
/admin/suggestions/replyterm/                      in      403   200  200  200  200  403  403  403  403  403
/admin/suggestions/replyterm/add/                  in      403   403  403  403  403  403  403  403  403  403
/admin/suggestions/replyterm/<object_id>/history/  in      403   200  200  200  200  403  403  403  403  403
/admin/suggestions/replyterm/<object_id>/delete/   in      403   403  403  403  403  403  403  403  403  403
/admin/suggestions/replyterm/<object_id>/change/   in      403   200  200  200  200  403  403  403  403  403
/admin/suggestions/replyterm/<object_id>/          in      to    to   to   to   to   403  403  403  403  403
/admin/suggestions/reminder/                       in      403   200  200  200  200  403  403  403  403  403
/admin/suggestions/reminder/add/                   in      403   403  403  403  403  403  403  403  403  403
/admin/suggestions/reminder/<object_id>/history/   in      403   200  200  200  200  403  403  403  403  403
/admin/suggestions/reminder/<object_id>/delete/    in      403   403  403  403  403  403  403  403  403  403
/admin/suggestions/reminder/<object_id>/change/    in      403   200  200  200  200  403  403  403  403  403
/admin/suggestions/reminder/<object_id>/           in      to    to   to   to   to   403  403  403  403  403
/admin/<app_label>/                                in      404   200  200  200  200  403  403  403  403  403
/admin/<url>                                       in      404   404  404  404  404  403  403  403  403  403
"""
SENDING = """
                                                   visitor admin fang zhao sun  shen wu   qian chen lin  he
/                                                  405     405   405  405  405  405  405  405  405  405  405
/board/                                            405     405   405  405  405  405  405  405  405  405  405
/board/<code>/                                     405     405   405  405  405  405  405  405  405  405  405
/calendar/                                         405     405   405  405  405  405  405  405  405  405  405
/calendar/received/                                405     405   405  405  405  405  405  405  405  405  405
/calendar/cancel/                                  200     200   200  200  200  200  200  200  200  200  200
/calendar/<pk>/                                    200     200   200  200  200  200  200  200  200  200  200
/figures/                                          405     405   405  405  405  405  405  405  405  405  405
/roles/                                            405     405   405  405  405  405  405  405  405  405  405
/privacy/                                          405     405   405  405  405  405  405  405  405  405  405
/scope/                                            405     405   405  405  405  405  405  405  405  405  405
/help/                                             405     405   405  405  405  405  405  405  405  405  405
/elder/                                            to      to    to   to   to   to   to   to   to   to   to
/workplace/                                        in      405   405  405  405  405  405  405  405  405  405
/own/                                              in      403   403  403  403  403  403  403  405  405  405
/own/suggestions/                                  in      403   403  403  403  403  403  403  405  405  405
/own/phone/                                        in      403   403  403  403  403  403  403  to   to   to
/jobs/<pk>/                                        in      405   405  405  405  405  405  405  405  405  405
/jobs/<pk>/file/                                   in      405   405  405  405  405  405  405  405  405  405
/favicon.ico                                       405     405   405  405  405  405  405  405  405  405  405
/health/                                           405     405   405  405  405  405  405  405  405  405  405
/accounts/login/                                   200     to    to   to   to   to   to   to   to   to   to
/accounts/logout/                                  to      to    to   to   to   to   to   to   to   to   to
/accounts/password/                                in      200   200  200  200  200  200  200  200  200  200
/accounts/password/done/                           in      405   405  405  405  405  405  405  405  405  405
/messages/                                         in      405   405  405  405  405  405  405  405  405  405
/messages/read/                                    in      to    to   to   to   to   to   to   to   to   to
/messages/<pk>/open/                               in      404   404  to   404  404  404  404  404  404  404
/deputies/activities/                              in      403   403  403  403  403  403  403  405  405  405
/deputies/activities/<pk>/                         in      403   to   to   to   to   403  403  405  405  405
/deputies/activities/<pk>/sign-up/                 in      403   403  403  403  403  403  403  to   404  404
/deputies/activities/<pk>/leave/                   in      403   403  403  403  403  403  403  200  404  404
/deputies/activities/<pk>/sign-in/                 in      403   403  403  403  403  403  403  200  404  404
/deputies/activity-files/<pk>/                     405     405   405  405  405  405  405  405  405  405  405
/deputies/portraits/<pk>/                          405     405   405  405  405  405  405  405  405  405  405
/deputies/file/                                    in      403   403  403  403  403  403  403  405  405  405
/deputies/file/print/                              in      403   403  403  403  403  403  403  to   to   to
/deputies/duty/new/                                in      403   403  403  403  403  403  403  200  200  200
/deputies/duty/<pk>/                               in      403   403  403  403  403  403  403  200  404  404
/deputies/duty/<pk>/take-back/                     in      403   403  403  403  403  403  403  to   404  404
/deputies/duty/photos/<pk>/                        405     405   405  405  405  405  405  405  405  405  405
/deputies/plan/                                    405     405   405  405  405  405  405  405  405  405  405
/deputies/plan/<year>/                             405     405   405  405  405  405  405  405  405  405  405
/suggestions/new/                                  200     200   200  200  200  200  200  200  200  200  200
/suggestions/to/<code>/                            200     200   200  200  200  200  200  200  200  200  200
/suggestions/received/                             405     405   405  405  405  405  405  405  405  405  405
/suggestions/lookup/                               200     200   200  200  200  200  200  200  200  200  200
/suggestions/case/                                 to      to    to   to   to   to   to   to   to   to   to
/suggestions/case/evaluate/                        to      to    to   to   to   to   to   to   to   to   to
/suggestions/attachments/<pk>/                     405     405   405  405  405  405  405  405  405  405  405
/suggestions/raised/<pk>/                          in      405   405  405  405  405  405  405  405  405  405
/suggestions/department/                           in      403   403  403  403  403  405  405  403  403  403
/suggestions/department/<pk>/                      in      403   403  403  403  403  405  405  403  403  403
/suggestions/department/<pk>/reply/                in      403   403  403  403  403  200  404  403  403  403
/suggestions/department/<pk>/return/               in      403   403  403  403  403  200  404  403  403  403
/admin/annual-summary/                             in      403   405  405  405  405  403  403  403  403  403
/admin/annual-summary/<year>/                      in      403   405  405  405  405  403  403  403  403  403
/admin/annual-summary/<year>/pdf/                  in      403   to   to   to   to   403  403  403  403  403
/admin/jobs/<pk>/                                  in      405   405  405  405  405  403  403  403  403  403
/admin/jobs/<pk>/file/                             in      405   405  405  405  405  403  403  403  403  403
/admin/                                            in      200   200  200  200  200  403  403  403  403  403
/admin/login/                                      in      in    in   in   in   in   403  403  403  403  403
/admin/logout/                                     to      to    to   to   to   to   to   to   to   to   to
/admin/password_change/                            in      to    to   to   to   to   403  403  403  403  403
/admin/password_change/done/                       in      405   405  405  405  405  403  403  403  403  403
/admin/autocomplete/                               in      405   405  405  405  405  403  403  403  403  403
/admin/jsi18n/                                     in      405   405  405  405  405  403  403  403  403  403
/admin/r/<content_type_id>/<object_id>/            in      404   404  404  404  404  403  403  403  403  403
/admin/accounts/user/<id>/password/                in      200   403  403  403  403  403  403  403  403  403
/admin/accounts/user/                              in      200   200  200  200  200  403  403  403  403  403
/admin/accounts/user/add/                          in      200   403  403  403  403  403  403  403  403  403
/admin/accounts/user/<object_id>/history/          in      200   200  200  200  200  403  403  403  403  403
/admin/accounts/user/<object_id>/delete/           in      403   403  403  403  403  403  403  403  403  403
/admin/accounts/user/<object_id>/change/           in      200   403  403  403  403  403  403  403  403  403
/admin/accounts/user/<object_id>/                  in      to    to   to   to   to   403  403  403  403  403
/admin/accounts/department/                        in      200   200  200  200  200  403  403  403  403  403
/admin/accounts/department/add/                    in      200   200  403  403  403  403  403  403  403  403
/admin/accounts/department/<object_id>/history/    in      200   200  200  200  200  403  403  403  403  403
/admin/accounts/department/<object_id>/delete/     in      403   403  403  403  403  403  403  403  403  403
/admin/accounts/department/<object_id>/change/     in      200   200  403  403  403  403  403  403  403  403
/admin/accounts/department/<object_id>/            in      to    to   to   to   to   403  403  403  403  403
/admin/accounts/department/import/template/        in      405   405  405  405  405  403  403  403  403  403
/admin/accounts/department/process_import/         in      to    to   403  403  403  403  403  403  403  403
/admin/accounts/department/import/                 in      200   200  403  403  403  403  403  403  403  403
/admin/accounts/department/export/                 in      200   200  200  200  200  403  403  403  403  403
/admin/accounts/community/                         in      200   200  200  200  200  403  403  403  403  403
/admin/accounts/community/add/                     in      200   200  403  403  403  403  403  403  403  403
/admin/accounts/community/<object_id>/history/     in      200   200  200  200  200  403  403  403  403  403
/admin/accounts/community/<object_id>/delete/      in      403   403  403  403  403  403  403  403  403  403
/admin/accounts/community/<object_id>/change/      in      200   200  403  403  403  403  403  403  403  403
/admin/accounts/community/<object_id>/             in      to    to   to   to   to   403  403  403  403  403
/admin/accounts/community/import/template/         in      405   405  405  405  405  403  403  403  403  403
/admin/accounts/community/process_import/          in      to    to   403  403  403  403  403  403  403  403
/admin/accounts/community/import/                  in      200   200  403  403  403  403  403  403  403  403
/admin/accounts/community/export/                  in      200   200  200  200  200  403  403  403  403  403
/admin/accounts/committee/                         in      200   200  200  200  200  403  403  403  403  403
/admin/accounts/committee/add/                     in      403   403  403  403  403  403  403  403  403  403
/admin/accounts/committee/<object_id>/history/     in      200   200  200  200  200  403  403  403  403  403
/admin/accounts/committee/<object_id>/delete/      in      403   403  403  403  403  403  403  403  403  403
/admin/accounts/committee/<object_id>/change/      in      200   200  403  403  403  403  403  403  403  403
/admin/accounts/committee/<object_id>/             in      to    to   to   to   to   403  403  403  403  403
/admin/common/calendaryear/notice/                 in      403   200  200  200  403  403  403  403  403  403
/admin/common/calendaryear/sheet/                  in      403   200  200  200  403  403  403  403  403  403
/admin/common/calendaryear/template/               in      403   405  405  405  403  403  403  403  403  403
/admin/common/calendaryear/confirm/                in      403   to   to   to   403  403  403  403  403  403
/admin/common/calendaryear/next/                   in      403   to   to   to   403  403  403  403  403  403
/admin/common/calendaryear/                        in      200   200  200  200  200  403  403  403  403  403
/admin/common/calendaryear/add/                    in      403   403  403  403  403  403  403  403  403  403
/admin/common/calendaryear/<object_id>/history/    in      200   200  200  200  200  403  403  403  403  403
/admin/common/calendaryear/<object_id>/delete/     in      403   403  403  403  403  403  403  403  403  403
/admin/common/calendaryear/<object_id>/change/     in      403   200  200  200  403  403  403  403  403  403
/admin/common/calendaryear/<object_id>/            in      to    to   to   to   to   403  403  403  403  403
/admin/notifications/message/                      in      200   200  200  200  200  403  403  403  403  403
/admin/notifications/message/add/                  in      403   403  403  403  403  403  403  403  403  403
/admin/notifications/message/<object_id>/history/  in      200   200  200  200  200  403  403  403  403  403
/admin/notifications/message/<object_id>/delete/   in      403   403  403  403  403  403  403  403  403  403
/admin/notifications/message/<object_id>/change/   in      403   403  403  403  403  403  403  403  403  403
/admin/notifications/message/<object_id>/          in      to    to   to   to   to   403  403  403  403  403
/admin/deputies/dutyrecord/return/                 in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/dutyrecord/book/                   in      403   to   to   to   403  403  403  403  403  403
/admin/deputies/dutyrecord/<pk>/confirm/           in      404   to   to   to   403  403  403  403  403  403
/admin/deputies/dutyrecord/<pk>/correct/           in      404   200  200  200  403  403  403  403  403  403
/admin/deputies/dutyrecord/person/<pk>/            in      405   405  405  405  405  403  403  403  403  403
/admin/deputies/dutyrecord/person/<pk>/print/      in      403   to   to   to   403  403  403  403  403  403
/admin/deputies/dutyrecord/                        in      403   200  200  200  200  403  403  403  403  403
/admin/deputies/dutyrecord/add/                    in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/dutyrecord/<object_id>/history/    in      to    200  200  200  200  403  403  403  403  403
/admin/deputies/dutyrecord/<object_id>/delete/     in      403   403  403  403  403  403  403  403  403  403
/admin/deputies/dutyrecord/<object_id>/change/     in      403   403  403  403  403  403  403  403  403  403
/admin/deputies/dutyrecord/<object_id>/            in      to    to   to   to   to   403  403  403  403  403
/admin/deputies/activity/<pk>/announce/            in      404   409  409  409  403  403  403  403  403  403
/admin/deputies/activity/<pk>/leave/               in      404   200  200  200  403  403  403  403  403  403
/admin/deputies/activity/<pk>/attendance/          in      404   to   to   to   403  403  403  403  403  403
/admin/deputies/activity/<pk>/held/                in      404   200  200  200  403  403  403  403  403  403
/admin/deputies/activity/<pk>/report_back/         in      404   409  409  409  403  403  403  403  403  403
/admin/deputies/activity/<pk>/invite/              in      404   200  200  200  403  403  403  403  403  403
/admin/deputies/activity/<pk>/answers/             in      404   200  200  200  403  403  403  403  403  403
/admin/deputies/activity/<pk>/edit/                in      404   200  200  200  403  403  403  403  403  403
/admin/deputies/activity/<pk>/minutes/             in      404   to   to   to   403  403  403  403  403  403
/admin/deputies/activity/<pk>/files/               in      404   200  200  200  403  403  403  403  403  403
/admin/deputies/activity/<pk>/counts/              in      404   409  409  409  403  403  403  403  403  403
/admin/deputies/activity/<pk>/cancel/              in      404   200  200  200  403  403  403  403  403  403
/admin/deputies/activity/<pk>/screen/              in      405   405  405  405  405  403  403  403  403  403
/admin/deputies/activity/<pk>/print/attendance/    in      404   to   to   to   403  403  403  403  403  403
/admin/deputies/activity/<pk>/print/minutes/       in      404   to   to   to   403  403  403  403  403  403
/admin/deputies/activity/<pk>/files/<file_pk>/remove/ in      404   to   to   to   403  403  403  403  403  403
/admin/deputies/activity/<pk>/sign-ups/            in      404   405  405  405  403  403  403  403  403  403
/admin/deputies/activity/<pk>/sign-ups/<row>/take-out/ in      404   404  404  404  403  403  403  403  403  403
/admin/deputies/activity/                          in      403   200  200  200  200  403  403  403  403  403
/admin/deputies/activity/add/                      in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/activity/<object_id>/history/      in      to    200  200  200  200  403  403  403  403  403
/admin/deputies/activity/<object_id>/delete/       in      403   403  403  403  403  403  403  403  403  403
/admin/deputies/activity/<object_id>/change/       in      403   200  200  200  200  403  403  403  403  403
/admin/deputies/activity/<object_id>/              in      to    to   to   to   to   403  403  403  403  403
/admin/deputies/oversighttopic/<pk>/round/         in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/oversighttopic/<pk>/note/          in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/oversighttopic/<pk>/begin/         in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/oversighttopic/<pk>/report/        in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/oversighttopic/<pk>/close/         in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/oversighttopic/<pk>/edit/          in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/oversighttopic/                    in      403   200  200  200  200  403  403  403  403  403
/admin/deputies/oversighttopic/add/                in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/oversighttopic/<object_id>/history/ in      403   200  200  200  200  403  403  403  403  403
/admin/deputies/oversighttopic/<object_id>/delete/ in      403   403  403  403  403  403  403  403  403  403
/admin/deputies/oversighttopic/<object_id>/change/ in      403   200  200  200  200  403  403  403  403  403
/admin/deputies/oversighttopic/<object_id>/        in      to    to   to   to   to   403  403  403  403  403
/admin/deputies/workplan/<pk>/edit/                in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/workplan/<pk>/publish/             in      403   409  409  409  403  403  403  403  403  403
/admin/deputies/workplan/<pk>/print/               in      403   to   to   to   403  403  403  403  403  403
/admin/deputies/workplan/<pk>/items/<item_pk>/drop/ in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/workplan/<pk>/items/<item_pk>/take-up/ in      403   to   to   to   403  403  403  403  403  403
/admin/deputies/workplan/<pk>/items/<item_pk>/link/ in      403   to   to   to   403  403  403  403  403  403
/admin/deputies/workplan/                          in      403   200  200  200  200  403  403  403  403  403
/admin/deputies/workplan/add/                      in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/workplan/<object_id>/history/      in      403   200  200  200  200  403  403  403  403  403
/admin/deputies/workplan/<object_id>/delete/       in      403   403  403  403  403  403  403  403  403  403
/admin/deputies/workplan/<object_id>/change/       in      403   200  200  200  200  403  403  403  403  403
/admin/deputies/workplan/<object_id>/              in      to    to   to   to   to   403  403  403  403  403
/admin/deputies/person/board/                      in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/person/change-term/                in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/person/photos/                     in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/person/photos/confirm/             in      403   to   to   to   403  403  403  403  403  403
/admin/deputies/person/<pk>/end/                   in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/person/<pk>/photo/                 in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/person/<pk>/phone/                 in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/person/                            in      403   200  200  200  200  403  403  403  403  403
/admin/deputies/person/add/                        in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/person/<object_id>/history/        in      403   200  200  200  200  403  403  403  403  403
/admin/deputies/person/<object_id>/delete/         in      403   403  403  403  403  403  403  403  403  403
/admin/deputies/person/<object_id>/change/         in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/person/<object_id>/                in      to    to   to   to   to   403  403  403  403  403
/admin/deputies/person/import/template/            in      405   405  405  405  405  403  403  403  403  403
/admin/deputies/person/process_import/             in      403   to   to   to   403  403  403  403  403  403
/admin/deputies/person/import/                     in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/person/export/                     in      403   200  200  200  200  403  403  403  403  403
/admin/deputies/deputygroup/import/template/       in      405   405  405  405  405  403  403  403  403  403
/admin/deputies/deputygroup/process_import/        in      403   to   to   to   403  403  403  403  403  403
/admin/deputies/deputygroup/import/                in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/deputygroup/export/                in      403   200  200  200  200  403  403  403  403  403
/admin/deputies/deputygroup/                       in      403   200  200  200  200  403  403  403  403  403
/admin/deputies/deputygroup/add/                   in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/deputygroup/<object_id>/history/   in      403   200  200  200  200  403  403  403  403  403
/admin/deputies/deputygroup/<object_id>/delete/    in      403   403  403  403  403  403  403  403  403  403
/admin/deputies/deputygroup/<object_id>/change/    in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/deputygroup/<object_id>/           in      to    to   to   to   to   403  403  403  403  403
/admin/deputies/performancereport/owed/            in      403   405  405  405  405  403  403  403  403  403
/admin/deputies/performancereport/<pk>/correct/    in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/performancereport/                 in      403   200  200  200  200  403  403  403  403  403
/admin/deputies/performancereport/add/             in      403   200  200  200  403  403  403  403  403  403
/admin/deputies/performancereport/<object_id>/history/ in      403   200  200  200  200  403  403  403  403  403
/admin/deputies/performancereport/<object_id>/delete/ in      403   403  403  403  403  403  403  403  403  403
/admin/deputies/performancereport/<object_id>/change/ in      403   403  403  403  403  403  403  403  403  403
/admin/deputies/performancereport/<object_id>/     in      to    to   to   to   to   403  403  403  403  403
/admin/deputies/duereminder/                       in      403   200  200  200  200  403  403  403  403  403
/admin/deputies/duereminder/add/                   in      403   403  403  403  403  403  403  403  403  403
/admin/deputies/duereminder/<object_id>/history/   in      403   200  200  200  200  403  403  403  403  403
/admin/deputies/duereminder/<object_id>/delete/    in      403   403  403  403  403  403  403  403  403  403
/admin/deputies/duereminder/<object_id>/change/    in      403   403  403  403  403  403  403  403  403  403
/admin/deputies/duereminder/<object_id>/           in      to    to   to   to   to   403  403  403  403  403
/admin/suggestions/suggestion/<pk>/accept/         in      404   409  409  409  403  403  403  403  403  403
/admin/suggestions/suggestion/<pk>/assign/         in      404   409  409  409  403  403  403  403  403  403
/admin/suggestions/suggestion/<pk>/evaluate/       in      404   409  409  409  403  403  403  403  403  403
/admin/suggestions/suggestion/<pk>/send_back/      in      404   409  409  409  403  403  403  403  403  403
/admin/suggestions/suggestion/<pk>/close/          in      404   409  409  409  403  403  403  403  403  403
/admin/suggestions/suggestion/<pk>/decline/        in      404   409  409  409  403  403  403  403  403  403
/admin/suggestions/suggestion/<pk>/contact/        in      404   to   to   to   403  403  403  403  403  403
/admin/suggestions/suggestion/put-forward/<topic_pk>/ in      403   200  200  200  403  403  403  403  403  403
/admin/suggestions/suggestion/                     in      403   200  200  200  200  403  403  403  403  403
/admin/suggestions/suggestion/add/                 in      403   200  200  200  403  403  403  403  403  403
/admin/suggestions/suggestion/<object_id>/history/ in      to    200  200  200  200  403  403  403  403  403
/admin/suggestions/suggestion/<object_id>/delete/  in      403   403  403  403  403  403  403  403  403  403
/admin/suggestions/suggestion/<object_id>/change/  in      403   200  200  200  403  403  403  403  403  403
/admin/suggestions/suggestion/<object_id>/         in      to    to   to   to   to   403  403  403  403  403
/admin/suggestions/category/                       in      403   200  200  200  200  403  403  403  403  403
/admin/suggestions/category/add/                   in      403   200  200  200  403  403  403  403  403  403
/admin/suggestions/category/<object_id>/history/   in      403   200  200  200  200  403  403  403  403  403
/admin/suggestions/category/<object_id>/delete/    in      403   403  403  403  403  403  403  403  403  403
/admin/suggestions/category/<object_id>/change/    in      403   200  200  200  403  403  403  403  403  403
/admin/suggestions/category/<object_id>/           in      to    to   to   to   to   403  403  403  403  403
/admin/suggestions/replyterm/                      in      403   200  200  200  200  403  403  403  403  403
/admin/suggestions/replyterm/add/                  in      403   403  403  403  403  403  403  403  403  403
/admin/suggestions/replyterm/<object_id>/history/  in      403   200  200  200  200  403  403  403  403  403
/admin/suggestions/replyterm/<object_id>/delete/   in      403   403  403  403  403  403  403  403  403  403
/admin/suggestions/replyterm/<object_id>/change/   in      403   200  403  403  403  403  403  403  403  403
/admin/suggestions/replyterm/<object_id>/          in      to    to   to   to   to   403  403  403  403  403
/admin/suggestions/reminder/                       in      403   200  200  200  200  403  403  403  403  403
/admin/suggestions/reminder/add/                   in      403   403  403  403  403  403  403  403  403  403
/admin/suggestions/reminder/<object_id>/history/   in      403   200  200  200  200  403  403  403  403  403
/admin/suggestions/reminder/<object_id>/delete/    in      403   403  403  403  403  403  403  403  403  403
/admin/suggestions/reminder/<object_id>/change/    in      403   403  403  403  403  403  403  403  403  403
/admin/suggestions/reminder/<object_id>/           in      to    to   to   to   to   403  403  403  403  403
/admin/<app_label>/                                in      404   200  200  200  200  403  403  403  403  403
/admin/<url>                                       in      404   404  404  404  404  403  403  403  403  403
"""


def table(text: str) -> dict[str, dict[str, str]]:
    header, *lines = text.strip("\n").splitlines()
    assert tuple(header.split()) == PEOPLE
    rows = [line.rsplit(maxsplit=len(PEOPLE)) for line in lines]
    assert len({route for route, *_ in rows}) == len(rows)
    return {route: dict(zip(PEOPLE, cells, strict=True)) for route, *cells in rows}


def outcome(browser: Client, method: str, address: str) -> str:
    """Ask, and look at where it leads."""
    answer = getattr(browser, method)(address)
    if answer.get("Location", "").startswith("/admin/login/"):
        answer = browser.get(answer["Location"])  # the staff's door: signs in, or refuses who is signed in already
    if answer.streaming:
        answer.getvalue()
    if answer.status_code in (301, 302, 307):
        return "in" if answer["Location"].startswith("/accounts/login/") else "to"
    return str(answer.status_code)


def assert_as_in(expected: dict[str, dict[str, str]], found: dict[str, dict[str, str]]) -> None:
    assert set(found) == set(expected)
    assert {route: cells for route, cells in found.items() if cells != expected[route]} == {}


def test_reading_is_as_the_table_says_and_changes_nothing(cast, visitor, signed_in, address, everything):
    browsers = {name: visitor if name == "visitor" else signed_in(cast[name]) for name in PEOPLE}
    before = everything()

    found = {route: {name: outcome(browsers[name], "get", address(route)) for name in PEOPLE} for route in routes()}

    assert_as_in(table(READING), found)
    assert everything() == before


def test_sending_is_as_the_table_says(cast, signed_in, address):
    def send(name: str, route: str) -> str:
        with transaction.atomic():
            answer = outcome(signed_in(cast[name]) if name in cast else Client(), "post", address(route))
            transaction.set_rollback(True)  # whatever it did, and that it signed out
        return answer

    found = {route: {name: send(name, route) for name in PEOPLE} for route in routes()}

    assert_as_in(table(SENDING), found)


def test_page_of_roles_shows_exactly_the_table_of_rights(visitor):
    page = visitor.get("/roles/")

    shown = {
        (section["title"], row["label"]): {role for role, cell in zip(Role, row["cells"], strict=True) if cell}
        for section in page.context["sections"]
        for row in section["rows"]
    }
    assert shown == {
        (apps.get_app_config(app).verbose_name, right.label): set(right.roles)
        for app, rights in rights_by_app().items()
        for right in rights
    }
    html = page.content.decode()
    assert html.count('class="yes"') == sum(len(right.roles) for rights in rights_by_app().values() for right in rights)
    for role in Role:
        assert role.label in html


def test_rights_are_written_once_and_an_unknown_one_belongs_to_nobody():
    codes = [right.code for rights in rights_by_app().values() for right in rights]

    assert len(set(codes)) == len(codes)
    assert roles_with("suggestions.delete_suggestion") == frozenset()


def test_nobody_may_delete_anything():
    assert [right.code for rights in rights_by_app().values() for right in rights if ".delete_" in right.code] == []


def test_system_administrator_and_auditor_do_no_business():
    business = {
        right.code
        for app, rights in rights_by_app().items()
        for right in rights
        if app in ("suggestions", "deputies") and not right.code.partition(".")[2].startswith(("view_", "export_"))
    }

    assert {code for code in business if {Role.ADMIN, Role.AUDITOR} & roles_with(code)} == set()
    assert Role.ADMIN not in roles_with("suggestions.view_suggestion")
    assert roles_with("suggestions.see_contact") == {Role.DIRECTOR, Role.CLERK}
    assert roles_with("suggestions.correct_contact") == {Role.DIRECTOR, Role.CLERK}


@pytest.mark.parametrize("method", ["trace", "put", "patch", "delete"])
def test_no_address_takes_an_unusual_method(db, committee, method):
    browser = Client()

    answers = {route: getattr(browser, method)(re.sub("<.*?>", "1", route)).status_code for route in routes()}

    assert {route for route, status in answers.items() if status != 405} == set()
