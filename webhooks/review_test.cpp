#include "webhooks/review.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "webhooks/rules/testing.hpp"

namespace causeway::webhooks {
namespace {

using kube::AdmissionOperation;
using kube::AdmissionRequest;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::World;

AdmissionRequest request_of(std::string_view kind, AdmissionOperation operation, std::string_view object) {
  AdmissionRequest request;
  request.uid = "1";
  request.kind = {"causeway.dev", "v1alpha1", std::string(kind)};
  request.ns = "u-ada";
  request.operation = operation;
  auto parsed = kube::json::parse(object).as_object();
  (operation == AdmissionOperation::kDelete ? request.old_object : request.object) = std::move(parsed);
  return request;
}

TEST(Review, DefaultsTouchOnlyWhatTheyFillIn) {
  // As the API server has it: with the CRD's defaults, and a member that no type of ours knows.
  const auto request = request_of("Demo", AdmissionOperation::kCreate, R"({
    "apiVersion":"causeway.dev/v1alpha1","kind":"Demo","metadata":{"name":"digits","namespace":"u-ada"},
    "spec":{"repoRef":{"name":"digits"},"build":{"timeout":"30m"},"future":{"a":[1]},
            "scaling":{"min":1,"max":1,"metric":"Requests","idleTimeout":"15m"}},
    "status":{"observedGeneration":-1}})");
  const auto response = mutate(request, World{});
  EXPECT_TRUE(response.allowed);
  std::vector<std::string> paths;
  for (const auto& operation : response.patch) {
    EXPECT_EQ(operation.at("op"), "add");
    paths.emplace_back(operation.at("path").as_string());
  }
  EXPECT_THAT(paths,
              ::testing::UnorderedElementsAre("/spec/repoRef/namespace", "/spec/build/mode", "/spec/scaling/target"));
}

TEST(Review, DefaultsAreIdempotent) {
  const auto request = request_of("Cluster", AdmissionOperation::kCreate, R"({
    "metadata":{"name":"a"},"spec":{"protected":true,"source":{"terraform":{"provider":"aws","region":"r"}}}})");
  EXPECT_THAT(mutate(request, World{}).patch, IsEmpty());
}

TEST(Review, WhatDoesNotReadIsRefusedByValidationWithItsPath) {
  const auto request =
      request_of("Demo", AdmissionOperation::kCreate,
                 R"({"metadata":{"name":"a"},"spec":{"image":"a","placement":{"regions":"local-1"}}})");
  EXPECT_TRUE(mutate(request, World{}).allowed);
  const auto response = validate(request, World{});
  EXPECT_FALSE(response.allowed);
  EXPECT_EQ(response.code, 422);
  EXPECT_THAT(response.message, HasSubstr("spec.placement.regions"));
}

TEST(Review, AnOldObjectThatDoesNotReadKeepsNobodyFromMendingIt) {
  auto request =
      request_of("Demo", AdmissionOperation::kUpdate, R"({"metadata":{"name":"a"},"spec":{"image":"a@sha256:0"}})");
  request.old_object = kube::json::parse(R"({"metadata":{"name":"a"},"spec":{"image":7}})").as_object();
  EXPECT_TRUE(validate(request, World{}).allowed);
}

TEST(Review, DeletionIsJudgedByTheOldObject) {
  World world;
  world.all_demos = {testing::placed_demo("digits", "one", "u-ada")};
  const auto request = request_of("Cluster", AdmissionOperation::kDelete, R"({
    "metadata":{"name":"one"},"spec":{"source":{"terraform":{"provider":"local","region":"local-1"}}}})");
  const auto response = validate(request, world);
  EXPECT_FALSE(response.allowed);
  EXPECT_EQ(response.code, 403);
  EXPECT_THAT(response.message, HasSubstr("u-ada/one runs demos"));
}

TEST(Review, AnotherKindIsSentBack) {
  auto request = request_of("Assignment", AdmissionOperation::kCreate, "{}");
  EXPECT_EQ(validate(request, World{}).code, 400);
  EXPECT_FALSE(mutate(request, World{}).allowed);
  request.kind = {"example.org", "v1", "Demo"};
  EXPECT_EQ(validate(request, World{}).code, 400);
}

}  // namespace
}  // namespace causeway::webhooks
