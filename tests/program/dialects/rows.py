"""What costs a row, and what does not."""

from book import BOOK, COLUMNS, MOST, at, changed, money, PLAIN, put, run, sheet

FRAUDS = ", with them every row labelled as fraud"


def every_fourth(word):
    return lambda r: word if r.tx % 4 == 0 else r.account


NO_ACCOUNT = MOST.format(n=60, reason="empty account", kind=FRAUDS, keys="input.no_account")
put(
    "account_blank",
    sheet(BOOK, account=every_fourth("   ")),
    stop=f"tx.csv:2: the account is empty (input.no_account = own keeps such rows) ({NO_ACCOUNT})",
)
for name, word in (("null", "NULL"), ("bsn", r"\N"), ("na", "N/A"), ("nan", "nan"), ("none", "None"), ("na_sheet", "#N/A"), ("undefined", "undefined")):
    put(
        "null_" + name,
        sheet(BOOK, account=every_fourth(word), label=lambda r, w=word: w if r.tx % 4 == 1 else str(r.label)),
        stop=f"tx.csv:2: account '{word}' is a word for nothing (input.missing) ({NO_ACCOUNT})",
    )
    put(
        "null_own_" + name,
        sheet(BOOK, account=every_fourth(word), label=lambda r, w=word: w if r.tx % 4 == 1 else str(r.label)),
        "no_account = own\n",
        rows=changed(
            account=lambda r: f"own:{r.tx}" if r.tx % 4 == 0 else r.account,
            label=lambda r: -1 if r.tx % 4 == 1 else r.label,
        ),
        notes=["60 rows have no account: each is its own, called own: and its id (input.no_account)"],
    )
put("account_padded", sheet(BOOK, account=lambda r: f"{r.account:12s}"))
put(
    "account_padded_files",
    {"a.csv": sheet(BOOK[:120]), "b.csv": sheet(BOOK[120:], account=lambda r: f" {r.account}\t")},
    "files = a.csv b.csv\n",
)
PAIRS = "20 pairs of account names differ by no more than a .0, zeros at the beginning or commas in a number, as a spreadsheet leaves them: "


def two_files(first, second):
    """One account in one file, and what became of it in the other."""
    number = [(r, int(r.account[1:])) for r in BOOK]
    files = {
        n: sheet(rows, account=lambda r, f=f: f(int(r.account[1:])))
        for n, rows, f in (("a.csv", BOOK[:120], first), ("b.csv", BOOK[120:], second))
    }
    return files, [r._replace(account=(first if i < 120 else second)(k)) for i, (r, k) in enumerate(number)]


files, rows = two_files(lambda k: f"{7000 + k}", lambda k: f"{7000 + k}.0")
put(
    "account_float",
    files,
    "files = a.csv b.csv\n",
    rows=rows,
    notes=[PAIRS + "'7000' and '7000.0', '7001' and '7001.0', '7002' and '7002.0', ..."],
)
files, rows = two_files(lambda k: f"{k:04d}", str)
put(
    "account_zeros",
    files,
    "files = a.csv b.csv\n",
    rows=rows,
    notes=[PAIRS + "'0' and '0000', '1' and '0001', '10' and '0010', ..."],
)
put(
    "account_grouped",
    sheet(BOOK, account=lambda r: "7,0" + r.account[1:]),
    rows=changed(account=lambda r: "7,0" + r.account[1:]),
    notes=[
        "20 account names have commas between digits, as '7,000' does: a spreadsheet writes numbers so, and the same account "
        "may have another name in another file"
    ],
)
put(
    "account_exponent",
    sheet(BOOK, account=lambda r: "7.1%dE+15" % (r.tx % 2)),
    rows=changed(account=lambda r: "7.1%dE+15" % (r.tx % 2)),
    notes=[
        "2 account names have an exponent, as '7.10E+15' does: a spreadsheet took digits away, and what were several accounts may be one"
    ],
)
ids = MOST.format(n=240, reason="bad transaction id", kind="", keys="input.tx_text")
put(
    "id_big",
    sheet(BOOK, tx=lambda r: f"9999999999999999999{r.tx}"),
    stop=f"tx.csv:2: transaction id '99999999999999999995000' is not a whole number of 64 bits (input.tx_text = yes takes any text) ({ids})",
)
put(
    "id_float",
    sheet(BOOK, tx=lambda r: f"{r.tx}.0"),
    stop=f"tx.csv:2: transaction id '5000.0' is not a whole number of 64 bits (input.tx_text = yes takes any text) ({ids})",
)
put("id_text", sheet(BOOK, tx=lambda r: f"{r.tx}.0"), "tx_text = yes\n", rows=changed(tx=lambda r: f"{r.tx}.0"))
put(
    "merchant_empty",
    sheet(BOOK, merchant=lambda r: "" if r.tx % 3 == 0 else r.merchant),
    rows=changed(merchant=lambda r: "none" if r.tx % 3 == 0 else r.merchant),
    notes=["80 rows have no merchant: theirs is called none"],
)
put(
    "account_parts",
    sheet(
        BOOK,
        order=("tx", "card", "branch", "merchant", "time", "amount", "label"),
        card=lambda r: r.account,
        branch=lambda r: "" if r.tx % 8 == 0 else "315.0",
    ),
    "account = card,branch\n",
    rows=changed(account=lambda r: r.account + "/" + ("" if r.tx % 8 == 0 else "315.0")),
)
put(
    "further_gaps",
    sheet(BOOK, V1=lambda r: "" if r.tx % 3 == 0 else "1.5", V2=lambda r: "0"),
    "numeric = V*\n",
    notes=["columns of numbers have gaps: V1 in 80 rows"],
)
LONG = "Магазин бытовой техники и электроники "
put(
    "names_long",
    sheet(BOOK, merchant=lambda r: LONG + r.merchant if r.tx % 3 == 0 else "Кафе " + r.merchant),
    rows=changed(merchant=lambda r: ("cut", LONG + r.merchant) if r.tx % 3 == 0 else "Кафе " + r.merchant),
    notes=[
        "80 names are longer than 64 bytes: the first bytes and a digest are kept (merchant 'Магазин бытовой техни...' in tx.csv:3)"
    ],
)
put(
    "names_sha512",
    sheet(BOOK, account=lambda r: r.account * 42 + "ab"),
    rows=changed(account=lambda r: ("cut", r.account * 42 + "ab")),
    notes=[
        "240 names are longer than 64 bytes: the first bytes and a digest are kept (account 'K00K00K00K00K00K00K00K00K00K00K00K00K00K...' in tx.csv:2)"
    ],
)
guests = dict(
    order=("invoice", "stock", "text", "time", "price", "customer", "country"),
    invoice=lambda r: str(r.tx),
    stock=lambda r: r.merchant,
    text=lambda r: "BAG",
    price=money,
    customer=lambda r: "" if r.tx % 4 == 0 else r.account,
    country=lambda r: "United Kingdom",
)
shop = "tx = invoice\naccount = customer\nmerchant = stock\namount = price\nlabel =\n"
put(
    "guests",
    sheet(BOOK, **guests),
    shop,
    stop="tx.csv:2: the account is empty (input.no_account = own keeps such rows) ("
    + MOST.format(n=60, reason="empty account", kind="", keys="input.no_account")
    + ")",
)
put(
    "guests_own",
    sheet(BOOK, **guests),
    shop + "no_account = own\n",
    rows=changed(label=lambda r: -1, account=lambda r: f"own:{r.tx}" if r.tx % 4 == 0 else r.account),
    notes=["60 rows have no account: each is its own, called own: and its id (input.no_account)"],
)
put(
    "overlap",
    {"jan.csv": sheet(BOOK[:130]), "feb.csv": sheet(BOOK[110:])},
    "files = jan.csv feb.csv\n",
    rejects=[("jan.csv", n, n, "repeated row") for n in range(112, 132)],
    notes=[
        "20 of 260 rows were rejected: 20 repeated row (first: jan.csv:112: transaction id '5110' is that of feb.csv:2 already, with the same values); rejects.csv lists them"
    ],
)
put(
    "commas_only",
    PLAIN.replace("\n5100,", "\n" + ",,,,,\n" * 3 + "5100,"),
    rejects=[(n, n, "empty row") for n in (102, 103, 104)],
)
put(
    "header_again",
    PLAIN.replace("\n5100,", "\n\ufeff" + ",".join(COLUMNS) + "\n\n5100,"),
    rejects=[(102, 102, "bad transaction id")],
)

run()
