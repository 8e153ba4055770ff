/* A record to its fields: in one way or, for most records, by an index of the signs. */
#include <string.h>

#include "paraudit/csv/csv_parts.h"

size_t pa_csv_split(const pa_csv_signs *signs, const char *record, size_t n, char *scratch,
                    pa_csv_field field[], size_t room)
{
    const pa_record_rule rule = {.signs = *signs, .longest = n};
    pa_record_seen seen;
    pa_record_judge(&rule, record, n, true, scratch, field, room, &seen);
    return seen.n_fields;
}

static bool ends_line(char c)
{
    return c == '\n' || c == '\r';
}

/* Over a field that is closed by the quote right before its end, and in which there are no
 * marks but separators: no quote for two, no escape, no line end. Returns the marks up to its
 * last quote, 0 where it is of another kind. */
static size_t over_quoted(const pa_csv_signs *s, const char *text, const uint16_t mark[],
                          size_t n_marks)
{
    size_t k = 1;
    while (k < n_marks && text[mark[k]] == s->separator) k++;
    bool closed = k + 1 < n_marks && text[mark[k]] == s->quote && mark[k + 1] == mark[k] + 1;
    return closed ? k + 1 : 0;
}

size_t pa_csv_split_marks(const pa_csv_signs *s, const char *text, size_t begin,
                          const uint16_t mark[], size_t n_marks, pa_csv_field field[],
                          size_t n_fields)
{
    size_t k = 0, from = begin;
    if (n_fields < 2) return 0; /* an empty line would look like a record */
    for (size_t i = 0; i < n_fields; i++, k++) {
        bool quoted = k < n_marks && s->quote && text[from] == s->quote;
        size_t over = quoted ? over_quoted(s, text, mark + k, n_marks - k) : 0;
        k += over;
        if ((quoted && over == 0) || k >= n_marks) return 0;
        char end = text[mark[k]];
        if (i + 1 < n_fields ? end != s->separator : !ends_line(end)) return 0;
        field[i] = (pa_csv_field){text + from + quoted, mark[k] - from - 2 * quoted};
        from = (size_t)mark[k] + 1;
    }
    return k;
}
