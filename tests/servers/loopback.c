/* Put before a test server (LD_PRELOAD): whatever IPv4 address it would listen at, it listens on this machine alone. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

int bind(int socket, const struct sockaddr *address, socklen_t length)
{
    static int (*real)(int, const struct sockaddr *, socklen_t);
    struct sockaddr_in here;

    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "bind");
    if (address != NULL && address->sa_family == AF_INET && length >= sizeof here) {
        memcpy(&here, address, sizeof here);
        here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return real(socket, (struct sockaddr *)&here, sizeof here);
    }
    return real(socket, address, length);
}
