#include "kube/core/admission_review.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.hpp"

namespace causeway::kube {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// As kube-apiserver 1.34 sends it.
constexpr std::string_view kReview = R"({"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{
  "uid":"7c1","kind":{"group":"causeway.dev","version":"v1alpha1","kind":"Demo"},
  "resource":{"group":"causeway.dev","version":"v1alpha1","resource":"demos"},
  "requestKind":{"group":"causeway.dev","version":"v1alpha1","kind":"Demo"},
  "requestResource":{"group":"causeway.dev","version":"v1alpha1","resource":"demos"},
  "name":"digits","namespace":"u-ada","operation":"CREATE",
  "userInfo":{"username":"ada","uid":"u1","groups":["g","system:authenticated"],"extra":{"scopes":["a","b"]}},
  "object":{"kind":"Demo","metadata":{"name":"digits"}},"oldObject":null,"dryRun":true,
  "options":{"kind":"CreateOptions","apiVersion":"meta.k8s.io/v1","fieldManager":"kubectl"}}})";

std::string with(std::string_view what, std::string_view instead) {
  std::string text(kReview);
  const auto at = text.find(what);
  EXPECT_NE(at, text.npos) << what;
  return text.replace(at, what.size(), instead);
}

std::string refusal(const std::string& body) {
  const auto decoded = decode_admission_review(body);
  EXPECT_FALSE(decoded.ok()) << body.substr(0, 200);
  return decoded.ok() ? "" : decoded.error().message;
}

TEST(AdmissionReview, EverythingOfARequest) {
  const auto request = decode_admission_review(kReview);
  ASSERT_TRUE(request.ok()) << request.error().message;
  EXPECT_EQ(request->uid, "7c1");
  EXPECT_EQ(request->kind, (GroupVersionName{"causeway.dev", "v1alpha1", "Demo"}));
  EXPECT_EQ(request->resource.name, "demos");
  EXPECT_EQ(request->request_resource.name, "demos");
  EXPECT_EQ(request->ns, "u-ada");
  EXPECT_EQ(request->name, "digits");
  EXPECT_EQ(request->operation, AdmissionOperation::kCreate);
  EXPECT_EQ(request->user.username, "ada");
  EXPECT_THAT(request->user.groups, ElementsAre("g", "system:authenticated"));
  EXPECT_THAT(request->user.extra.at("scopes"), ElementsAre("a", "b"));
  EXPECT_EQ(name_of(*request->object), "digits");
  EXPECT_FALSE(request->old_object);
  EXPECT_TRUE(request->dry_run);
  EXPECT_EQ(string_at(request->options, "fieldManager"), "kubectl");
}

TEST(AdmissionReview, WhatIsWrongIsSaid) {
  EXPECT_THAT(refusal(""), HasSubstr("empty"));
  EXPECT_THAT(refusal("{"), HasSubstr("not JSON"));
  EXPECT_THAT(refusal("\xff\xfe"), HasSubstr("not JSON"));
  EXPECT_THAT(refusal(with("digits", "\xc3\x28")), HasSubstr("not JSON"));
  EXPECT_THAT(refusal("[]"), HasSubstr("not a JSON object"));
  EXPECT_THAT(refusal(R"({"kind":"Pod","apiVersion":"v1"})"), HasSubstr("a Pod of v1; an AdmissionReview"));
  EXPECT_THAT(refusal(with("k8s.io/v1\"", "k8s.io/v1beta1\"")), HasSubstr("admission.k8s.io/v1 is expected"));
  EXPECT_THAT(refusal(R"({"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1"})"), HasSubstr("no request"));
  EXPECT_THAT(refusal(with(R"("uid":"7c1",)", "")), HasSubstr("request.uid is missing"));
  EXPECT_THAT(refusal(with(R"("kind":"Demo"},)", R"("kind":""},)")), HasSubstr("request.kind"));
  EXPECT_THAT(refusal(with("CREATE", "MOVE")), HasSubstr("\"MOVE\""));
  EXPECT_THAT(refusal(with("CREATE", "UPDATE")), HasSubstr("request.oldObject is missing"));
  EXPECT_THAT(refusal(with(R"({"kind":"Demo","metadata":{"name":"digits"}})", "null")), HasSubstr("request.object"));
  EXPECT_THAT(refusal(with(R"({"kind":"Demo","metadata":{"name":"digits"}})", "7")), HasSubstr("not an object"));
  EXPECT_THAT(refusal(std::string(1u << 20, '[')), HasSubstr("not JSON"));
}

TEST(AdmissionReview, ThreeMegabytesOfObjectTwice) {
  const std::string big(3u << 20, 'x');
  const auto request = decode_admission_review(
      with(R"("oldObject":null)", R"("oldObject":{"data":")" + big + R"("},"object":{"data":")" + big + R"("})"));
  ASSERT_TRUE(request.ok()) << request.error().message;
  EXPECT_EQ(string_at(*request->old_object, "data").size(), big.size());
}

AdmissionRequest asked() {
  return *decode_admission_review(kReview);
}

TEST(AdmissionReview, Answers) {
  EXPECT_EQ(encode_admission_review(asked(), AdmissionResponse::allow()),
            R"({"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{"uid":"7c1","allowed":true}})");

  auto refused = AdmissionResponse::deny(422, "Invalid", "spec.port: is wrong");
  refused.causes.push_back({"FieldValueInvalid", "is wrong", "spec.port"});
  refused.warnings = {"and this"};
  EXPECT_EQ(json::parse(encode_admission_review(asked(), refused)).at("response"), json::parse(R"({
    "uid":"7c1","allowed":false,"warnings":["and this"],"status":{"code":422,"reason":"Invalid",
    "message":"spec.port: is wrong",
    "details":{"group":"causeway.dev","kind":"Demo","name":"digits","causes":[{"reason":"FieldValueInvalid","message":"is wrong","field":"spec.port"}]}}})"));

  AdmissionResponse changed;
  changed.patch = {Object{{"op", "add"}, {"path", "/spec/a"}, {"value", 1}}};
  changed.audit_annotations["why"] = "defaults";
  const auto answer = json::parse(encode_admission_review(asked(), changed)).at("response");
  EXPECT_EQ(answer.at("patchType"), "JSONPatch");
  EXPECT_EQ(*base::base64_decode(std::string_view(answer.at("patch").as_string())),
            R"([{"op":"add","path":"/spec/a","value":1}])");
  EXPECT_EQ(answer.at("auditAnnotations").at("why"), "defaults");
}

TEST(AdmissionReview, WarningsStayWithinWhatAHeaderHolds) {
  AdmissionResponse response;
  std::string umlauts;
  while (umlauts.size() < 400) umlauts += "ä";
  response.warnings.assign(100, "w" + umlauts);
  const auto answer = json::parse(encode_admission_review(asked(), response)).at("response");
  EXPECT_EQ(answer.at("warnings").as_array().size(), 32u);
  EXPECT_EQ(answer.at("warnings").as_array()[0].as_string().size(), 249u);
}

}  // namespace
}  // namespace causeway::kube
