// A handler that holds its requests until the test lets them go. Any thread.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "infra/http/router.h"

namespace contacts::http {

class Holder {
 public:
  struct Held {
    Request request;
    Responder responder;
  };

  Handler handler() {
    return [this](Request request, Responder responder) {
      const std::lock_guard lock(mutex_);
      held_.push_back({std::move(request), std::move(responder)});
      came_.notify_all();
    };
  }
  // GET and POST /hold.
  Router Routes() {
    return Router({{"GET", "/hold", handler()}, {"POST", "/hold", handler()}}, {""});
  }

  void WaitFor(size_t requests) {
    std::unique_lock lock(mutex_);
    came_.wait(lock, [&] { return held_.size() >= requests; });
  }
  // Removes and returns the oldest.
  Held Take() {
    const std::lock_guard lock(mutex_);
    Held held = std::move(held_.front());
    held_.erase(held_.begin());
    return held;
  }
  void LetGo() {
    std::vector<Held> gone;
    const std::lock_guard lock(mutex_);
    gone.swap(held_);
  }
  Held& operator[](size_t i) { return held_[i]; }
  size_t size() const {
    const std::lock_guard lock(mutex_);
    return held_.size();
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable came_;
  std::vector<Held> held_;
};

// POST /hold with a body of so many bytes.
inline std::string Post(size_t body_bytes) {
  return "POST /hold HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body_bytes) +
         "\r\n\r\n" + std::string(body_bytes, 'x');
}

}  // namespace contacts::http
