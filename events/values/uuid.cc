#include "events/values/uuid.h"

#include "events/values/big_endian.h"
#include "events/values/hash.h"

namespace contacts {

std::string UuidV7(Timestamp time, const uint8_t (&random)[10]) {
  std::string bytes;
  AppendBigEndian(static_cast<uint64_t>(time.milliseconds), 6, &bytes);
  bytes.append(reinterpret_cast<const char*>(random), sizeof random);
  bytes[6] = static_cast<char>(0x70 | (bytes[6] & 0x0F));
  bytes[8] = static_cast<char>(0x80 | (bytes[8] & 0x3F));
  std::string text = ToHex(bytes);
  for (const size_t at : {20, 16, 12, 8}) text.insert(at, 1, '-');
  return text;
}

}  // namespace contacts
