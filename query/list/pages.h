// The contact list page by page, and the list as it was.
//
// All pages of a walk show the list of one position: the first page fixes it, and each further one
// is asked for as of that position. A page costs what it shows: it begins at its first contact, and
// ends at its last one. A viewer that sees few contacts could make a page look at all of them, so
// one request reads at most kMostOfAPage bytes (about 30,000 rows, or 1,400 contacts that changed
// since, each once); what it has by then is the page, which may be short or empty, and the next one
// begins where it ended.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "events/position.h"
#include "events/seal/keyring.h"
#include "events/values/result.h"
#include "projections/store/view_store.h"
#include "query/access.h"
#include "query/list/contacts_then.h"
#include "query/list/list.h"

namespace contacts::query {

inline constexpr size_t kMostOfAPage = 24'000'000;
// The bound of what is read to count erased contacts (about 20,000), and contacts (100,000).
inline constexpr size_t kMostOfErased = 3'000'000;
inline constexpr size_t kMostOfACount = 80'000'000;

struct PageWanted {
  std::optional<int64_t> limit = {};   // contacts, from 1 on; nullopt: all
  ContactId after = {};                // the page begins after this contact
  std::optional<Sequence> as_of = {};  // applied; nullopt: now
  bool count = false;                  // of all pages together
};

struct Page {
  std::shared_ptr<const List> list;
  std::optional<ContactId> next;  // the next page begins after it; nullopt: this is the last one
  // Contacts in the page's range of ids that are left out, because they, or their states of then,
  // were erased since. Always 0 for a viewer that does not see everything: it must not learn of
  // them.
  int64_t erased = 0;
  std::optional<int64_t> total;  // nullopt: not wanted, or counting costs too much
};

// One reading of a page, at one position of the rows. One thread.
class PageReader {
 public:
  // `views` and `keyring` must outlive this. Throws StoreFailure, as all below do.
  PageReader(const ViewStore& views, seal::Keyring& keyring, Asker asker, PageWanted wanted,
             FoldBounds bounds = {});

  // Of the list that the page is a part of.
  Position position() const { return PositionAt(access_.tenant, at_); }
  // nullopt: the tenant is not parked, or the list is one of the past.
  std::optional<Sequence> parked() const;
  std::string view() const { return ViewName(access_.viewer); }
  // Pages of equal tags are equal.
  std::string tag() const;

  // nullopt: that would read more than `most` bytes, or the list is wanted without a limit.
  std::optional<Page> ReadQuickly(size_t most, const std::shared_ptr<TextLedger>& ledger) const;
  // kBadRequest, asOfTooFar: too many contacts changed since (only without a limit). `ledger`:
  // counts the texts as let go, since nothing but the answer keeps them; nullptr: not counted.
  Result<Page> Read(const std::shared_ptr<TextLedger>& ledger) const;

 private:
  struct Collected {
    ListParts parts;
    ContactsThen::Walked walked;
  };
  ContactId last() const { return access_.tenant.last_contact_id; }
  bool IsCounted() const;
  Collected Collect(ContactId until, ByteBudget* budget,
                    const std::shared_ptr<TextLedger>& ledger) const;
  // As ContactsThen::ErasedSince.
  int64_t Erased(ContactId* until, ByteBudget* budget) const;
  Page PageOf(Collected collected, int64_t erased, const std::shared_ptr<TextLedger>& ledger) const;
  std::optional<int64_t> Count() const;

  const Asker asker_;
  const PageWanted wanted_;
  const std::unique_ptr<ViewReader> snapshot_;
  const AccessSnapshot access_;
  const Sequence at_;
  const ContactsThen then_;
};

}  // namespace contacts::query
