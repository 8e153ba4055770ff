/* What an audit would find and need, for people. */
#include <string.h>

#include "check.h"
#include "paraudit/base/array.h"
#include "paraudit/base/escape.h"
#include "paraudit/commands/configure.h"
#include "paraudit/commands/out_folder.h"
#include "paraudit/commands/stages.h"
#include "paraudit/files/files.h"
#include "paraudit/files/try_folder.h"
#include "paraudit/pipeline/look.h"
#include "paraudit/pipeline/previous.h"

/* All texts that a look may leave behind, an error or not. */
typedef struct {
    pa_look look;
    pa_buffer plan;
    pa_needs needs;
    const char *folder; /* NULL: none */
    pa_folder_tried tried;
    bool again; /* the audit is there, or begun there */
} sight;

static void free_sight(sight *s)
{
    pa_look_free(&s->look);
    pa_buffer_free(&s->plan);
}

static pa_status look(pa_comm *comm, const pa_config *config, size_t bytes, sight *s, pa_error *err)
{
    pa_job *job = pa_alloc(1, sizeof *job, err);
    if (!job) return PA_E_MEMORY;
    pa_status st = pa_job_open(job, comm, config, NULL, pa_stages, pa_n_stages, NULL);
    if (st == PA_OK) st = pa_job_look(job, bytes, &s->look, &s->plan, &s->needs);
    if (st != PA_OK) *err = job->run.err;
    pa_job_close(job);
    pa_free(job);
    return st;
}

/* ---- as text ---- */

/* A text of others; a line of it is lost only where memory is. */
static void print_text(FILE *to, const char *title, const char *text, size_t n)
{
    pa_buffer shown = {0};
    if (pa_escape(&shown, text, n, true, NULL) == PA_OK) fprintf(to, "%s%s\n", title, shown.data);
    pa_buffer_free(&shown);
}

/* A paragraph, where there is anything to say; names of columns may be of any bytes. */
static void print(FILE *to, const char *title, const pa_buffer *text)
{
    if (text->length > 0) print_text(to, title, text->data, text->length);
}

static void print_notes(FILE *to, const pa_buffer *notes)
{
    for (size_t at = 0; at < notes->length; at += strlen(notes->data + at) + 1)
        print_text(to, "NOTE ", notes->data + at, strlen(notes->data + at));
    if (notes->length > 0) fprintf(to, "\n");
}

static void bytes_text(double bytes, char text[32])
{
    pa_bytes_text(bytes < 9e18 ? (int64_t)bytes : INT64_MAX, text);
}

static void print_needs(FILE *to, const pa_needs *n)
{
    char columns[32], memory[32], rank[32], disk[32], most[32];
    if (n->n_columns == 0) return;
    bytes_text(n->columns, columns);
    bytes_text(n->memory, memory);
    bytes_text(PA_RANK_BYTES, rank);
    bytes_text(n->disk, disk);
    bytes_text(n->disk_most, most);
    fprintf(to,
            "an audit needs, roughly\n"
            "  memory  %s over all ranks (%lld bytes a row in %zu columns make %s), and %s a "
            "rank\n"
            "  disk    %s; up to %s while checkpoints are kept\n",
            memory, (long long)n->row_bytes, n->n_columns, columns, rank, disk, most);
}

static void print_folder(FILE *to, const sight *s)
{
    char left[32];
    if (!s->folder) return;
    bytes_text((double)s->tried.left, left);
    fprintf(to, "  %s can be written%s%s: %s are free\n", s->folder,
            s->tried.is_new ? ", and will be made" : "",
            s->again ? "; it holds an audit of this configuration, which is gone on with, or left "
                       "alone where it is finished, if the inputs are the same, too"
                     : "",
            left);
}

static void print_previous(FILE *to, const pa_previous *previous)
{
    if (*previous->digest)
        pa_print(to, "the audit before it is %s, content digest %s\n", previous->path,
                 previous->digest);
}

static void print_all(FILE *to, sight *s)
{
    print(to, "files\n", &s->look.files);
    print(to, "", &s->look.columns);
    print(to, "rows as they are understood\n", &s->look.rows_as);
    print(to, "", &s->look.rejects);
    print_notes(to, &s->look.notes);
    print(to, "", &s->plan);
    print_needs(to, &s->needs);
}

/* What pa_reserve says once the columns are there. */
static pa_status check_space(const sight *s, pa_error *err)
{
    char needs[32], has[32];
    if (s->needs.disk <= (double)s->tried.left) return PA_OK;
    bytes_text(s->needs.disk, needs);
    bytes_text((double)s->tried.left, has);
    return pa_fail(err, PA_E_IO, "%s/audit.h5: needs %s, the file system has %s left", s->folder,
                   needs, has);
}

static pa_status check_all(pa_comm *comm, const pa_config *config, size_t bytes,
                           const pa_previous *previous, FILE *to, sight *s, pa_error *err)
{
    const pa_out_job job = {config, previous->digest};
    pa_status st = look(comm, config, bytes, s, err);
    print_all(to, s);
    print_previous(to, previous);
    if (st == PA_OK && s->folder && !s->tried.is_new)
        st = pa_out_look(comm, &job, s->folder, &s->again, err);
    if (st == PA_OK) print_folder(to, s);
    if (st == PA_OK && s->folder) st = check_space(s, err);
    return st;
}

pa_status pa_check_job(pa_comm *comm, const pa_config *config, const char *folder, size_t bytes,
                       FILE *to, pa_error *err)
{
    sight s = {.folder = folder};
    pa_previous previous;
    if (folder) PA_TRY(pa_try_folder(folder, &s.tried, err));
    if (folder) PA_TRY(pa_checkpoint_check(folder, err));
    PA_TRY(pa_previous_read(comm, config, &previous, err));
    pa_status st = check_all(comm, config, bytes, &previous, to, &s, err);
    fflush(to);
    pa_previous_free(&previous);
    free_sight(&s);
    return st;
}
