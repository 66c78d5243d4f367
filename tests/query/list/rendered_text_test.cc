#include "query/list/rendered_text.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "query/list/list.h"

namespace contacts::query {
namespace {

class RenderedTextTest : public ::testing::Test {
 protected:
  std::shared_ptr<const ListPart> Part(size_t bytes) {
    return std::make_shared<const ListPart>(std::string(bytes, 'x'), ledger_);
  }
  const std::shared_ptr<std::atomic<size_t>> all_ = std::make_shared<std::atomic<size_t>>(0);
  const std::shared_ptr<TextLedger> ledger_ = std::make_shared<TextLedger>(all_);
};

TEST_F(RenderedTextTest, IsCountedUntilTheLastCopyHasGone) {
  std::optional<RenderedText> text;
  text.emplace(std::string(5'000, 'x'), ledger_);
  const size_t bytes = *all_;
  EXPECT_GE(bytes, 5'000u);
  Chunk reader = text->chunk();
  text->LetGo();
  text->LetGo();
  text.reset();
  EXPECT_EQ(*all_, bytes);
  EXPECT_EQ(ledger_->let_go(), bytes);
  reader = nullptr;
  EXPECT_EQ(*all_, 0u);
  EXPECT_EQ(ledger_->let_go(), 0u);
}

// A text grows by doubling: a reader held up to twice the bytes that it reads.
TEST_F(RenderedTextTest, KeepsNoRoomToGrow) {
  std::string text;
  text.reserve(100'000);
  text.assign(5'000, 'x');
  const RenderedText rendered(std::move(text), ledger_);
  EXPECT_LT(*all_, 6'000u);
}

TEST_F(RenderedTextTest, ThatTheNextListSharesIsNotLetGo) {
  ListParts parts;
  for (int i = 0; i < 20; ++i) parts.push_back(Part(1'000));
  const List before({}, {}, "", parts, nullptr, ledger_);
  parts[18] = Part(1'000);
  const List after({}, {}, "", parts, &before, ledger_);
  before.LetGo(&after);
  EXPECT_EQ(ledger_->let_go(), *all_ / 21);
  after.LetGo(nullptr);
  EXPECT_EQ(ledger_->let_go(), *all_);
}

// A slow reader may be the first that wants the list compressed.
TEST_F(RenderedTextTest, CompressedAfterItsListWentCountsAsLetGo) {
  const List list({}, {}, "", {Part(1'000), Part(1'000), Part(300'000)}, nullptr, ledger_);
  list.LetGo(nullptr);
  const size_t plain = *all_;
  list.gzip();
  EXPECT_GT(*all_, plain);
  EXPECT_EQ(ledger_->let_go(), *all_);
}

TEST_F(RenderedTextTest, CompressedBeforeItsListWentIsLetGoWithIt) {
  const List list({}, {}, "", {Part(1'000), Part(1'000), Part(300'000)}, nullptr, ledger_);
  list.gzip();
  EXPECT_EQ(ledger_->let_go(), 0u);
  list.LetGo(nullptr);
  EXPECT_EQ(ledger_->let_go(), *all_);
}

}  // namespace
}  // namespace contacts::query
