#include "events/rows/row_archive.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/support/generators.h"

namespace contacts {
namespace {

struct Part {
  int64_t number = 0;
  bool operator==(const Part&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("number", number));
  }
};

struct SampleRow {
  static constexpr int kRowVersion = 3;

  Contact contact;
  Hash hash;
  TenantId tenant;
  bool flag = false;
  std::vector<Part> parts;
  std::vector<std::string> words;
  Maybe<std::optional<std::string>> patch;
  std::optional<Account> account;

  bool operator==(const SampleRow&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("contact", contact), Field("hash", hash), Field("tenant", tenant), Field("flag", flag),
       Field("parts", parts), Field("words", words), Field("patch", patch),
       Field("account", account));
  }
};

// Like a row type from which many readers need only the first fields.
struct LongerRow : SampleRow {
  std::string rest;
  template <class Archive>
  void serialize(Archive& ar) {
    SampleRow::serialize(ar);
    ar(Field("rest", rest));
  }
};

// Its values take no bytes, so that only the check of the count ends a list of them.
struct Empty {
  template <class Archive>
  void serialize(Archive&) {}
};

// A row with one value, to see its bytes.
template <class T>
struct One {
  static constexpr int kRowVersion = 1;
  T value{};
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("value", value));
  }
};

template <class T>
std::string HexOf(T value) {
  return ToHex(ToRow(One<T>{std::move(value)})).substr(2);  // without the version
}

template <class T>
bool Takes(std::string_view bytes) {
  One<T> row;
  return FromRow("\x02" + std::string(bytes), &row);
}

rc::Gen<SampleRow> AnyRow() {
  return rc::gen::exec([] {
    SampleRow row;
    row.contact = Contact{*gen::Id(), *gen::Fields(), *gen::Time(), *gen::Time()};
    row.hash = *gen::AnyHash();
    row.tenant = *gen::Tenant();
    row.flag = *rc::gen::arbitrary<bool>();
    for (const int64_t number : *rc::gen::container<std::vector<int64_t>>(gen::Integer())) {
      row.parts.push_back({number});
    }
    row.words = *rc::gen::container<std::vector<std::string>>(gen::Text());
    if (*rc::gen::arbitrary<bool>()) row.patch.emplace(gen::Perhaps(gen::Text()));
    row.account = gen::Perhaps(rc::gen::exec(&gen::PickAccount));
    return row;
  });
}

// These bytes are on disk since the first release, so they never change.
TEST(RowArchive, WritesItsGrammar) {
  EXPECT_EQ(ToHex(ToRow(One<bool>{true})), "0202");
  EXPECT_EQ(HexOf<int64_t>(0), "00");
  EXPECT_EQ(HexOf<int64_t>(-1), "01");
  EXPECT_EQ(HexOf<int64_t>(1), "02");
  EXPECT_EQ(HexOf<int64_t>(63), "7e");
  EXPECT_EQ(HexOf<int64_t>(64), "8001");
  EXPECT_EQ(HexOf<int64_t>(INT64_MAX), "feffffffffffffffff01");
  EXPECT_EQ(HexOf<int64_t>(INT64_MIN), "ffffffffffffffffff01");
  EXPECT_EQ(HexOf<bool>(false), "00");
  EXPECT_EQ(HexOf<std::string>(std::string("a\0", 2)), "046100");
  EXPECT_EQ(HexOf<std::optional<bool>>(std::nullopt), "00");
  EXPECT_EQ(HexOf<std::optional<bool>>(false), "0200");
  EXPECT_EQ(HexOf<Maybe<std::string>>({}), "00");
  EXPECT_EQ(HexOf<ContactType>(ContactType::kClient), "06");
  EXPECT_EQ(HexOf<Timestamp>({-2}), "03");
  EXPECT_EQ(HexOf<std::vector<int64_t>>({1, 2}), "040204");
  EXPECT_EQ(HexOf<Hash>(Sha256("abc")), ToHex(Sha256("abc")));
  EXPECT_EQ(HexOf<RawJson>({"{}"}), "047b7d");
  EXPECT_EQ(HexOf<Part>({1}), "02");
}

TEST(RowArchive, RefusesAnotherVersion) {
  std::string row = ToRow(One<bool>{true});
  One<bool> read;
  EXPECT_TRUE(FromRow(row, &read));
  row[0] = 4;
  EXPECT_FALSE(FromRow(row, &read));
  EXPECT_FALSE(FrontFromRow(row, &read));
}

TEST(RowArchive, RefusesValuesThatNoWriterWrote) {
  EXPECT_FALSE(Takes<bool>("\x04"));         // two
  EXPECT_FALSE(Takes<bool>("\x01"));         // minus one
  EXPECT_FALSE(Takes<ContactType>("\x08"));  // the fifth of four values
  EXPECT_FALSE(Takes<ContactType>("\x01"));
  EXPECT_FALSE(Takes<std::optional<bool>>("\x04\x02"));
  EXPECT_FALSE(Takes<Hash>(std::string(31, 'h')));
  EXPECT_FALSE(Takes<std::string>("\x01"));  // minus one byte long
  EXPECT_FALSE(Takes<std::vector<Part>>("\x01"));
  EXPECT_FALSE(Takes<int64_t>("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"));  // 11 bytes
}

// An enum is read as 64 bits. Cut to 32 bits, this number would be one of its values.
TEST(RowArchive, RefusesAnEnumBeyondItsType) {
  One<int64_t> number{int64_t{1} << 32};
  One<ContactType> read;
  EXPECT_FALSE(FromRow(ToRow(number), &read));
}

TEST(RowArchive, NeverTrustsALength) {
  // Each claims that 2^40 or more bytes follow, which is false, so they must not be allocated.
  std::string huge("\x80\x80\x80\x80\x80\x80\x40", 7);
  EXPECT_FALSE(Takes<std::string>(huge + "abc"));
  EXPECT_FALSE(Takes<std::vector<std::string>>(huge + "abc"));
  EXPECT_FALSE(Takes<std::vector<Part>>(huge + "abc"));
  EXPECT_FALSE(Takes<RawJson>(huge));
  const std::string most("\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10);
  EXPECT_FALSE(Takes<std::string>(most + "abc"));
  EXPECT_FALSE(Takes<std::vector<Part>>(most + "abc"));
  EXPECT_FALSE(Takes<std::vector<Empty>>(most + "abc"));
}

RC_GTEST_PROP(RowArchiveProperty, AnyRowComesBackAsItWas, ()) {
  const SampleRow row = *AnyRow();
  SampleRow read;
  RC_ASSERT(FromRow(ToRow(row), &read));
  RC_ASSERT(read == row);
}

RC_GTEST_PROP(RowArchiveProperty, TheFrontOfALongerRowIsReadAlone, ()) {
  LongerRow row;
  static_cast<SampleRow&>(row) = *AnyRow();
  row.rest = *gen::Text();
  const std::string bytes = ToRow(row);
  SampleRow front;
  RC_ASSERT(FrontFromRow(bytes, &front));
  RC_ASSERT(front == row);
  const size_t front_size = ToRow(front).size();
  for (size_t size = 0; size < front_size; ++size) {
    RC_ASSERT(!FrontFromRow(std::string_view(bytes).substr(0, size), &front));
  }
  RC_ASSERT(FrontFromRow(std::string_view(bytes).substr(0, front_size), &front));
}

RC_GTEST_PROP(RowArchiveProperty, ACutOrLongerRowIsNotARow, ()) {
  const std::string bytes = ToRow(*AnyRow());
  SampleRow read;
  for (size_t size = 0; size < bytes.size(); ++size) {
    RC_ASSERT(!FromRow(std::string_view(bytes).substr(0, size), &read));
  }
  RC_ASSERT(!FromRow(bytes + '\0', &read));
}

RC_GTEST_PROP(RowArchiveProperty, DamagedRowsAreReadWithoutHarm, ()) {
  std::string bytes = ToRow(*AnyRow());
  const auto at = *rc::gen::inRange<size_t>(0, bytes.size());
  bytes[at] = *rc::gen::arbitrary<char>();
  SampleRow read;
  if (FromRow(bytes, &read)) {
    SampleRow again;
    RC_ASSERT(FromRow(ToRow(read), &again));
    RC_ASSERT(again == read);
  }
}

}  // namespace
}  // namespace contacts
