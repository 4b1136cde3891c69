import pytest

from satispy.same_origin import Hosts, Shows, refusal, sent_twice

OURS = Hosts.of("127.0.0.1, localhost, [::1]", 5006)


def asked(method="GET", shows=Shows.SECRETS, **headers):
    """The status that refuses such a request; None if it may pass."""
    sent = {"host": "localhost:5006", **headers}
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in sent.items()]
    answer = refusal(OURS, method, pairs, shows)
    return answer and answer.status


@pytest.mark.parametrize(
    "host", ["127.0.0.1:5006", "localhost:5006", "[::1]:5006", "LocalHost:5006"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_a_program_is_answered_under_our_names(host, method):
    assert asked(method, host=host) is None


@pytest.mark.parametrize(
    "host",
    [
        "evil.example:5006",
        "evil.example",
        "localhost",  # port 80 is not ours
        "localhost:5007",
        "localhost.:5006",
        "localhost:5006.evil.example",
        "evil@localhost:5006",
        "localhost:5006, evil.example",
        "app.localstack.cloud",
        "0.0.0.0:5006",
        "",
    ],
)
def test_a_name_that_is_not_ours_is_refused_whatever_it_asks_for(host):
    for shows in Shows:
        assert asked(host=host, shows=shows) == 421


def test_a_rebound_page_is_refused_though_its_origin_is_the_same():
    rebound = {"host": "evil.example:5006", "origin": "http://evil.example:5006"}
    assert asked("POST", **rebound) == 421
    assert asked(**rebound, upgrade="websocket") == 421


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",  # a sandboxed frame, a data: address, a redirect across origins
        "http://localhost:8000",  # another server of this machine, maybe another user's
        "http://127.0.0.1:5006",  # ours, but not the one that is asked
        "https://app.localstack.cloud",
        "file://",
        "",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "PUT"])
def test_a_page_of_another_origin_is_refused(origin, method):
    assert asked(method, origin=origin) == 403


def test_our_own_page_is_answered():
    assert asked("POST", origin="http://localhost:5006", sec_fetch_site="same-origin") is None
    assert asked(origin="http://localhost:5006", upgrade="websocket") is None
    assert asked("POST", origin="https://localhost:5006") is None  # behind what ends TLS


@pytest.mark.parametrize("site", ["cross-site", "same-site", "", "made-up"])
def test_what_another_site_embeds_without_an_origin_is_refused(site):
    embedded = {"sec_fetch_site": site, "sec_fetch_mode": "no-cors", "sec_fetch_dest": "image"}
    assert asked(**embedded) == 403
    assert asked(**embedded, shows=Shows.A_PAGE) == 403


def test_everybody_reads_what_is_not_secret_and_nobody_else_changes_it():
    foreign = {"origin": "http://evil.example", "sec_fetch_site": "cross-site"}
    assert asked(**foreign, shows=Shows.NOTHING_SECRET) is None
    assert asked("POST", **foreign, shows=Shows.NOTHING_SECRET) == 403
    assert asked(**foreign, upgrade="websocket", shows=Shows.NOTHING_SECRET) == 403


def test_other_sites_may_link_to_a_page_but_not_frame_it_or_post_to_it():
    link = {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate"}
    assert asked(**link, sec_fetch_dest="document", shows=Shows.A_PAGE) is None
    assert asked(**link, sec_fetch_dest="iframe", shows=Shows.A_PAGE) == 403
    assert asked("POST", **link, sec_fetch_dest="document", shows=Shows.A_PAGE) == 403
    assert asked(**link, sec_fetch_dest="document", shows=Shows.SECRETS) == 403


def test_an_address_that_somebody_typed_is_answered():
    typed = {"sec_fetch_site": "none", "sec_fetch_mode": "navigate", "sec_fetch_dest": "document"}
    assert asked(**typed) is None


@pytest.mark.parametrize("name", ["Host", "origin", "Sec-Fetch-Site", "sec-fetch-mode", "upgrade"])
def test_what_decides_is_sent_once_even_if_both_say_the_same(name):
    headers = [(b"host", b"localhost:5006"), (b"origin", b"http://localhost:5006")]
    twice = [(name.encode(), b"localhost:5006")] * 2
    answer = refusal(OURS, "GET", headers + twice)
    assert answer is not None
    assert answer.status == 400


def test_without_a_host_nothing_is_answered():
    assert refusal(OURS, "GET", []).status == 400


def test_the_setting_may_add_names_and_allow_all():
    hosts = Hosts.of("localhost satispy.example,proxy.example:80", 3000, 3001)
    assert hosts.include("satispy.example:3001")
    assert hosts.include("proxy.example:80")
    assert not hosts.include("proxy.example:3000")
    assert Hosts.of("*", 3000).include("10.1.2.3:3000")
    assert not Hosts.of("", 3000).include("localhost:3000")


def test_words_of_a_refusal_hold_nothing_that_a_terminal_or_log_obeys():
    answer = refusal(OURS, "GET", [(b"host", b"evil\r\n\x1b[2J\xff" + b"x" * 1000)])
    assert answer.detail.isprintable()
    assert answer.detail.isascii()
    assert len(answer.detail) < 200


def test_a_repeated_header_is_found_in_any_case():
    headers = [(b"Content-Type", b"text/csv"), (b"x", b"1"), (b"X", b"2"), (b"content-type", b"a")]
    assert sent_twice(headers, {b"content-type"}) == b"content-type"
    assert sent_twice(headers, {b"host"}) is None
