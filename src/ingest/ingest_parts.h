/* What the files of the ingest share. */
#ifndef PARAUDIT_SRC_INGEST_INGEST_PARTS_H
#define PARAUDIT_SRC_INGEST_INGEST_PARTS_H

#include "paraudit/comm/dictionary.h"
#include "paraudit/comm/route.h"
#include "paraudit/csv/csv.h"
#include "paraudit/csv/loss.h"
#include "paraudit/ingest/ingest.h"
#include "paraudit/result/digest.h"
#include "paraudit/text/pieces.h"
#include "paraudit/text/window.h"

/* Told by a file's first bytes, never by its name. */
typedef enum {
    PA_INPUT_PLAIN,
    PA_INPUT_GZ,  /* CSV within; one rank unpacks it */
    PA_INPUT_ZST, /* the same */
    PA_INPUT_H5   /* a result of ours, or a file with the same tables */
} pa_input_kind;

/* An input; path and name point into pa_inputs.text. */
typedef struct {
    const char *path;
    const char *name; /* the last part of path: for messages and the result */
    pa_input_kind kind;
    char encoding[PA_ENCODING_NAME]; /* as in pa_text_file */
    bool by_table;                   /* the encoding is input.encoding, and a table */
    bool marked;                     /* a byte order mark says that it is UTF-8 */
    bool lone_marks;      /* the decimal mark is that of all amounts, with three digits behind it */
    int64_t size;         /* bytes as they lie on the disk */
    int64_t rows;         /* of PA_INPUT_H5 */
    pa_csv_layout layout; /* of the unpacked text, its length in bytes of a file that is cut;
                             nothing of PA_INPUT_H5 */
} pa_input;

/* Is each of its bytes a byte or a sign of the text, so that ranks may begin anywhere? */
static inline bool pa_input_is_cut(const pa_input *f)
{
    return f->kind == PA_INPUT_PLAIN && (!*f->encoding || f->by_table);
}

/* Equal on all ranks. */
typedef struct {
    size_t n;
    pa_input *file;
    char *text; /* the paths, each ended by a zero byte */
    size_t text_bytes;
    bool text_ids;        /* input.tx_text */
    pa_encoding encoding; /* input.encoding */
    int32_t decimals;     /* input.amount_decimals */
    pa_csv_columns has;   /* of every file */
    pa_buffer numeric;    /* names of the further columns of numbers, each ended by a zero byte */
} pa_inputs;

/* The keys of the small files beside the transactions. */
#define PA_DISPOSITIONS_KEY "input.dispositions"
#define PA_SUPPRESSIONS_KEY "alerts.suppressions"

/* What the configuration says about columns; borrowed from it. Local. */
pa_csv_names pa_ingest_names(const pa_config *config);
/* PA_E_CONFIG: signs that are none, or alike. Local. */
pa_status pa_ingest_check_signs(const pa_config *config, pa_error *err);
/* PA_E_CONFIG: a form or a zone that is none. */
pa_status pa_ingest_time_forms(const pa_config *config, pa_csv_names *names, pa_error *err);
/* Words for nothing, words of labels, and whether a row may be its own account, for the
 * parser, which frees them. PA_E_CONFIG where a word has two meanings. */
pa_status pa_ingest_words(const pa_config *config, pa_csv_intake *parser, pa_error *err);

/* Resolves input.files and reads the headers, on rank 0 for all. Collective. */
pa_status pa_inputs_open(pa_comm *comm, const pa_config *config, pa_log *log, pa_inputs *inputs,
                         pa_error *err);
void pa_inputs_free(pa_inputs *inputs);
/* What rank 0 knows, to all. Collective. */
pa_status pa_inputs_share(pa_comm *comm, pa_inputs *inputs, pa_error *err);
/* The zone of times that say none, where one is set. Collective. */
pa_status pa_ingest_zone(pa_comm *comm, const pa_config *config, pa_zone *zone, bool *is_said,
                         pa_error *err);

extern const pa_column_spec pa_column_label_time;

/* Opens a file and finds its size and kind; head: room for `room` bytes, of what is in which
 * nothing is said. The caller closes *fd; on failure there is nothing to close. Local. */
pa_status pa_input_begin(pa_inputs *inputs, int32_t file, pa_log *log, char *head, size_t room,
                         int *fd, pa_error *err);
/* The n bytes from `at` on of a file that is cut, as text of *length bytes. text: room for
 * PA_ENCODED_MOST n bytes. Local. */
pa_status pa_input_read(const pa_inputs *inputs, int32_t file, int fd, int64_t at, size_t n,
                        char *text, size_t *length, pa_error *err);
/* The first bytes of a CSV file's text; *n is below `room` only where it has no more. Local. */
pa_status pa_input_first(const pa_inputs *inputs, int32_t file, int fd, char *head, size_t room,
                         size_t *n, pa_error *err);

/* Paths of a list of patterns, in the order of their base names, each file once,
 * by whatever names it is given; the log tells of those left out. key: what names the list,
 * for messages. Local. */
pa_status pa_inputs_list(const char *patterns, const char *key, pa_log *log, pa_inputs *inputs,
                         pa_error *err);
/* Points path and name of the n files into text. */
void pa_inputs_name(pa_inputs *inputs);

/* Notes which columns file number `file` has, for the files in their order, its
 * layout being known; numeric: as in pa_inputs. PA_E_DATA where they are not those
 * of the first file, or half of a place. Local. */
pa_status pa_inputs_have(pa_inputs *inputs, int32_t file, const pa_csv_columns *has,
                         const pa_buffer *numeric, pa_error *err);
/* The same of a CSV file; head: the first layout.length bytes of its text. */
pa_status pa_inputs_have_csv(pa_inputs *inputs, int32_t file, const char *head, pa_error *err);

/* A run of bytes of one file. Of a stream it is bytes as they lie on the disk, and its text is
 * dealt among n_ranks ranks (text/deal.h), of which the first has the first bytes. */
typedef struct {
    int32_t file; /* from 0 */
    int64_t begin, end;
    int first_rank, n_ranks; /* n_ranks 0 or 1: this rank alone */
} pa_piece;

/* The contiguous run of all bytes that belongs to `rank`, cut at multiples of
 * `block` in a file: at most one piece a file, and at most one that is dealt. A stream is cut
 * where the cut is further than half a rank's share from its ends, at any byte as one of HDF5.
 * pieces: room for inputs->n. Returns how many. Local. */
size_t pa_inputs_cut(const pa_inputs *inputs, int64_t block, int rank, int n_ranks,
                     pa_piece pieces[]);

/* Bytes of n pieces: what progress is counted in. */
int64_t pa_pieces_bytes(const pa_piece pieces[], size_t n);

/* Of a CSV file. Local. */
pa_text_file pa_input_text(const pa_inputs *inputs, int32_t file);

/* How far this rank is with its pieces, in bytes as they lie on the disk, and
 * where it will be behind the piece at hand. */
typedef struct {
    pa_log *log;
    int64_t done, end, total;
} pa_progress;

/* HDF5 files of our own layout. Inspect checks that the tables are there and sets
 * rows; has, numeric: what the file has, the names of numeric columns without
 * "input_", each ended by a zero byte. The rows of a piece are those that a cut of all rows in the
 * proportion of its bytes gives: each row belongs to one piece. Line: the row's
 * number from 1. Local. */
pa_status pa_ingest_h5_inspect(pa_inputs *inputs, int32_t file, pa_csv_columns *has,
                               pa_buffer *numeric, pa_error *err);
/* Appends the rows of a piece to the parser's, about `read` bytes at a time. */
pa_status pa_ingest_h5_parse(const pa_inputs *inputs, const pa_piece *piece, size_t read,
                             pa_progress progress, pa_csv_intake *parser, pa_error *err);

/* What the amounts of a file say of how they are written. */
typedef struct {
    pa_amount_tally tally;
    pa_csv_example lone, rounded; /* the first ones of this rank */
} pa_file_amounts;

/* Takes the decimal mark from the first rows of a file, n bytes behind its header, where it
 * is not given and they tell: amount_form.decimal stays 0 otherwise. Local. */
pa_status pa_ingest_sniff_amounts(const char *rows, size_t n, bool last, int64_t file,
                                  const char *name, pa_csv_layout *layout, pa_error *err);

/* What the times of a file show, and those of its labels (CLEAR where there are none). */
typedef struct {
    pa_time_sniffed time, label_time;
} pa_times_shown;

/* Times of the first rows of a file and of its last ones, n bytes of a stretch that begins
 * within a line, or 0. The layout's forms are settled where they are not given and the times
 * tell; otherwise `shown` says why, and PA_E_DATA is what all files could not make clear. Local. */
pa_status pa_ingest_sniff_times(const char *rows, size_t n, const char *tail, size_t n_tail,
                                pa_csv_layout *layout, pa_times_shown *shown, pa_error *err);

/* Files whose times may have their day or their month first are as the others are, if those
 * agree; PA_E_DATA for the first file that nothing makes clear. shown: by file. Local. */
pa_status pa_ingest_settle_times(pa_inputs *inputs, const pa_times_shown shown[], pa_error *err);

/* Once all is parsed: amounts of files whose mark was not known are read right, or the
 * mark is known now and *again says that they must be read once more. amounts: by file.
 * PA_E_DATA where nothing tells, with the first amount that is not clear. Collective. */
pa_status pa_ingest_settle_amounts(pa_comm *comm, pa_inputs *inputs,
                                   const pa_file_amounts amounts[], bool *again, pa_error *err);

/* Appends notes: what was read so because other amounts told, and what was rounded.
 * Collective. */
pa_status pa_ingest_note_amounts(pa_comm *comm, const pa_inputs *inputs,
                                 const pa_file_amounts amounts[], pa_buffer *notes, pa_error *err);

/* How a file is written, in place of what is in `form`: all of it, or what is not as most files
 * have it. Local. */
pa_status pa_ingest_describe(const pa_input *f, bool all, pa_buffer *form, pa_error *err);

/* Appends what the form of each file is, as far as it is not that of most files, a text
 * each, ended by a zero byte; files of one form together. Local. */
pa_status pa_ingest_tell_forms(const pa_inputs *inputs, pa_buffer *forms, pa_error *err);

/* What the first pass finds. */
typedef struct {
    pa_csv_scan *scan;      /* a piece each, of plain text; over records, not over the header */
    unsigned char *digests; /* of the blocks whose first byte lies in a piece, in order */
    size_t n_digests;
} pa_first_pass;

/* Reads the pieces once, through a buffer of `read` bytes. Local. */
pa_status pa_ingest_scan(const pa_inputs *inputs, const pa_piece pieces[], size_t n, size_t read,
                         pa_log *log, pa_first_pass *pass, pa_error *err);
void pa_first_pass_free(pa_first_pass *pass);

/* Hexadecimal digests of all files (65 bytes each, the caller frees; rank 0
 * alone, NULL elsewhere) and of the input (everywhere). Collective. */
pa_status pa_ingest_digests(pa_comm *comm, const pa_inputs *inputs, const pa_first_pass *pass,
                            char (**file_digest)[65], char input_digest[65], pa_error *err);

/* Reads the pieces again and parses the records that begin in them, or that are dealt to this
 * rank. rows, rejected: counts by file, to be added to. room: PA_MESSAGE bytes, where a piece
 * is dealt. Local, but that the ranks among which a file is dealt wait for one another. */
pa_status pa_ingest_parse(pa_comm *comm, const pa_inputs *inputs, const pa_piece pieces[],
                          const pa_text_start start[], size_t n, size_t read, char *room,
                          pa_log *log, pa_csv_intake *parser, int64_t rows[],
                          pa_reject_counts rejected[], pa_file_amounts amounts[], pa_error *err);

/* The first row that was rejected, on this rank; file -1: none. */
typedef struct {
    int32_t file; /* from 0 */
    int64_t line;
    char text[PA_REJECT_TEXT]; /* what is wrong there */
} pa_first_reject;

/* Rejects every row whose transaction id a row before it, by file and line, has
 * already, wherever that lies; PA_REJECT_REPEATED where all its values are those of the
 * first one. The parser's rows are those of file 0, then of
 * file 1, ...: rows[f] of them here, rejected[f] rejected; both are changed, and
 * so is first. *n: how many rows of this rank were rejected here. What only
 * rejected rows named is forgotten. Collective. */
pa_status pa_ingest_duplicates(pa_comm *comm, const pa_inputs *inputs, pa_csv_intake *parser,
                               int64_t rows[], pa_reject_counts rejected[], pa_first_reject *first,
                               int64_t *n, pa_error *err);

/* Whether a file that is read as UTF-8, without a mark that says so, is in another encoding: it
 * has names that are no UTF-8, and among those that its rows are kept with none that goes
 * beyond ASCII. PA_E_DATA, with the first such byte. rows_of_file: those of each file here.
 * Collective. */
pa_status pa_ingest_check_encoding(pa_comm *comm, const pa_inputs *inputs,
                                   const pa_csv_intake *parser, const int64_t rows_of_file[],
                                   pa_error *err);

/* Whether what was rejected stops the run, the counts being those of all ranks: by a
 * share of a file, all rows of a kind, or the absolute budget. PA_E_DATA, with the first
 * row of the kind that decides. Collective. */
typedef struct {
    const pa_inputs *inputs;
    const pa_csv_intake *parser;
    const int64_t *rows; /* by file */
    const pa_reject_counts *rejected;
    const pa_first_reject *first; /* of this rank */
    int64_t n_rows, n_rejected;   /* of all files */
    int64_t max_rejects;
    double max_share;
    const char *part; /* which of a file's rows were read; NULL: all of them */
} pa_ingest_losses;
pa_status pa_ingest_judge(pa_comm *comm, const pa_ingest_losses *losses, pa_error *err);

/* The earliest and the latest of the rows into g, with their times; what was rejected is
 * out of them. rows_of_file: those of each file here. Collective. */
pa_status pa_ingest_ends(pa_comm *comm, const pa_inputs *inputs, const pa_csv_batch *rows,
                         const int64_t rows_of_file[], pa_ingest *g, pa_error *err);

/* What the read tells of rows that it kept, as notes: a text each, ended by a zero byte.
 * Collective. */
pa_status pa_ingest_notes(pa_comm *comm, const pa_inputs *inputs, const pa_csv_intake *parser,
                          pa_buffer *notes, pa_error *err);

/* Labels that nobody can read. PA_E_DATA where they are more than accidents: a word in
 * LABEL_ACCIDENTS rows, more than `share` of the rows of a file, or where without them all
 * rows of a class are missing. Otherwise a note, if there are any. rows, rejected: by
 * file, of all ranks. Collective. */
pa_status pa_ingest_labels(pa_comm *comm, const pa_inputs *inputs, const pa_csv_intake *parser,
                           const int64_t rows[], const int64_t rejected[], double share,
                           pa_buffer *notes, pa_error *err);

/* Accounts that a spreadsheet damaged, as notes. owned: the names that live here, each on
 * one rank, by shards. Collective. */
pa_status pa_ingest_damaged(pa_comm *comm, const pa_partition *shards, const pa_names *owned,
                            pa_buffer *notes, pa_error *err);

/* Takes rows out of the parser, those with gone[i] = 1, n_gone in all, and the
 * names that no other row bears. Local. */
pa_status pa_ingest_drop(pa_csv_intake *parser, const int8_t gone[], size_t n_gone, pa_error *err);

/* Order of rows by (account, time, tx, bytes of a text id), equal ones as they
 * were; accounts are first_account .. first_account + n_accounts - 1. ids:
 * id_width bytes a row, width 0: none. Local. */
pa_status pa_ingest_order(const pa_csv_batch *rows, int64_t first_account, size_t n_accounts,
                          size_t id_width, const char *ids, uint32_t order[], pa_error *err);

/* Brings the rejects that were kept into the order of the ranks, then of this rank: by file and
 * line. pieces: n of this rank. Collective. */
pa_status pa_ingest_order_rejects(pa_comm *comm, const pa_piece pieces[], size_t n,
                                  pa_csv_intake *parser, pa_error *err);

/* The tables inputs, rejects (the first parser->keep_rejects) and reject_reasons.
 * Collective. */
pa_status pa_ingest_side_tables(pa_comm *comm, const pa_inputs *inputs, const pa_csv_intake *parser,
                                const int64_t rows[], const pa_reject_counts rejected[],
                                char (*file_digest)[65], pa_ingest *ingest, pa_error *err);

/* From names to codes: the dictionaries of accounts and of merchants. Local and owned names
 * are as pa_dictionary_make has them; the codes of rows (-1: none) are replaced. The shards of both
 * are cut. Collective. */
pa_status pa_ingest_code(pa_comm *comm, const pa_names *accounts, const pa_names *merchants,
                         pa_csv_batch *rows, pa_ingest *ingest, pa_names *owned_accounts,
                         pa_names *owned_merchants, pa_error *err);

/* A table of one column of names, as wide as the longest of all ranks, at least
 * a byte. t has its size. Collective. */
pa_status pa_ingest_names_table(pa_comm *comm, const char *name, const char *meaning,
                                const pa_names *owned, pa_table *t, pa_error *err);

/* The tables of the coded columns that the rows have, and their codes in place
 * of the parser's. PA_E_DATA where one has more than `most` names. Collective. */
pa_status pa_ingest_lists(pa_comm *comm, int64_t most, pa_csv_intake *parser, pa_ingest *ingest,
                          pa_error *err);

/* Brings rows of neighbouring accounts near one another, where those of an account lie far from
 * one another; codes of accounts are final. Lines are lost. Local. */
pa_status pa_ingest_gather(pa_csv_batch *rows, int64_t n_accounts, pa_error *err);

/* The transactions: brings the parser's rows, whose codes are final, along the route
 * (NULL: of a single rank) and into their order; the columns become those of the table.
 * numeric: as in pa_inputs. Collective. */
pa_status pa_ingest_place(pa_comm *comm, pa_route *route, pa_csv_batch *rows, const char *numeric,
                          pa_ingest *ingest, pa_error *err);

/* Moves the parser's rows to the owners of their accounts and makes the tables
 * transactions, accounts and merchants and those of codes; the parser's rows and
 * names are freed on the way. most_codes: as in pa_ingest_lists; numeric: as in
 * pa_inputs. names: accounts are looked at for damage. Collective. */
pa_status pa_ingest_rows(pa_comm *comm, int32_t n_shards, int64_t most_codes, pa_csv_intake *parser,
                         const char *numeric, bool names, pa_ingest *ingest, pa_error *err);

#endif
