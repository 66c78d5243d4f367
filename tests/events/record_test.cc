#include "events/record.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "tests/support/generators.h"
#include "tests/support/keys.h"

namespace contacts {
namespace {

// ---- golden/TYPE.VERSION.json has what must be there, TYPE.VERSION.full.json all that can be ----

enum class Extent { kSmall, kFull };

ContactCreated Example(ContactCreated, Extent extent) {
  ContactCreated e;
  e.id = ContactId{42};
  e.fields.full_name = "Jane Doe";
  e.fields.email = "Jane.Doe@example.com";
  if (extent == Extent::kSmall) return e;
  e.fields.full_name = "J\u00E4ne \"Jay\" D\u014De \U0001F600";
  e.fields.mention_name = "jane";
  e.fields.phone = "+1 555 0100";
  e.fields.company = "Acme \\ Sons";
  e.fields.title = "";
  e.fields.department = "R/D";
  e.fields.type = ContactType::kClient;
  e.fields.is_active = false;
  e.fields.metadata = RawJson{R"({"z":1.50,"a":[-0,1e99,"\u0041\/"],"":{}})"};
  e.account = Account{UserId{"7"}, "jane.doe@example.com", "client"};
  return e;
}

ContactChanged Example(ContactChanged, Extent extent) {
  ContactChanged e;
  e.id = ContactId{42};
  e.before.is_active.emplace(true);
  e.after.is_active.emplace(false);
  if (extent == Extent::kSmall) return e;
  const ContactCreated created = Example(ContactCreated{}, Extent::kSmall);
  const ContactCreated changed = Example(ContactCreated{}, Extent::kFull);
  const ContactDifference all = DifferenceOf(created.fields, changed.fields);
  return {ContactId{42}, all.before, all.after, {UserId{"7"}}};
}

UserAdded Example(UserAdded, Extent extent) {
  UserAdded e{UserId{"7"}, "jane", "admin", std::nullopt};
  if (extent == Extent::kFull) e.contact_id = ContactId{42};
  return e;
}

UserChanged Example(UserChanged, Extent) {
  return {UserId{"7"}, UserState{"member", false}, UserState{"admin", true}};
}

PasswordSet Example(PasswordSet, Extent) {
  return {UserId{"7"}, "000102030405060708090a0b0c0d0e0f"};
}

SessionsEnded Example(SessionsEnded, Extent) { return {UserId{"7"}}; }

CommandRefused Example(CommandRefused, Extent extent) {
  CommandRefused e{"CreateContact", ErrorCode::kPreconditionFailed, "another state", 0};
  if (extent == Extent::kFull) {
    e = {"CreateContact",
         ErrorCode::kEmailTaken,
         "the e-mail is taken",
         3,
         ContactId{42},
         UserId{"7"},
         true};
  }
  return e;
}

ChainDisowned Example(ChainDisowned, Extent) {
  return {Sha256("an entry that nobody has seen"), Sequence{7}, Sequence{500}, 494};
}

NothingChanged Example(NothingChanged, Extent extent) {
  NothingChanged e{"ChangeUser", std::nullopt, std::nullopt};
  if (extent == Extent::kFull) e = {"ChangeUser", ContactId{42}, UserId{"7"}};
  return e;
}

InvitationIssued Example(InvitationIssued, Extent) {
  return {UserId{"7"}, Sha256("cin_acme_7_secret"), Timestamp{1'796'032'800'123}};
}

TokenIssued Example(TokenIssued, Extent extent) {
  TokenIssued e{"0123456789abcdef", "feed", TokenScope::kRead, std::nullopt, Sha256("ctk_acme")};
  if (extent == Extent::kFull) {
    e.scope = TokenScope::kAudit;
    e.expires = Timestamp{1'796'032'800'123};
  }
  return e;
}

TokenRevoked Example(TokenRevoked, Extent) { return {"0123456789abcdef", "feed"}; }

TenantLimited Example(TenantLimited, Extent extent) {
  TenantLimited e;
  if (extent == Extent::kFull) e.contacts = 1000;
  return e;
}

PersonErased Example(PersonErased, Extent extent) {
  if (extent == Extent::kSmall) return {std::nullopt, {}, Ground::kNoLongerNeeded};
  return {ContactId{42}, {"7", "ext:u-77", "operator:jo"}, Ground::kConsentWithdrawn};
}

PastErased Example(PastErased, Extent extent) {
  const ContactCreated contact = Example(ContactCreated{}, extent);
  return {contact.id, extent == Extent::kFull ? 2 : 1, contact.fields, Timestamp{1'795'428'000'122},
          contact.account};
}

MonthErased Example(MonthErased, Extent) { return {"2026-05"}; }

HoldPlaced Example(HoldPlaced, Extent) { return {ContactId{42}}; }

HoldLifted Example(HoldLifted, Extent) { return {ContactId{42}}; }

Disclosed Example(Disclosed, Extent extent) {
  Disclosed e{std::nullopt, "the auditor", Sequence{1}, Sequence{16}};
  if (extent == Extent::kFull) e.contact_id = ContactId{42};
  return e;
}

template <class E>
Record ExampleRecord(Extent extent) {
  Record record;
  Envelope& envelope = record.envelope;
  envelope.id = "019ab0c1-0000-7000-8000-000000000001";
  envelope.time = Timestamp{1'795'428'000'123};
  envelope.tenant = TenantId{"acme"};
  envelope.sequence = Sequence{1};
  envelope.actor = "operator:jo";
  envelope.actorname = "jo";
  record.event = Example(E{}, extent);
  if (extent == Extent::kSmall) return record;
  envelope.sequence = Sequence{17};
  envelope.previous = Sha256("the record before");
  envelope.actor = "7";
  envelope.actorcontact.emplace(ContactId{12});
  envelope.actorname = "jane \"j\" d\u014De";
  envelope.subjectprevious.emplace(Sequence{9});
  envelope.clientip.emplace("2001:db8::1");
  envelope.traceparent.emplace("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  envelope.reason.emplace("asked for by\nphone");
  envelope.idempotencykey.emplace("8e03978e-40d5-43e8-bc93-6894a57f9324");
  envelope.requesthash.emplace(ToHex(HmacSha256("key", "request")));
  record.requestkey.emplace("00112233445566778899aabbccddeeff");
  return record;
}

const std::filesystem::path kGolden = GOLDEN_DIR;

template <class E>
std::string FileOf(int version, Extent extent) {
  return std::string(E::kType) + '.' + std::to_string(version) +
         (extent == Extent::kFull ? ".full.json" : ".json");
}

std::string ReadGolden(const std::string& name) {
  std::ifstream in(kGolden / name, std::ios::binary);
  std::stringstream bytes;
  bytes << in.rdbuf();
  std::string text = bytes.str();
  if (!text.empty() && text.back() == '\n') text.pop_back();  // a file of lines, as an export is
  return text;
}

// The record as it is decoded, with the members that EncodeRecord sets.
Record AsRead(Record record) {
  const std::string bytes = EncodeRecord(record);
  const auto document = json::Document::Parse(bytes);
  const auto text = [&](const char* name) {
    std::string out;
    document->Text(*document->Find(document->root(), name), &out);
    return out;
  };
  record.envelope.type = text("type");
  record.envelope.subject = text("subject");
  record.envelope.dataschema = text("dataschema");
  record.envelope.keys.emplace(text("keys"));
  return record;
}

template <class E>
class GoldenRecord : public ::testing::Test {};

template <class Variant>
struct TypesOf;
template <class... E>
struct TypesOf<std::variant<E...>> {
  using type = ::testing::Types<E...>;
};
TYPED_TEST_SUITE(GoldenRecord, TypesOf<Event>::type);

TYPED_TEST(GoldenRecord, IsWhatIsWritten) {
  for (const Extent extent : {Extent::kSmall, Extent::kFull}) {
    const std::string name = FileOf<TypeParam>(TypeParam::kVersion, extent);
    EXPECT_EQ(EncodeRecord(ExampleRecord<TypeParam>(extent)), ReadGolden(name))
        << "A written version never changes. Raise kVersion, keep the old file, add " << name;
  }
}

TYPED_TEST(GoldenRecord, OfEveryVersionIsRead) {
  for (int version = 1; version <= TypeParam::kVersion; ++version) {
    for (const Extent extent : {Extent::kSmall, Extent::kFull}) {
      const std::string name = FileOf<TypeParam>(version, extent);
      auto read = DecodeRecord(ReadGolden(name));
      ASSERT_TRUE(read) << name << ": " << read.error().message;
      ASSERT_TRUE(OpenAll(&*read)) << name;
      EXPECT_TRUE(*read == AsRead(ExampleRecord<TypeParam>(extent))) << name;
    }
  }
}

template <class... E>
std::set<std::string> ExpectedFiles(std::variant<E...>*) {
  std::set<std::string> names;
  const auto add = [&]<class T>(T*) {
    for (int version = 1; version <= T::kVersion; ++version) {
      names.insert(FileOf<T>(version, Extent::kSmall));
      names.insert(FileOf<T>(version, Extent::kFull));
    }
  };
  (add(static_cast<E*>(nullptr)), ...);
  return names;
}

TEST(GoldenFiles, AreThoseOfEveryEventAndVersion) {
  std::set<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(kGolden)) {
    if (entry.path().extension() == ".json") found.insert(entry.path().filename().string());
  }
  EXPECT_EQ(found, ExpectedFiles(static_cast<Event*>(nullptr)));
}

// ---- reading ----

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

std::string Small() { return EncodeRecord(ExampleRecord<PasswordSet>(Extent::kSmall)); }

TEST(DecodeRecord, IgnoresUnknownMembersOfTheEnvelope) {
  auto read = DecodeRecord(
      Replaced(Small(), "\"data\":", R"("tracestate":"x","new":{"data":[1]},"data":)"));
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_TRUE(OpenAll(&*read));
  EXPECT_TRUE(*read == AsRead(ExampleRecord<PasswordSet>(Extent::kSmall)));
}

TEST(DecodeRecord, NamesEveryFaultOfTheDataWithItsPath) {
  const auto read =
      DecodeRecord(Replaced(Small(), R"("credentialId":"000102030405060708090a0b0c0d0e0f")",
                            R"("credentialID":"00","requestkey":null)"));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kBadRequest);
  EXPECT_EQ(read.error().fields,
            (std::vector<FieldFault>{{"/data/credentialId", "is required"},
                                     {"/data/requestkey", "must be a string, not null"},
                                     {"/data/credentialID", "is not a known field"}}));
  EXPECT_EQ(read.error().message, "not a record: /data/credentialId is required");
}

TEST(DecodeRecord, WantsEveryMemberOfTheEnvelopeInItsType) {
  for (const char* name :
       {"specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema",
        "tenant", "sequence", "previous", "actor", "data"}) {
    const std::string quoted = "\"" + std::string(name) + "\":";
    const auto missing = DecodeRecord(Replaced(Small(), quoted, "\"x\":"));
    ASSERT_FALSE(missing) << name;
    EXPECT_EQ(missing.error().code, ErrorCode::kBadRequest) << name;
    ASSERT_EQ(missing.error().fields.size(), 1u) << name;
    EXPECT_EQ(missing.error().fields[0].path, "/" + std::string(name));
    const auto wrong = DecodeRecord(Replaced(Small(), quoted, quoted + "null,\"x\":"));
    ASSERT_FALSE(wrong) << name;
    EXPECT_EQ(wrong.error().code, ErrorCode::kBadRequest) << name;
  }
}

TEST(DecodeRecord, WantsTheConstantsOfTheEnvelope) {
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {R"("specversion":"1.0")", R"("specversion":"1.1")"},
           {R"("source":"/contacts")", R"("source":"/orders")"},
           {R"("datacontenttype":"application/json")", R"("datacontenttype":"text/json")"}}) {
    const auto read = DecodeRecord(Replaced(Small(), from, to));
    ASSERT_FALSE(read) << to;
    EXPECT_EQ(read.error().code, ErrorCode::kBadRequest) << to;
  }
}

// A record that a newer build wrote is history, and waits for an upgrade whatever its data is.
TEST(DecodeRecord, SaysWhenANewerBuildWroteIt) {
  const std::string newer = Replaced(Small(), "PasswordSet:1", "PasswordSet:2");
  const std::string unknown =
      Replaced(Replaced(Small(), R"("type":"PasswordSet")", R"("type":"ContactMerged")"),
               "PasswordSet:1", "ContactMerged:1");
  const std::string data =
      R"("data":{"userId":"7","credentialId":"000102030405060708090a0b0c0d0e0f"})";
  const std::string torn =
      Replaced(Small(), R"("type":"PasswordSet")", R"("type":"ContactMerged")");
  for (const std::string& record :
       {newer, unknown, torn, Replaced(newer, data, R"("data":"encrypted")"),
        Replaced(unknown, data, R"("data":[1])"), Replaced(unknown, data, R"("data":null)")}) {
    const auto read = DecodeRecord(record);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, ErrorCode::kUnavailable) << read.error().message;
  }
  const auto known = DecodeRecord(Replaced(Small(), data, R"("data":"encrypted")"));
  ASSERT_FALSE(known);
  EXPECT_EQ(known.error().code, ErrorCode::kBadRequest);
}

TEST(DecodeRecord, RefusesBytesThatAreNotJson) {
  for (const std::string& bytes : {std::string(), std::string("{"), std::string("[]"),
                                   std::string("7"), Small() + Small(), Small() + '\0'}) {
    const auto read = DecodeRecord(bytes);
    ASSERT_FALSE(read) << bytes;
    EXPECT_EQ(read.error().code, ErrorCode::kBadRequest);
  }
}

RC_GTEST_PROP(RecordProperty, ComesBackAsItWas, ()) {
  const Record record = *gen::AnyRecord();
  const std::string bytes = EncodeRecord(record);
  auto read = DecodeRecord(bytes);
  RC_ASSERT(read.ok());
  RC_ASSERT(OpenAll(&*read));
  RC_ASSERT(*read == AsRead(record));
  RC_ASSERT(EncodeRecord(*read) == bytes);
}

RC_GTEST_PROP(RecordProperty, IsOneLineThatHasItsSlot, ()) {
  const Record record = *gen::AnyRecord();
  const std::string bytes = EncodeRecord(record);
  RC_ASSERT(bytes.find('\n') == std::string::npos);
  const Envelope& envelope = record.envelope;
  const auto slot = ReadSlot(envelope.tenant.value, bytes, PartitionOf(envelope.tenant, 12), 12);
  RC_ASSERT(slot.ok());
  RC_ASSERT(slot->tenant == envelope.tenant);
  RC_ASSERT(slot->sequence == envelope.sequence);
  RC_ASSERT(slot->previous == envelope.previous);
}

}  // namespace
}  // namespace contacts
