/* Options, run, one last message, exit code. */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "paraudit/base/escape.h"
#include "paraudit/base/options.h"
#include "paraudit/base/stop.h"
#include "paraudit/comm/launch.h"
#include "paraudit/commands/pages.h"
#include "paraudit/files/temporary.h"

static const pa_command *const commands[] = {
    &pa_command_audit,    &pa_command_check,   &pa_command_estimate, &pa_command_resume,
    &pa_command_evaluate, &pa_command_explain, &pa_command_verify,   &pa_command_generate,
    &pa_command_doctor,   &pa_command_detect,  &pa_command_mine,     &pa_command_embed,
    &pa_command_forecast};
enum { N_COMMANDS = sizeof commands / sizeof *commands };

static void print_overview(FILE *to)
{
    fprintf(to, "paraudit audits a whole card portfolio for fraud in one batch job.\n\n"
                "usage: paraudit COMMAND [...]      paraudit COMMAND --help\n"
                "       mpirun -n P paraudit COMMAND [...]\n\n");
    for (int i = 0; i < N_COMMANDS; i++) {
        fprintf(to, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
    }
    fprintf(to, "\nparaudit --version | --man (a manual page) | --completion (for bash)\n");
}

static pa_status print_help(const pa_command *command, pa_error *err)
{
    pa_buffer text = {0};
    pa_status st =
        pa_buffer_printf(&text, err, "usage: %s\n\n%s\n\n", command->usage, command->about);
    if (st == PA_OK) st = pa_flags_help(pa_flags_of(command), &text, err);
    if (st == PA_OK && command->help) st = command->help(&text, err);
    if (st == PA_OK) fwrite(text.data, 1, text.length, stdout);
    pa_buffer_free(&text);
    return st;
}

static pa_status find_command(const char *name, const pa_command **command, pa_error *err)
{
    const char *names[N_COMMANDS];
    for (int i = 0; i < N_COMMANDS; i++) {
        names[i] = commands[i]->name;
        if (strcmp(name, names[i]) == 0) {
            *command = commands[i];
            return PA_OK;
        }
    }
    const char *nearest = pa_nearest_name(name, names, N_COMMANDS);
    return nearest
               ? pa_fail(err, PA_E_USAGE, "unknown command '%s': did you mean '%s'?", name, nearest)
               : pa_fail(err, PA_E_USAGE, "unknown command '%s'; see paraudit --help", name);
}

static bool is_one_of(const char *word, const char *a, const char *b, const char *c)
{
    return strcmp(word, a) == 0 || strcmp(word, b) == 0 || strcmp(word, c) == 0;
}

static pa_status run(pa_comm *comm, int argc, char **argv, pa_error *err)
{
    bool root = pa_comm_rank(comm) == 0;
    if (argc < 2) {
        if (root) print_overview(stderr);
        return pa_fail(err, PA_E_USAGE, "no command given");
    }
    if (is_one_of(argv[1], "--help", "-h", "help")) {
        if (root) print_overview(stdout);
        return PA_OK;
    }
    if (is_one_of(argv[1], "--version", "-V", "version")) {
        if (root) printf("paraudit %s\n", PARAUDIT_VERSION);
        return PA_OK;
    }
    const pa_command *command = NULL;
    pa_arguments arguments;
    PA_TRY(find_command(argv[1], &command, err));
    PA_TRY(pa_parse_arguments(argc - 2, argv + 2, pa_flags_of(command), command->min_words,
                              command->max_words, command->usage, &arguments, err));
    if (pa_is_given(&arguments, "--help")) return root ? print_help(command, err) : PA_OK;
    if (!command->needs_ranks && pa_comm_size(comm) > 1) {
        return pa_fail(err, PA_E_USAGE, "paraudit %s runs on one rank, without mpirun",
                       command->name);
    }
    pa_end_on_signals(); /* a job that can be resumed listens to them instead */
    return command->run(comm, &arguments, err);
}

/* ---- standard output ---- */

/* A descriptor that the caller has closed would be given to the next file that is opened, and
 * what is printed would land there. Opened the wrong way round, writing is an error as before. */
static void fill_gaps(void)
{
    while (true) {
        int fd = open("/dev/null", O_RDONLY);
        if (fd > STDERR_FILENO) close(fd);
        if (fd < 0 || fd > STDERR_FILENO) return;
    }
}

/* A reader that has seen enough, `head` say, is no trouble. */
static bool reader_is_gone(void)
{
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return errno == EPIPE || (poll(&out, 1, 0) > 0 && (out.revents & POLLERR));
}

typedef enum { OUTPUT_WRITTEN, OUTPUT_UNREAD, OUTPUT_LOST } output_end;

static output_end end_output(pa_error *err)
{
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout)) return OUTPUT_WRITTEN;
    int reason = errno;
    if (reader_is_gone()) return OUTPUT_UNREAD;
    pa_fail(err, PA_E_IO, "standard output: cannot write%s%s", reason ? ": " : "",
            reason ? strerror(reason) : "");
    return OUTPUT_LOST;
}

/* As other tools do that nobody reads any more, without a word. */
static void end_unread(void)
{
    signal(SIGPIPE, SIG_DFL);
    raise(SIGPIPE);
}

/* ---- launch ---- */

/* One task of a step says what is wrong with it; none of them gets to MPI. */
static bool is_launched_wrongly(void)
{
    pa_launch launch = pa_launch_environment();
    pa_error err = {0};
    if (pa_launch_check_step(&launch, &err) == PA_OK) return false;
    if (pa_launch_speaks(&launch)) pa_print(stderr, "paraudit: %s\n", err.message);
    return true;
}

/* ---- signals ---- */

static bool is_job(int argc, char **argv)
{
    for (int i = 0; argc > 1 && i < N_COMMANDS; i++) {
        if (strcmp(argv[1], commands[i]->name) == 0) return commands[i]->is_job;
    }
    return false;
}

/* A signal that came while MPI started, to whichever rank. */
static pa_status check_signals(pa_comm *comm, pa_error *err)
{
    int64_t came = pa_stop_signal();
    pa_max_i64(comm, &came, 1);
    pa_stop_learn((int)came);
    if (came == 0) return PA_OK;
    return pa_fail(err, PA_E_AGAIN, "stopped by %s before it began: nothing is saved",
                   pa_stop_name());
}

/* ---- pages ---- */

typedef pa_status write_page(size_t n, const pa_command *const commands[], pa_buffer *text,
                             pa_error *err);

static write_page *page_of(int argc, char **argv)
{
    if (argc != 2) return NULL;
    if (strcmp(argv[1], "--man") == 0) return pa_manual_write;
    return strcmp(argv[1], "--completion") == 0 ? pa_completion_write : NULL;
}

/* Without MPI, which does not start everywhere where the program is built. */
static int print_page(write_page *page)
{
    pa_error err = {0};
    pa_buffer text = {0};
    pa_status st = page(N_COMMANDS, commands, &text, &err);
    if (st == PA_OK) fwrite(text.data, 1, text.length, stdout);
    pa_buffer_free(&text);
    if (st == PA_OK && end_output(&err) == OUTPUT_LOST) st = PA_E_IO;
    if (st != PA_OK) pa_print(stderr, "paraudit: %s\n", err.message);
    return (int)st;
}

int main(int argc, char **argv)
{
    /* MPI takes its time to start, and a queue may stop a job then as well. */
    if (is_job(argc, argv)) pa_stop_on_signals();
    fill_gaps();
    write_page *page = page_of(argc, argv);
    if (page) return print_page(page);
    if (is_launched_wrongly()) return PA_E_USAGE;
    /* Large arrays go back to the system when they are freed, whatever their
     * size: glibc otherwise raises the limit and keeps them in its heap. */
    mallopt(M_MMAP_THRESHOLD, 256 * 1024);
    /* Smaller ones, of which there are thousands in a row, are to find the pages of those before.
     */
    mallopt(M_TRIM_THRESHOLD, 2 << 20);
    mallopt(M_TOP_PAD, 512 * 1024);
    pa_comm *comm;
    pa_error err = {0};
    pa_status st = pa_comm_start(&argc, &argv, &comm, &err);
    /* An audit does not end because whoever read its progress has: writing is an error then. */
    signal(SIGPIPE, SIG_IGN);
    /* Nor without a word where a file grows beyond the limit (ulimit -f): that is an error, too. */
    signal(SIGXFSZ, SIG_IGN);
    if (st == PA_OK) st = check_signals(comm, &err);
    if (st == PA_OK) st = run(comm, argc, argv, &err);
    pa_error lost = {0};
    output_end output = end_output(&lost);
    if (st == PA_OK && output == OUTPUT_LOST) st = pa_fail(&err, PA_E_IO, "%s", lost.message);
    st = pa_agree(comm, st, &err);
    if (st != PA_OK && pa_comm_rank(comm) == 0) pa_print(stderr, "paraudit: %s\n", err.message);
    pa_comm_stop(comm);
    if (st == PA_OK && output == OUTPUT_UNREAD) end_unread();
    return (int)st;
}
