#include "events/history.h"

namespace contacts {
namespace {

Error NoSlot(const char* why) { return Error{ErrorCode::kBadRequest, why}; }

constexpr const char* kNotBare = "not one JSON object with nothing around it";
bool IsBareObject(std::string_view value) {
  return !value.empty() && value.front() == '{' && value.back() == '}';
}

// The member that is written with exactly this name; nullptr: no such member, or one with escapes.
const json::Node* Plain(const json::Document& document, std::string_view name) {
  const json::Node* node = document.Find(document.root(), name);
  return node != nullptr && document.RawName(*node) == name ? node : nullptr;
}

// The source of a string without its quotes; empty: the node is not a string.
std::string_view Inside(const json::Document& document, const json::Node* node) {
  if (node == nullptr || node->kind != json::Kind::kString) return {};
  const std::string_view raw = document.Raw(*node);
  return raw.substr(1, raw.size() - 2);
}

int64_t ReadSequence(std::string_view raw) {
  if (raw.empty() || raw.size() > 15 || raw.front() == '0') return 0;
  int64_t value = 0;
  for (const char c : raw) {
    if (c < '0' || c > '9') return 0;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

Result<Slot> ReadSlot(std::string_view key, std::string_view value, int partition, int partitions) {
  if (!IsBareObject(value)) return NoSlot(kNotBare);
  const Result<json::Document> document = json::Document::Parse(value);
  if (!document) return document.error();
  return ReadSlot(key, *document, partition, partitions);
}

Result<Slot> ReadSlot(std::string_view key, const json::Document& document, int partition,
                      int partitions) {
  if (!IsBareObject(document.source())) return NoSlot(kNotBare);
  const std::string_view tenant = Inside(document, Plain(document, "tenant"));
  if (!IsTenantId(tenant)) return NoSlot("no valid tenant");
  if (tenant != key) return NoSlot("the tenant is not the entry's key");
  const json::Node* number = Plain(document, "sequence");
  const int64_t sequence = number != nullptr && number->kind == json::Kind::kNumber
                               ? ReadSequence(document.Raw(*number))
                               : 0;
  if (sequence == 0) return NoSlot("no valid sequence");
  const auto previous = HashFromHex(Inside(document, Plain(document, "previous")));
  if (!previous) return NoSlot("no valid previous");
  Slot slot{TenantId{std::string(tenant)}, Sequence{sequence}, *previous};
  if (PartitionOf(slot.tenant, partitions) != partition) {
    return NoSlot("in another partition than its tenant's");
  }
  return slot;
}

int PartitionOf(const TenantId& tenant, int partitions) {
  // MurmurHash2, 32 bits, as org.apache.kafka.common.utils.Utils.murmur2: seed 0x9747b28c.
  constexpr uint32_t kMultiplier = 0x5bd1e995;
  const std::string& bytes = tenant.value;
  const size_t size = bytes.size();
  uint32_t hash = 0x9747b28c ^ static_cast<uint32_t>(size);
  size_t at = 0;
  for (; at + 4 <= size; at += 4) {
    uint32_t word = 0;
    for (size_t i = 4; i-- > 0;) word = word << 8 | static_cast<uint8_t>(bytes[at + i]);
    word *= kMultiplier;
    word ^= word >> 24;
    word *= kMultiplier;
    hash = hash * kMultiplier ^ word;
  }
  if (at < size) {
    uint32_t tail = 0;
    for (size_t i = size; i-- > at;) tail = tail << 8 | static_cast<uint8_t>(bytes[i]);
    hash = (hash ^ tail) * kMultiplier;
  }
  hash ^= hash >> 13;
  hash *= kMultiplier;
  hash ^= hash >> 15;
  return static_cast<int>((hash & 0x7fffffff) % static_cast<uint32_t>(partitions));
}

}  // namespace contacts
