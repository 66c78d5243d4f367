#include "query/list/rendered_text.h"

#include <utility>

namespace contacts::query {

void TextLedger::NoteCost(size_t bytes) {
  size_t before = largest_cost_;
  while (before < bytes && !largest_cost_.compare_exchange_weak(before, bytes)) {
  }
}

struct RenderedText::Counted {
  Counted(std::string text, std::shared_ptr<TextLedger> of)
      : bytes(std::move(text)), ledger(std::move(of)) {
    *ledger->all_ += bytes.capacity();
  }
  ~Counted() {
    *ledger->all_ -= bytes.capacity();
    if (is_let_go) ledger->let_go_ -= bytes.capacity();
  }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

  const std::string bytes;
  const std::shared_ptr<TextLedger> ledger;
  std::atomic<bool> is_let_go{false};
};

RenderedText::RenderedText(std::string bytes, const std::shared_ptr<TextLedger>& ledger) {
  // A text grows by doubling, and its unused capacity would stay allocated as long as the text.
  if (bytes.capacity() - bytes.size() > bytes.size() / 8) bytes.shrink_to_fit();
  if (!ledger) {
    chunk_ = std::make_shared<const std::string>(std::move(bytes));
    return;
  }
  auto counted = std::make_shared<Counted>(std::move(bytes), ledger);
  counted_ = counted.get();
  const std::string* text = &counted->bytes;
  chunk_ = Chunk(std::move(counted), text);
}

void RenderedText::LetGo() const {
  if (counted_ == nullptr || counted_->is_let_go.exchange(true)) return;
  counted_->ledger->let_go_ += counted_->bytes.capacity();
}

}  // namespace contacts::query
