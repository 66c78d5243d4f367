#include "infra/http/stream.h"

#include <utility>

#include "infra/http/connection_lock.h"
#include "infra/http/connection_stream.h"

namespace contacts::http {

Stream::Target::~Target() {
  if (!holds_) return;
  streaming_->Break("its producer has dropped it");
  connection_->LetGo(number_);
}

bool Stream::Write(Chunk text) const { return target_->streaming().Write(std::move(text)); }

void Stream::End(Chunk last) const { target_->streaming().End(std::move(last)); }

void Stream::KeepAlive(Chunk text, std::chrono::milliseconds every) const {
  target_->streaming().KeepAlive(std::move(text), every);
}

void Stream::Break() const { target_->streaming().Break("its producer says so"); }

bool Connection::TellSources(bool ended) {
  std::shared_ptr<Streaming> stream;
  std::vector<std::shared_ptr<Streaming>> past;
  bool is_to_close = false;
  {
    const Lock lock(this);
    side_ended_ = side_ended_ || ended;
    if (side_ended_) {
      for (Slot& slot : slots_) SayFarewell(&slot.when_end, true, &farewells_);
    }
    stream = stream_;
    past.swap(past_streams_);
    is_to_close = !closed_ && (gone_ || (stream != nullptr && ended));
  }
  for (const auto& over : past) {
    over->Tell();
    over->Release();
  }
  if (is_to_close) return false;
  if (stream != nullptr) stream->Tell();
  return true;
}

}  // namespace contacts::http
