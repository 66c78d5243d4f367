// Where a connection's answers go: a socket, or a test's memory.
#pragma once

#include <sys/types.h>
#include <sys/uio.h>

namespace contacts::http {

// Called under the connection's lock, and never after Connection::Closed().
class Wire {
 public:
  virtual ~Wire() = default;
  // The bytes taken, which may be fewer than given; 0: none now; below 0: the client has gone.
  virtual ssize_t Write(const iovec* parts, int count) = 0;
  // Nothing more will be written; what the client still sends is read and dropped.
  virtual void EndWriting() = 0;
  // Ends both directions; the worker then sees the end and closes.
  virtual void Shut() = 0;
  // As Shut, and what was not sent is thrown away.
  virtual void Abort() = 0;
  virtual int descriptor() const = 0;
};

}  // namespace contacts::http
