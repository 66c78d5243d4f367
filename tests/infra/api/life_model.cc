#include "tests/infra/api/life_model.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace contacts::api {
namespace {

std::string Joined(const std::vector<std::string>& parts) {
  std::string all;
  for (const std::string& part : parts) all += (all.empty() ? "" : ",") + part;
  return all;
}

std::string ActorAndReason(const LifeVersion& version) {
  return R"(,"actor":)" + version.actor + R"(,"reason":)" + version.reason;
}

}  // namespace

std::string MembersOf(const LifeFields& fields, const LifeFields* other) {
  std::vector<std::string> members;
  for (size_t i = 0; i < fields.size(); ++i) {
    if (other != nullptr && (*other)[i] == fields[i]) continue;
    members.push_back('"' + std::string(kLifeFields[i]) + "\":" + fields[i]);
  }
  return Joined(members);
}

int LifeModel::Holder(const std::string& email) const {
  const auto lower = [](std::string text) {
    for (char& c : text) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    return text;
  };
  for (const auto& [id, versions] : contacts_) {
    const LifeVersion* now = Shown(id);
    if (now != nullptr && lower(now->fields[kEmail]) == lower(email)) return id;
  }
  return 0;
}

const LifeVersion* LifeModel::At(int id, int64_t at) const {
  const auto found = contacts_.find(id);
  if (found == contacts_.end()) return nullptr;
  const Versions& versions = found->second;
  const auto after = std::partition_point(versions.begin(), versions.end(),
                                          [&](const LifeVersion& v) { return v.at <= at; });
  return after == versions.begin() ? nullptr : &*std::prev(after);
}

const LifeVersion* LifeModel::Shown(int id, int64_t now) const {
  const LifeVersion* version = At(id, now);
  return version == nullptr || version->event == "PersonErased" ? nullptr : version;
}

int64_t LifeModel::ErasedSince(int id, int64_t at, int64_t now) const {
  const auto found = contacts_.find(id);
  if (found == contacts_.end()) return 0;
  if (!Shown(id, now) && At(id, now)) return At(id, now)->at > at ? At(id, now)->at : 0;
  for (const LifeVersion& version : found->second) {
    if (version.at > at && version.at <= now && version.event == "PastErased") return version.at;
  }
  return 0;
}

bool LifeModel::AnyErasedSince(int64_t at) const {
  return std::any_of(contacts_.begin(), contacts_.end(),
                     [&](const auto& contact) { return ErasedSince(contact.first, at) > 0; });
}

LifeView LifeModel::ViewOf(bool sees_all, int self, int64_t now) const {
  const LifeVersion* own = Shown(self, now);
  if (sees_all || own == nullptr) return {sees_all, 0, ""};
  return {false, self, own->fields[kCompany] == "null" ? "" : own->fields[kCompany]};
}

bool LifeModel::Sees(const LifeView& view, int id, const LifeFields& fields) {
  if (view.sees_all || view.self == id) return true;
  if (fields[kActive] != "true") return false;
  return fields[kType] == "\"internal\"" ||
         (!view.company.empty() && fields[kCompany] == view.company);
}

std::string LifeModel::Body(int id, const LifeVersion& version) {
  return R"({"id":)" + std::to_string(id) + "," + MembersOf(version.fields) + R"(,"createdAt":)" +
         version.created + R"(,"updatedAt":)" + version.updated + "}";
}

LifePage LifeModel::Page(const LifeView& view, int64_t at, int after, int limit,
                         int64_t now) const {
  std::vector<std::string> shown;
  LifePage page;
  for (auto contact = contacts_.upper_bound(after); contact != contacts_.end(); ++contact) {
    const int id = contact->first;
    const LifeVersion* then = At(id, at);
    if (then == nullptr) break;  // ids are given one after the other
    if (then->event == "PersonErased") continue;
    if (ErasedSince(id, at, now) > 0) {
      page.erased += view.sees_all;
    } else if (Sees(view, id, then->fields)) {
      if (limit > 0 && shown.size() == static_cast<size_t>(limit)) {
        page.next = id - 1;
        break;
      }
      shown.push_back(Body(id, *then));
    }
  }
  page.body = "[" + Joined(shown) + "]";
  return page;
}

std::string LifeModel::Mentions(const LifeView& view, int64_t now) const {
  std::vector<std::string> shown;
  for (const auto& [id, versions] : contacts_) {
    const LifeVersion* then = Shown(id, now);
    if (then == nullptr || then->fields[kActive] != "true" || !Sees(view, id, then->fields)) {
      continue;
    }
    shown.push_back(R"({"id":)" + std::to_string(id) + R"(,"fullName":)" + then->fields[kName] +
                    R"(,"mentionName":)" + then->fields[kMention] + R"(,"email":)" +
                    then->fields[kEmail] + "}");
  }
  return "[" + Joined(shown) + "]";
}

// Nobody can tell any more whom an erased state was shown to.
bool LifeModel::MightHaveSeen(const LifeView& view, const Versions& versions, size_t before) {
  return std::any_of(versions.begin(), versions.begin() + static_cast<std::ptrdiff_t>(before),
                     [&](const LifeVersion& version) {
                       return version.fields[kActive] == "true" &&
                              (!view.company.empty() || version.fields[kType] == "\"internal\"");
                     });
}

std::string LifeModel::Entry(const LifeView& view, int id, size_t i, int64_t since,
                             int64_t now) const {
  const Versions& versions = contacts_.at(id);
  const LifeVersion& version = versions[i];
  const auto start_with = [&](const std::string& type) {
    return R"({"sequence":)" + std::to_string(version.at) + R"(,"type":")" + type + "\"";
  };
  const std::string start = start_with(version.event);
  // An erasure must look like any other end of seeing the contact.
  const std::string gone = start_with(view.sees_all ? version.event : "ContactChanged") +
                           R"(,"removed":)" + std::to_string(id);
  const std::string by_nobody = R"(,"actor":null,"reason":null})";
  const bool is_lost = version.event == "PersonErased" || version.event == "PastErased";
  if (ErasedSince(id, version.at, now) > 0) return "";
  if (version.event != "PersonErased" && Sees(view, id, version.fields)) {
    return start + R"(,"contact":)" + Body(id, version) + ActorAndReason(version) + "}";
  }
  if (view.sees_all) return gone + ActorAndReason(version) + "}";
  if (!is_lost) {
    const bool saw = i > 0 && Sees(view, id, versions[i - 1].fields);
    return saw ? gone + by_nobody : "";
  }
  const bool might = MightHaveSeen(view, versions, i) && versions.front().at <= since;
  return might ? gone + by_nobody : "";
}

std::string LifeModel::Changes(const LifeView& view, int64_t since, size_t limit, int64_t until,
                               int64_t now, int64_t* next) const {
  std::map<int64_t, std::string> entries;
  for (const auto& [id, versions] : contacts_) {
    for (size_t i = 0; i < versions.size(); ++i) {
      if (versions[i].at <= since || versions[i].at > until) continue;
      const std::string entry = Entry(view, id, i, since, now);
      if (!entry.empty()) entries[versions[i].at] = entry;
    }
  }
  std::vector<std::string> first;
  *next = until;
  for (const auto& [at, entry] : entries) {
    first.push_back(entry);
    if (first.size() < limit) continue;
    *next = at;
    break;
  }
  return "[" + Joined(first) + "]";
}

std::string LifeModel::History(const LifeView& view, int id) const {
  const Versions& versions = contacts_.at(id);
  std::vector<std::string> entries;
  std::string previous = "null";
  for (size_t i = 0; i < versions.size(); ++i) {
    const LifeVersion& version = versions[i];
    const bool has_before = version.event == "ContactChanged";
    const LifeFields* old = has_before ? &versions[i - 1].fields : nullptr;
    const bool is_withheld = ErasedSince(id, version.at) > 0;
    const bool shows_after = !is_withheld && Sees(view, id, version.fields);
    const bool shows_before = !is_withheld && has_before && Sees(view, id, *old);
    if (!view.sees_all && !shows_before && !shows_after) continue;
    std::string before = "null";
    if (shows_before) {
      LifeFields told = *old;
      if (!shows_after) {
        told = version.fields;  // only what decides who sees it
        for (const auto field : {kCompany, kType, kActive}) told[field] = (*old)[field];
      }
      before = "{" + MembersOf(told, &version.fields) + "}";
    }
    const bool tells_who = view.sees_all || shows_after;
    const std::string reason = is_withheld || !tells_who ? "null" : version.reason;
    entries.push_back(R"({"sequence":)" + std::to_string(version.at) + R"(,"time":)" +
                      version.updated + R"(,"type":")" + version.event + R"(","actor":)" +
                      (tells_who ? version.actor : "null") + R"(,"reason":)" + reason +
                      R"(,"before":)" + before + R"(,"after":)" +
                      (shows_after ? "{" + MembersOf(version.fields, old) + "}" : "null") +
                      R"(,"previous":)" + previous + "}");
    previous = std::to_string(version.at);
  }
  return R"({"changes":[)" + Joined(entries) + R"(],"next":null})";
}

}  // namespace contacts::api
