#define WALKS pa_walks_avx2
#include "walks_all.h"
