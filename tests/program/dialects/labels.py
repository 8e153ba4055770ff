"""Words of labels."""

from book import BOOK, changed, put, run, sheet

put("one_zero_float", sheet(BOOK, label=lambda r: f"{r.label}.0"))
for name, words in (("tf", "ft"), ("yn", "NY"), ("true_false", ("False", "True")), ("yes_no", ("no", "YES"))):
    put(name, sheet(BOOK, label=lambda r, w=words: w[r.label]))
WORDS = "tx.csv:{}: labels that are read neither as fraud nor as genuine: {}; say what they mean by input.label_fraud, input.label_genuine or input.label_unknown"
put(
    "legit",
    sheet(BOOK, label=lambda r: ("Legit", "Fraud")[r.label]),
    stop=WORDS.format(3, "'Legit' (234 rows), and no row is genuine"),
)
put("legit_said", sheet(BOOK, label=lambda r: ("Legit", "Fraud")[r.label]), "label_genuine = legit\n")
put(
    "normal",
    sheet(BOOK, label=lambda r: ("Normal", "Anomaly")[r.label]),
    stop=WORDS.format(2, "'Anomaly' (6 rows), 'Normal' (234 rows), and no row is fraud"),
)
put(
    "normal_said",
    sheet(BOOK, label=lambda r: ("Normal", "Anomaly")[r.label]),
    "label_genuine = normal\nlabel_fraud = anomaly\n",
)
put(
    "two_one", sheet(BOOK, label=lambda r: "21"[r.label]), stop=WORDS.format(3, "'2' (234 rows), and no row is genuine")
)
put("two_one_said", sheet(BOOK, label=lambda r: "21"[r.label]), "label_genuine = 2\nlabel_fraud = 1\n")
put(
    "outliers",
    sheet(BOOK, label=lambda r: ("1", "-1")[r.label]),
    stop="tx.csv:2: the labels are -1 (6 rows) and 1 (234 rows). In scikit-learn 1 is normal and -1 the outlier; if they are meant so, set input.label_fraud = -1, input.label_genuine = 1",
)
put("outliers_said", sheet(BOOK, label=lambda r: ("1", "-1")[r.label]), "label_fraud = -1\nlabel_genuine = 1\n")
put(
    "few_unreadable",
    sheet(BOOK, label=lambda r: "?!" if r.tx == 5077 else str(r.label)),
    rows=changed(label=lambda r: -1 if r.tx == 5077 else r.label),
    notes=["1 row has a label that is not understood and counts as unknown ('?!' in tx.csv:79)"],
)

run()
