#include <string.h>

#include "csv_parts.h"
#include "paraudit/base/array.h"

static bool starts_with(const char *text, size_t n, const char *magic, size_t length)
{
    return n >= length && memcmp(text, magic, length) == 0;
}

static pa_csv_field trimmed(pa_csv_field f)
{
    while (f.length && (*f.text == ' ' || *f.text == '\t')) f.text++, f.length--;
    while (f.length && (f.text[f.length - 1] == ' ' || f.text[f.length - 1] == '\t')) f.length--;
    return f;
}

static pa_status list_columns(pa_buffer *list, const pa_csv_field field[], size_t n, pa_error *err)
{
    for (size_t i = 0; i < n; i++) {
        PA_TRY(pa_buffer_printf(list, err, "%s%.*s", i ? ", " : "", (int)field[i].length,
                                field[i].text));
    }
    return PA_OK;
}

typedef struct {
    const pa_csv_field *field;
    size_t n;
    int64_t file, line;
    const char *name;
} header;

static pa_status no_such_column(const header *h, const char *key, const char *wanted, pa_error *err)
{
    pa_buffer list = {0};
    pa_status st = list_columns(&list, h->field, h->n, err);
    if (st == PA_OK) {
        st = pa_fail_at(err, PA_E_DATA, h->file, h->line,
                        "%s:%lld: no column '%s' (input.%s); the columns are %.300s", h->name,
                        (long long)h->line, wanted, key, list.data);
    }
    pa_buffer_free(&list);
    return st;
}

static pa_status find_column(const header *h, const char *key, const char *wanted, int32_t *place,
                             pa_error *err)
{
    int32_t found = -1;
    for (size_t i = 0; i < h->n; i++) {
        if (h->field[i].length != strlen(wanted) ||
            memcmp(h->field[i].text, wanted, h->field[i].length) != 0) {
            continue;
        }
        if (found >= 0) {
            return pa_fail_at(err, PA_E_DATA, h->file, h->line,
                              "%s:%lld: two columns are named '%s' (input.%s): columns %d and %zu",
                              h->name, (long long)h->line, wanted, key, found + 1, i + 1);
        }
        found = (int32_t)i;
    }
    *place = found;
    return found >= 0 ? PA_OK : no_such_column(h, key, wanted, err);
}

static pa_status find_columns(const header *h, const pa_csv_names *names, pa_csv_layout *layout,
                              pa_error *err)
{
    for (int i = 0; i < PA_CSV_N_CODED; i++) layout->coded[i] = -1;
    for (int i = 0; i < PA_CSV_N_PLACES; i++) layout->place[i] = -1;
    layout->label = layout->label_time = -1;
    layout->n_account = layout->n_time = 1;
    PA_TRY(find_column(h, "tx", names->tx, &layout->tx, err));
    PA_TRY(find_column(h, "account", names->account, &layout->account[0], err));
    PA_TRY(find_column(h, "merchant", names->merchant, &layout->merchant, err));
    PA_TRY(find_column(h, "time", names->time, &layout->time[0], err));
    PA_TRY(find_column(h, "amount", names->amount, &layout->amount, err));
    if (!names->label || !*names->label) return PA_OK;
    return find_column(h, "label", names->label, &layout->label, err);
}

static pa_status read_record(const char *text, size_t n, const pa_csv_names *names, header *h,
                             pa_csv_layout *layout, pa_error *err)
{
    char *scratch = NULL;
    pa_csv_field *field = NULL;
    pa_status st = PA_OK;
    PA_GOTO(PA_NEW(scratch, n, err));
    h->n = pa_csv_split(text, n, scratch, NULL, 0);
    PA_GOTO(PA_NEW(field, h->n, err));
    pa_csv_split(text, n, scratch, field, h->n);
    for (size_t i = 0; i < h->n; i++) field[i] = trimmed(field[i]);
    h->field = field;
    layout->n_fields = (int32_t)h->n;
    st = find_columns(h, names, layout, err);
out:
    pa_free(field);
    pa_free(scratch);
    return st;
}

pa_status pa_csv_header(const char *text, size_t n, bool last, const pa_csv_names *names,
                        int64_t file, const char *name, pa_csv_layout *layout, pa_error *err)
{
    size_t begin = starts_with(text, n, "\xef\xbb\xbf", 3) ? 3 : 0;
    for (;;) {
        pa_csv_state state = PA_CSV_RECORD;
        size_t length = pa_csv_record_end(&state, text + begin, n - begin);
        if (length == 0 && last) {
            return pa_fail_at(err, PA_E_DATA, file, 0,
                              "%s: the file is empty: a line with the names of the columns is "
                              "expected",
                              name);
        }
        bool ends = state == PA_CSV_RECORD || (last && state != PA_CSV_QUOTED);
        if (length == 0 || !ends) {
            return pa_fail_at(err, PA_E_DATA, file, 1,
                              "%s:1: the line with the names of the columns does not end within "
                              "%zu bytes",
                              name, n);
        }
        size_t record = pa_csv_trim_line_end(text + begin, length);
        header h = {.file = file, .line = 1 + pa_csv_newlines(text, begin), .name = name};
        if (record > 0) {
            layout->length = (int64_t)(begin + length);
            layout->newlines = pa_csv_newlines(text, begin + length);
            return read_record(text + begin, record, names, &h, layout, err);
        }
        begin += length;
    }
}
