#include "paraudit/files/standing.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_BEGINNING = 256, AT_A_TIME = 65536 };

static pa_standing_file identity(const struct stat *s)
{
    return (pa_standing_file){s->st_dev, s->st_ino, s->st_size, s->st_mtim};
}

void pa_standing_note(pa_standing *standing, const char *path)
{
    struct stat s;
    if (lstat(path, &s) != 0 || !S_ISREG(s.st_mode)) return;
    PA_ASSERT(standing->n < PA_MOST_STANDING);
    standing->file[standing->n++] = identity(&s);
}

static bool is_noted(const pa_standing *standing, const struct stat *s)
{
    const pa_standing_file here = identity(s);
    for (size_t i = 0; i < standing->n; i++) {
        const pa_standing_file *f = standing->file + i;
        if (f->device == here.device && f->number == here.number && f->bytes == here.bytes &&
            f->written.tv_sec == here.written.tv_sec && f->written.tv_nsec == here.written.tv_nsec)
            return true;
    }
    return false;
}

/* ---- the same bytes ---- */

static int open_to_read(const char *path)
{
    return open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
}

/* All of n bytes, fewer at the end of the file alone; -1 where they cannot be read. */
static ssize_t read_step(int fd, char *bytes, size_t n)
{
    size_t done = 0;
    for (ssize_t step = 1; done < n && step > 0; done += step > 0 ? (size_t)step : 0) {
        step = read(fd, bytes + done, n - done);
        if (step < 0) return -1;
    }
    return (ssize_t)done;
}

static bool same_bytes(int one, int other)
{
    char a[AT_A_TIME], b[AT_A_TIME];
    while (true) {
        ssize_t n = read_step(one, a, sizeof a), m = read_step(other, b, sizeof b);
        if (n < 0 || n != m || memcmp(a, b, (size_t)n) != 0) return false;
        if (n == 0) return true;
    }
}

static bool are_alike(const char *path, const char *draft)
{
    int one = open_to_read(path), other = open_to_read(draft);
    bool alike = one >= 0 && other >= 0 && same_bytes(one, other);
    if (one >= 0) close(one);
    if (other >= 0) close(other);
    return alike;
}

bool pa_standing_gives_way(const pa_standing *standing, const char *path, const char *draft)
{
    struct stat s;
    if (!standing || standing->any) return true;
    if (lstat(path, &s) != 0 || !S_ISREG(s.st_mode)) return false;
    return is_noted(standing, &s) || are_alike(path, draft);
}

/* ---- the first bytes ---- */

bool pa_file_begins_with(const char *path, const char *bytes, size_t n)
{
    char first[MOST_BEGINNING];
    struct stat s;
    PA_ASSERT(n <= sizeof first);
    int fd = open_to_read(path);
    if (fd < 0) return false;
    bool ours = fstat(fd, &s) == 0 && S_ISREG(s.st_mode) && s.st_uid == geteuid() &&
                s.st_nlink == 1 && read_step(fd, first, n) == (ssize_t)n &&
                memcmp(first, bytes, n) == 0;
    close(fd);
    return ours;
}
