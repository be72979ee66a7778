/** Guess how long a passphrase would stand; a hint for the person, no gate but the very short. */
const COMMON = /^(?:password|passwort|motdepasse|contrase|senha|qwerty|azerty|letmein|welcome|customs|douane|pratique|12345)/iu

export interface Strength {
  /** 0 too short, 1 weak, 2 fair, 3 strong. */
  readonly level: 0 | 1 | 2 | 3
}

export function strength(passphrase: string): Strength {
  const letters = [...passphrase]
  if (letters.length < 10) return { level: 0 }
  const words = passphrase.split(/[\s.,_-]+/u).filter((word) => [...word].length > 2)
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\p{N}/u, /[^\p{L}\p{N}\s]/u].filter((kind) => kind.test(passphrase)).length
  const varied = new Set(letters.map((letter) => letter.toLowerCase())).size
  if (varied < 6 || COMMON.test(passphrase)) return { level: 1 }
  if ((words.length >= 5 && letters.length >= 24) || (letters.length >= 18 && kinds >= 3)) return { level: 3 }
  return { level: words.length >= 4 || letters.length >= 15 ? 2 : 1 }
}
