/* Names that people give to columns. */
#include <string.h>

#include "paraudit/base/utf8.h"
#include "paraudit/csv/guess.h"

enum { MOST = 120 };

/* Names between blanks, as `tidy` makes them: whole ones, and those that may stand within a
 * longer one. Of several columns the one whose name fits best is taken. */
static const struct {
    pa_guess_role role;
    int fits;
    bool within;
    const char *names;
} table[] = {
    {PA_GUESS_TX, 100, false,
     "tx tx_id txid transaction_id transactionid trans_id trans_num tran_id txn_id txn "
     "transaction_number transaction_no transaktionsnummer transaktions_id transactie_id "
     "id_transaction id_operacion numero_transaccion id_transazione"},
    {PA_GUESS_TX, 80, false,
     "id invoice_no invoice_number reference_number reference belegnummer buchungsnummer "
     "unique_id uuid row_id"},
    {PA_GUESS_TX, 60, true, "transaction_id trans_id tx_id txn_id tran_id"},
    {PA_GUESS_ACCOUNT, 100, false,
     "account account_id account_number account_no acct acct_id card card_id card_number card_no "
     "card_num cc_num cc_number pan iban konto kontonummer konto_nr karte kartennummer rekening "
     "rekeningnummer compte numero_de_compte carte numero_de_carte cuenta numero_de_cuenta tarjeta "
     "numero_de_tarjeta conto numero_conto carta numero_carta"},
    {PA_GUESS_ACCOUNT, 90, false,
     "auftragskonto iban_auftragskonto iban_bban name_orig orig_acct from_account sender_account "
     "debtor_account debtor_iban source_account nameorig kontobezeichnung card1"},
    {PA_GUESS_ACCOUNT, 80, false,
     "customer customer_id cust_id client client_id user user_id member_id kunde kunden_id "
     "kundennummer klant klantnummer cliente id_cliente sender sender_id payer payer_id holder"},
    {PA_GUESS_ACCOUNT, 60, true, "account_id card_number card_id customer_id kontonummer cc_num"},
    {PA_GUESS_MERCHANT, 100, false,
     "merchant merchant_id merchant_name merchant_no terminal terminal_id haendler haendler_id "
     "handelaar commercant marchand comercio comerciante esercente"},
    {PA_GUESS_MERCHANT, 90, false,
     "payee beneficiary beneficiary_name recipient receiver receiver_id counterparty "
     "counterparty_name shop store vendor supplier seller name_dest namedest bene_acct to_account "
     "zahlungsempfaenger zahlungsempfaenger_in empfaenger beguenstigter "
     "beguenstigter_zahlungspflichtiger auftraggeber_empfaenger name_zahlungsbeteiligter "
     "naam_omschrijving naam_tegenpartij tegenpartij begunstigde beneficiaire beneficiario"},
    {PA_GUESS_MERCHANT, 70, false,
     "description beschreibung omschrijving umschreibung libelle descripcion concepto descrizione "
     "details name text buchungstext verwendungszweck memo narrative particulars"},
    {PA_GUESS_MERCHANT, 50, true, "merchant payee beneficiary empfaenger haendler"},
    {PA_GUESS_TIME, 100, false,
     "time datetime date_time timestamp time_stamp tx_datetime tx_time transaction_time "
     "transaction_datetime transaction_date_time trans_date_trans_time tran_timestamp trans_time "
     "event_time booked_at created_at started_date transaction_dt zeitstempel zeitpunkt "
     "datum_uhrzeit tijdstip horodatage fecha_hora data_ora"},
    {PA_GUESS_TIME, 90, false,
     "date transaction_date trans_date tx_date txn_date purchase_date posting_date posted_date "
     "booking_date invoice_date datum belegdatum buchungstag buchungsdatum transaktionsdatum "
     "boekdatum boekingsdatum transactiedatum date_operation date_de_l_operation "
     "date_de_comptabilisation fecha fecha_operacion data data_operazione data_contabile"},
    {PA_GUESS_TIME, 70, false,
     "buchung wertstellung valutadatum valuta value_date completed_date date_valeur fecha_valor "
     "data_valuta step unix_time ts epoch"},
    {PA_GUESS_TIME, 50, true, "timestamp datetime time date datum fecha"},
    {PA_GUESS_CLOCK, 100, false,
     "time clock time_of_day transaction_time tx_time txn_time trans_time tran_time booking_time "
     "posting_time purchase_time uhrzeit zeit tijd heure hora ora"},
    {PA_GUESS_ZONE, 100, false, "time_zone timezone tz zone zeitzone tijdzone"},
    {PA_GUESS_YEAR, 100, false, "year jahr jaar annee anno"},
    {PA_GUESS_MONTH, 100, false, "month monat maand mois mes mese"},
    {PA_GUESS_DAY, 100, false, "day tag dag jour dia giorno"},
    {PA_GUESS_AMOUNT, 100, false,
     "amount amt tx_amount transaction_amount transaction_amt trans_amt txn_amount betrag bedrag "
     "montant importe importo monto valor gross"},
    {PA_GUESS_AMOUNT, 90, false,
     "amount_eur amount_usd amount_gbp amount_chf betrag_eur bedrag_eur montant_eur importe_eur "
     "importo_eur amount_paid umsatz sum purchase_amount base_amt"},
    {PA_GUESS_AMOUNT, 80, false, "amount_received total price unit_price value"},
    {PA_GUESS_AMOUNT, 60, true, "amount amt betrag bedrag montant importe importo umsatz"},
    {PA_GUESS_CREDIT, 100, false,
     "credit credits credit_amount haben gutschrift bij paid_in money_in deposit deposits credito "
     "abono credit_eur einnahmen eingang accredito entrate"},
    {PA_GUESS_CREDIT, 60, true,
     "credit credits deposit deposits haben gutschrift paid_in money_in credito accredito"},
    {PA_GUESS_DEBIT, 60, true,
     "debit debits withdrawal withdrawals soll belastung paid_out money_out debito addebito"},
    {PA_GUESS_DEBIT, 100, false,
     "debit debits debit_amount soll belastung lastschrift af paid_out money_out withdrawal "
     "withdrawals debito cargo debit_eur ausgaben ausgang addebito uscite"},
    {PA_GUESS_SIGN, 100, false,
     "af_bij debit_credit credit_debit dr_cr cr_dr d_c c_d sign soll_haben s_h "
     "cdt_dbt_ind debit_credit_indicator credit_debit_indicator soll_haben_kennzeichen sens "
     "direction type "
     "transaction_type tipo rodzaj"},
    {PA_GUESS_LABEL, 100, false,
     "is_fraud fraud label tx_fraud isfraud is_fraudulent fraudulent fraud_flag fraud_label "
     "fraud_bool fraud_ind betrug ist_betrug fraude is_fraude es_fraude frode is_laundering is_sar "
     "chargeback is_chargeback"},
    {PA_GUESS_LABEL, 80, false, "class target y outcome"},
    {PA_GUESS_LABEL, 50, true, "fraud betrug fraude laundering"},
    {PA_GUESS_LABEL_TIME, 100, false,
     "label_time label_date fraud_time fraud_date fraud_reported_at reported_at report_date "
     "chargeback_date"},
    {PA_GUESS_CATEGORY, 100, false,
     "category mcc merchant_category merchant_category_code mcc_code category_id kategorie "
     "categorie categoria categorie_code product_cd"},
    {PA_GUESS_CATEGORY, 50, true, "category mcc kategorie"},
    {PA_GUESS_CHANNEL, 100, false,
     "channel kanal canal canale entry_mode pos_entry_mode use_chip payment_channel"},
    {PA_GUESS_CHANNEL, 80, false,
     "transaction_type tx_type type payment_type payment_method payment_format umsatztyp umsatzart "
     "transaktionstyp mutatiesoort type_operation"},
    {PA_GUESS_CURRENCY, 100, false,
     "currency currency_code ccy waehrung valuta devise moneda divisa payment_currency"},
    {PA_GUESS_CURRENCY, 50, true, "currency waehrung devise"},
    {PA_GUESS_COUNTRY, 100, false,
     "country country_code merchant_country land laendercode pays pais paese"},
    {PA_GUESS_COUNTRY, 70, false, "merchant_state"},
    {PA_GUESS_COUNTRY, 50, true, "country"},
    {PA_GUESS_HOME_LAT, 100, false,
     "lat latitude home_lat home_latitude customer_lat cust_lat client_lat account_lat"},
    {PA_GUESS_HOME_LON, 100, false,
     "lon long lng longitude home_lon home_long home_longitude customer_lon customer_long cust_lon "
     "cust_long client_lon account_lon"},
    {PA_GUESS_MERCHANT_LAT, 100, false,
     "merch_lat merchant_lat merchant_latitude terminal_lat store_lat shop_lat"},
    {PA_GUESS_MERCHANT_LON, 100, false,
     "merch_lon merch_long merchant_lon merchant_long merchant_longitude terminal_lon "
     "terminal_long "
     "store_lon store_long shop_lon"},
};

/* Signs of Latin script that stand for letters of ASCII. */
static const char *letters_of(const char *sign, int n)
{
    static const struct {
        const char *signs, *letters;
    } fold[] = {
        {"äÄ", "ae"},      {"öÖ", "oe"},    {"üÜ", "ue"},     {"ß", "ss"},
        {"éèêëÉÈÊË", "e"}, {"àáâÀÁÂ", "a"}, {"íìîïÍÌÎ", "i"}, {"óòôÓÒÔ", "o"},
        {"úùûÚÙÛ", "u"},   {"çÇ", "c"},     {"ñÑ", "n"},
    };
    for (size_t i = 0; i < sizeof fold / sizeof *fold; i++) {
        for (const char *s = fold[i].signs; *s; s += 2) {
            if (n == 2 && memcmp(s, sign, 2) == 0) return fold[i].letters;
        }
    }
    return "_";
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || is_upper(c) || (c >= '0' && c <= '9');
}

static void add(char out[MOST], size_t *n, char c)
{
    if (*n + 2 >= MOST || (c == '_' && out[*n - 1] == '_')) return;
    out[(*n)++] = c;
}

/* "_trans_date_": small letters of ASCII, words apart, where capitals or other signs part them.
 * (isFraud, TransactionID, Betrag (EUR) are is_fraud, transaction_id, betrag_eur.) */
static void tidy(const char *name, char out[MOST])
{
    size_t n = 0;
    out[n++] = '_';
    for (const char *c = name, *end; *c; c = end) {
        int length = pa_utf8_length(c);
        end = c + (length > 0 ? length : 1);
        bool begins =
            is_upper(*c) && c > name &&
            ((c[-1] >= 'a' && c[-1] <= 'z') || (is_upper(c[-1]) && c[1] >= 'a' && c[1] <= 'z'));
        if (begins) add(out, &n, '_');
        if (is_letter_or_digit(*c)) {
            add(out, &n, is_upper(*c) ? (char)(*c - 'A' + 'a') : *c);
        } else {
            for (const char *l = letters_of(c, length); *l; l++) add(out, &n, *l);
        }
    }
    add(out, &n, '_');
    out[n] = '\0';
}

/* Whether one of the names is it, or stands in it between two '_'. */
static bool holds(const char *tidied, const char *names, bool within)
{
    size_t all = strlen(tidied);
    for (const char *p = names, *end; *p; p = *end ? end + 1 : end) {
        size_t n = strcspn(p, " ");
        end = p + n;
        if (n + 2 == all && memcmp(tidied + 1, p, n) == 0) return true;
        for (size_t i = 0; within && i + n + 2 <= all; i++) {
            if (tidied[i] == '_' && tidied[i + n + 1] == '_' && memcmp(tidied + i + 1, p, n) == 0)
                return true;
        }
    }
    return false;
}

int pa_guess_name_fits(const char *name, pa_guess_role role)
{
    char tidied[MOST];
    int best = 0;
    tidy(name, tidied);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (table[i].role != role || table[i].fits <= best) continue;
        if (holds(tidied, table[i].names, table[i].within)) best = table[i].fits;
    }
    return best;
}
