/* What the files of `paraudit mine` share. */
#ifndef PARAUDIT_COMMANDS_MINE_PARTS_H
#define PARAUDIT_COMMANDS_MINE_PARTS_H

#include "paraudit/base/log.h"
#include "paraudit/commands/arguments.h"
#include "paraudit/files/own_folder.h"
#include "paraudit/files/sha256.h"
#include "paraudit/patterns/basket_file.h"
#include "paraudit/patterns/basket_pairs.h"
#include "paraudit/patterns/mine.h"
#include "paraudit/text/sink.h"

/* ---- baskets ---- */

/* Baskets of either kind of file; what it has not is all zeros. */
typedef struct {
    pa_basket_file file;
    pa_basket_pairs pairs;
    const pa_baskets *here;
    int64_t n_global;
    const int32_t *number; /* of each code; NULL: items have names */
    pa_names word;         /* of each code, where items have names: how it stands in a line */
} pa_mine_input;

/* columns: those of a CSV file; NULL: each line is a basket of numbers. As pa_basket_file_read and
 * pa_basket_pairs_read. Collective. */
pa_status pa_mine_read(pa_comm *comm, const char *path, const pa_pair_columns *columns,
                       const pa_text_io *io, pa_mine_input *input, pa_error *err);
void pa_mine_input_free(pa_mine_input *input);

/* What there was in the file, and what of it is left out. */
void pa_mine_print_input(const char *path, const pa_mine_input *input, int32_t n_frequent);

/* A name as it stands in a line of sets: as it is, or as a string of JSON where it holds a blank,
 * a quote, a backslash, a parenthesis, a comma or a sign that base/escape.h does not show. */
pa_status pa_mine_add_name(const char *name, size_t n, pa_buffer *to, pa_error *err);

/* ---- what is expected ---- */

typedef struct {
    pa_comm *comm;
    const char *beside; /* a file in the folder that takes the sets */
} pa_mine_expecting;

/* The file that sets wait beside: those on their way to a device wait elsewhere. */
const char *pa_mine_beside(const char *out);

/* The `predicted` of a pa_mine_request whose hearer is a pa_mine_expecting: says that very many
 * sets are to come; PA_E_CREATE: there is no room on the disk. Collective. */
pa_status pa_mine_foresee(void *expecting, const pa_prediction *prediction, pa_error *err);

/* ---- sets as lines ---- */

/* `items (support)`: the `write` of a pa_mine_request whose writer is a pa_mine_input. */
pa_status pa_mine_line(void *writer, size_t n, const int32_t item[], uint32_t support,
                       pa_buffer *to, pa_error *err);

/* Results in the order of their tasks, and the end of the file. Collective. */
pa_status pa_mine_write_results(pa_comm *comm, const pa_task_results *results, pa_sink *sink,
                                pa_error *err);

/* ---- sets in order ---- */

/* Of this rank, all before those of the next one: set i is word[at[i]], which says how many items
 * it has, its support as a uint32_t, and its codes, ascending. */
typedef struct {
    size_t n;
    const int32_t *word;
    int32_t *own_word; /* the same, or NULL: borrowed */
    size_t *at;
} pa_mine_sets;

/* Such a set: the `write` of a pa_mine_request, of any writer. */
pa_status pa_mine_record(void *writer, size_t n, const int32_t item[], uint32_t support,
                         pa_buffer *to, pa_error *err);

/* Puts what pa_mine_record has written in the order of size, then items; takes up to three times
 * as much memory. One rank borrows what was written, and several drop it. Collective. */
pa_status pa_mine_sort(pa_comm *comm, pa_mined *mined, pa_mine_sets *sets, pa_error *err);
void pa_mine_sets_free(pa_mine_sets *sets);

/* In that order as lines, and the end of the file. Takes `memory` bytes or so of a rank, 16 MiB at
 * least, beside what was written: more sets come in parts, each looked for in all. Collective. */
pa_status pa_mine_write_sorted(pa_comm *comm, pa_mined *mined, pa_mine_input *input, size_t memory,
                               pa_sink *sink, pa_error *err);

/* As /sets/first, size and support, /items and, where items have names, /categories/item
 * (result/result.h). replace: a file that is there by then goes. Collective. */
pa_status pa_mine_write_h5(pa_comm *comm, const pa_mine_sets *sets, const pa_mine_input *input,
                           const pa_mine_request *request, const char *path, bool replace,
                           pa_error *err);

/* ---- a run that is stopped ---- */

/* Saves what is done, in a folder, and says how far the run is. Set the first ones; strings are
 * borrowed. */
typedef struct {
    const char *input, *arguments; /* arguments: of pa_mine_tell_arguments */
    bool replace;                  /* what another run has saved goes */
    double every;                  /* seconds between two saves */
    pa_own_folder folder;          /* path: NULL where nothing is to be saved */

    pa_mine_keeper keeper; /* for the request */
    pa_comm *comm;
    pa_log *log;
    char job[PA_DIGEST_TEXT];
    bool is_made; /* the folder, with its job */
    bool is_told; /* that nothing could be saved on the way */
    int64_t n_files, n_damaged;
    int n_saved;
    double last_save;
} pa_mine_saver;

/* Appends all that decides what is found: the flags that are given, and `form`, in which it is
 * kept. Local. */
pa_status pa_mine_tell_arguments(const pa_arguments *arguments, const char *form, pa_buffer *text,
                                 pa_error *err);

/* quiet: nothing is said. Collective. On failure close it all the same. */
pa_status pa_mine_saver_open(pa_comm *comm, pa_mine_saver *saver, bool quiet, pa_error *err);
/* The run has ended well: the folder goes. */
void pa_mine_saver_done(pa_mine_saver *saver);
void pa_mine_saver_close(pa_mine_saver *saver);

#endif
