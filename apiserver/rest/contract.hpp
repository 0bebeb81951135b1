#pragma once
// Whether what a server answered is what its OpenAPI document says: for tests, from the outside.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/http.hpp"
#include "base/result.hpp"

namespace causeway::api::rest {

class Contract {
 public:
  // kInvalidArgument: not a document as openapi_document() writes them.
  static base::Result<Contract> parse(std::string_view document);
  ~Contract();
  Contract(Contract&&) noexcept;

  // What is wrong with the answer to `method target`, one sentence each; empty: nothing. Wrong are a status that is not
  // declared, a content type that is not, a body that does not match its schema, a body where none may be, an address
  // that answers although it is not in the document.
  std::vector<std::string> violations(std::string_view method, std::string_view target,
                                      const base::HttpResponse& answer) const;

 private:
  struct Impl;
  explicit Contract(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace causeway::api::rest
