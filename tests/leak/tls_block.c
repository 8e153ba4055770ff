/* Lays the thread-local block of a library where libsanitizer up to GCC 13 takes
 * the words before it for those of an old glibc (tests/CMakeLists.txt has the whole
 * account), and ends. On any machine: what there depends on how much was allocated
 * before is forced here.
 *
 *     tls_block MODULE.so */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N_BLOCKS = 100000, PLACE = 16 };
static void *block[N_BLOCKS];

/* The next malloc of 4 bytes gets a block that has just been freed (there is no
 * quarantine, see lsan.sh), and one that lies PLACE bytes into a page. */
static void free_one_at_the_place(void)
{
    size_t at = N_BLOCKS;
    for (size_t i = 0; i < N_BLOCKS; i++) {
        block[i] = malloc(sizeof(int));
        if ((uintptr_t)block[i] % 4096 == PLACE) at = i;
    }
    if (at < N_BLOCKS) free(block[at]);
    if (at < N_BLOCKS) block[at] = NULL;
}

int main(int argc, char **argv)
{
    void *module = argc == 2 ? dlopen(argv[1], RTLD_NOW) : NULL;
    if (!module) {
        fprintf(stderr, "tls_block: %s\n", argc == 2 ? dlerror() : "no module");
        return 2;
    }
    int *(*tls_number)(void);
    void *symbol = dlsym(module, "tls_number");
    memcpy(&tls_number, &symbol, sizeof tls_number);
    free_one_at_the_place();
    uintptr_t place = (uintptr_t)tls_number() % 4096;
    for (size_t i = 0; i < N_BLOCKS; i++) free(block[i]);
    if (place == PLACE) return 0;
    fprintf(stderr, "tls_block: the block lies %d bytes into a page, not %d\n", (int)place, PLACE);
    return 2;
}
