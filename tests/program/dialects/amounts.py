"""Amounts as banks, shops and spreadsheets write them."""

from book import BOOK, COLUMNS, MOST, changed, money, put, run, sheet

COMMA = "tx.csv: a comma before decimals"
LARGE = changed(minor=lambda r: r.minor + 123400000)
put("comma", sheet(BOOK, amount=lambda r: money(r, ",")), form=COMMA)
put("comma_and_whole", sheet(BOOK, amount=lambda r: money(r, ",") if r.minor % 100 else money(r)[:-3]), form=COMMA)
put("comma_groups", sheet(LARGE, amount=lambda r: money(r, ",", ".")), rows=LARGE, form=COMMA)
put(
    "comma_unquoted",
    sheet(BOOK, sep=";", amount=lambda r: money(r, ",")),
    form="tx.csv: ';' between fields, a comma before decimals",
)
put(
    "comma_places",
    sheet(
        BOOK, sep=";", amount=lambda r: money(r, ","), merchant_lat=lambda r: "52,52", merchant_lon=lambda r: "-13,405"
    ),
    "numeric = merchant_lat\n",
    form="tx.csv: ';' between fields, a comma before decimals",
)
put(
    "zero_and_comma",
    sheet(BOOK, amount=lambda r: "0,402" if r.tx == 5007 else money(r)),
    rows=[r for r in BOOK if r.tx != 5007],
    rejects=[(9, 9, "bad amount")],
)
debit = lambda r: r.tx % 5 == 0
SIGNED = changed(minor=lambda r: -r.minor if debit(r) else r.minor)
for name, form in (
    ("parentheses", "({})"),
    ("parentheses_dollar", "(${})"),
    ("minus_behind", "{}-"),
    ("minus_between", "$-{}"),
    ("minus_before", "-${}"),
    ("unicode_minus", "\u2212{}"),
    ("en_dash", "\u2013{}"),
    ("minus_before_euro", "-{} €"),
    ("minus_behind_dr", "{} DR"),
    ("soll", "{} S"),
):
    put(name, sheet(BOOK, amount=lambda r, f=form: f.format(money(r)) if debit(r) else money(r)), rows=SIGNED)
put("cr_dr", sheet(BOOK, amount=lambda r: money(r) + (" DR" if debit(r) else " CR")), rows=SIGNED)
for name, form in (
    ("euro", "€{}"),
    ("euro_behind", "{} €"),
    ("pound", "£{}"),
    ("code", "{} EUR"),
    ("code_before", "USD {}"),
    ("rupees", "Rs. {}"),
):
    put(name, sheet(BOOK, amount=lambda r, f=form: f.format(money(r))))
for name, mark in (
    ("blank", " "),
    ("nbsp", "\u00a0"),
    ("thin", "\u2009"),
    ("narrow", "\u202f"),
    ("swiss", "'"),
    ("swiss_curly", "\u2019"),
    ("commas", ","),
):
    put("groups_" + name, sheet(LARGE, amount=lambda r, m=mark: money(r, ".", m)), rows=LARGE)
lakh = lambda r: f"{r.minor // 10**7},{r.minor // 10**5 % 100:02d},{r.minor // 100 % 1000:03d}.{r.minor % 100:02d}"
put("groups_lakh", sheet(LARGE, amount=lakh), rows=LARGE)
WHOLE = changed(minor=lambda r: r.minor * 100)
whole = lambda r: f"{r.minor // 1000}.{r.minor % 1000:03d}" if r.minor > 999 else str(r.minor)
put(
    "point_of_thousands",
    sheet(WHOLE, amount=lambda r: whole(r._replace(minor=r.minor // 100))),
    stop="tx.csv:9: amount '1.067': is its point the decimal mark, or does it part thousands? No amount of the file tells: "
    "set input.decimal to . where it is the mark, and to , where it is not",
)
put(
    "point_of_thousands_said",
    sheet(WHOLE, amount=lambda r: whole(r._replace(minor=r.minor // 100))),
    "decimal = ,\n",
    rows=WHOLE,
    form=COMMA,
)
put(
    "point_of_thousands_told",
    sheet(WHOLE, amount=lambda r: whole(r._replace(minor=r.minor // 100)) + (",00" if r.tx == 5239 else "")),
    rows=WHOLE,
    form=COMMA,
)
put(
    "point_of_thousands_told_by_the_other_file",
    {
        "a.csv": sheet(BOOK[:120], amount=lambda r: money(r, ",")),
        "b.csv": sheet(WHOLE[120:], amount=lambda r: whole(r._replace(minor=r.minor // 100))),
    },
    rows=BOOK[:120] + WHOLE[120:],
    form="a.csv and 1 more file: a comma before decimals",
)
THOUSANDS = changed(minor=lambda r: 100000 * (r.tx - 4900))
put(
    "round_thousands",
    sheet(THOUSANDS, amount=lambda r: money(r, "", ".", 0, r.minor // 100)),
    stop="tx.csv:2: amount '100.000': is its point the decimal mark, or does it part thousands? No amount of the file tells: "
    "set input.decimal to . where it is the mark, and to , where it is not",
)
put(
    "comma_of_thousands",
    sheet(WHOLE, amount=lambda r: whole(r._replace(minor=r.minor // 100)).replace(".", ",")),
    stop="tx.csv:9: amount '1,067': is its comma the decimal mark, or does it part thousands? No amount of the file tells: "
    "set input.decimal to , where it is the mark, and to . where it is not",
)
put(
    "three_decimals_of_all",
    sheet(BOOK, amount=lambda r: money(r, decimals=3)),
    rows=changed(minor=lambda r: round(r.minor / 10)),
    notes=[
        "216 amounts have more than 2 decimals and were rounded (first tx.csv:3: '0.281'): input.amount_decimals keeps up to 8"
    ],
)
put("three_decimals", sheet(BOOK, amount=lambda r: money(r, decimals=3)), "decimal = .\namount_decimals = 3\n")
put(
    "bitcoin",
    sheet(BOOK, amount=lambda r: money(r, decimals=8)),
    rows=changed(minor=lambda r: 0),
    notes=[
        "240 amounts have more than 2 decimals and were rounded (first tx.csv:2: '0.00000150'): input.amount_decimals keeps up to 8"
    ],
)
put("bitcoin_kept", sheet(BOOK, amount=lambda r: money(r, decimals=8)), "amount_decimals = 8\n")
two = dict(
    order=("tx", "account", "merchant", "time", "Debit", "Credit", "label"),
    Debit=lambda r: money(r) if debit(r) else "",
    Credit=lambda r: "" if debit(r) else money(r),
)
put("debit_credit", sheet(BOOK, **two), "amount = Credit - Debit\n", rows=SIGNED)
put(
    "debit_credit_null",
    sheet(BOOK, **{**two, "Debit": lambda r: money(r) if debit(r) else "NULL"}),
    "amount = Credit - Debit\n",
    rows=SIGNED,
)
put(
    "debit_credit_zeros",
    sheet(BOOK, **{**two, "Debit": lambda r: money(r) if debit(r) else "0.00"}),
    "amount = Credit - Debit\n",
    rows=SIGNED,
)
put(
    "debit_or_credit",
    sheet(BOOK, **two),
    "amount = Debit|Credit\nmax_reject_share = 1\nmax_rejects = 3\n",
    stop="tx.csv:3: the amount is empty (input.amount = A - B has two columns) (and 191 more rejected rows; input.max_rejects is 3)",
)
sides = dict(order=COLUMNS + ("Af Bij",), amount=lambda r: money(r, ","))
sides["Af Bij"] = lambda r: "Af" if debit(r) else "Bij"
put("sign_column", sheet(BOOK, **sides), "sign = Af Bij\n", rows=SIGNED, form=COMMA)
for name, words in (("iso20022", ("DBIT", "CRDT")), ("polish", ("OBCIĄŻENIE", "Uznanie")), ("chinese", ("支出", "收入"))):
    words = {**sides, "Af Bij": lambda r, w=words: w[not debit(r)]}
    put("sign_column_" + name, sheet(BOOK, **words), "sign = Af Bij\n", rows=SIGNED, form=COMMA)
put(
    "sign_column_and_minus",
    sheet(BOOK, **{**sides, "amount": lambda r: ("-" if debit(r) else "") + money(r)}),
    "sign = Af Bij\n",
    stop="tx.csv:2: 48 of the 48 amounts that input.sign calls debits have a minus already, and would become money in: "
    "leave input.sign empty where amounts bear their signs",
)
put(
    "sign_column_of_one_file",
    {"a.csv": sheet(BOOK[:120], **sides), "b.csv": sheet(BOOK[120:], amount=lambda r: money(r, ","))},
    "sign = Af Bij|\n",
    stop="b.csv: a.csv has a column for input.sign and b.csv has none: all files must have the same columns",
)
put(
    "sign_column_words",
    sheet(BOOK, **{**sides, "Af Bij": lambda r: "weg" if debit(r) else "her"}),
    "sign = Af Bij\nsign_debit = weg\nsign_credit = her\n",
    rows=SIGNED,
    form=COMMA,
)
put(
    "mostly_no_numbers",
    sheet(BOOK, amount=lambda r: money(r) if r.tx % 3 else "tbd"),
    stop="tx.csv:3: amount 'tbd' is not a number ("
    + MOST.format(n=80, reason="bad amount", kind="", keys="input.amount, input.decimal")
    + ")",
)

run()
