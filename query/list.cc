#include "query/list.h"

#include <algorithm>
#include <utility>

namespace contacts::query {
namespace {

const Chunk& Closing() {
  static const Chunk text = std::make_shared<const std::string>("]");
  return text;
}

const Chunk& EmptyArray() {
  static const Chunk text = std::make_shared<const std::string>("[]");
  return text;
}

}  // namespace

const Deflated& ListPart::deflated() const {
  std::call_once(once_, [this] {
    deflated_ = Deflate(*text_, Flush::kFull);
    is_deflated_ = true;
  });
  return deflated_;
}

List::List(Sequence list_position, Sequence list_changed, std::string list_tag, Parts list_parts)
    : position(list_position),
      changed(list_changed),
      tag(std::move(list_tag)),
      parts(std::move(list_parts)) {
  for (const auto& part : parts) {
    if (!part->text()->empty()) plain_.push_back(part->text());
  }
  plain_.push_back(plain_.empty() ? EmptyArray() : Closing());
  for (const Chunk& chunk : plain_) bytes_ += chunk->size();
}

size_t List::PartsToDeflate() const {
  if (is_zipped_) return 0;
  return static_cast<size_t>(std::count_if(parts.begin(), parts.end(), [](const auto& part) {
    return !part->text()->empty() && !part->is_deflated();
  }));
}

const Chunk& List::gzip() const {
  std::call_once(once_, [this] {
    std::vector<const Deflated*> deflated;
    for (const auto& part : parts) {
      if (!part->text()->empty()) deflated.push_back(&part->deflated());
    }
    gzip_ = JoinGzip(deflated, Deflate(*plain_.back(), Flush::kFinal));
    is_zipped_ = true;
  });
  return gzip_;
}

}  // namespace contacts::query
