/**
 * Say a failure in the reader's language: what happened and what to do, by its code. A code has a text of its own in
 * the area `problem`, or shares one here with others that ask the same of a person. A test holds that none is forgotten.
 */
import { has, t } from "./i18n.svelte"

const SHARED: Readonly<Record<string, readonly string[]>> = {
  // Of the server: an honest one does not answer so.
  mistrusted: [
    "bad_answer", "answer_too_large", "wrong_root", "out_of_order", "log_rolled_back", "party_list_rollback", "time_ahead",
    "time_fell", "withheld", "no_terms", "wrong_number", "wrong_certificate", "wrong_key_package", "forked_list",
    "rewritten_list", "stale_list", "list_gap", "wrong_authority", "wrong_signer", "wrong_deployment", "private_fork",
  ],
  // Of whoever sits in the channel: a commit, a welcome, an entry that breaks a rule.
  not_believed: [
    "bad_charter", "bad_group_info", "bad_rejoin", "bad_report", "bad_seen", "bad_signature", "bad_reminder", "duplicate_extension",
    "duplicate_key", "duplicate_ref", "duplicate_remove", "capabilities_refused", "credential_refused", "extension_refused",
    "hash_refused", "identity_refused", "leaf_source_refused", "lifetime_refused", "path_refused", "path_missing",
    "proposal_by_reference", "ref_refused", "sender_refused", "signature_refused", "suite_refused", "tag_refused", "tree_refused",
    "version_refused", "wire_format_refused", "too_many_proposals", "unknown_proposal", "not_a_commit", "own_leaf_removed",
    "malformed_encoding", "malformed_event", "malformed_welcome", "malformed_content", "leaf_changed", "wrong_binding", "wrong_channel",
    "wrong_kind", "wrong_lane", "wrong_roster", "wrong_statement", "wrong_transcript", "wrong_tree", "wrong_welcome", "no_links",
    "not_surplus", "not_own_leaf", "not_own_statement", "not_authority", "party_not_named", "seen_mismatch", "entry_refused",
    "closed_list", "committer_changed", "not_authentic", "own_commit", "path_key_mismatch", "refused", "undecryptable", "wrong_committer",
    "wrong_group",
  ],
  certificate: [
    "wrong_profile", "wrong_validity", "wrong_issuer", "wrong_name", "malformed_certificate", "key_refused", "unknown_authority",
    "revoked_authority", "not_yet_valid", "not_certified", "certificate_refused",
  ],
  program: [
    "malformed_json", "malformed_request", "malformed_statement", "statement_refused", "unsupported_media_type", "method_not_allowed",
    "http_error", "unknown_question", "post_id_reused", "key_package_refused", "wrong_size", "no_such_event",
  ],
  engine: [
    "engine_lost", "engine_missing", "bad_encoding", "bad_key", "bad_request", "bad_state", "lapsed_key_package",
  ],
  moved_on: ["stale_epoch", "wrong_epoch", "stale_party_list", "stale_terms", "stale_roster"],
  busy: ["busy_channel"],
  channel_stopped: ["own_leaf_surplus", "false_removal", "no_leaf", "removed"],
  exists: ["lane_exists", "channel_exists", "already_leaf"],
  too_large: ["body_too_large", "content_too_large", "file_too_large"],
  malformed_file: ["segment_differs"],
  bad_photo: ["photo_type", "no_picture"],
  no_draft: ["draft_lost"],
  draft_turn: ["wrong_state", "not_released", "not_the_author", "not_the_releaser"],
  not_enrolled: ["no_store"],
  not_signed_in: ["sign_in_refused"],
  subscription: ["subscription_refused", "wrong_subscription"],
  not_yours: ["not_allowed"],
}
/** What another page says already. */
const SAID: Readonly<Record<string, string>> = {
  kept: "consignments.kept_offline",
  not_reachable: "consignments.unreachable_text",
  no_operation: "operations.unknown_text",
  no_room: "operations.no_room_text",
  operation_closed: "channels.stopped_closed_text",
  not_coordinator: "operations.not_coordinator_text",
  no_authority: "party.no_key_text",
  wrong_party: "party.take_wrong_party",
  not_listed: "party.take_not_listed",
  not_owner: "operations.may_not_seat",
  unsigned: "shell.update_refused_text",
  wrong_release: "shell.update_refused_text",
  older_release: "shell.update_refused_text",
  wrong_file: "shell.update_refused_text",
  malformed_manifest: "shell.update_refused_text",
}
/** Why something that is to be said of a consignment would not count. */
const MARKS: ReadonlySet<string> = new Set([
  "not_the_sender", "version_not_newer", "not_your_leg", "out_of_turn", "said_before", "closed", "withdrawn", "replaced", "expired",
  "no_such_query", "not_on_hold", "no_agreement", "no_transport_document", "too_late", "not_agreed_by_ocu", "parts_differ",
])
const KEYS = new Map(Object.entries(SHARED).flatMap(([key, codes]) => codes.map((code) => [code, `problem.${key}`] as const)))

/** Say what happened and what to do; null where the code is new to this version. */
export function problemText(code: string): string | null {
  if (has(`problem.${code}`)) return t(`problem.${code}`)
  const key = SAID[code] ?? KEYS.get(code)
  if (key !== undefined) return t(key)
  return MARKS.has(code) ? t("problem.mark", { why: t(`consignments.mark_${code}`) }) : null
}
