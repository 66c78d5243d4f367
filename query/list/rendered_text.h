// Texts of lists, counted for as long as the cache or a slow reader holds them. A text that the
// cache has let go and a reader still holds is memory that no limit of the cache bounds, so the
// texts of each tenant are counted separately.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>

namespace contacts::query {

// A shared immutable text: it serves many answers without a copy.
using Chunk = std::shared_ptr<const std::string>;

// The bytes of one tenant's texts. Any thread.
class TextLedger {
 public:
  // `all`: the bytes of all texts that are held, summed over all tenants.
  explicit TextLedger(std::shared_ptr<std::atomic<size_t>> all) : all_(std::move(all)) {}

  size_t let_go() const { return let_go_; }  // held by readers, but not in the cache any more

  // The cost of the tenant's largest list so far, as the cache counts it.
  size_t largest_cost() const { return largest_cost_; }
  void NoteCost(size_t bytes);

 private:
  friend class RenderedText;
  const std::shared_ptr<std::atomic<size_t>> all_;
  std::atomic<size_t> let_go_{0};
  std::atomic<size_t> largest_cost_{0};
};

// A text that its ledger counts until the last copy of its chunk is destroyed.
class RenderedText {
 public:
  RenderedText() = default;
  // `ledger`: nullptr: the text is not counted.
  RenderedText(std::string bytes, const std::shared_ptr<TextLedger>& ledger);

  const Chunk& chunk() const { return chunk_; }
  // From now on the ledger counts this text as let go; a second call does nothing. Any thread.
  void LetGo() const;

 private:
  struct Counted;
  Chunk chunk_;
  Counted* counted_ = nullptr;  // lives as long as the chunk; nullptr: not counted
};

}  // namespace contacts::query
