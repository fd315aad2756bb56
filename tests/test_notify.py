"""Notices reach a real webhook and a real mail server on loopback; one that cannot be delivered is said, never raised."""

from __future__ import annotations

import http.server
import json
import socketserver
import threading
from email import message_from_bytes
from email.policy import default

import pytest

from pipelines.settings import Limits
from pipelines.warehouse.notify import Notice, notify

NOTICE = Notice("not_published", "the home", None, ["suite core.cell: 3 rows without a report", "云川市水务局: 缺表"])


@pytest.fixture
def serve():
    running = []

    def start(handler: type) -> tuple[int, list]:
        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler)
        server.daemon_threads = True
        server.got = []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        running.append(server)
        return server.server_address[1], server.got  # type: ignore[attr-defined]

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


class Hook(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass

    def do_POST(self) -> None:
        self.server.got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))  # type: ignore[attr-defined]
        self.send_response(500 if self.path == "/broken" else 204)
        self.end_headers()


class Mail(socketserver.StreamRequestHandler):
    """As much SMTP as taking one message needs."""

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            word = line.split()[0].upper() if line.split() else b""
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                body = b""
                while (line := self.rfile.readline()) != b".\r\n":
                    body += line
                self.server.got.append(body)  # type: ignore[attr-defined]
            if word == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            self.wfile.write(b"250 ok\r\n")


def test_the_webhook_gets_the_reasons(serve) -> None:
    port, got = serve(Hook)
    assert notify(NOTICE, Limits(notify_webhook=f"http://127.0.0.1:{port}/")) == []
    assert got[0]["event"] == "not_published" and "云川市水务局: 缺表" in got[0]["text"]


def test_the_mail_gets_the_reasons(serve) -> None:
    port, got = serve(Mail)
    assert notify(NOTICE, Limits(notify_email="who@example.org", smtp_host="127.0.0.1", smtp_port=port)) == []
    message = message_from_bytes(got[0], policy=default)
    assert "未发布" in message["Subject"] and "3 rows without a report" in message.get_content()


def test_what_cannot_be_delivered_is_said(serve) -> None:
    port, _ = serve(Hook)
    settings = Limits(notify_webhook=f"http://127.0.0.1:{port}/broken", notify_email="who@example.org", smtp_host="127.0.0.1", smtp_port=1)
    faults = notify(NOTICE, settings)
    assert len(faults) == 2 and "500" in faults[0] and faults[1].startswith("mail to who@example.org")
    assert notify(NOTICE, Limits(notify_email="who@example.org")) == ["mail: notify_email is set but smtp_host is not"]
