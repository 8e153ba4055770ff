#include "paraudit/alerts/suppressions.h"

#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"

/* Texts of one width, whole on every rank. */
typedef struct {
    char *bytes;
    size_t width;
} texts;

/* The rules, and what they are about. */
typedef struct {
    size_t n;
    int64_t *from, *until;
    texts entity, value, rule;
    int64_t *code; /* of the value; -1: the book has none of that name */
    bool *covers;  /* n x n_features: of which first reasons */
    bool *any;     /* n: of all */
} rules;

/* Those of one entity, by their codes and then as the file has them. */
typedef struct {
    size_t n;
    uint64_t *code;
    uint32_t *rule;
} lookup;

static void rules_free(rules *r)
{
    pa_free(r->from);
    pa_free(r->until);
    pa_free(r->entity.bytes);
    pa_free(r->value.bytes);
    pa_free(r->rule.bytes);
    pa_free(r->code);
    pa_free(r->covers);
    pa_free(r->any);
}

static void lookup_free(lookup *l)
{
    pa_free(l->code);
    pa_free(l->rule);
    *l = (lookup){0};
}

/* ---- the rules on every rank ---- */

static const pa_column *find_column(const pa_table *t, const char *name, pa_type type)
{
    const pa_column *c = pa_table_find(t, name);
    return c && c->spec.type == type ? c : NULL;
}

static pa_status gather(pa_comm *comm, const pa_table *t, const char *name, pa_type type,
                        void **all, size_t *width, pa_error *err)
{
    const pa_column *c = find_column(t, name, type);
    size_t bytes;
    if (!c) return pa_fail(err, PA_E_DATA, "table '%s' has no column '%s'", t->name, name);
    *width = pa_type_size(type, c->spec.width);
    return pa_gather_all(comm, c->data, t->n_rows * *width, all, &bytes, err);
}

static pa_status gather_texts(pa_comm *comm, const pa_table *t, const char *name, texts *all,
                              pa_error *err)
{
    void *bytes = NULL;
    PA_TRY(gather(comm, t, name, PA_BYTES, &bytes, &all->width, err));
    all->bytes = bytes;
    return PA_OK;
}

static pa_status gather_times(pa_comm *comm, const pa_table *t, const char *name, int64_t **all,
                              pa_error *err)
{
    void *times = NULL;
    size_t width;
    PA_TRY(gather(comm, t, name, PA_I64, &times, &width, err));
    *all = times;
    return PA_OK;
}

static pa_status gather_rules(pa_comm *comm, const pa_table *t, rules *r, pa_error *err)
{
    r->n = (size_t)t->n_global;
    PA_TRY(gather_times(comm, t, "from", &r->from, err));
    PA_TRY(gather_times(comm, t, "until", &r->until, err));
    PA_TRY(gather_texts(comm, t, "entity", &r->entity, err));
    PA_TRY(gather_texts(comm, t, "value", &r->value, err));
    return gather_texts(comm, t, "rule", &r->rule, err);
}

static bool is_called(const texts *t, size_t i, const char *name)
{
    size_t n = strnlen(t->bytes + i * t->width, t->width);
    return name && strlen(name) == n && memcmp(name, t->bytes + i * t->width, n) == 0;
}

static pa_status find_features(const pa_suppression_input *in, rules *r, pa_error *err)
{
    PA_TRY(PA_NEW(r->covers, r->n * in->n_features, err));
    PA_TRY(PA_NEW(r->any, r->n, err));
    for (size_t i = 0; i < r->n; i++) {
        r->any[i] = is_called(&r->rule, i, "*");
        for (size_t f = 0; f < in->n_features; f++) {
            const pa_column_spec *spec = &in->feature[f]->spec;
            r->covers[i * in->n_features + f] =
                is_called(&r->rule, i, spec->name) || is_called(&r->rule, i, spec->family);
        }
    }
    return PA_OK;
}

/* ---- names to codes ---- */

/* A name of a table, as far as it has bytes. */
typedef struct {
    const char *text;
    size_t n;
} name_of;

static int compare_names(name_of a, name_of b)
{
    int order = memcmp(a.text, b.text, a.n < b.n ? a.n : b.n);
    return order ? order : a.n < b.n ? -1 : a.n > b.n;
}

static name_of value_of(const rules *r, size_t i)
{
    const char *text = r->value.bytes + i * r->value.width;
    return (name_of){text, strnlen(text, r->value.width)};
}

static int by_value(const void *a, const void *b, void *of)
{
    const uint32_t *i = a, *k = b;
    return compare_names(value_of(of, *i), value_of(of, *k));
}

/* The codes that live here, of the n rules in order[], which are sorted by their values. */
static void find_codes_here(const rules *r, const pa_table *names, size_t n, const uint32_t order[])
{
    const pa_column *c = names->columns[0];
    size_t width = (size_t)c->spec.width;
    for (size_t row = 0; row < names->n_rows; row++) {
        const char *text = (const char *)c->data + row * width;
        const name_of name = {text, strnlen(text, width)};
        size_t low = 0, high = n;
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            if (compare_names(value_of(r, order[middle]), name) < 0)
                low = middle + 1;
            else
                high = middle;
        }
        for (; low < n && compare_names(value_of(r, order[low]), name) == 0; low++)
            r->code[order[low]] = names->first_row + (int64_t)row;
    }
}

static size_t rules_of(const rules *r, const char *entity, uint32_t list[])
{
    size_t n = 0;
    for (size_t i = 0; i < r->n; i++)
        if (is_called(&r->entity, i, entity)) list[n++] = (uint32_t)i;
    return n;
}

static pa_status find_codes(pa_comm *comm, const pa_suppression_input *in, rules *r, pa_error *err)
{
    uint32_t *order = NULL;
    pa_status st = PA_NEW(order, r->n, err);
    if (st == PA_OK) st = PA_NEW(r->code, r->n, err);
    for (size_t i = 0; st == PA_OK && i < r->n; i++) r->code[i] = -1;
    for (size_t e = 0; st == PA_OK && e < PA_SUPPRESSED_ENTITIES; e++) {
        if (!in->entity[e].names || in->entity[e].names->n_columns == 0) continue;
        size_t n = rules_of(r, in->entity[e].entity, order);
        st = pa_sort(order, n, sizeof *order, by_value, r, err);
        if (st == PA_OK) find_codes_here(r, in->entity[e].names, n, order);
    }
    pa_free(order);
    PA_AGREE(comm, st, err);
    pa_max_i64(comm, r->code, r->n);
    return PA_OK;
}

/* ---- rows ---- */

static pa_status make_lookup(const rules *r, const char *entity, lookup *l, pa_error *err)
{
    uint32_t *order = NULL, *list = NULL;
    uint64_t *code = NULL;
    size_t n = 0;
    pa_status st = PA_NEW(list, r->n, err);
    if (st == PA_OK) st = PA_NEW(code, r->n, err);
    if (st == PA_OK) st = PA_NEW(order, r->n, err);
    if (st == PA_OK) st = PA_NEW(l->code, r->n, err);
    if (st == PA_OK) st = PA_NEW(l->rule, r->n, err);
    if (st != PA_OK) goto out;
    size_t all = rules_of(r, entity, list);
    for (size_t i = 0; i < all; i++) {
        if (r->code[list[i]] < 0) continue;
        list[n] = list[i];
        code[n++] = (uint64_t)r->code[list[i]];
    }
    PA_GOTO(pa_sort_u64(n, code, order, err));
    pa_permute(n, sizeof *code, order, code, l->code);
    pa_permute(n, sizeof *list, order, list, l->rule);
    l->n = n;
out:
    pa_free(order);
    pa_free(list);
    pa_free(code);
    return st;
}

static bool covers(const pa_suppression_input *in, const rules *r, size_t rule, size_t row)
{
    if (in->time[row] < r->from[rule] || in->time[row] >= r->until[rule]) return false;
    int32_t reason = pa_code_at(in->reason, row);
    return r->any[rule] || (reason >= 0 && r->covers[rule * in->n_features + (size_t)reason]);
}

/* Rules of one code stand in the order of the file. */
static void hold_back(const pa_suppression_input *in, const rules *r, const lookup *l,
                      const pa_column *code, int32_t held_by[])
{
    for (size_t row = 0; row < in->n; row++) {
        int32_t of = pa_code_at(code, row);
        if (!in->audited[row] || of < 0) continue;
        size_t at = pa_lower_bound_u64(l->n, l->code, (uint64_t)of);
        while (at < l->n && l->code[at] == (uint64_t)of && !covers(in, r, l->rule[at], row)) at++;
        if (at == l->n || l->code[at] != (uint64_t)of) continue;
        int32_t rule = (int32_t)l->rule[at];
        if (held_by[row] < 0 || rule < held_by[row]) held_by[row] = rule;
    }
}

static pa_status hold_all_back(const pa_suppression_input *in, const rules *r, int32_t held_by[],
                               pa_error *err)
{
    for (size_t row = 0; row < in->n; row++) held_by[row] = -1;
    for (size_t e = 0; e < PA_SUPPRESSED_ENTITIES; e++) {
        lookup l = {0};
        if (!in->entity[e].code) continue;
        pa_status st = make_lookup(r, in->entity[e].entity, &l, err);
        if (st == PA_OK && l.n > 0) hold_back(in, r, &l, in->entity[e].code, held_by);
        lookup_free(&l);
        PA_TRY(st);
    }
    return PA_OK;
}

pa_status pa_suppress(pa_comm *comm, const pa_suppression_input *in, int32_t held_by[],
                      int64_t n_of_rule[], pa_error *err)
{
    rules r = {0};
    pa_status st;
    PA_GOTO(gather_rules(comm, in->rules, &r, err));
    PA_GOTO(pa_agree(comm, find_features(in, &r, err), err));
    PA_GOTO(find_codes(comm, in, &r, err));
    PA_GOTO(pa_agree(comm, hold_all_back(in, &r, held_by, err), err));
    memset(n_of_rule, 0, r.n * sizeof *n_of_rule);
    for (size_t row = 0; row < in->n; row++)
        if (held_by[row] >= 0) n_of_rule[held_by[row]]++;
    pa_sum_i64(comm, n_of_rule, r.n);
out:
    rules_free(&r);
    return st;
}

pa_status pa_suppressions_in_force(const pa_table *t, int64_t from, int64_t until,
                                   uint8_t in_force[], pa_error *err)
{
    const pa_column *begin = find_column(t, "from", PA_I64);
    const pa_column *end = find_column(t, "until", PA_I64);
    if (!begin || !end) return pa_fail(err, PA_E_DATA, "table '%s' has no times", t->name);
    for (size_t i = 0; i < t->n_rows; i++)
        in_force[i] =
            ((const int64_t *)begin->data)[i] < until && ((const int64_t *)end->data)[i] > from;
    return PA_OK;
}
