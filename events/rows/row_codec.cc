#include <algorithm>

#include "events/rows/row_archive.h"

namespace contacts {

void RowWriter::Write(int64_t value) {
  auto bits = (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
  while (bits >= 0x80) {
    out_.push_back(static_cast<char>(bits | 0x80));
    bits >>= 7;
  }
  out_.push_back(static_cast<char>(bits));
}

void RowWriter::Write(const std::string& value) {
  Write(static_cast<int64_t>(value.size()));
  out_.append(value);
}

void RowReader::Read(int64_t* value) {
  uint64_t bits = 0;
  for (int shift = 0; ok_; shift += 7) {
    if (in_.empty() || shift > 63) {
      ok_ = false;
      return;
    }
    const auto byte = static_cast<uint8_t>(in_.front());
    in_.remove_prefix(1);
    bits |= static_cast<uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80) break;
  }
  *value = static_cast<int64_t>(bits >> 1) ^ -static_cast<int64_t>(bits & 1);
}

void RowReader::Read(bool* value) {
  int64_t number = 0;
  Read(&number);
  if (number != 0 && number != 1) ok_ = false;
  *value = number == 1;
}

void RowReader::Read(std::string* value) {
  int64_t size = 0;
  Read(&size);
  if (size < 0 || static_cast<uint64_t>(size) > in_.size()) ok_ = false;
  if (!ok_) return;
  value->assign(in_.substr(0, static_cast<size_t>(size)));
  in_.remove_prefix(static_cast<size_t>(size));
}

void RowReader::Read(Hash* value) {
  if (in_.size() < value->bytes.size()) ok_ = false;
  if (!ok_) return;
  std::copy_n(in_.begin(), value->bytes.size(), value->bytes.begin());
  in_.remove_prefix(value->bytes.size());
}

}  // namespace contacts
