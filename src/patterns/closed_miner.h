/* What goes along with the recursion of closed and maximal sets. */
#ifndef PARAUDIT_SRC_PATTERNS_CLOSED_MINER_H
#define PARAUDIT_SRC_PATTERNS_CLOSED_MINER_H

#include "paraudit/patterns/closed_sets.h"

enum {
    LATTICE = 12, /* so many extensions or fewer are looked at all at once */
    CHUNK = 64    /* guards in a word */
};

/* Rows beside a prefix. Items 0 .. n_extensions - 1 may extend it; the guards behind them come
 * after its last item: a set that one of them is in all rows of belongs to another prefix. */
typedef struct {
    int32_t n_extensions, n_items;
    uint32_t n;
    uint32_t *first; /* n + 1: where each row begins in `item` */
    int32_t *item;   /* ascending in a row */
    uint32_t *weight;
    const int32_t *code; /* of each extension */
    uint32_t *occurs;    /* rows, those of extension 0 first ... */
    uint32_t *from;      /* n_extensions + 1: where those of each begin */
} database;

/* The same without a copy: some rows of a database, or of the coded ones. */
typedef struct {
    const database *of; /* NULL: of the coded ones */
    int32_t n_extensions, n_items;
    const int32_t *item; /* of each its number in those rows, ascending; NULL: the same */
    const int32_t *code; /* of each extension */
    uint32_t *n_rows;    /* that have each extension */
} lean_database;

typedef struct pa_closed_miner {
    database all;
    const pa_coded_rows *coded; /* in its place; NULL: there are none */
    lean_database lean;         /* all of them */
    pa_row_index index;
    const pa_mine_options *o;
    pa_closed_kind kind;
    const pa_set_sink *sink;
    pa_set_counts *counts;
    pa_arena *arena;
    pa_error *err;
    uint32_t *sum;     /* 2^LATTICE */
    uint64_t *in_all;  /* 2^LATTICE: guards in all rows of a mask */
    uint8_t *owned;    /* 2^LATTICE: the mask is a set of this prefix */
    uint32_t *support; /* of each item, zeros in between */
    int32_t *to;       /* its place in the rows beside a longer prefix; -1: it is gone */
    int32_t *met;      /* items, as they are met */
    int32_t *place;    /* of a number in the rows: which item of `worn` it is; -1: none */
    const lean_database *worn;
    int32_t *set; /* the prefix, then room for more: codes */
    int32_t n_set;
} miner;

/* What stands beside an extension. */
typedef struct {
    int32_t n_met;
    int32_t n_extensions, n_guards;
    bool guarded;  /* an item behind it is in all of its rows */
    bool extended; /* an item is in enough of them, and not in all */
    size_t length; /* of its rows, or at least of what is kept of them */
} beside;

static inline pa_status no_memory(const miner *m)
{
    return pa_arena_is_short(m->arena, m->err);
}

static inline pa_status go_on(const miner *m)
{
    return m->o->go_on ? m->o->go_on(m->o->self, m->err) : PA_OK;
}

static inline void forget_met(const miner *m, int32_t n_met)
{
    for (int32_t i = 0; i < n_met; i++) m->support[m->met[i]] = 0;
}

static inline bool goes_deeper(const miner *m, const beside *b)
{
    return !b->guarded && b->n_extensions && (m->o->max_length == 0 || m->n_set < m->o->max_length);
}

/* Hears of the prefix and n codes behind it. */
pa_status pa_closed_find(const miner *m, int32_t n, uint32_t support);

/* Sorts the items that were met beside e into extensions, guards, those of the set (put behind the
 * prefix) and those gone. code: of the items before e. */
void pa_closed_part_items(miner *m, const int32_t code[], int32_t e, uint32_t support, beside *b);

/* Their places: in the order of the items, guards behind the extensions. They stay in m->met. */
void pa_closed_place_items(const miner *m, const beside *b);

/* Room for a copy of n rows and their occurrences, and as much again for what comes below it. */
bool pa_closed_has_room(const pa_arena *a, const beside *b, uint32_t n);

/* A copy that has no rows yet. code: of its extensions, to be filled. */
bool pa_closed_take_database(pa_arena *a, const beside *b, uint32_t n, database *d, int32_t **code);

/* Its sets, when it has its rows. */
pa_status pa_closed_mine_copy(miner *m, database *d);

/* Marks in m->owned which masks of k extensions may be sets of this prefix, by m->sum of each;
 * returns how many. */
uint32_t pa_closed_list_candidates(const miner *m, int k);
pa_status pa_closed_find_owned(const miner *m, int k, const int32_t code[]);

/* ---- without copies ---- */

/* The sets of extensions first .. last - 1 of the coded rows. */
pa_status pa_lean_mine(miner *m, int32_t first, int32_t last);

/* The longer sets with extension e of a database: b and m->met, m->to say what is beside it. */
pa_status pa_lean_mine_longer(miner *m, const database *d, int32_t e, const beside *b);

/* Mines coded rows from now on. False: the arena has no room. */
bool pa_lean_open(miner *m, const pa_coded_rows *rows, const int32_t code[]);

#endif
