#include "infra/base/private_process.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cerrno>

#include "infra/base/errno_text.h"
#include "infra/base/log.h"

namespace contacts {

void KeepPrivate() {
  umask(S_IRWXG | S_IRWXO);
  const rlimit none = {0, 0};
  // The limit does not count when the kernel pipes core dumps to a program; the second call does.
  if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
    log::Warn("the memory of this process may be written to a core dump",
              {{"cause", ErrnoText(errno)}});
  }
}

}  // namespace contacts
