#include "infra/base/random.h"

#include <openssl/rand.h>

#include "events/values/hash.h"
#include "events/values/invariant.h"
#include "events/values/uuid.h"

namespace contacts {

void FillRandom(uint8_t* to, size_t size) {
  CONTACTS_INVARIANT(RAND_bytes(to, static_cast<int>(size)) == 1);
}

std::string RandomHex(size_t bytes) {
  std::string random(bytes, '\0');
  FillRandom(reinterpret_cast<uint8_t*>(random.data()), random.size());
  return ToHex(random);
}

std::string NewUuid(Timestamp time) {
  uint8_t random[10];
  FillRandom(random, sizeof random);
  return UuidV7(time, random);
}

}  // namespace contacts
