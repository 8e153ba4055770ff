/* input.files: patterns to paths, and the one file that two names mean. */
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ingest_parts.h"
#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"
#include "paraudit/files/files.h"

/* Paths that match one pattern, added to `text`. A name without a pattern stands
 * for itself, so that the message about a missing file can name it. */
static pa_status add_matches(const char *pattern, pa_buffer *text, pa_error *err)
{
    glob_t found = {0};
    int rc = glob(pattern, GLOB_NOSORT, NULL, &found);
    pa_status st = PA_OK;
    if (rc == GLOB_NOSPACE) {
        st = pa_fail(err, PA_E_MEMORY, "out of memory while looking for '%s'", pattern);
    } else if (rc != 0) {
        st = strpbrk(pattern, "*?[")
                 ? pa_fail(err, PA_E_NO_INPUT, "no file matches '%s' (input.files)", pattern)
                 : pa_fail(err, PA_E_NO_INPUT, "%s: cannot open: %s (input.files)", pattern,
                           strerror(ENOENT));
    }
    for (size_t i = 0; rc == 0 && st == PA_OK && i < found.gl_pathc; i++) {
        st = pa_buffer_add(text, found.gl_pathv[i], strlen(found.gl_pathv[i]) + 1, err);
    }
    globfree(&found);
    return st;
}

static const char separators[] = ", \t\r\n";

/* Bytes of the word at p: a backslash takes a separator into it, and is glob's
 * way of taking a sign as it stands, too. */
static size_t word_length(const char *p)
{
    size_t n = 0;
    while (p[n] && !strchr(separators, p[n])) n += p[n] == '\\' && p[n + 1] ? 2 : 1;
    return n;
}

static pa_status add_all_matches(const char *patterns, pa_buffer *text, pa_error *err)
{
    pa_buffer word = {0};
    pa_status st = PA_OK;
    for (const char *p = patterns + strspn(patterns, separators); st == PA_OK && *p;
         p += strspn(p, separators)) {
        size_t n = word_length(p);
        word.length = 0;
        st = pa_buffer_add(&word, p, n, err);
        if (st == PA_OK) st = pa_buffer_add(&word, "", 1, err);
        if (st == PA_OK) st = add_matches(word.data, text, err);
        p += n;
    }
    pa_buffer_free(&word);
    return st;
}

/* ---- absolute paths ---- */

enum { MOST_FOLDER = 4096 };

/* The folder that the job runs in, "" where it cannot be told. */
static void this_folder(char folder[MOST_FOLDER])
{
    if (!getcwd(folder, MOST_FOLDER)) folder[0] = '\0';
}

static pa_status add_escaped(pa_buffer *to, const char *folder, pa_error *err)
{
    for (const char *c = folder; *c; c++) {
        if (strchr("*?[]\\", *c) || strchr(separators, *c)) PA_TRY(pa_buffer_add(to, "\\", 1, err));
        PA_TRY(pa_buffer_add(to, c, 1, err));
    }
    return PA_OK;
}

pa_status pa_inputs_absolute(const char *files, pa_buffer *to, pa_error *err)
{
    char folder[MOST_FOLDER];
    this_folder(folder);
    const char *blank = "";
    for (const char *p = files + strspn(files, separators); *p; p += strspn(p, separators)) {
        size_t n = word_length(p);
        PA_TRY(pa_buffer_printf(to, err, "%s", blank));
        if (*p != '/' && *folder) {
            PA_TRY(add_escaped(to, folder, err));
            PA_TRY(pa_buffer_add(to, "/", 1, err));
        }
        PA_TRY(pa_buffer_printf(to, err, "%.*s", (int)n, p));
        blank = " ";
        p += n;
    }
    return PA_OK;
}

/* ---- order ---- */

/* The folder counts last: moving the files elsewhere keeps their order. It counts
 * in full, so that a relative and the absolute path sort alike. context: the
 * folder that the job runs in. */
static int by_name(const void *a, const void *b, void *context)
{
    const char *p = *(const char *const *)a, *q = *(const char *const *)b;
    int order = strcmp(pa_base_name(p), pa_base_name(q));
    if (order || (*p == '/') == (*q == '/')) return order ? order : strcmp(p, q);
    const char *here = context;
    char whole[2 * MOST_FOLDER];
    snprintf(whole, sizeof whole, "%s/%s", here, *p == '/' ? q : p);
    order = *p == '/' ? strcmp(p, whole) : strcmp(whole, q);
    return order ? order : strcmp(p, q);
}

/* What tells a file from all others, however it is spelt. */
typedef struct {
    bool known; /* it is there */
    bool empty; /* a file of no bytes */
    dev_t device;
    ino_t number;
} identity;

static identity identify(const char *path)
{
    struct stat about;
    if (stat(path, &about) != 0) return (identity){0};
    bool empty = S_ISREG(about.st_mode) && about.st_size == 0;
    return (identity){true, empty, about.st_dev, about.st_ino};
}

/* The place of an earlier path to the same file, or i. */
static size_t met_before(const identity id[], size_t i)
{
    for (size_t k = 0; id[i].known && k < i; k++) {
        if (id[k].known && id[k].device == id[i].device && id[k].number == id[i].number) return k;
    }
    return i;
}

/* Adds the paths that are kept, of n in order, to text. */
static pa_status keep_each_file_once(const char *const path[], const identity id[], size_t n,
                                     pa_log *log, pa_inputs *in, pa_buffer *text, pa_error *err)
{
    for (size_t i = 0; i < n; i++) {
        /* Two patterns may match one file. */
        if (i > 0 && strcmp(path[i], path[i - 1]) == 0) continue;
        size_t first = met_before(id, i);
        if (first < i) {
            pa_log_say(log, "note: %s is the same file as %s: it is read once", path[i],
                       path[first]);
            continue;
        }
        bool last = i + 1 == n && in->n == 0; /* one file is kept, to be told of */
        if (id[i].empty && !last) {
            pa_log_say(log, "note: %s is empty: there is nothing in it to read", path[i]);
            continue;
        }
        PA_TRY(pa_buffer_add(text, path[i], strlen(path[i]) + 1, err));
        in->n++;
    }
    return PA_OK;
}

static pa_status sort_paths(const pa_buffer *found, size_t n, pa_log *log, pa_inputs *in,
                            pa_error *err)
{
    char here[MOST_FOLDER];
    const char **path = NULL;
    identity *id = NULL;
    pa_buffer text = {0};
    pa_status st = PA_NEW(path, n, err);
    if (st == PA_OK) st = PA_NEW(id, n, err);
    if (st != PA_OK) goto out;
    const char *p = found->data;
    for (size_t i = 0; i < n; i++, p += strlen(p) + 1) path[i] = p;
    this_folder(here);
    PA_GOTO(pa_sort(path, n, sizeof *path, by_name, here, err));
    for (size_t i = 0; i < n; i++) id[i] = identify(path[i]);
    PA_GOTO(keep_each_file_once(path, id, n, log, in, &text, err));
    PA_GOTO(PA_NEW(in->file, in->n, err));
    in->text_bytes = text.length;
    in->text = text.data;
    text = (pa_buffer){0};
    pa_inputs_name(in);
out:
    pa_buffer_free(&text);
    pa_free(path);
    pa_free(id);
    return st;
}

pa_status pa_inputs_list(const char *patterns, pa_log *log, pa_inputs *in, pa_error *err)
{
    pa_buffer found = {0};
    pa_status st = add_all_matches(patterns, &found, err);
    size_t n = 0;
    for (size_t i = 0; i < found.length; i++) n += found.data[i] == 0;
    if (st == PA_OK && n == 0) {
        st = pa_fail(err, PA_E_CONFIG, "input.files names no file");
    }
    if (st == PA_OK) st = sort_paths(&found, n, log, in, err);
    pa_buffer_free(&found);
    return st;
}
