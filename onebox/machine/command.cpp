#include "onebox/machine/command.hpp"

#include "base/process.hpp"

namespace causeway::onebox {

namespace {

base::Result<base::RunOutput> run_quietly(std::vector<std::string> argv) {
  base::ProcessSpec spec;
  spec.argv = std::move(argv);
  return base::run(std::move(spec), {.timeout = std::chrono::seconds(60),
                                     .stop = {},
                                     .input = {},
                                     .max_output = 8u << 20,
                                     .on_out_line = nullptr,
                                     .on_err_line = nullptr});
}

}  // namespace

base::Result<std::string> command(std::vector<std::string> argv) {
  std::string line;
  for (const auto& word : argv) line += (line.empty() ? "" : " ") + word;
  auto output = run_quietly(std::move(argv));
  if (!output) return output.error().wrap("`" + line + "`");
  if (!output->status.success()) {
    std::string said = output->err.empty() ? output->out : output->err;
    while (!said.empty() && said.back() == '\n') said.pop_back();
    return base::Error{base::ErrorCode::kIo, "`" + line + "`: " + (said.empty() ? output->status.describe() : said)};
  }
  return std::move(output->out);
}

bool succeeds(std::vector<std::string> argv) {
  auto output = run_quietly(std::move(argv));
  return output && output->status.success();
}

}  // namespace causeway::onebox
