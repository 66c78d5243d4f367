// Any key and bytes as an entry of the log: `KEY LF VALUE`. An entry with a slot has the grammar,
// in exactly one partition; no input does harm.
#include <cstdlib>
#include <string>

#include "events/history.h"
#include "events/json/json.h"
#include "events/opening.h"
#include "events/record.h"

namespace contacts {
namespace {

constexpr int kPartitions = 3;

void Require(bool holds) {
  if (!holds) std::abort();
}

bool Contains(const std::string& value, const std::string& part) {
  return value.find(part) != std::string::npos;
}

void TryEntry(const std::string& key, const std::string& value) {
  int slots = 0;
  for (int partition = 0; partition < kPartitions; ++partition) {
    const auto slot = ReadSlot(key, value, partition, kPartitions);
    if (!slot) continue;
    ++slots;
    Require(slot->tenant.value == key && IsTenantId(key) && slot->sequence.value > 0);
    Require(value.front() == '{' && value.back() == '}' && json::Document::Parse(value).ok());
    // The members are written without escapes, so the source has them unchanged.
    for (const char* name : {"\"tenant\"", "\"sequence\"", "\"previous\""}) {
      Require(Contains(value, name));
    }
    Require(Contains(value, '"' + key + '"') && Contains(value, ToHex(slot->previous)) &&
            Contains(value, std::to_string(slot->sequence.value)));
    Require(IsHistory(Head{Sequence{slot->sequence.value - 1}, slot->previous}, *slot));
    const auto record = DecodeRecord(value);
    if (record) {
      Require(record->envelope.tenant == slot->tenant &&
              record->envelope.sequence == slot->sequence &&
              record->envelope.previous == slot->previous);
    }
  }
  Require(slots <= 1);
  const auto opening = DecodeOpening(key, value);
  if (opening) {
    Require(slots == 0);
    const auto again = DecodeOpening(key, EncodeOpening(*opening, "id", Timestamp{}));
    Require(again.ok() && *again == *opening);
  }
}

}  // namespace
}  // namespace contacts

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string input(reinterpret_cast<const char*>(bytes), size);
  const size_t end = input.find('\n');
  contacts::TryEntry(input.substr(0, end), end == std::string::npos ? "" : input.substr(end + 1));
  return 0;
}
