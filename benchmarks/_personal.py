"""Generated comments that hold personal data, and much that only looks like it, each with its
places known.

Numbers and domains are those that are reserved for fiction, or drawn at random.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Final

KINDS: Final = ("email", "phone", "iban", "number")


@dataclass
class Comment:
    """`planted`: kind, first character, one after the last. `decoys`: what must stay."""

    text: str = ""
    planted: list[tuple[str, int, int]] = field(default_factory=list)
    decoys: list[str] = field(default_factory=list)
    spellings: list[str] = field(default_factory=list)


def comments(count: int, seed: int = 14) -> Iterator[Comment]:
    """Half hold one or two data, all hold decoys or words."""
    draw = Random(seed)
    for _ in range(count):
        comment = Comment()
        for _ in range(draw.randint(1, 3)):
            chance = draw.random()
            if chance < 0.4:
                kind = draw.choice(KINDS)
                spell = draw.choice(SPELLINGS[kind])
                before, after = draw.choice(AROUND[kind])
                comment.text += f"{before} "
                datum = spell(draw)
                begin = len(comment.text)
                comment.text += datum
                comment.planted.append((kind, begin, len(comment.text)))
                comment.spellings.append(spell.__name__)
                comment.text += f"{after} "
            elif chance < 0.8:
                before, after = draw.choice(AROUND_DECOYS)
                decoy = draw.choice(DECOYS)(draw)
                comment.decoys.append(decoy)
                comment.text += f"{before} {decoy}{after} "
            else:
                comment.text += draw.choice(WORDS) + " "
        comment.text = comment.text.rstrip()
        yield comment


WORDS: Final = (
    "Livraison rapide, je recommande.", "Très déçue par la qualité !", "Service client au top",
    "Colis jamais arrivé, remboursement refusé…", "Rien à dire, parfait",
    "Bon rapport qualité prix",
)  # fmt: skip
AROUND: Final = {
    "email": (("Écrivez-moi à", ""), ("Mon adresse :", " merci"), ("mail", ", vite"), ("", ".")),
    "phone": (("Rappelez-moi au", " svp"), ("Tél :", ""), ("joignable", " le soir"), ("(", ")")),
    "iban": (("Remboursez sur", " merci"), ("mon IBAN :", "."), ("", " est mon compte")),
    "number": (("commande n°", " jamais reçue"), ("colis", " perdu"), ("réf.", ","), ("suivi", "")),
}
AROUND_DECOYS: Final = (
    ("Acheté", ""), ("Livré", " comme promis"), ("j'ai payé", ", correct"), ("", ""), ("note :",
    "."),
)  # fmt: skip


def _digits(draw: Random, count: int) -> str:
    return "".join(draw.choice("0123456789") for _ in range(count))


def _pairs(digits: str, separator: str) -> str:
    return separator.join(digits[at : at + 2] for at in range(0, len(digits), 2))


def _french(draw: Random) -> str:
    begin = draw.choice(("063998", "019900", "026191", "035301", "046571", "053649"))
    return begin + _digits(draw, 4)


def fr_separated(draw: Random) -> str:
    separators = (" ", ".", "-", "/", "_", " - ", " / ", ". ", "\u00a0", "\u202f", "–", ",", " . ")
    return _pairs(_french(draw), draw.choice(separators))


def fr_together(draw: Random) -> str:
    return _french(draw)


def fr_bracketed(draw: Random) -> str:
    number = _french(draw)
    return f"({number[:2]}) {_pairs(number[2:], draw.choice((' ', '.', '-')))}"


def fr_abroad(draw: Random) -> str:
    number = _french(draw)
    prefix = draw.choice(("+33", "0033", "+33 ", "00 33 ", "+33(0)", "+33 (0)", "(+33) ", "+33."))
    return prefix + number[1] + draw.choice((" ", ".", "", "-")).join(("", *_twos(number[2:])))


def _twos(digits: str) -> list[str]:
    return [digits[at : at + 2] for at in range(0, len(digits), 2)]


def fr_other_groups(draw: Random) -> str:
    n = _french(draw)
    return draw.choice(
        (
            f"{n[:4]} {n[4:6]} {n[6:8]} {n[8:]}",
            f"{n[:4]} {n[4:7]} {n[7:]}",
            f"{n[0]} {n[1:4]} {n[4:7]} {n[7:]}",
            f"{n[:2]} {n[2:]}",
            f"{n[:2]} {n[2:5]} {n[5:]}",
            f"{n[:2]}.{n[2:6]}.{n[6:]}",
            " ".join(n),
        )
    )


def fr_letter_o(draw: Random) -> str:
    return "O" + _pairs(_french(draw), " ")[1:]


def fr_services(draw: Random) -> str:
    d = _digits(draw, 6)
    return draw.choice(
        (f"0800 {d[:3]} {d[3:]}", f"0 892 {d[:3]} {d[3:]}", f"08 92 {_pairs(d, ' ')}")
    )


def be_mobile(draw: Random) -> str:
    n = draw.choice("46789") + _digits(draw, 7)
    forms = (
        f"04{n[1:3]}/{n[2:4]}.{n[4:6]}.{n[6:8]}",
        f"04{n[:2]}/{n[2:4]} {n[4:6]} {n[6:8]}",
        f"04{n[:2]} {n[2:4]} {n[4:6]} {n[6:8]}",
        f"04{n[:2]}/{n[2:5]}.{n[5:8]}",
        f"04{n[:2]}-{n[2:5]}-{n[5:8]}",
        f"04{n[:2]}.{n[2:4]}.{n[4:6]}.{n[6:8]}",
        f"04{n[:2]}{n[2:8]}",
        f"+32 4{n[:2]} {n[2:4]} {n[4:6]} {n[6:8]}",
        f"0032 4{n[:2]}/{n[2:4]}.{n[4:6]}.{n[6:8]}",
        f"+32(0)4{n[:2]} {n[2:8]}",
    )
    return draw.choice(forms)


def be_landline(draw: Random) -> str:
    n = _digits(draw, 7)
    city = draw.choice(("2", "3", "4", "9"))
    return draw.choice(
        (
            f"0{city}/{n[:3]}.{n[3:5]}.{n[5:]}",
            f"0{city} {n[:3]} {n[3:5]} {n[5:]}",
            f"081/{n[:2]}.{n[2:4]}.{n[4:6]}",
            f"0{city}-{n[:3]}-{n[3:5]}-{n[5:]}",
            f"+32 {city} {n[:3]} {n[3:5]} {n[5:]}",
        )
    )


def ch_and_lu(draw: Random) -> str:
    n = _digits(draw, 7)
    return draw.choice(
        (
            f"079 {n[:3]} {n[3:5]} {n[5:]}",
            f"+41 79 {n[:3]} {n[3:5]} {n[5:]}",
            f"022 {n[:3]} {n[3:5]} {n[5:]}",
            f"0041 (0)22 {n[:3]} {n[3:5]} {n[5:]}",
            f"+352 621 {n[:3]} {n[3:6]}",
        )
    )


def other_countries(draw: Random) -> str:
    n = _digits(draw, 8)
    return draw.choice(
        (
            f"(514) 555-01{n[:2]}",
            f"514-555-01{n[:2]}",
            f"+1 514 555 01{n[:2]}",
            f"1-800-555-01{n[:2]}",
            f"+212 6 {_pairs(n, ' ')}",
            f"+49 151 {n}",
            f"+44 7700 900{n[:3]}",
        )
    )


def _address(draw: Random) -> tuple[str, str, str]:
    name = draw.choice(("jean.dupont", "s-martin", "léa_b", "client42", "MARIE.L", "m+avis", "jp"))
    host = draw.choice(("exemple", "example", "mail.exemple", "ma-boutique.exemple"))
    return name, host, draw.choice(("test", "example", "invalid", "fr", "com"))


def mail_plain(draw: Random) -> str:
    name, host, top = _address(draw)
    return f"{name}@{host}.{top}"


def mail_spaced(draw: Random) -> str:
    name, host, top = _address(draw)
    return draw.choice(
        (f"{name} @ {host} . {top}", f"{name}@ {host}.{top}", f"{name} @{host}.{top}")
    )


def mail_bracketed(draw: Random) -> str:
    name, host, top = _address(draw)
    at = draw.choice(
        ("(at)", "[at]", "{at}", " (at) ", " [at] ", "<at>", "(a)", "[@]", "(arobase)")
    )
    dot = draw.choice((".", "(dot)", "[dot]", " [point] ", "(point)", " . "))
    return name + at + host.replace(".", dot) + dot + top


def mail_in_words(draw: Random) -> str:
    name, host, top = _address(draw)
    at = draw.choice((" at ", " arobase ", " AT ", " arobas "))
    dot = draw.choice((" dot ", " point ", "."))
    return name + at + host.replace(".", dot) + dot + top


def mail_said(draw: Random) -> str:
    return f"jean point dupont arobase exemple point {draw.choice(('fr', 'test', 'com'))}"


def mail_mistyped(draw: Random) -> str:
    name, host, top = _address(draw)
    return draw.choice((f"{name}@{host},{top}", f"{name}＠{host}.{top}", f"{name}@{host}"))


def _with_check_digits(country: str, account: str) -> str:
    number = int("".join(str(int(c, 36)) for c in account + country + "00"))
    return f"{country}{98 - number % 97:02}{account}"


def iban_blocks(draw: Random) -> str:
    country, length = draw.choice((("FR", 23), ("BE", 12), ("LU", 16), ("CH", 17), ("DE", 18)))
    whole = _with_check_digits(country, _digits(draw, length))
    separator = draw.choice((" ", "\u00a0", "-", ""))
    text = separator.join(whole[at : at + 4] for at in range(0, len(whole), 4))
    return draw.choice((text, text.lower()))


def number_together(draw: Random) -> str:
    return draw.choice("123456789") + _digits(draw, draw.randint(5, 14))


def number_grouped(draw: Random) -> str:
    d = draw.choice("123456789") + _digits(draw, 14)
    return draw.choice(
        (f"{d[:3]} {d[3:6]} {d[6:9]}", f"{d[:4]}-{d[4:8]}-{d[8:12]}",
        f"{d[:3]}-{d[3:10]}-{d[8:15]}",
         f"{d[:4]} {d[4:8]} {d[8:12]} {d[11:15]}")
    )  # fmt: skip


def day(draw: Random) -> str:
    d, m, y = draw.randint(1, 28), draw.randint(1, 12), draw.randint(2015, 2026)
    form = draw.choice(
        ("{d:02}/{m:02}/{y}", "{d:02}.{m:02}.{y}", "{d:02}-{m:02}-{y}", "{y}-{m:02}-{d:02}",
         "{d}/{m}/{y}", "{d:02} {m:02} {y}", "{d:02} / {m:02} / {y}", "{d:02}/{m:02}/{s:02}",
         "{d:02}-{m:02}-{s:02}")
    )  # fmt: skip
    return str(form.format(d=d, m=m, y=y, s=y % 100))


def day_and_time(draw: Random) -> str:
    h, m, s = draw.randint(0, 23), draw.randint(0, 59), draw.randint(0, 59)
    form = draw.choice(
        (" {h:02}h{m:02}", " {h:02}:{m:02}", " {h:02}:{m:02}:{s:02}", " à {h:02}h{m:02}",
         " {h:02} h {m:02}", ", {h:02}h")
    )  # fmt: skip
    return day(draw) + str(form.format(h=h, m=m, s=s))


def two_days(draw: Random) -> str:
    return day(draw) + draw.choice((" au ", " - ", " et ", " ")) + day(draw)


def price(draw: Random) -> str:
    euros = draw.randint(1, 4_999)
    return draw.choice(
        (f"{euros},99 €", f"{euros}.90€", f"{euros} euros", f"{euros}€50",
        f"{euros:,} €".replace(",", " "),
         f"{euros} {euros:03}".replace(",", " ")[:7] + " €")
    )  # fmt: skip


def measure(draw: Random) -> str:
    n = draw.randint(10, 99)
    return draw.choice(
        (f"{n} x {n + 20} x {n + 5} cm", f"{n}x200", f"pointures 36 38 40 42 44 {n}", f"{n}%",
         "tailles 36-38-40-42-44", f"{n} - {n + 2} ans", "1,5 L et 0,75 L", f"lot de {n}",
         f"{n} 000 km",
         "10 000 000 de fois", f"RTX {n}60 et i7-{n}700K", f"{n}/100", "4/5 au lieu de 5/5",
         "10/10",
         "7j/7 24h/24", "75011 Paris", f"12 bis rue du Test 330{n}", "2019 - 2020 - 2021",
         "v3.10.12.1")
    )  # fmt: skip


def words_like_addresses(draw: Random) -> str:
    return draw.choice(
        ("chemise @ 99€", "@ bientôt", "merci @tous", "le point de vente", "at home",
        "un point c'est tout",
         "service (a) rapide (b) poli", "arobase", "R@s", "le point relais at Paris", "5 @ 6 jours")
    )  # fmt: skip


def not_an_account(draw: Random) -> str:
    return draw.choice(
        ("XL38 bleu marine taille grand", "FR75 Paris", "IBAN refusé", "BE10 mode", "un code AB12")
    )


Spelling = Callable[[Random], str]
SPELLINGS: Final[dict[str, tuple[Spelling, ...]]] = {
    "email": (mail_plain, mail_plain, mail_spaced, mail_bracketed, mail_in_words, mail_said,
              mail_mistyped),
    "phone": (fr_separated, fr_separated, fr_together, fr_bracketed, fr_abroad, fr_other_groups,
              fr_letter_o, fr_services, be_mobile, be_landline, ch_and_lu, other_countries),
    "iban": (iban_blocks,),
    "number": (number_together, number_grouped),
}  # fmt: skip
DECOYS: Final[tuple[Spelling, ...]] = (
    day, day_and_time, two_days, price, measure, words_like_addresses, not_an_account,
)  # fmt: skip
