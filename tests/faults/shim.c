/* Preloaded into a program that writes session files: a disk that can lose power, fail, or be the place where the program dies.
 *
 * Only files under $SHIM_DIR are concerned.
 * $SHIM_SHADOW: a directory that holds, at any moment, what a power cut would leave: of every file what was flushed last.
 * shim_fail(n, error): the n-th write or flush from now on fails with `error`; shim_calls() says how many there were.
 * $SHIM_NO_LINKS: a file gets no second name, as on exFAT and on some network mounts.
 * shim_kill(n, end): the process is killed at the n-th write to a file whose name ends in `end`.
 * $SHIM_THREADS: so many threads can be made, and then no more.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static long fail_at = 0, calls = 0, kill_at = 0;
static int fail_with = 0;
static char kill_end[64] = "";

void shim_fail(long n, int error) { calls = 0; fail_at = n; fail_with = error; }
long shim_calls(void) { return calls; }
void shim_kill(long n, const char *end) { kill_at = n; snprintf(kill_end, sizeof kill_end, "%s", end); }

static int concerned(const char *path) {
    const char *directory = getenv("SHIM_DIR");
    return directory && strncmp(path, directory, strlen(directory)) == 0;
}

static int path_of(int fd, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = syscall(SYS_readlink, link, path, PATH_MAX - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return concerned(path);
}

static int ends_with(const char *path, const char *end) {
    size_t a = strlen(path), b = strlen(end);
    return b && a >= b && strcmp(path + a - b, end) == 0;
}

/* Count one write or flush; 1 when it must fail. */
static int struck(int fd, int writing) {
    char path[PATH_MAX];
    if (!path_of(fd, path)) return 0;
    if (writing && kill_at && ends_with(path, kill_end) && --kill_at == 0) raise(SIGKILL);
    calls++;
    if (fail_at && calls == fail_at) { errno = fail_with; return 1; }
    return 0;
}

static void shadow_of(const char *path, char *shadow) {
    const char *name = strrchr(path, '/');
    snprintf(shadow, PATH_MAX, "%s/%s", getenv("SHIM_SHADOW"), name ? name + 1 : path);
}

static void copy(const char *from, const char *to) {
    char temporary[PATH_MAX + 8], block[65536];
    snprintf(temporary, sizeof temporary, "%s.part", to);
    long in = syscall(SYS_openat, AT_FDCWD, from, O_RDONLY, 0);
    long out = syscall(SYS_openat, AT_FDCWD, temporary, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ssize_t length;
    while (in >= 0 && (length = syscall(SYS_read, in, block, sizeof block)) > 0) syscall(SYS_write, out, block, length);
    if (in >= 0) syscall(SYS_close, in);
    syscall(SYS_close, out);
    syscall(SYS_renameat2, AT_FDCWD, temporary, AT_FDCWD, to, 0);
}

static void flushed(int fd) {
    char path[PATH_MAX], shadow[PATH_MAX];
    if (!getenv("SHIM_SHADOW") || !path_of(fd, path)) return;
    if (syscall(SYS_faccessat, AT_FDCWD, path, R_OK) || strcmp(path, getenv("SHIM_DIR")) == 0) return;
    shadow_of(path, shadow);
    copy(path, shadow);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int fd, const void *data, size_t size) {
    return struck(fd, 1) ? -1 : REAL(write)(fd, data, size);
}
ssize_t pwrite(int fd, const void *data, size_t size, off_t offset) {
    return struck(fd, 1) ? -1 : REAL(pwrite)(fd, data, size, offset);
}
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t offset) {
    return struck(fd, 1) ? -1 : REAL(pwrite64)(fd, data, size, offset);
}
int ftruncate(int fd, off_t size) { return struck(fd, 1) ? -1 : REAL(ftruncate)(fd, size); }
int ftruncate64(int fd, off64_t size) { return struck(fd, 1) ? -1 : REAL(ftruncate64)(fd, size); }

int fsync(int fd) {
    if (struck(fd, 0)) return -1;
    int result = REAL(fsync)(fd);
    if (result == 0) flushed(fd);
    return result;
}
int fdatasync(int fd) {
    if (struck(fd, 0)) return -1;
    int result = REAL(fdatasync)(fd);
    if (result == 0) flushed(fd);
    return result;
}

int unlink(const char *path) {
    char shadow[PATH_MAX];
    int result = REAL(unlink)(path);
    if (result == 0 && getenv("SHIM_SHADOW") && concerned(path)) {
        shadow_of(path, shadow);
        syscall(SYS_unlinkat, AT_FDCWD, shadow, 0);
    }
    return result;
}

/* A name that is put in place keeps only what was flushed of the file behind it. */
static void named(const char *from, const char *to) {
    char source[PATH_MAX], target[PATH_MAX];
    if (!getenv("SHIM_SHADOW") || !concerned(to)) return;
    shadow_of(from, source);
    shadow_of(to, target);
    copy(source, target);
}

int rename(const char *from, const char *to) {
    int result = REAL(rename)(from, to);
    if (result == 0) named(from, to);
    return result;
}
/* 1 when a second name must not be given. */
static int linkless(const char *to) {
    if (!getenv("SHIM_NO_LINKS") || !concerned(to)) return 0;
    errno = EPERM;
    return 1;
}
int link(const char *from, const char *to) {
    if (linkless(to)) return -1;
    int result = REAL(link)(from, to);
    if (result == 0) named(from, to);
    return result;
}
int linkat(int a, const char *from, int b, const char *to, int flags) {
    if (linkless(to)) return -1;
    int result = REAL(linkat)(a, from, b, to, flags);
    if (result == 0) named(from, to);
    return result;
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *given) {
    static long made = 0;
    const char *most = getenv("SHIM_THREADS");
    if (most && __sync_fetch_and_add(&made, 1) >= atol(most)) return EAGAIN;
    return REAL(pthread_create)(thread, attributes, run, given);
}
