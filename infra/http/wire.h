// What a connection needs of the outside: a socket and threads, or a test's memory.
#pragma once

#include <sys/types.h>
#include <sys/uio.h>

#include <memory>

namespace contacts::http {

class Connection;

// Where its answers go.
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
  // Bytes of what Write took that the client has not acknowledged.
  virtual size_t Untaken() const { return 0; }
};

// What a connection asks of its worker. Called under the connection's lock.
class ConnectionCallbacks {
 public:
  virtual ~ConnectionCallbacks() = default;
  // The wire took less than it was given: call Pump() once it takes more.
  virtual void WhenWritable(const std::shared_ptr<Connection>& connection) = 0;
  // It wants input again after WantsInput() said no: let its worker read.
  virtual void ReadAgain(const std::shared_ptr<Connection>& connection) = 0;
};

}  // namespace contacts::http
