#include "paraudit/features/novelty.h"

#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/exact.h"
#include "paraudit/features/surprise.h"
#include "tally.h"

/* One slice; last: the time of each place's last row. */
static void merchant_of_slice(size_t begin, size_t end, const int32_t merchant[],
                              const int64_t time[], int64_t cap, pa_tally table[], int64_t last[],
                              const pa_merchant_columns *out)
{
    int bits = pa_tally_bits(end - begin);
    memset(table, 0, sizeof *table << bits);
    for (size_t i = begin; i < end; i++) {
        size_t place = pa_tally_place(table, bits, merchant[i]);
        pa_tally *t = table + place;
        int64_t since = t->rows ? time[i] - last[place] : cap;
        out->earlier[i] = (float)t->rows;
        out->is_new[i] = t->rows == 0;
        out->days[i] = (float)((double)(since < cap ? since : cap) / 86400.0);
        t->code = merchant[i];
        t->rows++;
        last[place] = time[i];
    }
}

pa_status pa_account_merchant(size_t n, const int32_t account[], const int32_t merchant[],
                              const int64_t time[], int64_t cap, const pa_merchant_columns *out,
                              pa_error *err)
{
    pa_tally *table = NULL;
    int64_t *last = NULL;
    size_t room = pa_tally_room(n, account);
    pa_status st = PA_NEW(table, room, err);
    if (st == PA_OK) st = PA_NEW(last, room, err);
    for (size_t begin = 0, end; st == PA_OK && begin < n; begin = end) {
        end = pa_end_of_slice(n, account, begin);
        merchant_of_slice(begin, end, merchant, time, cap, table, last, out);
    }
    pa_free(last);
    pa_free(table);
    return st;
}

/* One slice. A merchant has one row more in the table than in the window: places
 * must not become empty again. */
static void merchants_of_slice(size_t n, const int32_t merchant[], const int64_t time[],
                               int64_t window, pa_tally table[], int bits, float count[])
{
    size_t from = 0;
    int64_t different = 0;
    for (size_t i = 0; i < n; i++) {
        pa_tally *t = table + pa_tally_place(table, bits, merchant[i]);
        t->code = merchant[i];
        if (t->rows == 0) t->rows = 1;
        different += t->rows == 1;
        t->rows++;
        for (; time[i] - time[from] >= window; from++) {
            pa_tally *gone = table + pa_tally_place(table, bits, merchant[from]);
            gone->rows--;
            different -= gone->rows == 1;
        }
        count[i] = (float)different;
    }
}

pa_status pa_account_merchants(size_t n, const int32_t account[], const int32_t merchant[],
                               const int64_t time[], int64_t window, float count[], pa_error *err)
{
    pa_tally *table = NULL;
    PA_TRY(PA_NEW(table, pa_tally_room(n, account), err));
    for (size_t begin = 0, end; begin < n; begin = end) {
        end = pa_end_of_slice(n, account, begin);
        int bits = pa_tally_bits(end - begin);
        memset(table, 0, sizeof *table << bits);
        merchants_of_slice(end - begin, merchant + begin, time + begin, window, table, bits,
                           count + begin);
    }
    pa_free(table);
    return PA_OK;
}

static float ratio_to_mean(int64_t amount, pa_i128 sum, int64_t rows)
{
    if (sum <= 0) return 1.0f;
    return (float)((double)amount * (double)rows / pa_i128_to_f64(sum));
}

/* An account's codes so far. */
typedef struct {
    pa_tally *table;
    pa_i128 *sum; /* of the amounts of each place; NULL: not asked for */
    int bits;
    int64_t rows; /* with a code */
} codes;

static void code_of_row(codes *s, int32_t code, int64_t amount_minor, size_t i,
                        const pa_code_columns *out)
{
    if (code < 0) {
        if (out->is_new) out->is_new[i] = 0;
        if (out->surprise) out->surprise[i] = 0;
        if (out->amount_ratio) out->amount_ratio[i] = 1;
        return;
    }
    size_t place = pa_tally_place(s->table, s->bits, code);
    pa_tally *t = s->table + place;
    if (out->is_new) out->is_new[i] = t->rows == 0 && s->rows > 0;
    if (out->surprise) out->surprise[i] = pa_surprise(2 * t->rows + 1, 2 * s->rows + 2);
    if (out->amount_ratio) {
        out->amount_ratio[i] = ratio_to_mean(amount_minor, s->sum[place], t->rows);
        s->sum[place] += amount_minor;
    }
    t->code = code;
    t->rows++;
    s->rows++;
}

pa_status pa_account_code(size_t n, const int32_t account[], const int32_t code[],
                          const int64_t amount_minor[], const pa_code_columns *out, pa_error *err)
{
    codes s = {0};
    size_t room = pa_tally_room(n, account);
    PA_TRY(PA_NEW(s.table, room, err));
    pa_status st = out->amount_ratio ? PA_NEW(s.sum, room, err) : PA_OK;
    for (size_t begin = 0, end; st == PA_OK && begin < n; begin = end) {
        end = pa_end_of_slice(n, account, begin);
        s.bits = pa_tally_bits(end - begin);
        s.rows = 0;
        memset(s.table, 0, sizeof *s.table << s.bits);
        if (s.sum) memset(s.sum, 0, sizeof *s.sum << s.bits);
        for (size_t i = begin; i < end; i++) {
            code_of_row(&s, code[i], s.sum ? amount_minor[i] : 0, i, out);
        }
    }
    pa_free(s.sum);
    pa_free(s.table);
    return st;
}
