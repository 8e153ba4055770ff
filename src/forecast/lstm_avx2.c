#define LOOPS pa_lstm_loops_avx2
#include "lstm_loops.h"
