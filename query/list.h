// A rendered list: a JSON array in shared immutable chunks, plain and as gzip.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "events/ids.h"
#include "projections/view_store.h"
#include "query/access.h"
#include "query/gzip_list.h"

namespace contacts::query {

enum class ListKind {
  kContacts,  // each contact that the viewer sees, whole
  kMentions,  // what a mention shows of each active one of them
};

// The visible contacts of one range of ids: `[` or `,` and then their JSON with commas between;
// empty when there is none. Any thread.
class ListPart {
 public:
  explicit ListPart(std::string text)
      : text_(std::make_shared<const std::string>(std::move(text))) {}

  const Chunk& text() const { return text_; }
  const Deflated& deflated() const;  // made at the first call
  bool is_deflated() const { return is_deflated_; }

 private:
  Chunk text_;
  mutable std::once_flag once_;
  mutable std::atomic<bool> is_deflated_{false};
  mutable Deflated deflated_;
};

// Immutable; any thread.
class List {
 public:
  using Parts = std::vector<std::shared_ptr<const ListPart>>;
  List(Sequence list_position, Sequence list_changed, std::string list_tag, Parts list_parts);

  const Sequence position;  // of the tenant when it was read
  const Sequence changed;  // the newest change to a contact by then: as long as that is the newest,
                           // the list is true
  const std::string tag;   // lists of equal tags are equal: stands for history, viewer and release
  const Parts parts;       // one for each kIdsInPart ids

  const std::vector<Chunk>& plain() const { return plain_; }
  const Chunk& gzip() const;               // made at the first call
  size_t PartsToDeflate() const;           // that the next call of gzip() would have to compress
  size_t bytes() const { return bytes_; }  // of the plain form

 private:
  std::vector<Chunk> plain_;
  size_t bytes_ = 0;
  mutable std::once_flag once_;
  mutable std::atomic<bool> is_zipped_{false};
  mutable Chunk gzip_;
};

// One change renders one part again; a part is about 50 kB of contacts.
inline constexpr int64_t kIdsInPart = 128;

// The list at `snapshot`, of whose position `standing` must be. `before`: an older list of the same
// tenant, kind and viewer, whose parts are taken over where no contact changed; nullptr: none.
// nullptr: more than `most` parts would have to be rendered. Throws StoreFailure.
std::shared_ptr<const List> RenderList(const ViewReader& snapshot, ListKind kind,
                                       const TenantId& tenant, const Standing& standing,
                                       const List* before, size_t most = SIZE_MAX);

}  // namespace contacts::query
