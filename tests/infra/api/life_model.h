// The model says what the service should answer: each contact with all that it ever was, by
// position of the record that made it so. It knows nothing of the code under test.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace contacts::api {

// The fields of a contact in the contract's order, each as JSON.
enum LifeField {
  kName,
  kMention,
  kEmail,
  kPhone,
  kCompany,
  kTitle,
  kDepartment,
  kType,
  kActive,
  kMetadata
};
inline constexpr std::array<std::string_view, 10> kLifeFields{
    "fullName", "mentionName", "email", "phone",    "company",
    "title",    "department",  "type",  "isActive", "metadata"};
using LifeFields = std::array<std::string, kLifeFields.size()>;

// "fullName":"N","mentionName":null,… of the fields that `other` has otherwise; all without it.
std::string MembersOf(const LifeFields& fields, const LifeFields* other = nullptr);

// One record made this of a contact.
struct LifeVersion {
  int64_t at;
  std::string event;  // ContactCreated, ContactChanged, PastErased, PersonErased
  LifeFields fields;  // none of an erased person
  std::string created;
  std::string updated;
  std::string actor;   // JSON
  std::string reason;  // JSON
};

// A caller may see this: all, or itself, internal contacts, and those of its company.
struct LifeView {
  bool sees_all = false;
  int self = 0;         // its contact; 0: none
  std::string company;  // JSON; empty: none

  bool operator==(const LifeView&) const = default;
  bool operator<(const LifeView& other) const {
    return std::tie(sees_all, self, company) < std::tie(other.sees_all, other.self, other.company);
  }
};

struct LifePage {
  std::string body;
  int next = 0;  // the next page begins after this contact; 0: this is the last one
  int erased = 0;
};

// `now`: the position at which the service looks; records after it count for nothing.
class LifeModel {
 public:
  void Add(int id, LifeVersion version) { contacts_[id].push_back(std::move(version)); }

  int last() const { return contacts_.empty() ? 0 : contacts_.rbegin()->first; }
  int Holder(const std::string& email) const;  // 0: nobody has it now
  // The version of that position; nullptr: there is none yet.
  const LifeVersion* At(int id, int64_t at) const;
  const LifeVersion* Now(int id) const { return At(id, INT64_MAX); }
  // The contact is there now.
  const LifeVersion* Shown(int id, int64_t now = INT64_MAX) const;
  // The record after `at` that erased what the contact was then; 0: none.
  int64_t ErasedSince(int id, int64_t at, int64_t now = INT64_MAX) const;
  // Anything of anybody was erased after that position.
  bool AnyErasedSince(int64_t at) const;

  LifeView ViewOf(bool sees_all, int self, int64_t now = INT64_MAX) const;
  static bool Sees(const LifeView& view, int id, const LifeFields& fields);
  static std::string Body(int id, const LifeVersion& version);

  // limit 0: all.
  LifePage Page(const LifeView& view, int64_t at, int after, int limit,
                int64_t now = INT64_MAX) const;
  std::string Mentions(const LifeView& view, int64_t now = INT64_MAX) const;
  // At most `limit` entries of records after `since` up to `until`; `*next`: the last one looked
  // at.
  std::string Changes(const LifeView& view, int64_t since, size_t limit, int64_t until, int64_t now,
                      int64_t* next) const;
  std::string History(const LifeView& view, int id) const;

 private:
  using Versions = std::vector<LifeVersion>;  // by position

  static bool MightHaveSeen(const LifeView& view, const Versions& versions, size_t before);
  std::string Entry(const LifeView& view, int id, size_t version, int64_t since, int64_t now) const;

  std::map<int, Versions> contacts_;
};

}  // namespace contacts::api
