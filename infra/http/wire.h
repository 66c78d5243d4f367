// The things that a connection needs from outside: a socket and threads, or memory in a test.
#pragma once

#include <sys/types.h>
#include <sys/uio.h>

#include <memory>

namespace contacts::http {

class Connection;

// Where a connection's answers go. Called under its lock, and never after Connection::Closed().
class Wire {
 public:
  virtual ~Wire() = default;
  // Returns how many bytes it took, perhaps fewer than all; 0: none now; below 0: the client has
  // gone.
  virtual ssize_t Write(const iovec* parts, int count) = 0;
  // Nothing more will be written; further input of the client is read and dropped.
  virtual void EndWriting() = 0;
  // Ends both directions; the worker then sees the end and closes.
  virtual void Shut() = 0;
  // Like Shut, and throws unsent bytes away.
  virtual void Abort() = 0;
  // The end that follows is a reset, so that the client cannot take what it has for a whole answer.
  virtual void ResetOnClose() = 0;
  // From now on Write takes no more while so many bytes of those it took cannot be sent yet.
  virtual void KeepUnsent(size_t bytes) = 0;
  virtual int descriptor() const = 0;
  // How many of the bytes that Write took the client has not acknowledged.
  virtual size_t Untaken() const { return 0; }
};

// The requests of a connection to its worker. Called under the connection's lock.
class ConnectionCallbacks {
 public:
  virtual ~ConnectionCallbacks() = default;
  // The wire did not take all bytes: call Pump() once it takes more.
  virtual void WhenWritable(const std::shared_ptr<Connection>& connection) = 0;
  // The connection wants input again after WantsInput() was false, or TellSources() is due: let
  // its worker read, and then call that.
  virtual void ReadAgain(const std::shared_ptr<Connection>& connection) = 0;
};

}  // namespace contacts::http
