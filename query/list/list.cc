#include "query/list/list.h"

#include <algorithm>
#include <utility>

namespace contacts::query {
namespace {

// Compressed parts of at least this many bytes are sent unjoined: joining would keep them twice.
constexpr size_t kWorthItsOwnChunk = 16 * 1024;
// Copying is faster than compressing, by about this factor.
constexpr size_t kJoinIsCheaper = 16;

// The text that ends a list: always one of two, so that each is compressed once.
struct Ending {
  explicit Ending(const char* ending)
      : text(std::make_shared<const std::string>(ending)), zipped(Deflate(*text, Flush::kFinal)) {}
  const Chunk text;
  const Deflated zipped;
};

const Ending& EndingOf(bool is_empty) {
  static const Ending closing("]");
  static const Ending empty_array("[]");
  return is_empty ? empty_array : closing;
}

}  // namespace

// Here and in ListPiece: the thread that compresses sets is_zipped_ before it reads is_let_go_, and
// LetGo sets is_let_go_ before it reads is_zipped_, so that at least one of them sees the other.
const ListPart::Zipped& ListPart::zipped() const {
  std::call_once(once_, [this] {
    Deflated deflated = Deflate(*text(), Flush::kFull);
    zipped_ = {RenderedText(std::move(deflated.bytes), ledger_), deflated.text};
    is_zipped_ = true;
    if (is_let_go_) zipped_.bytes.LetGo();
  });
  return zipped_;
}

void ListPart::LetGo() const {
  is_let_go_ = true;
  text_.LetGo();
  if (is_zipped_) zipped_.bytes.LetGo();
}

const ListPiece::Zipped& ListPiece::zipped() const {
  std::call_once(once_, [this] {
    std::string joined;
    const auto add_joined = [&] {
      if (joined.empty()) return;
      zipped_.joined.emplace_back(std::exchange(joined, {}), ledger_);
      zipped_.chunks.push_back(zipped_.joined.back().chunk());
    };
    for (const auto& part : parts_) {
      if (part->text()->empty()) continue;
      const ListPart::Zipped& zipped = part->zipped();
      zipped_.text = Join(zipped_.text, zipped.text);
      const Chunk& bytes = zipped.bytes.chunk();
      if (bytes->size() >= kWorthItsOwnChunk || parts_.size() == 1) {
        add_joined();
        zipped_.chunks.push_back(bytes);
      } else {
        joined += *bytes;
      }
    }
    add_joined();
    is_zipped_ = true;
    if (!is_let_go_) return;
    for (const RenderedText& text : zipped_.joined) text.LetGo();
  });
  return zipped_;
}

size_t ListPiece::BytesToZip() const {
  if (is_zipped_) return 0;
  size_t bytes = 0;
  for (const auto& part : parts_) {
    bytes += part->is_zipped() ? part->zipped().bytes.chunk()->size() / kJoinIsCheaper
                               : part->text()->size();
  }
  return bytes;
}

void ListPiece::LetGo(const ListPiece* next) const {
  is_let_go_ = true;
  if (is_zipped_) {
    for (const RenderedText& text : zipped_.joined) text.LetGo();
  }
  for (size_t i = 0; i < parts_.size(); ++i) {
    const bool shared = next != nullptr && i < next->parts_.size() && next->parts_[i] == parts_[i];
    if (!shared) parts_[i]->LetGo();
  }
}

List::List(Sequence list_position, ContactsVersion list_version, std::string list_tag,
           ListParts list_parts, const List* before, const std::shared_ptr<TextLedger>& ledger)
    : position(list_position),
      version(list_version),
      tag(std::move(list_tag)),
      parts(std::move(list_parts)) {
  for (size_t first = 0; first < parts.size(); first += kPartsInPiece) {
    const auto from = parts.begin() + static_cast<std::ptrdiff_t>(first);
    const auto count = std::min(kPartsInPiece, parts.size() - first);
    const auto to = from + static_cast<std::ptrdiff_t>(count);
    const size_t at = pieces_.size();
    std::shared_ptr<const ListPiece> piece;
    if (before != nullptr && at < before->pieces_.size()) piece = before->pieces_[at];
    if (!piece || !std::equal(from, to, piece->parts().begin(), piece->parts().end())) {
      piece = std::make_shared<const ListPiece>(ListParts(from, to), ledger);
    }
    pieces_.push_back(std::move(piece));
  }
  for (const auto& part : parts) {
    if (!part->text()->empty()) plain_.push_back(part->text());
  }
  plain_.push_back(EndingOf(plain_.empty()).text);
  for (const Chunk& chunk : plain_) bytes_ += chunk->size();
}

size_t List::BytesToZip() const {
  if (is_zipped_) return 0;
  size_t bytes = 0;
  for (const auto& piece : pieces_) bytes += piece->BytesToZip();
  return bytes;
}

const std::vector<Chunk>& List::gzip() const {
  std::call_once(once_, [this] {
    // Each list has its own copy: threads that send different lists would contend for its count.
    gzip_.push_back(std::make_shared<const std::string>(GzipHeader()));
    Checksum text;
    for (const auto& piece : pieces_) {
      const ListPiece::Zipped& zipped = piece->zipped();
      gzip_.insert(gzip_.end(), zipped.chunks.begin(), zipped.chunks.end());
      text = Join(text, zipped.text);
    }
    const bool is_empty = plain_.size() == 1;
    gzip_.push_back(std::make_shared<const std::string>(GzipEnd(text, EndingOf(is_empty).zipped)));
    is_zipped_ = true;
  });
  return gzip_;
}

void List::LetGo(const List* next) const {
  for (size_t i = 0; i < pieces_.size(); ++i) {
    const bool has_next = next != nullptr && i < next->pieces_.size();
    const ListPiece* follower = has_next ? next->pieces_[i].get() : nullptr;
    if (follower != pieces_[i].get()) pieces_[i]->LetGo(follower);
  }
}

}  // namespace contacts::query
