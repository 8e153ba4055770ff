#include "paraudit/comm/node_array.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "node_parts.h"
#include "nodes.h"
#include "paraudit/base/array.h"

enum {
    NAME = 4096,
    NAMES = 1000,  /* to try: an earlier process of this number may have been killed */
    TOGETHER = 512 /* stretches that one message brings */
};

/* Where memory that processes share can be: the system's, or, where that is small, as containers
 * keep it, a file in the folder for temporary ones. */
typedef enum { IN_SHM, IN_FOLDER, N_PLACES } place;

/* Mappings have at least a byte. */
static size_t length_of(size_t bytes)
{
    return bytes ? bytes : 1;
}

static int open_at(place at, const char *name, int flags)
{
    return at == IN_SHM ? shm_open(name, flags, 0600) : open(name, flags | O_CLOEXEC, 0600);
}

static void unlink_at(place at, const char *name)
{
    if (at == IN_SHM)
        shm_unlink(name);
    else
        unlink(name);
}

/* Takes the pages now: later there may be none. Returns what errno would be. */
static int reserve(int fd, size_t bytes)
{
    int error;
    do error = posix_fallocate(fd, 0, (off_t)bytes);
    while (error == EINTR);
    return error;
}

static int create_at(place at, size_t bytes, char name[NAME])
{
    const char *folder = getenv("TMPDIR");
    int fd = -1;
    if (!folder || !*folder) folder = "/tmp";
    for (int i = 0; i < NAMES; i++) {
        snprintf(name, NAME, "%s/paraudit-%ld-%d", at == IN_SHM ? "" : folder, (long)getpid(), i);
        fd = open_at(at, name, O_RDWR | O_CREAT | O_EXCL);
        if (fd >= 0 || errno != EEXIST) break;
    }
    int error = fd < 0 ? errno : reserve(fd, bytes);
    if (fd >= 0 && error) {
        close(fd);
        unlink_at(at, name);
        fd = -1;
    }
    errno = error;
    return fd;
}

/* What the leader of a node made, for the others to open; no name where it could not. */
typedef struct {
    place at;
    char name[NAME];
} made;

static int create(size_t bytes, made *m)
{
    int fd = -1;
    for (m->at = IN_SHM; m->at < N_PLACES; m->at++) {
        fd = create_at(m->at, bytes, m->name);
        if (fd >= 0) return fd;
    }
    m->name[0] = 0;
    return fd;
}

/* Memory that all ranks of a node have open, its pages taken: -1 with errno where this rank has
 * not. Its name is gone before anything is put there, so that a job that is killed leaves
 * nothing. */
static int open_together(pa_comm *comm, size_t bytes)
{
    const pa_nodes *nodes = comm->nodes;
    made m = {0};
    int fd = nodes->rank == 0 ? create(bytes, &m) : -1, error = errno;
    pa_talk start = pa_talk_begin();
    MPI_Bcast(&m, sizeof m, MPI_BYTE, 0, nodes->node);
    pa_talk_end(comm, start);
    if (nodes->rank > 0) {
        fd = open_at(m.at, m.name, O_RDWR);
        error = errno;
    }
    start = pa_talk_begin();
    MPI_Barrier(nodes->node);
    pa_talk_end(comm, start);
    comm->use.calls += 2;
    if (nodes->rank == 0 && fd >= 0) unlink_at(m.at, m.name);
    errno = error;
    return fd;
}

static pa_status no_memory(size_t bytes, int error, pa_error *err)
{
    char host[64] = "";
    gethostname(host, sizeof host - 1);
    return pa_fail(err, PA_E_MEMORY,
                   "no shared memory for %zu bytes (/dev/shm and TMPDIR of %s): %s", bytes, host,
                   strerror(error));
}

/* The opened memory at an address of this process. Local. */
static pa_status map(int fd, size_t bytes, char **data, pa_error *err)
{
    if (fd < 0) return no_memory(bytes, errno, err);
    void *mapped = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (mapped == MAP_FAILED) return no_memory(bytes, errno, err);
    *data = mapped;
    return PA_OK;
}

pa_status pa_node_memory_new(pa_comm *comm, size_t bytes, char **data, pa_error *err)
{
    const pa_nodes *nodes;
    *data = NULL;
    PA_TRY(pa_nodes_find(comm, &nodes, err));
    /* A rank alone on its node needs no /dev/shm, which containers keep small. */
    bool alone = nodes->n_here == 1;
    int fd = alone ? open("/dev/zero", O_RDWR) : open_together(comm, length_of(bytes));
    pa_status st = map(fd, length_of(bytes), data, err);
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

static void broadcast(pa_comm *comm, int from, char *data, stretches *s)
{
    MPI_Datatype type;
    MPI_Type_create_hindexed(s->n, s->length, s->at, MPI_BYTE, &type);
    MPI_Type_commit(&type);
    MPI_Bcast(data, 1, type, from, comm->nodes->leaders);
    comm->use.calls++;
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
        if (nodes->mine == from) comm->use.bytes += (int64_t)part[i].bytes;
        for (size_t done = 0; done < part[i].bytes;) {
            size_t length = pa_least(part[i].bytes - done, most - s.bytes);
            s.at[s.n] = (MPI_Aint)(part[i].at + done);
            s.length[s.n++] = (int)length;
            s.bytes += length;
            done += length;
            if (s.n == TOGETHER || s.bytes == most) broadcast(comm, from, data, &s);
        }
    }
    if (s.n > 0) broadcast(comm, from, data, &s);
}

/* What each node has, where that is one stretch of the array. */
typedef struct {
    int *at, *left, *count; /* of each node */
    int n;                  /* nodes that have any */
} node_stretches;

static bool add_part(node_stretches *s, int node, const pa_node_part *part)
{
    if (part->bytes == 0) return true;
    if (s->left[node] == 0) {
        s->at[node] = (int)part->at;
        s->n++;
    }
    bool behind = (size_t)s->at[node] + (size_t)s->left[node] == part->at;
    s->left[node] += (int)part->bytes;
    return behind;
}

/* False where the parts of a node are apart, or all too many for MPI's int. */
static bool find_stretches(const pa_nodes *nodes, size_t bytes, size_t n, const pa_node_part part[],
                           node_stretches *s)
{
    int n_nodes = nodes->n;
    *s =
        (node_stretches){nodes->stretch, nodes->stretch + n_nodes, nodes->stretch + 2 * n_nodes, 0};
    if (bytes > INT_MAX) return false;
    memset(s->left, 0, (size_t)n_nodes * sizeof *s->left);
    for (size_t i = 0; i < n; i++)
        if (!add_part(s, nodes->of_rank[part[i].rank], part + i)) return false;
    return true;
}

/* The same number from each, in rounds of bounded pieces. */
static void gather_stretches(pa_comm *comm, const pa_nodes *nodes, char *data, node_stretches *s)
{
    int most = 0, slice = (int)pa_piece_of(comm, (size_t)nodes->n);
    for (int k = 0; k < nodes->n; k++) most = s->left[k] > most ? s->left[k] : most;
    comm->use.bytes += s->left[nodes->mine];
    for (int done = 0; done < most; done += slice) {
        for (int k = 0; k < nodes->n; k++) s->count[k] = s->left[k] < slice ? s->left[k] : slice;
        MPI_Allgatherv(MPI_IN_PLACE, 0, MPI_BYTE, data, s->count, s->at, MPI_BYTE, nodes->leaders);
        comm->use.calls++;
        for (int k = 0; k < nodes->n; k++) {
            s->at[k] += s->count[k];
            s->left[k] -= s->count[k];
        }
    }
}

/* In one call where several nodes have each a stretch, as ranks have that stand in order; otherwise
 * one node after the other. */
static void bring_to_nodes(pa_comm *comm, const pa_nodes *nodes, char *data, size_t bytes, size_t n,
                           const pa_node_part part[])
{
    node_stretches s;
    if (find_stretches(nodes, bytes, n, part, &s) && s.n > 1)
        gather_stretches(comm, nodes, data, &s);
    else
        for (int from = 0; from < nodes->n; from++) bring(comm, nodes, from, data, n, part);
}

void pa_node_memory_share(pa_comm *comm, char *data, size_t bytes, size_t n,
                          const pa_node_part part[], pa_node_array *array)
{
    const pa_nodes *nodes = comm->nodes;
    pa_talk start = pa_talk_begin();
    MPI_Barrier(nodes->node);
    if (nodes->rank == 0 && nodes->n > 1) bring_to_nodes(comm, nodes, data, bytes, n, part);
    MPI_Barrier(nodes->node);
    comm->use.calls += 2;
    pa_talk_end(comm, start);
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
    pa_talk start = pa_talk_begin();
    MPI_Allgather(MPI_IN_PLACE, 0, MPI_BYTE, part, sizeof *part, MPI_BYTE, comm->mpi);
    comm->use.calls++;
    pa_talk_end(comm, start);

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
