/* Rows as columns that grow while they are parsed. */
#include <string.h>

#include "paraudit/csv/csv_parts.h"

static pa_status reserve_more(pa_csv_batch *b, size_t n, pa_error *err)
{
    const pa_csv_columns *has = &b->has;
    if (has->text_ids) PA_TRY(PA_RESIZE(b->id_length, n, err));
    if (has->label_time) PA_TRY(PA_RESIZE(b->label_time, n, err));
    for (int i = 0; i < PA_CSV_N_CODED; i++) {
        if (has->coded[i]) PA_TRY(PA_RESIZE(b->coded[i], n, err));
    }
    for (int i = 0; i < PA_CSV_N_PLACES; i++) {
        if (has->place[i]) PA_TRY(PA_RESIZE(b->place[i], n, err));
    }
    if (has->n_numeric > 0 && !b->numeric) PA_TRY(PA_NEW(b->numeric, (size_t)has->n_numeric, err));
    for (int32_t i = 0; i < has->n_numeric; i++) {
        PA_TRY(PA_RESIZE(b->numeric[i], n, err));
    }
    return PA_OK;
}

pa_status pa_csv_reserve(pa_csv_batch *b, size_t n, pa_error *err)
{
    if (n <= b->room) return PA_OK;
    PA_TRY(PA_RESIZE(b->tx, n, err));
    PA_TRY(PA_RESIZE(b->line, n, err));
    PA_TRY(PA_RESIZE(b->account, n, err));
    PA_TRY(PA_RESIZE(b->merchant, n, err));
    PA_TRY(PA_RESIZE(b->time, n, err));
    PA_TRY(PA_RESIZE(b->amount_minor, n, err));
    PA_TRY(PA_RESIZE(b->label, n, err));
    PA_TRY(reserve_more(b, n, err));
    b->room = n;
    return PA_OK;
}

#define MOVE(column)                                                                               \
    ((column) ? (void)memmove((column) + to, (column) + from, n * sizeof *(column)) : (void)0)

void pa_csv_batch_move(pa_csv_batch *b, size_t from, size_t to, size_t n)
{
    MOVE(b->tx);
    MOVE(b->line);
    MOVE(b->account);
    MOVE(b->merchant);
    for (int i = 0; i < PA_CSV_N_CODED; i++) MOVE(b->coded[i]);
    MOVE(b->time);
    MOVE(b->amount_minor);
    for (int i = 0; i < PA_CSV_N_PLACES; i++) MOVE(b->place[i]);
    for (int32_t i = 0; i < b->has.n_numeric; i++) MOVE(b->numeric[i]);
    MOVE(b->label);
    MOVE(b->label_time);
}

void pa_csv_batch_free(pa_csv_batch *b)
{
    pa_free(b->tx);
    pa_free(b->id_length);
    pa_buffer_free(&b->id_bytes);
    pa_free(b->line);
    pa_free(b->account);
    pa_free(b->merchant);
    for (int i = 0; i < PA_CSV_N_CODED; i++) pa_free(b->coded[i]);
    pa_free(b->time);
    pa_free(b->amount_minor);
    for (int i = 0; i < PA_CSV_N_PLACES; i++) pa_free(b->place[i]);
    for (int32_t i = 0; b->numeric && i < b->has.n_numeric; i++) pa_free(b->numeric[i]);
    pa_free(b->numeric);
    pa_free(b->label);
    pa_free(b->label_time);
    *b = (pa_csv_batch){0};
}

void pa_csv_intake_free(pa_csv_intake *p)
{
    pa_csv_batch_free(&p->rows);
    pa_intern_free(&p->accounts);
    pa_intern_free(&p->merchants);
    for (int i = 0; i < PA_CSV_N_CODED; i++) pa_intern_free(&p->coded[i]);
    pa_free(p->rejects);
    pa_free(p->examples);
    pa_free(p->no_utf8);
    pa_csv_words_free(&p->missing);
    pa_csv_label_words_free(&p->label_words);
    pa_csv_words_free(&p->debit);
    pa_csv_words_free(&p->credit);
    pa_free(p->gaps);
    pa_csv_odd_labels_free(&p->odd_labels);
    pa_buffer_free(&p->scratch);
    pa_buffer_free(&p->fields);
    pa_buffer_free(&p->inner);
    pa_buffer_free(&p->joined);
    pa_free(p->block);
    *p = (pa_csv_intake){0};
}
