"""The rules of a CSV in words, made from the one declared schema: docs/csv.md."""

# ruff: noqa: E501  # tables and commands of the document are lines of their own length

from satispy.reviews.layout import (
    LINE,
    MAX_BLOW_UP,
    MAX_BYTES,
    MAX_COLUMNS,
    MAX_LINE,
    RAW,
    REASON,
    UPLOAD,
)
from satispy.reviews.reading import MAX_ROW
from satispy.reviews.schema import MAX_COMMENT, NAMES, REQUIRED, RUNNING_NUMBER, Review


def markdown() -> str:
    """docs/csv.md; `satispy reviews schema --markdown` prints it."""
    fields = Review.model_json_schema()["properties"]
    rows = "\n".join(
        f"| {' or '.join(f'`{name}`' for name in names)} | {'yes' if field in REQUIRED else ''} "
        f"| {fields[field]['description']} | {', '.join(f'`{e}`' for e in fields[field]['examples'])} |"
        for field, names in NAMES.items()
    )
    return f"""# Sending reviews

<!-- Made by `satispy reviews schema --markdown`; a test holds it current. -->

Put a CSV under `uploads/` of the bucket with any S3 client, or:

```
satispy upload reviews.csv
```

## Columns
Names in any case, columns in any order. Other columns are kept and come back in exports, except
`{RUNNING_NUMBER}`: it numbers the rows of one file, and the position in the dataset takes its place.

| Column | Needed | What | For instance |
|---|---|---|---|
{rows}

A file with other names is refused, and its receipt says what was found. Map them, whichever suits:

```
satispy upload export.csv --column comment='Titre comment' --column star="Nombre d'étoile"
aws s3 cp export.csv s3://satispy/uploads/ --metadata '{{"satispy-columns": "comment=Titre%20comment&star=Nombre%20d%27%C3%A9toile"}}'
SATISPY_COLUMNS='{{"comment": "Titre comment", "star": "Nombre d\\u0027étoile"}}'   # for every upload
```

## The file
- UTF-8 with or without a byte order mark, UTF-16, UTF-32, cp1252 and Latin-1; also mixed, line by
  line. The receipt says which.
- Separated by `,` `;` tab or `|`; any line ends; quoted cells may hold line ends.
- Plain or gzip, recognised by content: `.csv.gz` is a good name for it.
- At most {MAX_BYTES >> 30} GB unpacked, {MAX_COLUMNS:,} columns, {MAX_ROW:,} characters a row and \
{MAX_LINE >> 20} MB a line; a gzip may not unpack to more than {MAX_BLOW_UP} times its size.

## What becomes of a row
- **added**: it stands in the dataset, once, in the order of its file.
- **duplicate**: it stands there already ([what makes two rows the same](decisions/0020-identity-of-a-review.md)).
- **rejected**: it breaks a rule. It waits in `quarantine/<upload>.csv` with its line and the reason.

`received = added + duplicate + rejected`, in `receipts/<upload>.json`; a file refused as a whole has
`refused` instead, and nothing of it is merged. A comment has 1 to {MAX_COMMENT:,} characters. A quote
that is never closed costs its own line, not the lines after it.

To mend rejected rows: `satispy reviews quarantine <upload>`, correct the cells, leave `{UPLOAD}` and
`{LINE}` as they are (`{REASON}` and `{RAW}` are ignored), and send the file. Each mended row is added
once, also beside a review that reads the same, however often the file is sent. The file is separated
as the upload was, in UTF-8 that Excel opens; a cell that a spreadsheet would run as a formula has an
apostrophe before it, there and in exports, which is taken off when the file comes back. A row whose
cells an editor has shifted is rejected again.

## Personal data
E-mail addresses, phone numbers, IBANs and order numbers become `[e-mail]`, `[téléphone]`, `[IBAN]`
and `[numéro]` before anything is stored outside `uploads/`: in comments, and in every other cell that
a person wrote. Dates are left alone, and so are columns of times, numbers of things and links
(`reply_date`, `product_id`, `url`; their names tell). Columns of the reviewer's name or address
(`reviewer_name`, `email`, `Nom du client`, `ip_address`) are not kept. The receipt counts by column
and names what was dropped. `SATISPY_MASK=false` turns all of it off.
"""
