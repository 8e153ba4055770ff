/* `paraudit resume FOLDER --quiet` for each line FOLDER of standard input, in one process that
 * starts MPI once. Answers each with a line: the exit code, and the message. */
#include <stdio.h>
#include <string.h>

#include "paraudit/commands/command.h"

static void answer(pa_comm *comm, const char *folder)
{
    static const pa_flag flags[] = {
        {"--set", "KEY=VALUE", "", true}, {"--quiet", NULL, "", false}, {0}};
    const pa_arguments arguments = {
        .flags = flags, .given = {"--quiet"}, .n_given = 1, .words = {folder}, .n_words = 1};
    pa_error err = {0};
    pa_status st = pa_command_resume.run(comm, &arguments, &err);
    printf("%d %s\n", (int)st, err.message);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    pa_comm *comm;
    pa_error err = {0};
    char line[4096];
    if (pa_comm_start(&argc, &argv, &comm, &err) != PA_OK) return 2;
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = '\0';
        answer(comm, line);
    }
    pa_comm_stop(comm);
    return 0;
}
