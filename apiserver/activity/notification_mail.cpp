#include "apiserver/activity/notification_mail.hpp"

namespace causeway::api::activity {
namespace {

// "ada has opened issue #3"
std::string deed_of(const Entry& n) {
  const std::string who = n.actor.empty() ? "Somebody" : n.actor;
  const std::string thing =
      (n.subject.empty() ? "something" : n.subject) + (n.number ? " #" + std::to_string(*n.number) : std::string());
  if (n.kind == "issue.opened") return who + " has opened " + thing;
  if (n.kind == "issue.closed") return who + " has closed " + thing;
  if (n.kind == "issue.reopened") return who + " has reopened " + thing;
  if (n.kind == "issue.commented") return who + " has written about " + thing;
  if (n.kind == "issue.mentioned") return who + " has mentioned you in " + thing;
  if (n.kind == "repository.starred") return who + " likes it";
  if (n.kind == "account.followed") return who + " follows you";
  return who + ": " + n.kind;
}

std::string address_of(const Entry& n, const std::string& site) {
  if (n.repository.empty()) return site + (n.actor.empty() ? std::string() : '/' + n.actor);
  const auto repository = site + '/' + n.repository;
  if (!n.number) return repository;
  return repository + (n.subject == "discussion" ? "/discussions/" : "/issues/") + std::to_string(*n.number);
}

}  // namespace

mail::Message mail_of(const Entry& n, const std::string& to, const std::string& site) {
  const auto deed = deed_of(n);
  const auto about = n.title.empty() ? deed : n.title;
  mail::Message message;
  message.to = to;
  message.subject = mail::one_line((n.repository.empty() ? "" : '[' + n.repository + "] ") + about);
  message.text = deed + (n.repository.empty() ? "" : " (" + n.repository + ')') + ".\n\n";
  if (!n.title.empty()) message.text += mail::one_line(n.title, 300) + "\n\n";
  message.text += address_of(n, site) + "\n\n-- \nYou asked for notifications by e-mail at " + site +
                  ".\nNo more of them: DELETE /api/v1/me/notifications/email\n";
  return message;
}

}  // namespace causeway::api::activity
