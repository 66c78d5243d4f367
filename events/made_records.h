// The records that this process made and has not read back yet. Making one includes decoding its
// bytes (command/writer/record_maker.h), so whoever reads them back need not do it again.
#pragma once

#include <string_view>

#include "events/record.h"
#include "events/values/hash.h"

namespace contacts {

class MadeRecords {
 public:
  virtual ~MadeRecords() = default;

  // The record whose bytes, in an entry with this key, have that hash; both of its blocks are
  // opened. nullptr: there is none. Valid until a record is made or judged.
  virtual const Record* Made(std::string_view key, const Hash& hash) const = 0;
};

}  // namespace contacts
