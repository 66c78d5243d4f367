// A producer of a streamed answer that notes what the front asks of it. Any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "infra/http/router.h"
#include "infra/http/stream.h"

namespace contacts::http {

inline Chunk ChunkOf(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

class Producer : public BodySource {
 public:
  using Does = std::function<void(const Stream&)>;

  // They are set before the request is sent.
  Does at_begin, at_room, at_drain;

  void Begin(Stream stream) override {
    {
      const std::lock_guard lock(mutex_);
      stream_.emplace(stream);
    }
    Note(&begun, at_begin);
  }
  void Room() override { Note(&rooms, at_room); }
  void Drain() override { Note(&drains, at_drain); }
  void Gone() override {
    LetGo();
    Note(&gone, nullptr);
  }

  // The stream, once it has begun.
  Stream Open() {
    WaitFor([this] { return begun > 0; });
    const std::lock_guard lock(mutex_);
    return stream_.value();
  }
  void LetGo() {
    std::optional<Stream> stream;
    const std::lock_guard lock(mutex_);
    stream_.swap(stream);
  }
  void WaitFor(const std::function<bool()>& condition) {
    std::unique_lock lock(mutex_);
    noted_.wait(lock, condition);
  }

  std::atomic<int> begun{0}, rooms{0}, drains{0}, gone{0};

 private:
  void Note(std::atomic<int>* count, const Does& does) {
    if (does) {
      std::unique_lock lock(mutex_);
      const std::optional<Stream> stream = stream_;
      lock.unlock();
      if (stream) does(*stream);
    }
    const std::lock_guard lock(mutex_);
    ++*count;
    noted_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable noted_;
  std::optional<Stream> stream_;
};

// GET /stream is answered by one producer after another, GET /small without one.
class Producers {
 public:
  std::shared_ptr<Producer> Add() {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::make_shared<Producer>());
    return waiting_.back();
  }
  Response Answer() {
    const std::lock_guard lock(mutex_);
    Response response{200, {{"Content-Type", "text/event-stream"}}, {}};
    response.source = std::move(waiting_.front());
    waiting_.erase(waiting_.begin());
    return response;
  }
  Router Routes() {
    const Handler stream = [this](const Request&, const Responder& out) { out.Send(Answer()); };
    const Handler small = [this](const Request&, const Responder& out) {
      ++small_ones;
      out.Send({200, {}, {ChunkOf("small")}});
    };
    // `later` is answered by the test, which has the responder.
    const Handler later = [this](const Request&, const Responder& out) {
      const std::lock_guard lock(mutex_);
      kept.push_back(out);
      came_.notify_all();
    };
    return Router({{"GET", "/stream", stream, {}, true},
                   {"GET", "/later", later, {}, true},
                   {"GET", "/unsaid", later, {}, false},
                   {"GET", "/small", small, {}, false}},
                  {""});
  }
  Responder Kept(size_t i) {
    std::unique_lock lock(mutex_);
    came_.wait(lock, [&] { return kept.size() > i; });
    return kept[i];
  }
  void LetGo() {
    std::vector<Responder> gone;
    const std::lock_guard lock(mutex_);
    gone.swap(kept);
  }

  std::atomic<int> small_ones{0};
  std::vector<Responder> kept;

 private:
  std::mutex mutex_;
  std::condition_variable came_;
  std::vector<std::shared_ptr<Producer>> waiting_;
};

}  // namespace contacts::http
