#include "infra/embedded/entry_codec.h"

#include "events/values/big_endian.h"
#include "events/values/hash.h"

namespace contacts::embedded {
namespace {

constexpr size_t kSealSize = 16;
constexpr size_t kFixedSize = kSealSize + 8 + 4;  // before the key

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
  AppendBigEndian(static_cast<uint64_t>(partition), 4, &key);
  AppendBigEndian(static_cast<uint64_t>(offset.value), 8, &key);
  return key;
}

std::optional<Offset> OffsetOfKey(int partition, std::string_view row_key) {
  const std::string first = EntryKey(partition, Offset{0});
  if (row_key.size() != first.size() || row_key.substr(0, 5) != first.substr(0, 5)) {
    return std::nullopt;
  }
  return Offset{static_cast<int64_t>(FromBigEndian(row_key.substr(5)))};
}

std::string EncodeEntry(std::string_view log_id, int partition, const LogEntry& entry) {
  std::string content;
  content.reserve(kFixedSize + entry.key.size() + entry.value.size());
  AppendBigEndian(static_cast<uint64_t>(entry.appended.milliseconds), 8, &content);
  AppendBigEndian(entry.key.size(), 4, &content);
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
  const size_t key_size = FromBigEndian(content.substr(8, 4));
  const std::string_view text = row.substr(kFixedSize);
  if (key_size > text.size()) return std::nullopt;
  return LogEntry{offset, Timestamp{static_cast<int64_t>(FromBigEndian(content.substr(0, 8)))},
                  std::string(text.substr(0, key_size)), std::string(text.substr(key_size))};
}

std::string EncodeEpoch(int64_t epoch) {
  std::string row;
  AppendBigEndian(static_cast<uint64_t>(epoch), 8, &row);
  return row;
}

std::optional<int64_t> DecodeEpoch(std::string_view row) {
  if (row.size() != 8) return std::nullopt;
  const auto epoch = static_cast<int64_t>(FromBigEndian(row));
  return epoch >= 1 ? std::optional(epoch) : std::nullopt;
}

std::string EndKey(int partition) {
  std::string key = "n";
  AppendBigEndian(static_cast<uint64_t>(partition), 4, &key);
  return key;
}

std::string EncodeEnd(Offset end) {
  std::string row;
  AppendBigEndian(static_cast<uint64_t>(end.value), 8, &row);
  return row;
}

std::optional<Offset> DecodeEnd(std::string_view row) {
  if (row.size() != 8) return std::nullopt;
  return Offset{static_cast<int64_t>(FromBigEndian(row))};
}

}  // namespace contacts::embedded
