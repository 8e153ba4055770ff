/* The judged rows in the order of their margin, and their places in their days. */
#include "evaluate_parts.h"
#include "paraudit/order/ranks.h"

void pa_ordered_rows_free(pa_ordered_rows *rows)
{
    pa_view_free(&rows->view);
    pa_free(rows->fraud);
    pa_free(rows->kind);
    pa_free(rows->bands);
    pa_free(rows->account);
    pa_free(rows->amount);
    *rows = (pa_ordered_rows){0};
}

/* What is made to order the rows; in->n values each. */
typedef struct {
    uint8_t *leads; /* stands for its account-day */
    int64_t *before, *cards_before;
    uint64_t *account;
} ordering;

static void free_ordering(ordering *o)
{
    pa_free(o->leads);
    pa_free(o->before);
    pa_free(o->cards_before);
    pa_free(o->account);
}

static pa_status start_ordering(pa_judging *j, const pa_order_with *with, ordering *o,
                                pa_error *err)
{
    const pa_evaluation_input *in = j->in;
    PA_TRY(pa_cards_list(j, err));
    PA_TRY(PA_NEW(o->leads, in->n, err));
    PA_TRY(PA_NEW(o->before, in->n, err));
    PA_TRY(PA_NEW(o->cards_before, in->n, err));
    for (size_t i = 0; i < j->cards.n; i++) o->leads[j->cards.item[i].best] = 1;
    if (!with->accounts) return PA_OK;
    PA_TRY(PA_NEW(o->account, in->n, err));
    for (size_t i = 0; i < in->n; i++)
        o->account[i] = in->account_key[in->account[i] - in->first_account];
    return PA_OK;
}

static pa_status order_rows(pa_judging *j, const pa_order_with *with, const ordering *o,
                            pa_error *err)
{
    const pa_evaluation_input *in = j->in;
    pa_ordered_rows *to = &j->ordered;
    const pa_row_order rows = {.n = in->n,
                               .margin = in->margin,
                               .tx = in->tx,
                               .time = in->time,
                               .chosen = j->judged,
                               .item = {j->judged, o->leads}};
    const pa_row_places places = {.before = {o->before, o->cards_before}};
    pa_view_column column[5] = {{.width = sizeof *to->fraud, .rows = j->fraud}};
    size_t n = 1, kind = 0, bands = 0, account = 0, amount = 0;
    if (with->kinds) column[kind = n++] = (pa_view_column){sizeof *to->kind, in->kind, NULL};
    if (with->bands) column[bands = n++] = (pa_view_column){sizeof *to->bands, j->bands, NULL};
    if (with->accounts)
        column[account = n++] = (pa_view_column){sizeof *to->account, o->account, NULL};
    if (with->amounts)
        column[amount = n++] = (pa_view_column){sizeof *to->amount, in->amount, NULL};
    PA_TRY(pa_order_rows(j->comm, &rows, &places, n, column, &to->view, err));
    to->fraud = column[0].ordered;
    to->kind = kind ? column[kind].ordered : NULL;
    to->bands = bands ? column[bands].ordered : NULL;
    to->account = account ? column[account].ordered : NULL;
    to->amount = amount ? column[amount].ordered : NULL;
    return PA_OK;
}

pa_status pa_put_in_order(pa_judging *j, const pa_order_with *with, pa_error *err)
{
    ordering o = {0};
    pa_status st = pa_agree(j->comm, start_ordering(j, with, &o, err), err);
    if (st == PA_OK) st = order_rows(j, with, &o, err);
    for (size_t i = 0; st == PA_OK && i < j->in->n; i++)
        j->top[i] = j->judged[i] && o.before[i] < j->options->k;
    for (size_t i = 0; st == PA_OK && i < j->cards.n; i++)
        j->cards.place[i] = o.cards_before[j->cards.item[i].best];
    free_ordering(&o);
    return st;
}
