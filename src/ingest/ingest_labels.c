/* Labels that nobody can read: accidents, or words that the configuration lacks. */
#include <inttypes.h>
#include <string.h>

#include "ingest_parts.h"
#include "paraudit/base/array.h"

/* So many rows of one word are no accident; so many words are named. */
enum { ACCIDENTS = 5, NAMED = 4 };

/* Of all ranks. */
typedef struct {
    pa_csv_odd_labels odd;  /* in_file: NULL */
    int64_t *in_file;       /* unreadable labels by file */
    int64_t fraud, genuine; /* rows */
    const pa_csv_odd_label *by_place[PA_CSV_ODD_WORDS];
} labels;

static pa_status merge_words(const void *words, size_t bytes, pa_csv_odd_labels *odd, pa_error *err)
{
    const pa_csv_odd_label *word = words;
    for (size_t i = 0; i < bytes / sizeof *word; i++)
        PA_TRY(pa_csv_odd_labels_add(odd, word + i, err));
    return PA_OK;
}

static pa_status gather_words(pa_comm *comm, const pa_csv_odd_labels *own, pa_csv_odd_labels *odd,
                              pa_error *err)
{
    void *words;
    size_t bytes;
    PA_TRY(pa_gather_all(comm, own->word, own->n_words * sizeof *own->word, &words, &bytes, err));
    pa_status st = merge_words(words, bytes, odd, err);
    pa_free(words);
    PA_AGREE(comm, st, err);
    int64_t more = odd->more || own->more;
    pa_max_i64(comm, &more, 1);
    odd->more = more != 0;
    return PA_OK;
}

static void count_classes(pa_comm *comm, const pa_csv_batch *rows, labels *l)
{
    int64_t n[2] = {0, 0};
    for (size_t i = 0; i < rows->n; i++) {
        n[0] += rows->label[i] == 0;
        n[1] += rows->label[i] == 1;
    }
    pa_sum_i64(comm, n, 2);
    l->genuine = n[0];
    l->fraud = n[1];
}

/* Few are sorted by where they were met first. */
static void sort_by_place(labels *l)
{
    for (size_t i = 0; i < l->odd.n_words; i++) {
        const pa_csv_odd_label *w = l->odd.word + i;
        size_t k = i;
        for (; k > 0; k--) {
            const pa_csv_odd_label *v = l->by_place[k - 1];
            if (v->file < w->file || (v->file == w->file && v->line <= w->line)) break;
            l->by_place[k] = v;
        }
        l->by_place[k] = w;
    }
}

static pa_status collect(pa_comm *comm, const pa_inputs *in, const pa_csv_intake *p, labels *l,
                         pa_error *err)
{
    PA_AGREE(comm, PA_NEW(l->in_file, in->n, err), err);
    for (int64_t f = 0; f < p->odd_labels.n_files; f++) l->in_file[f] = p->odd_labels.in_file[f];
    pa_sum_i64(comm, l->in_file, in->n);
    PA_TRY(gather_words(comm, &p->odd_labels, &l->odd, err));
    count_classes(comm, &p->rows, l);
    sort_by_place(l);
    return PA_OK;
}

static const pa_csv_odd_label *find_word(const labels *l, const char *a, const char *b)
{
    for (size_t i = 0; i < l->odd.n_words; i++) {
        const char *word = l->odd.word[i].word;
        if (strcmp(word, a) == 0 || strcmp(word, b) == 0) return l->odd.word + i;
    }
    return NULL;
}

/* -1 for outliers and 1 for all others would make every other row a fraud. */
static pa_status refuse_outliers(const pa_inputs *in, const labels *l, pa_error *err)
{
    const pa_csv_odd_label *minus = find_word(l, "-1", "-1.0");
    if (!minus || l->fraud == 0 || l->genuine > 0) return PA_OK;
    return pa_fail_at(err, PA_E_DATA, minus->file + 1, minus->line,
                      "%s:%" PRId64 ": the labels are -1 (%" PRId64 " rows) and 1 (%" PRId64
                      " rows). In scikit-learn 1 is normal and -1 the outlier; if they are meant "
                      "so, set input.label_fraud = -1, input.label_genuine = 1",
                      in->file[minus->file].name, minus->line, minus->n, l->fraud);
}

static bool are_accidents(const pa_inputs *in, const labels *l, const int64_t rows[],
                          const int64_t rejected[], double share)
{
    if (l->odd.more || l->fraud == 0 || l->genuine == 0) return false;
    for (size_t i = 0; i < l->odd.n_words; i++) {
        if (l->odd.word[i].n >= ACCIDENTS) return false;
    }
    for (size_t f = 0; f < in->n; f++) {
        if ((double)l->in_file[f] > share * (double)(rows[f] + rejected[f])) return false;
    }
    return true;
}

/* "'Legit' (234 rows), 'Fraudulent' (6 rows), ..." */
static pa_status list_words(const labels *l, pa_buffer *text, pa_error *err)
{
    for (size_t i = 0; i < l->odd.n_words && i < NAMED; i++) {
        const pa_csv_odd_label *w = l->by_place[i];
        PA_TRY(pa_buffer_printf(text, err, "%s'%s' (%" PRId64 " row%s)", i ? ", " : "", w->word,
                                w->n, w->n == 1 ? "" : "s"));
    }
    return pa_buffer_printf(text, err, "%s", l->odd.n_words > NAMED || l->odd.more ? ", ..." : "");
}

static pa_status refuse_words(const pa_inputs *in, const labels *l, pa_error *err)
{
    const pa_csv_odd_label *first = l->by_place[0];
    pa_buffer list = {0};
    pa_status st = list_words(l, &list, err);
    if (st == PA_OK) {
        st = pa_fail_at(err, PA_E_DATA, first->file + 1, first->line,
                        "%s:%" PRId64 ": labels that are read neither as fraud nor as genuine: "
                        "%s%s; say what they mean by input.label_fraud, input.label_genuine or "
                        "input.label_unknown",
                        in->file[first->file].name, first->line, list.data,
                        l->fraud == 0     ? ", and no row is fraud"
                        : l->genuine == 0 ? ", and no row is genuine"
                                          : "");
    }
    pa_buffer_free(&list);
    return st;
}

static pa_status tell(const pa_inputs *in, const labels *l, int64_t n, pa_buffer *notes,
                      pa_error *err)
{
    PA_TRY(pa_buffer_printf(notes, err,
                            "%" PRId64 " row%s a label that is not understood and %s "
                            "as unknown (",
                            n, n == 1 ? " has" : "s have", n == 1 ? "counts" : "count"));
    for (size_t i = 0; i < l->odd.n_words && i < NAMED; i++) {
        const pa_csv_odd_label *w = l->by_place[i];
        PA_TRY(pa_buffer_printf(notes, err, "%s'%s' in %s:%" PRId64, i ? ", " : "", w->word,
                                in->file[w->file].name, w->line));
    }
    PA_TRY(pa_buffer_printf(notes, err, "%s)", l->odd.n_words > NAMED ? ", ..." : ""));
    return pa_buffer_add(notes, "", 1, err);
}

static pa_status judge(const pa_inputs *in, const labels *l, const int64_t rows[],
                       const int64_t rejected[], double share, int64_t n, pa_buffer *notes,
                       pa_error *err)
{
    PA_TRY(refuse_outliers(in, l, err));
    if (!are_accidents(in, l, rows, rejected, share)) return refuse_words(in, l, err);
    return tell(in, l, n, notes, err);
}

/* F and N, and no row a fraud: fraud and not, not false and no. */
static pa_status refuse_letters(pa_comm *comm, const pa_inputs *in, const pa_csv_intake *p,
                                pa_error *err)
{
    labels l = {0};
    int64_t met[2] = {p->label_letters & 1, p->label_letters >> 1 & 1};
    pa_max_i64(comm, met, 2);
    if (!met[0] || !met[1]) return PA_OK;
    count_classes(comm, &p->rows, &l);
    if (l.fraud > 0) return PA_OK;
    return pa_fail_at(err, PA_E_DATA, 1, 0,
                      "%s: labels are F and N, which both are words for genuine (false, no): say "
                      "input.label_fraud = F where it means fraud",
                      in->file[0].name);
}

pa_status pa_ingest_labels(pa_comm *comm, const pa_inputs *in, const pa_csv_intake *p,
                           const int64_t rows[], const int64_t rejected[], double share,
                           pa_buffer *notes, pa_error *err)
{
    labels l = {0};
    int64_t n = p->odd_labels.n;
    pa_sum_i64(comm, &n, 1);
    PA_TRY(refuse_letters(comm, in, p, err));
    if (n == 0) return PA_OK;
    pa_status st = collect(comm, in, p, &l, err);
    if (st == PA_OK) st = pa_agree(comm, judge(in, &l, rows, rejected, share, n, notes, err), err);
    pa_csv_odd_labels_free(&l.odd);
    pa_free(l.in_file);
    return st;
}
