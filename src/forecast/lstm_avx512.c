#define LOOPS pa_lstm_loops_avx512
#include "lstm_loops.h"
