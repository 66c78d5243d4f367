#include "infra/embedded/entry_codec.h"

#include "events/values/hash.h"

namespace contacts::embedded {
namespace {

constexpr size_t kSealSize = 16;
constexpr size_t kFixedSize = kSealSize + 8 + 4;  // before the key

void AppendInteger(uint64_t value, int bytes, std::string* out) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    out->push_back(static_cast<char>(value >> shift));
  }
}

uint64_t ReadInteger(std::string_view bytes) {
  uint64_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<uint8_t>(c);
  return value;
}

std::string Seal(std::string_view log_id, std::string_view row_key, std::string_view content) {
  std::string sealed;
  sealed.reserve(log_id.size() + row_key.size() + content.size());
  sealed.append(log_id).append(row_key).append(content);
  const Hash hash = Sha256(sealed);
  return std::string(reinterpret_cast<const char*>(hash.bytes.data()), kSealSize);
}

}  // namespace

std::string EntryKey(int partition, Offset offset) {
  std::string key = "e";
  AppendInteger(static_cast<uint64_t>(partition), 4, &key);
  AppendInteger(static_cast<uint64_t>(offset.value), 8, &key);
  return key;
}

std::optional<Offset> OffsetOfKey(int partition, std::string_view row_key) {
  const std::string first = EntryKey(partition, Offset{0});
  if (row_key.size() != first.size() || row_key.substr(0, 5) != first.substr(0, 5)) {
    return std::nullopt;
  }
  return Offset{static_cast<int64_t>(ReadInteger(row_key.substr(5)))};
}

std::string EncodeEntry(std::string_view log_id, int partition, const LogEntry& entry) {
  std::string content;
  content.reserve(kFixedSize + entry.key.size() + entry.value.size());
  AppendInteger(static_cast<uint64_t>(entry.appended.milliseconds), 8, &content);
  AppendInteger(entry.key.size(), 4, &content);
  content.append(entry.key).append(entry.value);
  return Seal(log_id, EntryKey(partition, entry.offset), content).append(content);
}

std::optional<LogEntry> DecodeEntry(std::string_view log_id, int partition, Offset offset,
                                    std::string_view row) {
  if (row.size() < kFixedSize) return std::nullopt;
  const std::string_view content = row.substr(kSealSize);
  if (Seal(log_id, EntryKey(partition, offset), content) != row.substr(0, kSealSize)) {
    return std::nullopt;
  }
  const size_t key_size = ReadInteger(content.substr(8, 4));
  const std::string_view text = row.substr(kFixedSize);
  if (key_size > text.size()) return std::nullopt;
  return LogEntry{offset, Timestamp{static_cast<int64_t>(ReadInteger(content.substr(0, 8)))},
                  std::string(text.substr(0, key_size)), std::string(text.substr(key_size))};
}

std::string EndKey(int partition) {
  std::string key = "n";
  AppendInteger(static_cast<uint64_t>(partition), 4, &key);
  return key;
}

std::string EncodeEnd(Offset end) {
  std::string row;
  AppendInteger(static_cast<uint64_t>(end.value), 8, &row);
  return row;
}

std::optional<Offset> DecodeEnd(std::string_view row) {
  if (row.size() != 8) return std::nullopt;
  return Offset{static_cast<int64_t>(ReadInteger(row))};
}

}  // namespace contacts::embedded
