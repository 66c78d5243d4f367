#include "infra/cli/write_schemas.h"

#include <filesystem>
#include <fstream>
#include <iostream>

#include "events/published_schemas.h"
#include "events/values/unicode.h"
#include "infra/kafka/asyncapi.h"

namespace contacts::cli {
namespace {

bool Write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text << std::flush;
  if (file) {
    std::cout << path.string() << "\n";
  } else {
    std::cerr << "contacts: " << unicode::ShowInvisible(path.string()) << " cannot be written\n";
  }
  return file.good();
}

}  // namespace

int WriteSchemas(const std::string& directory) {
  const std::filesystem::path root(directory);
  std::error_code fault;
  std::filesystem::create_directories(root / "schemas", fault);  // its writes say if it failed
  bool done = Write(root / "asyncapi.yaml", kafka::AsyncApiDocument());
  for (const PublishedSchema& schema : PublishedSchemas()) {
    done = done && Write(root / "schemas" / (schema.name + ".json"), schema.text);
  }
  return done ? 0 : 1;
}

}  // namespace contacts::cli
