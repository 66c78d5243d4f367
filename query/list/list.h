// A rendered list: a JSON array in shared immutable chunks, plain and as gzip. Three layers are
// shared between a list and the next one, so that a change costs what it changed: a part has the
// contacts of 128 ids, a piece the gzip form of 16 parts, the list all pieces.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "events/values/ids.h"
#include "query/list/contacts_version.h"
#include "query/list/gzip_list.h"
#include "query/list/rendered_text.h"

namespace contacts::query {

// The visible contacts of one range of ids: `[` or `,` and then their JSON with commas between;
// empty when none is visible. Any thread.
class ListPart {
 public:
  explicit ListPart(std::string text, std::shared_ptr<TextLedger> ledger = nullptr)
      : ledger_(std::move(ledger)), text_(std::move(text), ledger_) {}

  struct Zipped {
    RenderedText bytes;
    Checksum text;
  };

  const Chunk& text() const { return text_.chunk(); }
  const Zipped& zipped() const;  // made at the first call
  bool is_zipped() const { return is_zipped_; }
  // Its texts count as let go (rendered_text.h).
  void LetGo() const;

 private:
  const std::shared_ptr<TextLedger> ledger_;
  const RenderedText text_;
  mutable std::once_flag once_;
  mutable std::atomic<bool> is_zipped_{false};
  mutable std::atomic<bool> is_let_go_{false};
  mutable Zipped zipped_;
};
using ListParts = std::vector<std::shared_ptr<const ListPart>>;

// Neighbouring parts, and their gzip form in few chunks: small parts are joined, because sending
// many costs more than copying them once; large ones stay chunks of their own. Any thread.
class ListPiece {
 public:
  ListPiece(ListParts parts, std::shared_ptr<TextLedger> ledger)
      : parts_(std::move(parts)), ledger_(std::move(ledger)) {}

  struct Zipped {
    std::vector<Chunk> chunks;
    std::vector<RenderedText> joined;  // the texts of those `chunks` that join several parts
    Checksum text;
  };

  const ListParts& parts() const { return parts_; }
  const Zipped& zipped() const;  // made at the first call
  // How many bytes the next call of zipped() would have to compress.
  size_t BytesToZip() const;
  // This list's texts that `next` does not share count as let go; nullptr: all.
  void LetGo(const ListPiece* next) const;

 private:
  const ListParts parts_;
  const std::shared_ptr<TextLedger> ledger_;
  mutable std::once_flag once_;
  mutable std::atomic<bool> is_zipped_{false};
  mutable std::atomic<bool> is_let_go_{false};
  mutable Zipped zipped_;
};

// Immutable; any thread.
class List {
 public:
  // Shares the pieces of `before` that have the same parts; nullptr: no list to share with.
  List(Sequence list_position, ContactsVersion list_version, std::string list_tag,
       ListParts list_parts, const List* before, const std::shared_ptr<TextLedger>& ledger);

  const Sequence position;        // of the tenant when it was read
  const ContactsVersion version;  // while the rows have no newer one, the list is current
  const std::string tag;  // lists of equal tags are equal: stands for history, viewer and release
  const ListParts parts;  // one for each kIdsInPart ids

  const std::vector<Chunk>& plain() const { return plain_; }
  const std::vector<Chunk>& gzip() const;  // made at the first call
  size_t BytesToZip() const;               // what the next call of gzip() would have to compress
  size_t bytes() const { return bytes_; }  // of the plain form

  // To be called when the cache drops the list: its texts that `next` does not share count as let
  // go; nullptr: all.
  void LetGo(const List* next) const;

 private:
  std::vector<std::shared_ptr<const ListPiece>> pieces_;
  std::vector<Chunk> plain_;
  size_t bytes_ = 0;
  mutable std::once_flag once_;
  mutable std::atomic<bool> is_zipped_{false};
  mutable std::vector<Chunk> gzip_;
};

// One change renders one part again; a part is about 50 kB of contacts.
inline constexpr int64_t kIdsInPart = 128;
inline constexpr size_t kPartsInPiece = 16;

}  // namespace contacts::query
