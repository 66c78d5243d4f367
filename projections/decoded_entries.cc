#include "projections/decoded_entries.h"

#include <algorithm>

#include "events/values/invariant.h"

namespace contacts {
namespace {

// Decoding fewer entries takes less time than starting a thread.
constexpr size_t kWorthAThread = 256;
// Waking the other thread for each entry would cost as much as decoding it.
constexpr size_t kAtOnce = 64;
// How far decoding may be ahead. Few, so that they stay in the processor's cache.
constexpr size_t kPlaces = 8 * kAtOnce;

}  // namespace

DecodedEntry Decode(const LogEntry& entry, const Decoding& decoding) {
  const auto& [keyring, partition, partitions, made] = decoding;
  DecodedEntry decoded;
  if (entry.key == kOpeningKey) {
    Result<Opening> opening = DecodeOpening(entry.key, entry.value);
    if (opening && opening->partition == partition && opening->partitions == partitions) {
      decoded.opening = *std::move(opening);
      return decoded;
    }
  }
  decoded.hash = Sha256(entry.value);
  if (const Record* ours = made != nullptr ? made->Made(entry.key, decoded.hash) : nullptr) {
    const Envelope& envelope = ours->envelope;
    decoded.slot = Slot{envelope.tenant, envelope.sequence, envelope.previous};
    decoded.writer = WriterOf(envelope.id);
    decoded.record = *ours;
    return decoded;
  }
  const Result<json::Document> document = json::Document::Parse(entry.value);
  decoded.slot = document ? ReadSlot(entry.key, *document, partition, partitions)
                          : ReadSlot(entry.key, entry.value, partition, partitions);
  if (!decoded.slot) return decoded;
  decoded.writer = WriterOf(*document);
  decoded.record = DecodeRecord(*document);
  OpenToApply(&decoded, keyring);
  return decoded;
}

void OpenToApply(DecodedEntry* decoded, seal::Keyring& keyring) {
  if (!decoded->record) return;
  Record& record = *decoded->record;
  decoded->data = OpenData(&record, keyring);
  const bool keyed = record.envelope.requesthash.has_value();
  decoded->actor = keyed ? OpenActor(&record, keyring) : Opened::kOpen;
}

DecodedEntries::DecodedEntries(const std::vector<LogEntry>& entries, const Decoding& decoding)
    : entries_(entries), decoding_(decoding) {
  if (entries_.size() < kWorthAThread) {
    decoded_.resize(1);
  } else {
    decoded_.resize(std::min(entries_.size(), kPlaces));
    ahead_ = std::thread([this] { DecodeAll(); });
  }
}

DecodedEntries::~DecodedEntries() {
  if (!ahead_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    abandoned_ = true;
  }
  released_changed_.notify_one();
  ahead_.join();
}

void DecodedEntries::DecodeAll() {
  for (size_t i = 0; i < entries_.size();) {
    if (i % kAtOnce == 0 && !WaitForPlaces(i)) return;
    decoded_[i % kPlaces] = Decode(entries_[i], decoding_);
    if (++i % kAtOnce == 0 && !Announce(i)) return;
  }
  Announce(entries_.size());
}

// Until the next kAtOnce entries have places. False: the rest is not needed any more.
bool DecodedEntries::WaitForPlaces(size_t index) {
  std::unique_lock lock(mutex_);
  released_changed_.wait(lock, [&] { return abandoned_ || index < released_ + kPlaces; });
  return !abandoned_;
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

DecodedEntry& DecodedEntries::Next() {
  const size_t index = next_++;
  CONTACTS_INVARIANT(index < entries_.size());
  if (!ahead_.joinable()) {
    decoded_[0] = Decode(entries_[index], decoding_);
    return decoded_[0];
  }
  if (index % kAtOnce == 0) {
    {
      const std::lock_guard lock(mutex_);
      released_ = index;
    }
    released_changed_.notify_one();
  }
  if (known_ready_ <= index) {
    std::unique_lock lock(mutex_);
    announced_.wait(lock, [&] { return ready_ > index; });
    known_ready_ = ready_;
  }
  return decoded_[index % kPlaces];
}

}  // namespace contacts
