#include "projections/store/overlay_view_store.h"

#include <gtest/gtest.h>

#include "tests/support/memory_view_store.h"

namespace contacts::testing {
namespace {

void Put(ViewStore& store, const std::string& key, const std::optional<std::string>& value) {
  ViewBatch batch;
  batch.Add({View::kEmails, key, value});
  store.Write(batch);
}

std::string Rows(const ViewReader& views, const std::string& from = "",
                 const std::string& to = "") {
  std::string rows;
  views.Scan(View::kEmails, from, to, [&](std::string_view key, std::string_view value) {
    rows.append(key).append(value).append(" ");
    return true;
  });
  return rows;
}

class Overlay : public ::testing::Test {
 protected:
  Overlay() {
    for (const char* key : {"b", "d", "f"}) Put(*below_, key, "0");
  }
  std::unique_ptr<MemoryViewStore> owned_ = std::make_unique<MemoryViewStore>();
  MemoryViewStore* const below_ = owned_.get();
  OverlayViewStore views_{std::move(owned_), 1000};
};

TEST_F(Overlay, RowsOfBothAreReadInOrder) {
  for (const char* key : {"a", "c", "d", "g"}) Put(views_, key, "1");
  Put(views_, "f", std::nullopt);
  EXPECT_EQ(Rows(views_), "a1 b0 c1 d1 g1 ");
  EXPECT_EQ(Rows(views_, "b", "d"), "b0 c1 ");
  EXPECT_EQ(Rows(views_, "g", "b"), "");
  EXPECT_EQ(views_.Get(View::kEmails, "f"), std::nullopt);
  EXPECT_EQ(views_.Get(View::kEmails, "b"), "0");
  EXPECT_EQ(Rows(*below_), "b0 d0 f0 ");
}

TEST_F(Overlay, AScanEndsWhenItIsTold) {
  for (const char* key : {"a", "g"}) Put(views_, key, "1");
  for (size_t count = 1; count <= 5; ++count) {
    std::string seen;
    views_.Scan(View::kEmails, "", "", [&](std::string_view key, std::string_view) {
      seen += key;
      return seen.size() < count;
    });
    EXPECT_EQ(seen, std::string("abdfg").substr(0, count));
  }
}

TEST_F(Overlay, TakesABoundedNumberOfBytes) {
  Put(views_, "a", std::string(500, 'x'));
  EXPECT_THROW(Put(views_, "c", std::string(500, 'x')), StoreFailure);
  EXPECT_EQ(views_.Get(View::kEmails, "c"), std::nullopt);
  Put(views_, "c", "1");
  EXPECT_EQ(views_.Get(View::kEmails, "c"), "1");
}

}  // namespace
}  // namespace contacts::testing
