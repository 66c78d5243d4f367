#include "infra/http/content_coding.h"

#include <gtest/gtest.h>

namespace contacts::http {
namespace {

TEST(ContentCoding, TakesGzipWhenItsWeightIsAtLeastThatOfNoCoding) {
  for (const char* yes :
       {"gzip", "GZIP", "x-gzip", "deflate, gzip", "gzip;q=0.1", "*", "*;q=0.5",
        "gzip;q=1.000, identity", "gzip ; q=0.5 , identity;q=0.5", "br;q=1, gzip;q=0.001"}) {
    EXPECT_EQ(ChooseCoding({yes}), Coding::kGzip) << yes;
  }
  for (const char* no : {"", "identity", "br", "gzip;q=0", "gzip;q=0.000", "*;q=0", "gzip;q=0, *",
                         "gzip;q=0.5, identity", "gzip;q=2", "gzip;q=1.001", "gzip;q=x",
                         "gzip;q=0.1234", "gzip;q", "gzip;x=1", "gzipx", "gzip;q=.5"}) {
    EXPECT_EQ(ChooseCoding({no}), Coding::kIdentity) << no;
  }
  EXPECT_EQ(ChooseCoding({}), Coding::kIdentity);
  EXPECT_EQ(ChooseCoding({"br", "gzip"}), Coding::kGzip);
}

}  // namespace
}  // namespace contacts::http
