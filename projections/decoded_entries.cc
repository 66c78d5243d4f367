#include "projections/decoded_entries.h"

#include "events/values/invariant.h"

namespace contacts {
namespace {

// Decoding fewer entries takes less time than starting a thread.
constexpr size_t kWorthAThread = 256;
// Waking the other thread for each entry would cost as much as decoding it.
constexpr size_t kAtOnce = 64;

}  // namespace

DecodedEntry Decode(const LogEntry& entry, int partition, int partitions) {
  DecodedEntry decoded;
  if (entry.key == kOpeningKey) {
    Result<Opening> opening = DecodeOpening(entry.key, entry.value);
    if (opening && opening->partition == partition && opening->partitions == partitions) {
      decoded.opening = *std::move(opening);
      return decoded;
    }
  }
  const Result<json::Document> document = json::Document::Parse(entry.value);
  decoded.slot = document ? ReadSlot(entry.key, *document, partition, partitions)
                          : ReadSlot(entry.key, entry.value, partition, partitions);
  if (!decoded.slot) return decoded;
  decoded.hash = Sha256(entry.value);
  decoded.writer = WriterOf(*document);
  decoded.record = DecodeRecord(*document);
  return decoded;
}

DecodedEntries::DecodedEntries(const std::vector<LogEntry>& entries, int partition, int partitions)
    : entries_(entries), partition_(partition), partitions_(partitions) {
  if (entries_.size() < kWorthAThread) {
    decoded_.resize(1);
  } else {
    decoded_.resize(entries_.size());
    ahead_ = std::thread([this] { DecodeAll(); });
  }
}

DecodedEntries::~DecodedEntries() {
  if (!ahead_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    abandoned_ = true;
  }
  ahead_.join();
}

void DecodedEntries::DecodeAll() {
  for (size_t i = 0; i < entries_.size();) {
    decoded_[i] = Decode(entries_[i], partition_, partitions_);
    if (++i % kAtOnce == 0 && !Announce(i)) return;
  }
  Announce(entries_.size());
}

// False: the rest is not needed any more.
bool DecodedEntries::Announce(size_t ready) {
  {
    const std::lock_guard lock(mutex_);
    if (abandoned_) return false;
    ready_ = ready;
  }
  announced_.notify_one();
  return true;
}

const DecodedEntry& DecodedEntries::Next() {
  const size_t index = next_++;
  CONTACTS_INVARIANT(index < entries_.size());
  if (!ahead_.joinable()) {
    decoded_[0] = Decode(entries_[index], partition_, partitions_);
    return decoded_[0];
  }
  if (known_ready_ <= index) {
    std::unique_lock lock(mutex_);
    announced_.wait(lock, [&] { return ready_ > index; });
    known_ready_ = ready_;
  }
  return decoded_[index];
}

}  // namespace contacts
