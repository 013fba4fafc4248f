/* Makes every wait for the disk 200 ms longer: LD_PRELOAD. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>

int fsync(int fd) {
  int (*real)(int) = dlsym(RTLD_NEXT, "fsync");
  usleep(200000);
  return real(fd);
}

int fdatasync(int fd) {
  int (*real)(int) = dlsym(RTLD_NEXT, "fdatasync");
  usleep(200000);
  return real(fd);
}
