"""Tells people when a nightly run could not publish, and why: a webhook and a mail, by settings. A failing notice never fails a run."""

from __future__ import annotations

import json
import smtplib
import urllib.error
import urllib.request
from dataclasses import asdict, dataclass
from email.message import EmailMessage

from pipelines.settings import Limits

TIMEOUT_SECONDS = 15


@dataclass(frozen=True)
class Notice:
    """What happened: `event` is not_published | published | reports_missing; `lines` the reasons, one line each."""

    event: str
    home: str
    release_id: str | None
    lines: list[str]

    @property
    def subject(self) -> str:
        what = {
            "not_published": "no release published / 未发布",
            "published": "release published / 已发布",
            "reports_missing": "reports missing / 缺报告",
        }
        return f"juesuan: {what.get(self.event, self.event)}"


def notify(notice: Notice, settings: Limits) -> list[str]:
    """Send the notice wherever the settings say. Returns one line for each notice that could not be delivered."""
    faults = []
    if settings.notify_webhook:
        try:
            _post(notice, settings.notify_webhook)
        except (OSError, ValueError) as error:  # URLError is an OSError
            faults.append(f"webhook {settings.notify_webhook}: {error}")
    if settings.notify_email:
        if not settings.smtp_host:
            faults.append("mail: notify_email is set but smtp_host is not")
        else:
            try:
                _mail(notice, settings)
            except (OSError, smtplib.SMTPException) as error:
                faults.append(f"mail to {settings.notify_email} by {settings.smtp_host}:{settings.smtp_port}: {error}")
    return faults


def _post(notice: Notice, url: str) -> None:
    if not url.startswith(("http://", "https://")):
        raise ValueError("not an http(s) address")
    body = json.dumps({"text": "\n".join([notice.subject, *notice.lines]), **asdict(notice)}, ensure_ascii=False).encode()
    request = urllib.request.Request(url, data=body, headers={"Content-Type": "application/json; charset=utf-8"}, method="POST")
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS):
        pass


def _mail(notice: Notice, settings: Limits) -> None:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = notice.subject, settings.notify_from, settings.notify_email
    message.set_content("\n".join([f"home: {notice.home}", f"release: {notice.release_id or '-'}", "", *notice.lines]))
    with smtplib.SMTP(str(settings.smtp_host), settings.smtp_port, timeout=TIMEOUT_SECONDS) as server:
        if settings.smtp_starttls:
            server.starttls()
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password or "")
        server.send_message(message)
