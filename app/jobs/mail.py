"""Send the mail for a device that stays away: one sentence that names the operation, and nothing else."""

from __future__ import annotations

import ipaddress
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import unquote, urlsplit

import aiosmtplib

from app.delivery.alerts import Alert
from app.delivery.subscriptions import Mail
from app.jobs.web_push import Ended, Outcome
from pratique.wire.entries import Urgency

TIMEOUT_S = 20.0
# language → (urgent, anything else)
SENTENCES = {
    "en": (
        "An urgent item waits for you in {code}. Open Pratique.",
        "Something waits for you in {code}. Open Pratique.",
    ),
    "fr": (
        "Un élément urgent vous attend dans {code}. Ouvrez Pratique.",
        "Quelque chose vous attend dans {code}. Ouvrez Pratique.",
    ),
    "es": ("Un asunto urgente le espera en {code}. Abra Pratique.", "Algo le espera en {code}. Abra Pratique."),
    "ru": (
        "В {code} вас ждёт срочное сообщение. Откройте Pratique.",
        "В {code} есть новое для вас. Откройте Pratique.",
    ),
    "ar": ("هناك أمر عاجل بانتظارك في {code}. افتح Pratique.", "هناك جديد بانتظارك في {code}. افتح Pratique."),
    "pt": (
        "Um assunto urgente espera por si em {code}. Abra o Pratique.",
        "Algo espera por si em {code}. Abra o Pratique.",
    ),
}


class Mailer:
    """Hands mails to one SMTP server; without encryption to one on this machine only.

    Takes   url: `smtps://user:password@host:465`, or `smtp://…` with STARTTLS demanded; sender: the From address
    Raises  ValueError: a URL or a sender that cannot be used
    """

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("PRATIQUE_SMTP_URL is not smtp://… or smtps://…")
        if "@" not in sender or not sender.isascii() or not sender.isprintable():
            raise ValueError("PRATIQUE_MAIL_FROM is no address")
        self._sender = sender
        self._host, self._port = parts.hostname, parts.port or (465 if parts.scheme == "smtps" else 587)
        self._whole = parts.scheme == "smtps"
        self._plain = not self._whole and _here(parts.hostname)
        self._user = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None
        self._tls = ssl.create_default_context()

    async def send(self, alert: Alert, to: Mail, code: str, now_ms: int) -> Ended:
        """Make one attempt to tell of an alert; it fails, it never raises."""
        try:
            await aiosmtplib.send(
                self.written(alert, to, code, now_ms),
                sender=self._sender,
                recipients=[to.address],
                hostname=self._host,
                port=self._port,
                username=self._user,
                password=self._password,
                use_tls=self._whole,
                start_tls=not self._whole and not self._plain,
                tls_context=self._tls,
                timeout=TIMEOUT_S,
            )
        except aiosmtplib.SMTPRecipientsRefused:
            return Ended(Outcome.REFUSED)
        except (aiosmtplib.SMTPException, OSError, ValueError):
            return Ended(Outcome.LATER)
        return Ended(Outcome.TOLD)

    def written(self, alert: Alert, to: Mail, code: str, now_ms: int) -> EmailMessage:
        """Write the mail."""
        sentence = SENTENCES[to.language][alert.urgency is not Urgency.URGENT].format(code=code)
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self._sender, to.address, f"Pratique: {code}"
        mail["Date"] = formatdate(now_ms / 1000, usegmt=True)
        mail["Message-ID"] = make_msgid(domain=self._sender.rpartition("@")[2])
        mail["Auto-Submitted"], mail["Content-Language"] = "auto-generated", to.language
        mail.set_content(f"{sentence}\n")
        return mail


def _here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
