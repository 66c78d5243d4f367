// How Connection's own sources hold its lock.
#pragma once

#include <exception>
#include <functional>
#include <mutex>
#include <utility>

#include "infra/base/log.h"
#include "infra/http/connection.h"

namespace contacts::http {

// When it is released, it does what must not be done under the lock: it calls or destroys the
// functions of WhenGone, which may send an answer, or drop the last responder and with it the
// connection.
class Connection::Lock {
 public:
  explicit Lock(Connection* connection) : connection_(connection), lock_(connection->mutex_) {}
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

  ~Lock() {
    ReportUnsent();
    CheckInvariants(*connection_);
    if (connection_->farewells_.empty()) return;
    const auto farewells = std::exchange(connection_->farewells_, {});
    lock_.unlock();
    for (const Farewell& farewell : farewells) {
      if (farewell.call) Call(farewell.then);
    }
  }

 private:
  static void CheckInvariants(const Connection& connection);  // connection_invariants.cc
  // Does not count bytes that are written before Input ends, as most answers are.
  void ReportUnsent() {
    Connection& all = *connection_;
    if (all.corked_ || all.unsent_ == all.reported_) return;
    all.shared_->unsent_bytes += all.unsent_ - all.reported_;  // modulo 2^n
    all.reported_ = all.unsent_;
  }
  static void Call(const std::function<void()>& then) {
    try {
      then();
    } catch (const std::exception& error) {
      log::Error("a handler failed when its client had gone", {{"error", error.what()}});
    }
  }

  Connection* const connection_;
  std::unique_lock<std::mutex> lock_;
};

}  // namespace contacts::http
