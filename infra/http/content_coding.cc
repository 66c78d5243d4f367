#include "infra/http/content_coding.h"

#include <algorithm>
#include <optional>

#include "infra/http/weighted_list.h"

namespace contacts::http {

Coding ChooseCoding(const std::vector<std::string_view>& accept_encoding) {
  std::vector<Choice> choices = ReadChoices(accept_encoding);
  for (Choice& choice : choices) {
    if (!choice.is_bare) choice.weight = 0;  // no coding has parameters
  }
  const auto gzip = std::max(WeightOf(choices, "gzip"), WeightOf(choices, "x-gzip"));
  const int liking = gzip.value_or(WeightOf(choices, "*").value_or(0));
  const int plain = WeightOf(choices, "identity").value_or(0);
  return liking > 0 && liking >= plain ? Coding::kGzip : Coding::kIdentity;
}

}  // namespace contacts::http
