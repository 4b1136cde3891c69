"""What channels are sent, and to whom nothing is sent."""

import base64
import hashlib
import hmac
import json
import socket
import threading
import time
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from satispy import cloud
from satispy.alerts import posting
from satispy.alerts.channels import Smtp, Topic, Webhook, channels
from satispy.alerts.facts import Alert, Code
from satispy.alerts.posting import NotTold, post
from satispy.errors import SatispyError
from satispy.settings import Settings
from tests.unit.alerts.receivers import mail, web

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
ALERT = Alert(
    code=Code.DRIFT,
    subject="reviews",
    since=NOW,
    raised=NOW,
    seen=NOW,
    facts={"run": "v00002", "upload": "<b>&\nBcc: eve@example", "drifted": ["stars"]},
)
SECRET = "whsec_" + base64.b64encode(b"a secret of the test").decode()


def hook(port: int, **more: object) -> Webhook:
    said = {"name": "ops", "url": f"http://127.0.0.1:{port}/in?key=1", "inner": True, **more}
    return Webhook.model_validate(said)


def mailed(alert: Alert, **more: object) -> EmailMessage:
    said = {"name": "mail", "host": "127.0.0.1", "tls": "none", "from": "a@example", **more}
    with mail() as received:
        channel = Smtp.model_validate({**said, "port": received.port, "to": ["ops@example"]})
        channel.tell(alert, NOW)
    message = message_from_bytes(received.bodies[0], policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_a_webhook_is_signed_so_that_its_receiver_can_tell_who_sent_it() -> None:
    with web() as received:
        hook(received.port, secret=SECRET).tell(ALERT, NOW)
    (body,), (headers,) = received.bodies, received.headers
    said = json.loads(body)
    assert (said["code"], said["subject"], said["id"]) == ("drift", "reviews", ALERT.id)
    assert said["facts"] == ALERT.facts
    assert said["title"] == "Dérive : <b>&\\nBcc: eve@example"
    assert said["cause"] == "Ces avis ne ressemblent pas à ceux d’avant : étoiles."
    assert said["next"].startswith("Est-ce le bon fichier")
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = hmac.digest(b"a secret of the test", signed, hashlib.sha256)
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(expected).decode()}"


def test_slack_gets_a_text_in_which_nothing_is_markup() -> None:
    with web() as received:
        hook(received.port, form="slack").tell(ALERT, NOW)
    said = json.loads(received.bodies[0])
    assert said.keys() == {"text"}
    assert said["text"].startswith(
        "*Dérive : &lt;b&gt;&amp;\\nBcc: eve@example* (satispy `drift`)\n"
    )
    assert "\nÀ faire : Est-ce" in said["text"]


def test_teams_gets_a_card() -> None:
    with web() as received:
        hook(received.port, form="teams").tell(ALERT, NOW)
    (card,) = json.loads(received.bodies[0])["attachments"]
    assert card["contentType"] == "application/vnd.microsoft.card.adaptive"
    title, cause, step, code = (each["text"] for each in card["content"]["body"])
    assert (title[:6], cause[:9], step[:16]) == ("Dérive", "Ces avis ", "À faire : Est-ce")
    assert code == "satispy: drift"


def test_no_name_in_a_file_is_a_link_on_a_card() -> None:
    facts = {**ALERT.facts, "upload": "[win](https://evil.example)"}
    with web() as received:
        hook(received.port, form="teams").tell(ALERT.model_copy(update={"facts": facts}), NOW)
    text = received.bodies[0].decode()
    assert "[win] (https://evil.example)" in text
    assert "](" not in text


def test_a_mail_has_no_header_that_a_file_name_brought() -> None:
    long = {**ALERT.facts, "upload": "x\r\nBcc: eve@example\n\n" + "avis " * 100}
    message = mailed(ALERT.model_copy(update={"facts": long}))
    assert message["Bcc"] is None
    assert message["Subject"].startswith("[satispy] Dérive : x\\r\\nBcc: eve@example\\n")
    assert len(message["Subject"]) <= 120
    assert message["Message-ID"] == f"<{ALERT.id}@satispy>"


def test_a_mail_says_its_code_and_how_to_say_that_it_is_seen() -> None:
    body = mailed(ALERT).get_content()
    assert "À faire : Est-ce" in body
    assert f"« satispy alerts ack {ALERT.id} » le dit aux autres. Code : drift." in body


@pytest.mark.parametrize("form", ["generic", "slack", "teams"])
def test_a_webhook_speaks_the_language_that_was_asked_for(form: str) -> None:
    with web() as received:
        hook(received.port, form=form, language="en").tell(ALERT, NOW)
    body = received.bodies[0].decode()
    assert "These reviews are unlike those before: stars." in body
    assert "drift" in body


def test_a_mail_speaks_the_language_that_was_asked_for() -> None:
    message = mailed(ALERT, language="en")
    assert message["Subject"].startswith("[satispy] Drift: ")
    assert "Next: Is it the right file" in message.get_content()
    assert "Code: drift." in message.get_content()


@pytest.mark.parametrize(("language", "said"), [("fr", "étoiles"), ("en", "stars")])
def test_the_topic_speaks_the_language_of_the_settings(
    language: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = []
    monkeypatch.setattr(cloud, "alert", lambda settings, message: told.append(message))
    Topic(Settings().model_copy(update={"alert_language": language})).tell(ALERT, NOW)
    assert told[0]["kind"] == "drift"
    assert told[0]["cause"].endswith(f": {said}.")


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://localhost/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://10.0.0.7/",
        "https://192.168.1.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://0.0.0.0/",
        "https://2130706433/",
        "http://93.184.215.14/",
        "https://user:password@93.184.215.14/",
        "https://93.184.215.14:99999/",
        "file:///etc/passwd",
        "gopher://93.184.215.14/",
        "https:///",
        "",
    ],
)
def test_no_address_leads_to_a_host_within(url: str) -> None:
    with pytest.raises(NotTold) as told:
        post(url, b"{}", {})
    assert "password" not in str(told.value)


def test_where_inner_hosts_are_allowed_the_metadata_of_a_machine_are_not() -> None:
    with pytest.raises(NotTold):
        post("https://169.254.169.254/", b"{}", {}, inner=True)


def test_a_name_is_judged_by_the_address_it_means_and_that_one_is_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []

    def rebinding(host: str, port: int, **_: object) -> list[object]:
        asked.append(host)
        address = "93.184.215.14" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    connected = []

    def connect(place: tuple[str, int], timeout: float) -> socket.socket:
        connected.append(place)
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(NotTold):
        post("https://alerts.example/", b"{}", {})
    assert connected == [("93.184.215.14", 443)]
    assert asked == ["alerts.example"]


def test_a_redirect_is_not_followed() -> None:
    with (
        web() as inner,
        web(lambda: 307, f"http://127.0.0.1:{inner.port}/") as outer,
        pytest.raises(NotTold, match="redirects are not followed"),
    ):
        hook(outer.port).tell(ALERT, NOW)
    assert inner.bodies == []


def test_who_answers_a_byte_at_a_time_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "SECONDS", 0.3)
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            connection, _ = server.accept()
            with connection:
                while not over.wait(0.05):
                    try:
                        connection.send(b"H")
                    except OSError:
                        return

        threading.Thread(target=drip, daemon=True).start()
        begin = time.monotonic()
        with pytest.raises(NotTold):
            hook(server.getsockname()[1]).tell(ALERT, NOW)
        over.set()
    assert time.monotonic() - begin < 30  # without the limit it never ends


def said_in(path: Path, text: str, mode: int = 0o600) -> Settings:
    path.write_text(text)
    path.chmod(mode)
    return Settings().model_copy(update={"alert_channels": path, "home": path.parent})


def test_channels_are_what_the_file_says(tmp_path: Path) -> None:
    settings = said_in(
        tmp_path / "alerts.toml",
        '[[webhook]]\nname = "ops"\nurl = "https://a.example/x"\n'
        '[[smtp]]\nname = "mail"\nhost = "b.example"\nfrom = "a@b.example"\nto = ["c@b.example"]\n',
    )
    found = [(each.name, each.form) for each in channels(settings)]
    assert found == [("ops", "generic"), ("mail", "mail")]


def test_a_channel_speaks_the_language_of_the_settings_unless_it_has_its_own(
    tmp_path: Path,
) -> None:
    settings = said_in(
        tmp_path / "alerts.toml",
        '[[webhook]]\nname = "ops"\nurl = "https://a.example/x"\n'
        '[[webhook]]\nname = "team"\nurl = "https://a.example/y"\nlanguage = "fr"\n'
        '[[smtp]]\nname = "mail"\nhost = "b.example"\nfrom = "a@b.example"\nto = ["c@b.example"]\n',
    )
    assert settings.alert_language == "fr"
    english = settings.model_copy(update={"alert_language": "en"})
    found = [each.language for each in channels(english) if isinstance(each, Webhook | Smtp)]
    assert found == ["en", "fr", "en"]


def test_a_file_that_others_can_read_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(SatispyError, match="chmod 600"):
        channels(said_in(tmp_path / "alerts.toml", "", mode=0o644))


def test_what_is_wrong_with_the_file_is_said_without_its_secrets(tmp_path: Path) -> None:
    text = '[[webhook]]\nname = "a b"\nurl = "https://hooks.example/SECRET"\nsecre = "SECRET"\n'
    with pytest.raises(SatispyError) as told:
        channels(said_in(tmp_path / "alerts.toml", text))
    assert "webhook.0.name" in str(told.value)
    assert "SECRET" not in str(told.value)


def test_without_a_file_there_is_no_channel(tmp_path: Path) -> None:
    assert channels(Settings().model_copy(update={"home": tmp_path})) == []
