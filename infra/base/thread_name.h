// Names the calling thread as top -H, gdb and perf show it; threads that it starts inherit the
// name.
#pragma once

#include <pthread.h>

#include <string>

namespace contacts {

// Linux keeps 15 bytes of the name.
inline void NameThread(const std::string& name) {
  pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
}

}  // namespace contacts
