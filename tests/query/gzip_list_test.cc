#include "query/gzip_list.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/support/gunzip.h"

namespace contacts::query {
namespace {

std::string Join(const std::vector<std::string>& texts, const std::string& last) {
  std::vector<Deflated> parts;
  for (const std::string& text : texts) parts.push_back(Deflate(text, Flush::kFull));
  std::vector<const Deflated*> pointers;
  for (const Deflated& part : parts) pointers.push_back(&part);
  return *JoinGzip(pointers, Deflate(last, Flush::kFinal));
}

TEST(GzipList, PartsThatWereCompressedOnceMakeOneMember) {
  const std::string page(50'000, 'x');
  EXPECT_EQ(Gunzip(Join({"[1", ",2", page}, "]")), "[1,2" + page + "]");
}

TEST(GzipList, AListOfNoPartsIsItsLastText) { EXPECT_EQ(Gunzip(Join({}, "[]")), "[]"); }

TEST(GzipList, OnePartServesManyFiles) {
  const Deflated part = Deflate("shared", Flush::kFull);
  EXPECT_EQ(Gunzip(*JoinGzip({&part}, Deflate("1", Flush::kFinal))), "shared1");
  EXPECT_EQ(Gunzip(*JoinGzip({&part, &part}, Deflate("2", Flush::kFinal))), "sharedshared2");
}

TEST(GzipList, AChangedByteIsNoticed) {
  std::string file = Join({"[\"a\"", ",\"b\""}, "]");
  file[file.size() - 6] = static_cast<char>(file[file.size() - 6] ^ 1);  // of the CRC
  EXPECT_EQ(Gunzip(file), std::nullopt);
}

RC_GTEST_PROP(GzipList, AnyPartsInflateToTheirTexts, (std::vector<std::string> texts)) {
  std::string all;
  for (const std::string& text : texts) all += text;
  RC_ASSERT(Gunzip(Join(texts, "]")) == all + "]");
}

}  // namespace
}  // namespace contacts::query
