#include "query/list/pages.h"

#include <utility>

#include "query/list/render_list.h"

namespace contacts::query {
namespace {

using Ended = ContactsThen::Ended;

Error TooFar(const Position& position) {
  Error error{ErrorCode::kBadRequest,
              "Too many contacts changed since the position " + TextOf(position) +
                  " to answer with all of them at once; ask for pages, with limit and asOf"};
  error.code_name = "asOfTooFar";
  return error;
}

// Joins contacts to the parts of a list.
class PartMaker {
 public:
  explicit PartMaker(std::shared_ptr<TextLedger> ledger) : ledger_(std::move(ledger)) {}

  void Add(std::string_view json) {
    text_ += contacts_ == 0 ? '[' : ',';
    text_ += json;
    if (++contacts_ % kIdsInPart == 0) EndPart();
  }
  int64_t contacts() const { return contacts_; }
  ListParts Finish() {
    if (!text_.empty()) EndPart();
    return std::move(parts_);
  }

 private:
  void EndPart() {
    const size_t size = text_.size();
    parts_.push_back(std::make_shared<const ListPart>(std::exchange(text_, {}), ledger_));
    text_.reserve(size + size / 16);
  }

  const std::shared_ptr<TextLedger> ledger_;
  ListParts parts_;
  std::string text_;
  int64_t contacts_ = 0;
};

}  // namespace

PageReader::PageReader(const ViewStore& views, seal::Keyring& keyring, Asker asker,
                       PageWanted wanted, FoldBounds bounds)
    : asker_(std::move(asker)),
      wanted_(wanted),
      snapshot_(views.Snapshot()),
      access_(AccessSnapshotIn(*snapshot_, asker_)),
      at_(wanted_.as_of.value_or(access_.tenant.applied)),
      then_(*snapshot_, keyring, asker_.tenant, access_.viewer, at_, bounds) {}

std::optional<Sequence> PageReader::parked() const {
  return wanted_.as_of ? std::nullopt : ParkedAt(access_.tenant);
}

// An erasure changes pages of the past as well, so their tags, too, depend on all of history.
std::string PageReader::tag() const {
  const std::string limit = wanted_.limit ? std::to_string(*wanted_.limit) : "all";
  return ListTag(*snapshot_, ListKind::kContacts, asker_.tenant, access_,
                 "at " + std::to_string(at_.value) + " after " +
                     std::to_string(wanted_.after.value) + " " + limit + " ");
}

std::optional<Page> PageReader::ReadQuickly(size_t most,
                                            const std::shared_ptr<TextLedger>& ledger) const {
  if (!wanted_.limit || (wanted_.count && !IsCounted())) return std::nullopt;
  ByteBudget budget(most);
  Collected collected = Collect(last(), &budget, ledger);
  ContactId until = collected.walked.last;
  const int64_t erased = Erased(&until, &budget);
  if (budget.is_spent()) return std::nullopt;
  return PageOf(std::move(collected), erased, ledger);
}

Result<Page> PageReader::Read(const std::shared_ptr<TextLedger>& ledger) const {
  const size_t most = wanted_.limit ? kMostOfAPage : ByteBudget::kNoLimit;
  ByteBudget budget(most);
  Collected collected = Collect(last(), &budget, ledger);
  if (collected.walked.ended == Ended::kTooFar && !wanted_.limit) return TooFar(position());
  ContactId until = collected.walked.last;
  ByteBudget for_erased(wanted_.limit ? kMostOfErased : most);
  const int64_t erased = Erased(&until, &for_erased);
  if (until < collected.walked.last) {
    ByteBudget again(most);
    collected = Collect(until, &again, ledger);
  }
  return PageOf(std::move(collected), erased, ledger);
}

Page PageReader::PageOf(Collected collected, int64_t erased,
                        const std::shared_ptr<TextLedger>& ledger) const {
  const ContactsThen::Walked& walked = collected.walked;
  Page page;
  page.list = std::make_shared<const List>(at_, VersionOf(access_.tenant), tag(),
                                           std::move(collected.parts), nullptr, ledger);
  if (ledger) {
    ledger->NoteCost(2 * page.list->bytes());  // as the cache counts it
    page.list->LetGo(nullptr);
  }
  if (walked.ended != Ended::kAtEnd || walked.last < last()) page.next = walked.last;
  if (access_.viewer.sees_all) page.erased = erased + walked.withheld;
  if (wanted_.count) page.total = Count();
  return page;
}

int64_t PageReader::Erased(ContactId* until, ByteBudget* budget) const {
  return access_.viewer.sees_all ? then_.ErasedSince(wanted_.after, until, budget) : 0;
}

// A contact is added only if there is room for it, and the one for which there is none tells that
// there is a next page.
PageReader::Collected PageReader::Collect(ContactId until, ByteBudget* budget,
                                          const std::shared_ptr<TextLedger>& ledger) const {
  PartMaker parts(ledger);
  const auto walked = then_.Walk(wanted_.after, until, budget, [&](std::string_view json) {
    if (wanted_.limit && parts.contacts() == *wanted_.limit) return false;
    parts.Add(json);
    return true;
  });
  return {parts.Finish(), walked};
}

// Whether the tenant's row has the count.
bool PageReader::IsCounted() const {
  const TenantRow& tenant = access_.tenant;
  return access_.viewer.sees_all && tenant.contacts_changed <= at_ && tenant.obeyed.value == 0;
}

std::optional<int64_t> PageReader::Count() const {
  if (IsCounted()) return access_.tenant.contacts;
  ByteBudget budget(kMostOfACount);
  int64_t count = 0;
  const auto walked = then_.Walk(ContactId{}, last(), &budget, [&](std::string_view) {
    ++count;
    return true;
  });
  if (walked.ended != Ended::kAtEnd) return std::nullopt;
  return count;
}

}  // namespace contacts::query
