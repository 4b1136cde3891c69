"""What a Content-Type says, parameters included; one that can be read in two ways says nothing."""

from email.message import Message


class Ambiguous(ValueError):
    """The header has two meanings; the message says which."""


def parse(value: str) -> tuple[str, str]:
    """Media type and charset in lower case, each "" if there is none. Raises Ambiguous.

    >>> parse('Text/CSV; header=present; charset="ISO-8859-1"')
    ('text/csv', 'iso-8859-1')
    """
    media_type, charset, _ = parse_csv(value)
    return media_type, charset


def parse_csv(value: str) -> tuple[str, str, str]:
    """`parse`, and the parameter `header` of text/csv: "present", "absent" or ""."""
    sent, _, parameters = value.partition(";")
    media_type = sent.strip(" \t").lower()  # and no other blanks: BentoML's are all of Unicode's
    if not parameters:
        return media_type, "", ""
    message = Message()
    message["content-type"] = f"text/plain;{parameters}"
    said: dict[str, list[str]] = {"charset": [], "header": []}
    for name, value in message.get_params(failobj=[]):
        said.get(name.strip().lower().partition("*")[0], []).append(str(value).strip().lower())
    if max(map(len, said.values())) > 1 or "," in parameters:
        raise Ambiguous("The Content-Type says two things; send one.")
    return media_type, "".join(said["charset"]), "".join(said["header"])
