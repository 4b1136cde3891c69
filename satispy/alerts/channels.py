"""Where alerts go: what an operator said in a file of mode 600 or in a secret, and the topic.

```toml
[[webhook]]
name = "ops"
url = "https://alerts.example/satispy"
secret = "whsec_…"          # base64; signs each message (https://www.standardwebhooks.com)
[[webhook]]
name = "team"
form = "slack"              # or teams; the address is the secret
url = "https://hooks.slack.com/services/…"
[[smtp]]
name = "mail"
host = "smtp.example"
from = "satispy@example"
to = ["ops@example"]
language = "en"             # of a webhook too; else SATISPY_ALERT_LANGUAGE
```
"""

import base64
import binascii
import hashlib
import hmac
import json
import smtplib
import ssl
import tomllib
from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from satispy import cloud
from satispy.alerts.facts import Alert, Code
from satispy.alerts.posting import SECONDS, NotTold, post
from satispy.alerts.words import words
from satispy.errors import SatispyError
from satispy.keys import shown
from satispy.locales.messages import _
from satispy.locales.reader import Reader, answering
from satispy.settings import AlertLanguage, Settings

#: The state machine tells the topic of it by itself, with the error.
_TOLD_BY_OTHERS = Code.RETRAIN_FAILED


class Channel(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def form(self) -> str:
        """generic, slack, teams, mail or sns"""

    def tell(self, alert: Alert, now: datetime) -> None:
        """Raises NotTold."""


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    name: str = Field(pattern=r"^[A-Za-z0-9._-]{1,40}$")
    language: AlertLanguage = "fr"

    def by_default_in(self, language: AlertLanguage) -> Self:
        given = "language" in self.model_fields_set
        return self if given else self.model_copy(update={"language": language})


class Webhook(_Said):
    form: Literal["generic", "slack", "teams"] = "generic"
    url: SecretStr
    secret: SecretStr = SecretStr("")
    inner: bool = Field(default=False, description="The host is of a network of our own")

    def tell(self, alert: Alert, now: datetime) -> None:
        with answering(Reader(self.language)):
            body = json.dumps(_FORMS[self.form](alert)).encode()
        headers = {"Content-Type": "application/json", "User-Agent": "satispy"}
        if self.form == "generic":
            headers |= signature(self.secret.get_secret_value(), alert.id, now, body)
        post(self.url.get_secret_value(), body, headers, inner=self.inner)


class Smtp(_Said):
    form: ClassVar = "mail"
    host: str
    port: int = 587
    tls: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: SecretStr = SecretStr("")
    sender: str = Field(alias="from")
    to: list[str] = Field(min_length=1)

    def tell(self, alert: Alert, now: datetime) -> None:
        if self.tls == "none" and self.host not in ("127.0.0.1", "localhost", "::1"):
            raise NotTold("mail is sent without TLS to this machine only")
        context = ssl.create_default_context()
        try:
            with (
                smtplib.SMTP_SSL(self.host, self.port, timeout=SECONDS, context=context)
                if self.tls == "tls"
                else smtplib.SMTP(self.host, self.port, timeout=SECONDS)
            ) as server:
                if self.tls == "starttls":
                    server.starttls(context=context)
                if self.user:
                    server.login(self.user, self.password.get_secret_value())
                with answering(Reader(self.language)):
                    server.send_message(self._mail(alert))
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise NotTold(
                "the mail server does not take it: %(name)s", name=type(error).__name__
            ) from error

    def _mail(self, alert: Alert) -> EmailMessage:
        said = words(alert)
        mail = EmailMessage()
        mail["Subject"] = shown(" ".join(f"[satispy] {said.title}".split()))
        mail["From"], mail["To"] = self.sender, ", ".join(self.to)
        mail["Message-ID"] = f"<{alert.id}@satispy>"  # twice is seen to be the same
        acknowledged = _(
            "Seen? “satispy alerts ack %(id)s” tells the others. Code: %(code)s.",
            id=alert.id,
            code=alert.code,
        )
        mail.set_content("\n\n".join([said.cause, _next(said.step), acknowledged]) + "\n")
        return mail


class Topic:
    """SNS."""

    name = "topic"
    form = "sns"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def tell(self, alert: Alert, now: datetime) -> None:
        if alert.code == _TOLD_BY_OTHERS:
            return
        with answering(Reader(self._settings.alert_language)):
            message = {"kind": str(alert.code), **_generic(alert)}
        try:
            cloud.alert(self._settings, message)
        except Exception as error:  # botocore's, which is not imported before it is needed
            raise NotTold(
                "the topic does not take it: %(name)s", name=type(error).__name__
            ) from error


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    webhook: list[Webhook] = []
    smtp: list[Smtp] = []


def channels(settings: Settings) -> list[Channel]:
    """Raises SatispyError where the file or the secret does not say it rightly."""
    found: list[Channel] = []
    if settings.alerts_topic_arn:
        found.append(Topic(settings))
    text, where = _text(settings)
    if text:
        try:
            said = _File.model_validate(tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            raise SatispyError(
                "%(where)s is no TOML: %(error)s", where=where, error=error
            ) from error
        except ValidationError as error:  # not its input, which holds secrets
            wrong = "; ".join(
                f"{'.'.join(map(str, each['loc']))}: {each['msg']}"
                for each in error.errors(include_input=False, include_url=False)
            )
            raise SatispyError("%(where)s: %(wrong)s", where=where, wrong=wrong) from error
        found += [each.by_default_in(settings.alert_language) for each in said.webhook]
        found += [each.by_default_in(settings.alert_language) for each in said.smtp]
    names = [each.name for each in found]
    if len(set(names)) < len(names):
        raise SatispyError("%(where)s: two channels have one name", where=where)
    return found


def _text(settings: Settings) -> tuple[str, str]:
    """What was said, and where."""
    if arn := settings.alert_channels_secret:
        return cloud.secret(settings, arn), "the secret of channels"
    path: Path = settings.alert_channels or settings.home / "alerts.toml"
    try:
        mode = path.stat().st_mode
        if mode & 0o077:
            raise SatispyError(
                "others can read %(path)s, which holds secrets: chmod 600 %(path)s", path=path
            )
        return path.read_text(encoding="utf-8"), str(path)
    except FileNotFoundError as error:
        if settings.alert_channels:
            raise SatispyError(
                "%(path)s, which SATISPY_ALERT_CHANNELS names, is not there", path=path
            ) from error
        return "", ""
    except (OSError, UnicodeError) as error:
        raise SatispyError(
            "%(path)s cannot be read: %(name)s", path=path, name=type(error).__name__
        ) from error


def signature(secret: str, id: str, now: datetime, body: bytes) -> Mapping[str, str]:
    """Headers by https://github.com/standard-webhooks/standard-webhooks; without a secret none
    signs. The id is the incident's, so that one that comes twice is known."""
    when = str(int(now.timestamp()))
    headers = {"webhook-id": id, "webhook-timestamp": when}
    if secret:
        try:
            key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        except (binascii.Error, ValueError) as error:
            raise NotTold("its secret is not whsec_ and base64") from error
        signed = hmac.digest(key, f"{id}.{when}.".encode() + body, hashlib.sha256)
        headers["webhook-signature"] = f"v1,{base64.b64encode(signed).decode()}"
    return headers


def _next(step: str) -> str:
    return _("Next: %(step)s", step=step)


def _generic(alert: Alert) -> dict[str, Any]:
    said = words(alert)
    return {
        "id": alert.id,
        "code": str(alert.code),
        "subject": alert.subject,
        "since": alert.since.isoformat(),
        "raised": alert.raised.isoformat(),
        "title": said.title,
        "cause": said.cause,
        "next": said.step,
        "facts": alert.facts,
    }


def _slack(alert: Alert) -> dict[str, Any]:
    """https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks"""
    title, cause, step = (
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        for text in words(alert)
    )
    return {"text": f"*{title}* (satispy `{alert.code}`)\n{cause}\n{_next(step)}"}


def _teams(alert: Alert) -> dict[str, Any]:
    """A card for a workflow « when a Teams webhook request is received »."""
    title, cause, step = words(alert)
    texts: list[tuple[str, dict[str, object]]] = [
        (title, {"weight": "bolder"}),
        (cause, {}),
        (_next(step), {}),
        (f"satispy: {alert.code}", {"isSubtle": True, "size": "small"}),
    ]
    # Its Markdown makes links; a company's name is no place for one.
    blocks = [
        {"type": "TextBlock", "text": text.replace("](", "] ("), "wrap": True, **how}
        for text, how in texts
    ]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": blocks,
    }
    kind = "application/vnd.microsoft.card.adaptive"
    return {"type": "message", "attachments": [{"contentType": kind, "content": card}]}


_FORMS = {"generic": _generic, "slack": _slack, "teams": _teams}
