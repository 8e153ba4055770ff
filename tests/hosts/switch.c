/* A switch between hosts that are network namespaces, in user space: kernels without netem have
 * nothing to hold frames back with.
 *
 *     switch MICROSECONDS NAMESPACE...
 *
 * Makes the device eth0 in each namespace, 10.77.0.1/24 in the first, and so on; sends each frame
 * on to where its address says, that much later, till it is ended by TERM. USR1 cuts the last host
 * off. "ready" on standard output once all devices are up. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum {
    MOST_HOSTS = 16,
    MOST_FRAMES = 1 << 15, /* held back for one host; more are lost, as anywhere */
    FRAME = 2048,
    AT_ONCE = 64,
    IDLE = 10000000 /* nanoseconds */
};

typedef struct {
    uint64_t due;
    size_t length;
    unsigned char *bytes;
} frame;

typedef struct {
    int device;
    frame *held;          /* a ring */
    unsigned n_in, n_out; /* frames that came and went */
} host;

static volatile sig_atomic_t is_cut, is_over;

static void cut(int signal)
{
    (void)signal;
    is_cut = 1;
}

static void end(int signal)
{
    (void)signal;
    is_over = 1;
}

static uint64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

/* The last byte of a host's hardware address and of its IP address is its number, from 1 on. */
static void open_host(const char *name, int number, host *h)
{
    char text[300];
    struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI, .ifr_name = "eth0"};
    snprintf(text, sizeof text, "/run/netns/%s", name);
    int space = open(text, O_RDONLY | O_CLOEXEC);
    if (space < 0 || setns(space, CLONE_NEWNET) != 0) fail(text);
    close(space);
    h->device = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (h->device < 0 || ioctl(h->device, TUNSETIFF, &request) != 0) fail("/dev/net/tun");
    snprintf(text, sizeof text,
             "ip link set lo up && ip link set eth0 address 02:00:00:00:00:%02x && "
             "ip addr add 10.77.0.%d/24 dev eth0 && ip link set eth0 up",
             number, number);
    if (system(text) != 0) exit(1);
    h->held = calloc(MOST_FRAMES, sizeof *h->held);
    if (!h->held) fail("memory");
}

static void hold(host *h, const unsigned char *bytes, size_t length, uint64_t due)
{
    if (h->n_in - h->n_out == MOST_FRAMES) return;
    frame *f = &h->held[h->n_in % MOST_FRAMES];
    f->bytes = malloc(length);
    if (!f->bytes) return;
    memcpy(f->bytes, bytes, length);
    f->length = length;
    f->due = due;
    h->n_in++;
}

/* What has come from a host, to one or, of several receivers, to all others. */
static void take(host hosts[], int n, int from, uint64_t delay)
{
    unsigned char bytes[FRAME];
    for (int k = 0; k < AT_ONCE; k++) {
        ssize_t length = read(hosts[from].device, bytes, sizeof bytes);
        if (length < 6) return;
        for (int to = 0; to < n; to++) {
            int to_all = bytes[0] & 1;
            if (to == from || (!to_all && bytes[5] != to + 1)) continue;
            if (is_cut && (to == n - 1 || from == n - 1)) continue;
            hold(hosts + to, bytes, (size_t)length, now() + delay);
        }
    }
}

/* Returns when the next one is due. */
static uint64_t give(host *h, uint64_t until)
{
    while (h->n_out != h->n_in) {
        frame *f = &h->held[h->n_out % MOST_FRAMES];
        if (f->due > now()) return f->due < until ? f->due : until;
        if (write(h->device, f->bytes, f->length) < 0) { /* lost, and sent again by TCP */
        }
        free(f->bytes);
        h->n_out++;
    }
    return until;
}

static void run(host hosts[], int n, uint64_t delay)
{
    struct pollfd device[MOST_HOSTS];
    for (int i = 0; i < n; i++) device[i] = (struct pollfd){hosts[i].device, POLLIN, 0};
    while (!is_over) {
        uint64_t next = now() + IDLE;
        for (int i = 0; i < n; i++) next = give(hosts + i, next);
        uint64_t at = now(), wait = next > at ? next - at : 0;
        struct timespec rest = {(time_t)(wait / 1000000000), (long)(wait % 1000000000)};
        if (ppoll(device, (nfds_t)n, &rest, NULL) <= 0) continue;
        for (int i = 0; i < n; i++)
            if (device[i].revents & POLLIN) take(hosts, n, i, delay);
    }
}

int main(int argc, char **argv)
{
    static host hosts[MOST_HOSTS];
    int n = argc - 2;
    if (n < 1 || n > MOST_HOSTS) {
        fprintf(stderr, "usage: switch MICROSECONDS NAMESPACE...\n");
        return 64;
    }
    signal(SIGUSR1, cut);
    signal(SIGTERM, end);
    int own = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    for (int i = 0; i < n; i++) open_host(argv[i + 2], i + 1, hosts + i);
    if (setns(own, CLONE_NEWNET) != 0) fail("/proc/self/ns/net");
    puts("ready");
    fflush(stdout);
    run(hosts, n, strtoull(argv[1], NULL, 10) * 1000);
    return 0;
}
