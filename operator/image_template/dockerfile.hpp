#pragma once
// A Dockerfile read just far enough to judge it: instructions in order, continuation lines joined, comments dropped.
// (docs.docker.com/reference/dockerfile). Pure.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace causeway::op::image_template {

struct Instruction {
  std::string name;       // upper case: "FROM"
  std::string arguments;  // one line, as written
  int line = 0;           // where it begins, from 1
};

class Dockerfile {
 public:
  static Dockerfile parse(std::string_view text);

  const std::vector<Instruction>& instructions() const { return instructions_; }
  // Images named by FROM, ARG references replaced by the defaults that are declared before the first FROM; stages of
  // the same file and `scratch` are left out.
  std::vector<std::string> base_images() const;
  // Every ARG that is declared anywhere, with its first default.
  const std::map<std::string, std::optional<std::string>>& args() const { return args_; }
  bool has(std::string_view instruction) const;

 private:
  std::vector<Instruction> instructions_;
  std::map<std::string, std::optional<std::string>> args_;
};

// ${NAME}, $NAME, ${NAME:-default}; what is not known stays empty.
std::string expand_args(std::string_view text, const std::map<std::string, std::optional<std::string>>& args);

}  // namespace causeway::op::image_template
