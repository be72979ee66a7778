/** The one ciphersuite (0x0001) and the configuration that every group of ours runs under. */
import type { AuthenticationService } from "ts-mls/authenticationService.js"
import type { Capabilities } from "ts-mls/capabilities.js"
import type { ClientConfig } from "ts-mls/clientConfig.js"
import { type CiphersuiteImpl, getCiphersuiteFromName } from "ts-mls/crypto/ciphersuite.js"
import { defaultCryptoProvider } from "ts-mls/crypto/implementation/default/provider.js"
import { defaultKeyPackageEqualityConfig } from "ts-mls/keyPackageEqualityConfig.js"
import { defaultPaddingConfig } from "ts-mls/paddingConfig.js"

export const SUITE = "MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519"

/** GroupInfo extension of ours (private use range), RFC 9420 section 17.3. */
export const GROUP_INFO_EXTENSION = 0xf1a7

/** KeyPackage extension `last_resort`, RFC 9420 section 17.3. */
export const LAST_RESORT = 0x000a

export const CAPABILITIES: Capabilities = {
  versions: ["mls10"],
  ciphersuites: [SUITE],
  extensions: [],
  proposals: [],
  credentials: ["basic"],
}

declare const REFEREES: boolean

/** Whether this is the build in which foreign engines take part, under test only. Set when bundling; false in ours.
 *
 * It adds what they need and we refuse: a tree inside the Welcome, and credentials that are not UTF-8.
 */
export const withReferees: boolean = REFEREES

let loaded: Promise<CiphersuiteImpl> | undefined

/** Give the suite's implementation over WebCrypto, made once. */
export function suite(): Promise<CiphersuiteImpl> {
  loaded ??= defaultCryptoProvider.getCiphersuiteImpl(getCiphersuiteFromName(SUITE))
  return loaded
}

/** Build the configuration of one call around its authentication hook. */
export function configure(authService: AuthenticationService): ClientConfig {
  return {
    authService,
    // 0 would keep the secrets of every epoch; what is kept besides is dropped when the state is saved
    keyRetentionConfig: { retainKeysForEpochs: 1, retainKeysForGenerations: 1, maximumForwardRatchetSteps: 1 },
    // true would block every join through a leaf that has lapsed meanwhile; the lifetime of Adds is judged in rules.ts
    lifetimeConfig: { maximumTotalLifetime: 2_628_000n, validateLifetimeOnReceive: false },
    keyPackageEqualityConfig: defaultKeyPackageEqualityConfig,
    paddingConfig: defaultPaddingConfig,
  }
}
