// Any bytes as a record, and as a row: no input does harm, and a value that is read, written and
// read again is the same.
#include <cstdlib>
#include <string>

#include "events/json/json.h"
#include "events/record.h"
#include "events/rows/row_archive.h"
#include "tests/support/keys.h"

namespace contacts {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

struct AnyRow {
  static constexpr int kRowVersion = 1;

  Contact contact;
  Hash hash;
  std::vector<Account> accounts;
  std::vector<int64_t> numbers;
  Maybe<std::string> text;
  bool flag = false;

  bool operator==(const AnyRow&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("contact", contact), Field("hash", hash), Field("accounts", accounts),
       Field("numbers", numbers), Field("text", text), Field("flag", flag));
  }
};

void TryRecord(const std::string& bytes) {
  auto record = DecodeRecord(bytes);
  if (!record) return;
  const std::string tree = ToHex(TestTree(record->envelope.tenant));
  if (!OpenAll(&*record)) return;
  record->envelope.keys.emplace(tree);
  const auto written = EncodeRecord(*record, TestKeys());
  if (!written) return;  // there is no key for such an id
  auto again = DecodeRecord(*written);
  if (!again && written->size() > json::Limits{}.bytes) return;
  Require(again.ok() && OpenAll(&*again));
  Record expected = *record;
  // EncodeRecord sets these; DecodeRecord takes any text.
  expected.envelope.subject = again->envelope.subject;
  expected.envelope.keys = again->envelope.keys;
  expected.generation = again->generation;
  Require(*again == expected);
  again->envelope.keys.emplace(tree);
  Require(*EncodeRecord(*again, TestKeys()) == *written);
}

void TryRow(const std::string& bytes) {
  AnyRow row;
  if (!FromRow(bytes, &row)) return;
  AnyRow again;
  Require(FromRow(ToRow(row), &again) && again == row);
}

}  // namespace
}  // namespace contacts

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string input(reinterpret_cast<const char*>(bytes), size);
  contacts::TryRecord(input);
  contacts::TryRow(input);
  return 0;
}
