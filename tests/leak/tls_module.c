/* A library with thread-local storage that is loaded while the program runs. */
int *tls_number(void);

static _Thread_local int number;

int *tls_number(void)
{
    return &number;
}
