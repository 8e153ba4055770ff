/* The folder of an audit's result. What is in it already is somebody's work: a finished result,
 * a job to go on with, files of the same names. It stays, unless it is this very job's, or its
 * user says --replace. */
#ifndef PARAUDIT_COMMANDS_OUT_FOLDER_H
#define PARAUDIT_COMMANDS_OUT_FOLDER_H

#include "paraudit/base/options.h"
#include "paraudit/comm/comm.h"
#include "paraudit/files/standing.h"
#include "paraudit/table/table.h"

typedef enum {
    PA_OUT_BEGIN, /* nothing of value is there, or it may go once the new is whole */
    PA_OUT_GO_ON, /* with the checkpoints that are there: they bear this job's configuration */
    PA_OUT_DONE   /* the finished result of this very job is there */
} pa_out_state;

typedef enum {
    PA_OUT_AUDIT,         /* what is there stays, unless it is this job's */
    PA_OUT_REPLACE,       /* what bears our names is replaced in the end */
    PA_OUT_RESUME,        /* goes on with the job whose configuration lies there */
    PA_OUT_RESUME_REPLACE /* both; of a job that was begun with --replace they are one */
} pa_out_wish;

typedef struct {
    const char *path;
    int lock; /* of rank 0 */
    pa_out_state state;
    pa_standing standing; /* what the job may replace; of rank 0 */
    bool log_goes_on;     /* log.txt is this job's, or one's before it; of rank 0 */
} pa_out_folder;

/* What makes a job this one. */
typedef struct {
    const pa_config *config;
    const char *previous; /* content digest of the audit before it; "": there is none */
} pa_out_job;

/* A line of checkpoint/job.ini: the job was begun with --replace. */
extern const char pa_out_replaces[];

/* Makes the folder and locks it until pa_out_leave (which is fine after a failure), and looks
 * at what is there. PA_E_CREATE: it must not be written; or what the job reads (inputs, its
 * configuration, the preset, the
 * previous result), by whatever name, is an output, the draft of one or a file of
 * checkpoints; or what is called as a draft is none that a job has left here; what was not
 * there is gone again then. Collective. */
pa_status pa_out_take(pa_comm *comm, const pa_out_job *job, const char *path, pa_out_wish wish,
                      pa_out_folder *out, pa_error *err);
void pa_out_leave(pa_out_folder *out);

/* The same look, without a folder that is made and without inputs being read: for `check`.
 * again: a result of this configuration is there, and is left alone, or done again, as its
 * inputs are these or others. One rank. */
pa_status pa_out_look(pa_comm *comm, const pa_out_job *job, const char *path, bool *again,
                      pa_error *err);

/* PA_E_CREATE where the job in the folder, just loaded, began with other inputs than those of
 * `config`. inputs: its table. Collective. */
pa_status pa_out_check_inputs(pa_comm *comm, const pa_config *config, const char *path,
                              const pa_table *inputs, pa_error *err);

#endif
