import { Refused } from "./refused"

/**
 * Says that a certificate does not count.
 *
 * Codes  malformed_certificate, wrong_profile, wrong_name, key_refused, wrong_validity, wrong_issuer, expired,
 *        not_yet_valid, unknown_authority, revoked_authority
 */
export class CertificateRefused extends Refused {}
