#include "paraudit/comm/node_array.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "node_parts.h"
#include "nodes.h"
#include "paraudit/base/array.h"

enum {
    NAME = 48,
    NAMES = 1000,  /* to try: an earlier process of this number may have been killed */
    TOGETHER = 512 /* stretches that one message brings */
};

/* Mappings have at least a byte. */
static size_t length_of(size_t bytes)
{
    return bytes ? bytes : 1;
}

static int create(char name[NAME])
{
    int fd = -1;
    for (int i = 0; i < NAMES; i++) {
        snprintf(name, NAME, "/paraudit-%ld-%d", (long)getpid(), i);
        fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
        if (fd >= 0 || errno != EEXIST) break;
    }
    if (fd < 0) name[0] = 0;
    return fd;
}

/* Empty memory that all ranks of a node have open: -1 with errno where this rank has
 * not. Its name is gone before anything is put there, so that a job that is
 * killed leaves nothing. */
static int open_together(const pa_nodes *nodes)
{
    char name[NAME] = "";
    int fd = nodes->rank == 0 ? create(name) : -1, error = errno;
    MPI_Bcast(name, NAME, MPI_CHAR, 0, nodes->node);
    if (nodes->rank > 0) {
        fd = shm_open(name, O_RDWR, 0);
        error = errno;
    }
    MPI_Barrier(nodes->node);
    if (nodes->rank == 0 && fd >= 0) shm_unlink(name);
    errno = error;
    return fd;
}

/* Takes the pages now: later there may be none. Returns what errno would be. */
static int reserve(int fd, size_t bytes)
{
    int error;
    do error = posix_fallocate(fd, 0, (off_t)bytes);
    while (error == EINTR);
    return error;
}

static pa_status no_memory(size_t bytes, int error, pa_error *err)
{
    char host[64] = "";
    gethostname(host, sizeof host - 1);
    return pa_fail(err, PA_E_MEMORY, "no shared memory for %zu bytes (/dev/shm of %s): %s", bytes,
                   host, strerror(error));
}

/* The opened memory at an address of this process. Local. */
static pa_status map(int fd, size_t bytes, bool reserves, char **data, pa_error *err)
{
    if (fd < 0) return no_memory(bytes, errno, err);
    void *place = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (place == MAP_FAILED) return no_memory(bytes, errno, err);
    *data = place;
    int error = reserves ? reserve(fd, bytes) : 0;
    return error ? no_memory(bytes, error, err) : PA_OK;
}

pa_status pa_node_memory_new(pa_comm *comm, size_t bytes, char **data, pa_error *err)
{
    const pa_nodes *nodes;
    *data = NULL;
    PA_TRY(pa_nodes_find(comm, &nodes, err));
    /* A rank alone on its node needs no /dev/shm, which containers keep small. */
    bool alone = nodes->n_here == 1;
    int fd = alone ? open("/dev/zero", O_RDWR) : open_together(nodes);
    pa_status st = map(fd, length_of(bytes), !alone && nodes->rank == 0, data, err);
    if (fd >= 0) close(fd);
    st = pa_agree(comm, st, err);
    if (st != PA_OK && *data) {
        munmap(*data, length_of(bytes));
        *data = NULL;
    }
    return st;
}

/* What one message brings: at most a piece. */
typedef struct {
    int n;
    size_t bytes;
    int length[TOGETHER];
    MPI_Aint at[TOGETHER];
} stretches;

static void broadcast(const pa_nodes *nodes, int from, char *data, stretches *s)
{
    MPI_Datatype type;
    MPI_Type_create_hindexed(s->n, s->length, s->at, MPI_BYTE, &type);
    MPI_Type_commit(&type);
    MPI_Bcast(data, 1, type, from, nodes->leaders);
    MPI_Type_free(&type);
    s->n = 0;
    s->bytes = 0;
}

/* From the leader of a node to the others. */
static void bring(pa_comm *comm, const pa_nodes *nodes, int from, char *data, size_t n,
                  const pa_node_part part[])
{
    size_t most = pa_piece_of(comm, 1);
    stretches s = {0};
    for (size_t i = 0; i < n; i++) {
        if (nodes->of_rank[part[i].rank] != from) continue;
        if (nodes->mine == from) comm->bytes += (int64_t)part[i].bytes;
        for (size_t done = 0; done < part[i].bytes;) {
            size_t length = pa_least(part[i].bytes - done, most - s.bytes);
            s.at[s.n] = (MPI_Aint)(part[i].at + done);
            s.length[s.n++] = (int)length;
            s.bytes += length;
            done += length;
            if (s.n == TOGETHER || s.bytes == most) broadcast(nodes, from, data, &s);
        }
    }
    if (s.n > 0) broadcast(nodes, from, data, &s);
}

void pa_node_memory_share(pa_comm *comm, char *data, size_t bytes, size_t n,
                          const pa_node_part part[], pa_node_array *array)
{
    const pa_nodes *nodes = comm->nodes;
    double start = pa_clock();
    MPI_Barrier(nodes->node);
    if (nodes->rank == 0 && nodes->n > 1) {
        for (int from = 0; from < nodes->n; from++) bring(comm, nodes, from, data, n, part);
    }
    MPI_Barrier(nodes->node);
    comm->seconds += pa_clock() - start;
    mprotect(data, length_of(bytes), PROT_READ);
    *array = (pa_node_array){data, bytes};
}

pa_status pa_node_array_broadcast(pa_comm *comm, const void *data, size_t bytes, int root,
                                  pa_node_array *array, pa_error *err)
{
    char *copy;
    *array = (pa_node_array){0};
    pa_broadcast(comm, &bytes, sizeof bytes, root);
    PA_TRY(pa_node_memory_new(comm, bytes, &copy, err));
    if (comm->rank == root && bytes > 0) memcpy(copy, data, bytes);
    pa_node_part all = {.bytes = bytes, .rank = root};
    pa_node_memory_share(comm, copy, bytes, 1, &all, array);
    return PA_OK;
}

pa_status pa_node_array_gather(pa_comm *comm, const void *block, size_t bytes, pa_node_array *array,
                               pa_error *err)
{
    pa_node_part *part = NULL;
    char *all;
    *array = (pa_node_array){0};
    pa_status st;
    PA_GOTO(pa_agree(comm, PA_NEW(part, (size_t)comm->size, err), err));

    size_t before = (size_t)pa_sum_before_i64(comm, (int64_t)bytes);
    part[comm->rank] = (pa_node_part){before, bytes, comm->rank};
    double start = pa_clock();
    MPI_Allgather(MPI_IN_PLACE, 0, MPI_BYTE, part, sizeof *part, MPI_BYTE, comm->mpi);
    comm->seconds += pa_clock() - start;

    const pa_node_part *last = part + comm->size - 1;
    size_t n_all = last->at + last->bytes;
    PA_GOTO(pa_node_memory_new(comm, n_all, &all, err));
    if (bytes > 0) memcpy(all + before, block, bytes);
    pa_node_memory_share(comm, all, n_all, (size_t)comm->size, part, array);
out:
    pa_free(part);
    return st;
}

void pa_node_array_free(pa_node_array *array)
{
    if (array->data) munmap((void *)array->data, length_of(array->bytes));
    *array = (pa_node_array){0};
}
