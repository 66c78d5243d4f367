#include "query/list/gzip_list.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "tests/support/gunzip.h"

namespace contacts::query {
namespace {

std::string FileOf(const std::vector<std::string>& texts, const std::string& last) {
  std::string file(GzipHeader());
  Checksum parts;
  for (const std::string& text : texts) {
    const Deflated part = Deflate(text, Flush::kFull);
    file += part.bytes;
    parts = Join(parts, part.text);
  }
  return file + GzipEnd(parts, Deflate(last, Flush::kFinal));
}

TEST(GzipList, PartsThatWereCompressedOnceMakeOneMember) {
  const std::string page(50'000, 'x');
  EXPECT_EQ(Gunzip(FileOf({"[1", ",2", page}, "]")), "[1,2" + page + "]");
}

TEST(GzipList, AListOfNoPartsIsItsLastText) { EXPECT_EQ(Gunzip(FileOf({}, "[]")), "[]"); }

TEST(GzipList, OnePartServesManyFiles) {
  const Deflated part = Deflate("shared", Flush::kFull);
  const std::string once = std::string(GzipHeader()) + part.bytes;
  EXPECT_EQ(Gunzip(once + GzipEnd(part.text, Deflate("1", Flush::kFinal))), "shared1");
  EXPECT_EQ(
      Gunzip(once + part.bytes + GzipEnd(Join(part.text, part.text), Deflate("2", Flush::kFinal))),
      "sharedshared2");
}

TEST(GzipList, AChangedByteIsNoticed) {
  std::string file = FileOf({"[\"a\"", ",\"b\""}, "]");
  file[file.size() - 6] = static_cast<char>(file[file.size() - 6] ^ 1);  // a byte of the CRC
  EXPECT_EQ(Gunzip(file), std::nullopt);
}

RC_GTEST_PROP(GzipList, AnyPartsInflateToTheirTexts, (std::vector<std::string> texts)) {
  std::string all;
  for (const std::string& text : texts) all += text;
  RC_ASSERT(Gunzip(FileOf(texts, "]")) == all + "]");
}

}  // namespace
}  // namespace contacts::query
