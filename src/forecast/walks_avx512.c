#define WALKS pa_walks_avx512
#include "walks_all.h"
