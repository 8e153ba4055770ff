/* Accounts that are one and have two names, since a spreadsheet or a data frame wrote some
 * of them: 4000 and 4000.0, 0012 and 12. Names that may be damaged, and they alone, travel
 * to the rank that owns their undamaged form and meet it and each other there. */
#include <inttypes.h>
#include <string.h>

#include "ingest_parts.h"
#include "paraudit/base/array.h"
#include "paraudit/base/intern.h"
#include "paraudit/csv/csv_parts.h"
#include "paraudit/csv/damage.h"

enum { EXAMPLES = 3 };

/* For what is few: examples. */
typedef struct {
    size_t length;
    char text[PA_CSV_NAME_BYTES];
} name;

typedef struct {
    name first, second;
} pair;

static name name_of(pa_csv_field f)
{
    name v = {.length = f.length};
    PA_ASSERT(f.length <= sizeof v.text);
    memcpy(v.text, f.text, f.length);
    return v;
}

static int compare(pa_csv_field a, pa_csv_field b)
{
    int order = memcmp(a.text, b.text, a.length < b.length ? a.length : b.length);
    return order ? order : (a.length > b.length) - (a.length < b.length);
}

static int compare_names(const name *a, const name *b)
{
    return compare((pa_csv_field){a->text, a->length}, (pa_csv_field){b->text, b->length});
}

static pa_csv_field at(const pa_names *names, size_t i)
{
    return (pa_csv_field){names->bytes + names->start[i], names->start[i + 1] - names->start[i]};
}

/* ---- damage that shows in a name alone ---- */

typedef struct {
    int64_t n;
    name least; /* of them, by bytes */
} damage;

static void count_damage(damage *d, pa_csv_field f)
{
    name v = name_of(f);
    if (d->n++ == 0 || compare_names(&v, &d->least) < 0) d->least = v;
}

static pa_status tell_damage(pa_comm *comm, const damage *own, const char *what, const char *then,
                             pa_buffer *notes, pa_error *err)
{
    damage all = {0};
    void *gathered;
    size_t bytes;
    PA_TRY(pa_gather_all(comm, own, own->n ? sizeof *own : 0, &gathered, &bytes, err));
    for (size_t i = 0; i < bytes / sizeof all; i++) {
        const damage *d = (const damage *)gathered + i;
        if (all.n == 0 || compare_names(&d->least, &all.least) < 0) all.least = d->least;
        all.n += d->n;
    }
    pa_free(gathered);
    if (all.n == 0) return PA_OK;
    char text[PA_CSV_EXCERPT];
    pa_csv_excerpt((pa_csv_field){all.least.text, all.least.length}, text);
    pa_status st = pa_buffer_printf(notes, err, "%" PRId64 " account name%s %s, as '%s' does: %s",
                                    all.n, all.n == 1 ? " has" : "s have", what, text, then);
    if (st == PA_OK) st = pa_buffer_add(notes, "", 1, err);
    return pa_agree(comm, st, err);
}

/* ---- names that may have a twin ---- */

typedef struct {
    size_t n;
    uint32_t *place; /* among the owned names */
    int32_t *owner;  /* of each one's undamaged form */
    int64_t longest;
    damage exponent, groups;
    size_t width; /* of a record: a byte for the length, and the longest name of all ranks */
    char *records, *got;
    size_t n_got;
    pa_route *route;
} suspects;

static void free_suspects(suspects *s)
{
    pa_free(s->place);
    pa_free(s->owner);
    pa_free(s->records);
    pa_free(s->got);
    pa_route_free(s->route);
}

static pa_status grow(suspects *s, size_t room, pa_error *err)
{
    PA_TRY(PA_RESIZE(s->place, room, err));
    PA_TRY(PA_RESIZE(s->owner, room, err));
    return PA_OK;
}

static pa_status find_suspects(const pa_partition *shards, const pa_names *owned, suspects *s,
                               pa_error *err)
{
    size_t room = 0;
    for (size_t i = 0; i < owned->n; i++) {
        char form[PA_CSV_NAME_BYTES];
        pa_csv_field f = at(owned, i);
        PA_ASSERT(f.length <= sizeof form);
        if (pa_name_has_exponent(f.text, f.length)) count_damage(&s->exponent, f);
        size_t length = pa_name_undamaged(f.text, f.length, form);
        if (length == f.length) continue;
        if (pa_name_has_groups(f.text, f.length)) count_damage(&s->groups, f);
        if (s->n == room) {
            room = room ? room + room / 2 : 64;
            PA_TRY(grow(s, room, err));
        }
        s->owner[s->n] = pa_rank_of_shard(shards, pa_shard_of(form, length, shards->n_shards));
        s->place[s->n++] = (uint32_t)i;
        if ((int64_t)f.length > s->longest) s->longest = (int64_t)f.length;
    }
    return PA_OK;
}

static pa_status pack(const pa_names *owned, suspects *s, pa_error *err)
{
    s->records = pa_alloc(s->n, s->width, err);
    if (!s->records) return PA_E_MEMORY;
    for (size_t i = 0; i < s->n; i++) {
        pa_csv_field f = at(owned, s->place[i]);
        s->records[i * s->width] = (char)f.length;
        memcpy(s->records + i * s->width + 1, f.text, f.length);
    }
    return PA_OK;
}

static pa_status send(pa_comm *comm, const pa_names *owned, suspects *s, pa_error *err)
{
    pa_max_i64(comm, &s->longest, 1);
    s->width = 1 + (size_t)s->longest;
    PA_AGREE(comm, pack(owned, s, err), err);
    PA_TRY(pa_route_make(comm, s->n, s->owner, &s->route, err));
    s->n_got = pa_route_received(s->route);
    s->got = pa_alloc(s->n_got, s->width, err);
    PA_AGREE(comm, s->got ? PA_OK : PA_E_MEMORY, err);
    return pa_route_send(comm, s->route, s->width, s->records, s->got, err);
}

/* ---- where they meet ---- */

/* The names of one undamaged form. */
typedef struct {
    uint32_t n, least[2]; /* damaged ones, and the first of them by bytes */
    bool is_name;         /* the form is an account itself */
} group;

typedef struct {
    pa_intern forms;
    group *of_form;
    int64_t n;            /* pairs */
    pair first[EXAMPLES]; /* by bytes of the first name */
    size_t n_first;
} meeting;

static pa_csv_field got_at(const suspects *s, size_t i)
{
    const char *record = s->got + i * s->width;
    return (pa_csv_field){record + 1, (size_t)(unsigned char)*record};
}

static void join_group(const suspects *s, group *g, uint32_t i)
{
    bool first = g->n == 0 || compare(got_at(s, i), got_at(s, g->least[0])) < 0;
    if (first) g->least[1] = g->least[0];
    if (first)
        g->least[0] = i;
    else if (g->n == 1 || compare(got_at(s, i), got_at(s, g->least[1])) < 0)
        g->least[1] = i;
    g->n++;
}

static pa_status group_names(const suspects *s, const pa_names *owned, meeting *m, pa_error *err)
{
    PA_TRY(PA_NEW(m->of_form, s->n_got, err));
    for (size_t i = 0; i < s->n_got; i++) {
        char form[PA_CSV_NAME_BYTES];
        pa_csv_field f = got_at(s, i);
        int32_t code;
        size_t length = pa_name_undamaged(f.text, f.length, form);
        PA_TRY(pa_intern_add(&m->forms, form, length, &code, err));
        join_group(s, m->of_form + code, (uint32_t)i);
    }
    for (size_t i = 0; m->forms.n > 0 && i < owned->n; i++) {
        pa_csv_field f = at(owned, i);
        int32_t code = pa_intern_find(&m->forms, f.text, f.length);
        if (code >= 0) m->of_form[code].is_name = true;
    }
    return PA_OK;
}

static void insert(meeting *m, const pair *p)
{
    size_t k = m->n_first < EXAMPLES ? m->n_first++ : EXAMPLES;
    for (; k > 0 && compare_names(&p->first, &m->first[k - 1].first) < 0; k--) {
        if (k < EXAMPLES) m->first[k] = m->first[k - 1];
    }
    if (k < EXAMPLES) m->first[k] = *p;
}

static void find_pairs(const suspects *s, meeting *m)
{
    for (size_t i = 0; i < m->forms.n; i++) {
        const group *g = m->of_form + i;
        if (g->n + g->is_name < 2) continue;
        m->n += (int64_t)g->n + g->is_name - 1;
        const size_t *start = m->forms.start + i;
        const pa_csv_field form = {m->forms.bytes + start[0], start[1] - start[0]};
        const pair p = {name_of(g->is_name ? form : got_at(s, g->least[0])),
                        name_of(got_at(s, g->least[g->is_name ? 0 : 1]))};
        insert(m, &p);
    }
}

static pa_status write_pairs(const meeting *m, pa_buffer *notes, pa_error *err)
{
    PA_TRY(
        pa_buffer_printf(notes, err,
                         "%" PRId64 " pair%s of account names differ by no more than a .0, zeros "
                         "at the beginning or commas in a number, as a spreadsheet leaves them: ",
                         m->n, m->n == 1 ? "" : "s"));
    for (size_t i = 0; i < m->n_first; i++) {
        char first[PA_CSV_EXCERPT], second[PA_CSV_EXCERPT];
        const pair *p = m->first + i;
        pa_csv_excerpt((pa_csv_field){p->first.text, p->first.length}, first);
        pa_csv_excerpt((pa_csv_field){p->second.text, p->second.length}, second);
        PA_TRY(pa_buffer_printf(notes, err, "%s'%s' and '%s'", i ? ", " : "", first, second));
    }
    PA_TRY(pa_buffer_printf(notes, err, "%s", m->n > EXAMPLES ? ", ..." : ""));
    return pa_buffer_add(notes, "", 1, err);
}

static pa_status tell_pairs(pa_comm *comm, const meeting *own, pa_buffer *notes, pa_error *err)
{
    meeting all = {.n = own->n};
    void *gathered;
    size_t bytes;
    pa_sum_i64(comm, &all.n, 1);
    if (all.n == 0) return PA_OK;
    PA_TRY(
        pa_gather_all(comm, own->first, own->n_first * sizeof *own->first, &gathered, &bytes, err));
    for (size_t i = 0; i < bytes / sizeof *own->first; i++)
        insert(&all, (const pair *)gathered + i);
    pa_free(gathered);
    return pa_agree(comm, write_pairs(&all, notes, err), err);
}

static pa_status meet(pa_comm *comm, const pa_names *owned, suspects *s, meeting *m,
                      pa_buffer *notes, pa_error *err)
{
    PA_TRY(send(comm, owned, s, err));
    PA_AGREE(comm, group_names(s, owned, m, err), err);
    find_pairs(s, m);
    return tell_pairs(comm, m, notes, err);
}

static pa_status tell_all(pa_comm *comm, const pa_names *owned, suspects *s, pa_buffer *notes,
                          pa_error *err)
{
    PA_TRY(tell_damage(comm, &s->exponent, "an exponent",
                       "a spreadsheet took digits away, and what were several accounts may be one",
                       notes, err));
    PA_TRY(tell_damage(comm, &s->groups, "commas between digits",
                       "a spreadsheet writes numbers so, and the same account may have another "
                       "name in another file",
                       notes, err));
    int64_t n = (int64_t)s->n;
    pa_sum_i64(comm, &n, 1);
    if (n == 0) return PA_OK;
    meeting m = {0};
    pa_status st = meet(comm, owned, s, &m, notes, err);
    pa_intern_free(&m.forms);
    pa_free(m.of_form);
    return st;
}

pa_status pa_ingest_damaged(pa_comm *comm, const pa_partition *shards, const pa_names *owned,
                            pa_buffer *notes, pa_error *err)
{
    suspects s = {0};
    pa_status st = pa_agree(comm, find_suspects(shards, owned, &s, err), err);
    if (st == PA_OK) st = tell_all(comm, owned, &s, notes, err);
    free_suspects(&s);
    return st;
}
