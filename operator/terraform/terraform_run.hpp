#pragma once
// The subcommand `causeway-operator terraform-run` (what its flags mean: --help).

namespace causeway::op::terraform {

// 0: the run ended as asked, or waits for approval; 1: it failed (the result says how); 2: bad usage;
// 3: it could not even read its input or write its result.
int terraform_run_main(int argc, char** argv);

}  // namespace causeway::op::terraform
