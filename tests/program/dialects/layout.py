"""Separators, headers, line ends and encodings."""

import csv

from book import BOOK, COLUMNS, Row, START, at, changed, money, PLAIN, put, run, sheet

put("semicolon", sheet(BOOK, sep=";"), form="tx.csv: ';' between fields")
put(
    "semicolon_in_comma",
    sheet(BOOK, {"amount": "amount (EUR, gross)"}, sep=";"),
    "amount = amount (EUR, gross)\n",
    form="tx.csv: ';' between fields",
)
put("tab", sheet(BOOK, sep="\t"), form="tx.csv: tabs between fields")
put("pipe", sheet(BOOK, sep="|"), form="tx.csv: '|' between fields")
put("caret", sheet(BOOK, sep="^"), "separator = ^\n", form="tx.csv: '^' between fields")
put("sep_comma", "sep=,\n" + PLAIN, form="tx.csv: header in line 2")
put(
    "sep_semicolon",
    '"sep=;"\r\n' + sheet(BOOK, sep=";", end="\r\n"),
    form="tx.csv: ';' between fields, header in line 2",
)
put("trailing", sheet(BOOK, end=",\n", head=",".join(COLUMNS) + "\n"), form="tx.csv: a separator behind each row")
put("pandas_index", sheet(BOOK, {"index": ""}, order=("index",) + COLUMNS, index=lambda r: str(r.tx - 5000)))
put(
    "preamble",
    '\ufeff"Karte";"Kreditkarte";"4711 **** **** 0815"\n""\n"Saldo vom 30.04.2024:";"-1.234,56 EUR"\n""\n'
    + sheet(
        BOOK,
        {"time": "Belegdatum", "merchant": "Beschreibung", "amount": "Betrag (€)"},
        sep=";",
        quoting=csv.QUOTE_ALL,
        order=("time", "state", "merchant", "amount"),
        state=lambda r: "Gebucht",
        time=lambda r: at(r, "%d.%m.%y"),
        merchant=lambda r: r.merchant + " Märkte",
        amount=lambda r: "-" + money(r, ",", "."),
    ),
    "tx =\naccount =\nlabel =\nmerchant = Beschreibung\ntime = Belegdatum\ntime_format = dd/mm/yyyy\namount = Betrag (€)\n",
    rows=[
        Row(6 + i, str(6 + i), r.merchant + " Märkte", r.time // 86400 * 86400, -r.minor, -1)
        for i, r in enumerate(BOOK)
    ],
    form="tx.csv: ';' between fields, header in line 5, a comma before decimals, times as dd/mm/yyyy",
)
put(
    "preamble_us",
    'Description,,Summary Amt.\nBeginning balance as of 01/01/2024,,"1,000.00"\nEnding balance,,"900.00"\n\n' + PLAIN,
    form="tx.csv: header in line 5",
)
put("preamble_quote", '"Saldo vom 30.04.2024\n\n' + PLAIN, form="tx.csv: header in line 3")
put("comments", "# exported 2024-05-01\n# rows 240\n" + PLAIN, form="tx.csv: header in line 3")
put("hash_header", "#" + PLAIN)
put(
    "two_of_a_name",
    sheet(BOOK, {"account": "Account", "merchant": "Account"}),
    "account = Account#1\nmerchant = Account#2\n",
)
put(
    "two_of_a_name_unsaid",
    sheet(BOOK, {"account": "Account", "merchant": "Account"}),
    "account = Account\n",
    stop="tx.csv:1: two columns are named 'Account' (input.account): columns 2 and 3: say Account#1 or Account#2",
)
put(
    "headerless",
    sheet(BOOK, head=""),
    stop="tx.csv:1: none of the first lines has the names of the columns (input.time = time, input.amount = amount, ...): "
    "where a file has no such line, set input.header = no and give columns by their numbers",
)
put(
    "headerless_said",
    sheet(BOOK, head=""),
    "header = no\ntx = 1\naccount = 2\nmerchant = 3\ntime = 4\namount = 5\nlabel = 6\n",
    form="tx.csv: no header",
)
put(
    "headerless_comma",
    sheet(BOOK, head="", sep=";", amount=lambda r: money(r, ","), label=lambda r: f"{r.label},0"),
    "header = no\ntx = 1\naccount = 2\nmerchant = 3\ntime = 4\namount = 5\nlabel =\n",
    rows=changed(label=lambda r: -1),
    form="tx.csv: ';' between fields, no header, a comma before decimals",
)
put(
    "headerless_numbers",
    sheet(
        BOOK,
        head="",
        order=("tx", "step", "amount"),
        step=lambda r: str((r.time - START) // 86400 + 1),
        amount=lambda r: f"{r.minor / 100:.4f}",
    ),
    "tx =\naccount =\nmerchant =\nlabel =\ntime = 2\ntime_format = days\namount = 3\n",
    rows=[
        Row(1 + i, str(1 + i), "none", ((r.time - START) // 86400 + 1) * 86400, r.minor, -1) for i, r in enumerate(BOOK)
    ],
    split=False,
    form="tx.csv: no header, times as days",
)
put("name_newline", sheet(BOOK, {"amount": "Amount\n(EUR)"}), "amount = Amount (EUR)\n")
put(
    "name_comma",
    sheet(BOOK, {"time": "Date, UTC", "amount": "Amount, EUR"}),
    "time = Date, UTC\namount = Amount, EUR\n",
)
put(
    "name_comma_escaped",
    sheet(BOOK, {"time": "Date, UTC", "amount": "Amount, EUR"}),
    "time = Date\\, UTC\namount = Amount\\, EUR\n",
)
put("name_pipe", sheet(BOOK, {"amount": "amount|gross"}), "amount = amount|gross\n")
put("name_pipe_escaped", sheet(BOOK, {"amount": "amount|gross"}), "amount = net|amount\\|gross\n")
put("name_nbsp", sheet(BOOK, {"account": "\u00a0 account"}))
put("name_bom", "\ufeff\ufeff" + PLAIN)
put(
    "name_case",
    sheet(BOOK, {"tx": "TX", "time": "Time"}),
    stop="tx.csv:1: no column 'tx' (input.tx): did you mean 'TX'? The columns are TX, account, merchant, Time, amount, label",
)
put("cr_in_the_midst", "".join(line + ("\r" if 50 <= i < 60 else "\n") for i, line in enumerate(PLAIN.splitlines())))
put("cr", PLAIN.replace("\n", "\r"))
put("crlf", PLAIN.replace("\n", "\r\n"))
put("crcrlf", PLAIN.replace("\n", "\r\r\n"))
put("crcrlf_account", sheet(BOOK, end="\r\r\n", order=("tx", "merchant", "time", "amount", "label", "account")))
put("ctrl_z", PLAIN + "\x1a")
put(
    "latin1",
    sheet(BOOK, {"merchant": "händler"}, merchant=lambda r: "Café " + r.merchant).encode("latin1"),
    "encoding = latin1\nmerchant = händler\n",
    rows=changed(merchant=lambda r: "Café " + r.merchant),
    form="tx.csv: read as LATIN1",
)
put(
    "cp1252",
    sheet(BOOK, amount=lambda r: "€" + money(r)).encode("cp1252"),
    "encoding = cp1252\n",
    form="tx.csv: read as CP1252",
)
NO_UTF8 = (
    "tx.csv:{}: byte 0x{} (offset {}) is no UTF-8: set input.encoding (latin1, windows-1252), "
    "or convert the file with iconv -f WINDOWS-1252 -t UTF-8"
)
put(
    "latin1_unsaid",
    sheet(BOOK, merchant=lambda r: ("Bar " if r.tx % 3 else "Café ") + r.merchant).encode("latin1"),
    stop=NO_UTF8.format(3, "E9", 93),
)
put(
    "latin1_header_unsaid",
    sheet(BOOK, {"merchant": "händler"}).encode("latin1"),
    "merchant = händler\n",
    stop=NO_UTF8.format(1, "E4", 12),
)
put("na_is_a_country", sheet(BOOK, country=lambda r: "NA" if r.tx % 2 else "DE"))
for code in ("utf-16", "utf-16-le", "utf-16-be", "utf-32"):
    put(
        code,
        sheet(BOOK, merchant=lambda r: "Ünal " + r.merchant).encode(code),
        rows=changed(merchant=lambda r: "Ünal " + r.merchant),
        form="tx.csv: read as "
        + {"utf-16": "UTF-16LE", "utf-32": "UTF-32LE"}.get(code, code.upper().replace("-L", "L").replace("-B", "B")),
    )

run()
