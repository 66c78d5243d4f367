#include "infra/http/content_coding.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <zlib.h>

#include "infra/http/answer.h"

namespace contacts::http {
namespace {

// The whole member and nothing behind it.
std::string Gunzip(const std::string& packed, size_t size) {
  std::string out(size + 1, '\0');
  z_stream stream{};
  inflateInit2(&stream, 15 + 16);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int result = inflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  const bool all = result == Z_STREAM_END && stream.avail_in == 0;
  inflateEnd(&stream);
  return all ? out : "not one whole gzip member";
}

TEST(ContentCoding, TakesGzipWhenItIsLikedAtLeastAsMuch) {
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

RC_GTEST_PROP(ContentCoding, WhatIsPackedIsReadBack, (const std::string& text)) {
  RC_ASSERT(Gunzip(Gzip(text), text.size()) == text);
}

Response Long() {
  return {200,
          {},
          {std::make_shared<const std::string>(2000, 'a'),
           std::make_shared<const std::string>(2000, 'b')}};
}

TEST(ContentCoding, CompressesALongBodyAsOneMember) {
  Request request;
  request.headers = {{"Accept-Encoding", "gzip"}};
  Response response = Long();
  CompressFor(request, &response);
  ASSERT_EQ(response.body.size(), 1u);
  EXPECT_EQ(Gunzip(*response.body[0], 4000), std::string(2000, 'a') + std::string(2000, 'b'));
  ASSERT_EQ(response.headers.size(), 2u);
  EXPECT_EQ(response.headers[0].value, "Accept-Encoding");
  EXPECT_EQ(response.headers[1].value, "gzip");
}

TEST(ContentCoding, LeavesAloneWhatMustNotBeCompressed) {
  Request plain;
  Response response = Long();
  CompressFor(plain, &response);
  EXPECT_EQ(BodySize(response), 4000u);
  EXPECT_EQ(response.headers.at(0).name, "Vary");
  Request gzip;
  gzip.headers = {{"Accept-Encoding", "gzip"}};
  Response small{200, {}, {std::make_shared<const std::string>("{}")}};
  CompressFor(gzip, &small);
  EXPECT_EQ(BodySize(small), 2u);
  Response coded = Long();
  coded.headers.push_back({"Content-Encoding", "br"});
  CompressFor(gzip, &coded);
  EXPECT_EQ(BodySize(coded), 4000u);
}

}  // namespace
}  // namespace contacts::http
