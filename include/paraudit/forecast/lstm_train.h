/* The network's weights (lstm.h), found over all ranks: the same bits on any number of them.
 *
 * A step takes some pieces of up to PA_FORECAST_LANES series, whose gradients are rounded to
 * multiples of 2^-36 and added up as whole numbers, each rank adding those of some pieces; then
 * all ranks move the weights alike (D. Kingma, J. Ba, Adam, ICLR 2015). */
#ifndef PARAUDIT_FORECAST_LSTM_TRAIN_H
#define PARAUDIT_FORECAST_LSTM_TRAIN_H

#include "paraudit/base/log.h"
#include "paraudit/comm/comm.h"
#include "paraudit/forecast/lstm.h"

/* rate: of the first steps, falling to a tenth along half a wave. */
typedef struct {
    int32_t epochs, pieces_a_step;
    double rate;
    uint64_t seed;
} pa_lstm_training;

/* piece: n_pieces of all ranks, on every rank; weight: the start's, by the seed, need not be set.
 * *loss: -ln likelihood of a count or value, the mean over the last epoch as it went by; 0 where
 * there are none. log: progress, may be NULL. PA_E_MEMORY. Collective. */
pa_status pa_lstm_train(pa_comm *comm, const pa_lstm_shape *shape, size_t n_pieces,
                        const pa_lstm_series piece[], const pa_lstm_training *training, pa_log *log,
                        double weight[], double *loss, pa_error *err);

#endif
