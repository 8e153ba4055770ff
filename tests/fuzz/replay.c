/* replay PATH...: feeds files, and all files of folders, to the fuzz target that
 * it is linked with. So the corpus is a regression test for any compiler. */
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz.h"
#include "paraudit/base/array.h"
#include "paraudit/files/files.h"

static int fail(const pa_error *err)
{
    fprintf(stderr, "%s\n", err->message);
    return 1;
}

/* The bytes are copied to a block of their size: a read behind them is seen. */
static int feed(const char *path)
{
    pa_error err = {0};
    char *bytes = NULL;
    size_t n = 0;
    if (pa_read_file(path, &bytes, &n, &err) != PA_OK) return fail(&err);
    uint8_t *exact = pa_alloc(n, 1, &err);
    if (exact) {
        memcpy(exact, bytes, n);
        LLVMFuzzerTestOneInput(exact, n);
    }
    pa_free(exact);
    pa_free(bytes);
    return exact ? 0 : fail(&err);
}

static int feed_folder(const char *path, DIR *folder, size_t *n_fed)
{
    char file[4096];
    int bad = 0;
    for (const struct dirent *e; (e = readdir(folder));) {
        if (e->d_name[0] == '.') continue;
        snprintf(file, sizeof file, "%s/%s", path, e->d_name);
        bad |= feed(file);
        ++*n_fed;
    }
    closedir(folder);
    return bad;
}

int main(int argc, char **argv)
{
    size_t n_fed = 0;
    int bad = 0;
    for (int i = 1; i < argc; i++) {
        DIR *folder = opendir(argv[i]);
        if (folder) {
            bad |= feed_folder(argv[i], folder, &n_fed);
        } else {
            bad |= feed(argv[i]);
            n_fed++;
        }
    }
    printf("%zu files\n", n_fed);
    return bad || n_fed == 0;
}
