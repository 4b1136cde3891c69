"""The rules of a CSV in words, made from the one declared schema: docs/csv.md."""

# ruff: noqa: E501  # tables and commands of the document are lines of their own length

from satispy.reviews.exports import known
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
    exports = ", ".join(export.name for export in known())
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

Names are known in any case, with or without accents, spaces, underscores or typographic apostrophes.
Known exports need no mapping: {exports}; nor do hand-made files with usual names (`Titre comment`,
`Nombre d'étoile`, `Avis`, `Note` …). A title and a text make one comment. The receipt says
« recognised as … ».

A file with other names is refused; its receipt proposes the likeliest mapping, with cells of its
columns. `satispy upload --explain FILE` shows that, and how any file would be read, before anything is
sent. Map the columns, whichever suits; a mapping that came with a file and by which rows were added is
remembered for its header (`satispy reviews mappings` shows them, `satispy reviews forget ID` ends one):

```
satispy upload export.csv --column comment='Ce qui a été dit' --column star=Mesure
aws s3 cp export.csv s3://satispy/uploads/ --metadata '{{"satispy-columns": "comment=Ce%20qui%20a%20%C3%A9t%C3%A9%20dit&star=Mesure"}}'
SATISPY_COLUMNS='{{"comment": "Ce qui a été dit", "star": "Mesure"}}'   # for every upload
```

A column may also be named by its position (`date='#3'`, for one of two that are called the same), a
mark with its scale (`star='Note/10'`: each fifth of it is a star; `star='Note/5'` rounds half stars
up), and a comment as two columns (`comment='Titre+Avis'`). Marks that look like a scale to 10, 20 or
100 are refused unless a mapping says so.

## The file
- UTF-8 with or without a byte order mark, UTF-16, UTF-32, cp1252, Latin-1 and -9, Mac Roman and cp850;
  also mixed, line by line. The receipt says which, and how sure that is; a file whose letters read as
  French in none of them waits for `--encoding`. Text that was encoded twice (« dÃ©Ã§u ») is mended.
- Separated by `,` `;` tab or `|`, or by what a `sep=` line says; a title, a period and blank lines may
  stand above the header, and the header may come again; any line ends, also mixed; quoted cells may
  hold line ends. Where the file escapes by backslashes, or tabs alone tell its cells apart, so is it read.
- Dates in the forms above; of `03/04/2023` the column decides which number is the day, day first if
  it does not say; the receipt tells, and `--dates month-first` or `SATISPY_DATES` overrides it.
- Cells such as `nan`, `NULL`, `#NOM?` or invisible marks hold nothing.
- No workbooks: save an .xlsx as “CSV UTF-8”.
- Plain or gzip, recognised by content: `.csv.gz` is a good name for it.
- At most {MAX_BYTES >> 30} GB unpacked, {MAX_COLUMNS:,} columns, {MAX_ROW:,} characters a row and \
{MAX_LINE >> 20} MB a line; a gzip may not unpack to more than {MAX_BLOW_UP} times its size.

## What becomes of a row
- **added**: it stands in the dataset, once, in the order of its file.
- **duplicate**: it stands there already ([what makes two rows the same](decisions/0020-identity-of-a-review.md)).
- **rejected**: it breaks a rule. It waits in `quarantine/<upload>.csv` with its line and the reason; a rating without words is only counted.

`received = added + duplicate + rejected`, in `receipts/<upload>.json`; a file refused as a whole has
`refused` instead, and nothing of it is merged. A comment has 1 to {MAX_COMMENT:,} characters. A quote
that is never closed costs its own line, not the lines after it; a quoted cell of which each line could
be a row goes to the quarantine as one row. Missing cells at the end of a row are empty if they may be;
a row with a cell too many is never shifted.

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
