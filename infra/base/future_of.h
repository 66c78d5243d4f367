// Calls an asynchronous function from a thread that may wait for the answer.
#pragma once

#include <future>
#include <memory>
#include <utility>

namespace contacts {

// Calls `start` with a callback, which takes the one answer of a call. The future holds that
// answer. It may be dropped before the answer comes.
template <class T, class Start>
std::future<T> FutureOf(Start start) {
  const auto promise = std::make_shared<std::promise<T>>();
  std::future<T> future = promise->get_future();
  start([promise](T answer) { promise->set_value(std::move(answer)); });
  return future;
}

}  // namespace contacts
