"""Objects that anybody may have put in the bucket, and that must stop nothing."""

from typing import Any

#: Keys that no path can have. Each is left out, and named.
UNNAMEABLE = (
    "uploads/../escape.csv",
    "uploads/./here.csv",
    "uploads//twice.csv",
    "uploads/..",
    "uploads/tab\there.csv",
    "uploads/bell\x07.csv",
    "uploads/delete\x7f.csv",
    "uploads/not-empty.csv/",
    "accounts//eve.account.json",
    "inbox/../post.json",
    "receipts/./r.json",
    "reports//r.json",
    "runs//progress/gbc.json",
    "models/../promoted.json",
)
#: Some servers refuse line ends in keys.
LINE_ENDS = ("uploads/line\nend.csv", "uploads/carriage\rreturn.csv")
#: Objects under good keys that are not what their keys say. Each is left out, and named.
RUBBISH = {
    "accounts/mallory.account.json": b"{}",
    "accounts/other.account.json": (
        b'{"name": "admin", "role": "admin", "cost": 2, "salt": "00", "hash": "00"}'
    ),
    "accounts/bytes.account.json": b"\xff\xfe\x00",
    "receipts/rubbish.json": b"\x80 not JSON",
    "receipts/deep/er.json": b"[" * 2000,
    "reports/rubbish.json": b'{"run": "v00001"}',
    "inbox/rubbish.json": b"null",
    "inbox/elsewhere.json": b'{"id": "../x", "by": "eve", "digest": "", "reviews": []}',
    "models/promoted.json": b"<html>",
}
#: Odd, and yet everybody can live with them: nothing of it is left out.
HARMLESS = {
    "uploads/" + "long" * 250 + ".csv": b"Commentaire,star\nun nom bien long,4\n",
    "uploads/de\u0301compose\u0301.csv": b"Commentaire,star\nforme NFD,4\n",
    "uploads/d\u00e9compos\u00e9.csv": b"Commentaire,star\nforme NFC,4\n",
    "uploads/a b+c%20d?e=f&g#h'\"<i>.csv": b"Commentaire,star\nponctuation,4\n",
    "uploads/\u202egnp.csv": b"Commentaire,star\nde droite a gauche,4\n",
    "uploads/empty.csv": b"",
    "uploads/folder/": b"",
    "runs/zzz/rows.npz": b"no archive",
    "runs/zzz/progress/gbc.json": b"{",
    "models/stray.bentomodel": b"",
    "models/a/b/c.bentomodel": b"",
    "attempts/addresses/127.0.0.1.json": b"often",
    "attempts/accounts/0.json": b"often",
    "receipts/rubbish.progress": b"many",
}
NAMED = {*UNNAMEABLE, *RUBBISH}


def put(s3: Any, bucket: str, *, line_ends: bool = True) -> set[str]:
    """Put all of them; returns the keys that are to be named."""
    ends = LINE_ENDS if line_ends else ()
    for key in (*UNNAMEABLE, *ends):
        s3.put_object(Bucket=bucket, Key=key, Body=b"Commentaire,star\nrien,3\n")
    for key, data in {**RUBBISH, **HARMLESS}.items():
        s3.put_object(Bucket=bucket, Key=key, Body=data)
    return {*NAMED, *ends}
