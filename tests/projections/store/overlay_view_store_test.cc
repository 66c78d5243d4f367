#include "projections/store/overlay_view_store.h"

#include <gtest/gtest.h>

#include "tests/support/memory_view_store.h"

namespace contacts::testing {
namespace {

void PutEmail(ViewStore& store, const std::string& key, const std::optional<std::string>& value) {
  ViewBatch batch;
  batch.Add({View::kEmails, key, value});
  store.Write(batch);
}

std::string RowsOfEmails(const ViewReader& views, const std::string& from = "",
                         const std::string& to = "") {
  std::string rows;
  views.Scan(View::kEmails, from, to, [&](std::string_view key, std::string_view value) {
    rows.append(key).append(value).append(" ");
    return true;
  });
  return rows;
}

class OverlayTest : public ::testing::Test {
 protected:
  OverlayTest() {
    for (const char* key : {"b", "d", "f"}) PutEmail(*below_, key, "0");
  }
  std::unique_ptr<MemoryViewStore> owned_ = std::make_unique<MemoryViewStore>();
  MemoryViewStore* const below_ = owned_.get();
  OverlayViewStore views_{std::move(owned_), 1000};
};

TEST_F(OverlayTest, RowsOfBothAreReadInOrder) {
  for (const char* key : {"a", "c", "d", "g"}) PutEmail(views_, key, "1");
  PutEmail(views_, "f", std::nullopt);
  EXPECT_EQ(RowsOfEmails(views_), "a1 b0 c1 d1 g1 ");
  EXPECT_EQ(RowsOfEmails(views_, "b", "d"), "b0 c1 ");
  EXPECT_EQ(RowsOfEmails(views_, "g", "b"), "");
  EXPECT_EQ(views_.Get(View::kEmails, "f"), std::nullopt);
  EXPECT_EQ(views_.Get(View::kEmails, "b"), "0");
  EXPECT_EQ(RowsOfEmails(*below_), "b0 d0 f0 ");
}

TEST_F(OverlayTest, AScanEndsWhenItIsTold) {
  for (const char* key : {"a", "g"}) PutEmail(views_, key, "1");
  for (size_t count = 1; count <= 5; ++count) {
    std::string seen;
    views_.Scan(View::kEmails, "", "", [&](std::string_view key, std::string_view) {
      seen += key;
      return seen.size() < count;
    });
    EXPECT_EQ(seen, std::string("abdfg").substr(0, count));
  }
}

TEST_F(OverlayTest, TakesABoundedNumberOfBytes) {
  PutEmail(views_, "a", std::string(500, 'x'));
  EXPECT_THROW(PutEmail(views_, "c", std::string(500, 'x')), StoreFailure);
  EXPECT_EQ(views_.Get(View::kEmails, "c"), std::nullopt);
  PutEmail(views_, "c", "1");
  EXPECT_EQ(views_.Get(View::kEmails, "c"), "1");
}

}  // namespace
}  // namespace contacts::testing
