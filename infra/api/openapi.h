// The contract as an OpenAPI 3.0.3 document: its schemas come from the types' field lists, its
// paths from the table of routes.
#pragma once

#include <string>

namespace contacts::api {

std::string OpenApiDocument();

// Its "components": schemas, parameters, headers, error responses, the cookie.
std::string OpenApiComponents();

// The name of the error response for a status; each status of errors.h has one.
std::string OpenApiResponseName(int status);

}  // namespace contacts::api
