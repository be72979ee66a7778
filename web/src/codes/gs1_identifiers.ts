/** GS1 application identifiers and the form of their values (GS1 General Specifications, section 3). */

export interface Identifier {
  readonly ai: string
  /** The value, as a regular expression. */
  readonly pattern: string
  /** Whether the value begins with a day, YYMMDD. */
  readonly dated: boolean
}

const SIGN = '[!%-?A-Z_a-z"]' // character set 82
const DAY = "\\d{2}(?:0\\d|1[0-2])(?:[0-2]\\d|3[01])"
const LONG_DAY = "\\d{4}(?:0\\d|1[0-2])(?:[0-2]\\d|3[01])"
const digits = (least: number, most = least) => `\\d{${least},${most}}`
const signs = (most: number, least = 1) => `${SIGN}{${least},${most}}`
const escaped = (most: number) => `(?:${SIGN}|%[0-9A-Fa-f]{2}%[0-9A-Fa-f]{2}){1,${most}}`

// Identifiers on the left, as a regular expression; no identifier begins with another one.
const FORMS: readonly (readonly [string, string])[] = [
  ["00|801[78]", digits(18)],
  ["0[123]", digits(14)],
  ["10|2[12]|243|254|420|4318|702[012]|71[0-7]|7240|8002|8012", signs(20)],
  ["1[123567]", DAY],
  ["20|7241", digits(2)],
  ["235", signs(28)],
  ["24[01]|25[01]|40[013]|4308|4319|7002|7023|8004|90", signs(30)],
  ["242", digits(1, 6)],
  ["253", digits(13) + signs(17, 0)],
  ["255", digits(13, 25)],
  ["30", digits(0, 8)],
  ["31[0-6][0-5]|3[24]\\d[0-5]|33[0-7][0-5]|35[0-7][0-5]|36\\d[0-5]|395[0-5]|4326|7006|8005", digits(6)],
  ["37", digits(1, 8)],
  ["39[02]\\d", digits(1, 15)],
  ["39[13]\\d", digits(4, 18)],
  ["394[0-3]|8111", digits(4)],
  ["402", digits(17)],
  ["41[0-7]|7001", digits(13)],
  ["421", digits(3) + signs(9)],
  ["42[246]", digits(3)],
  ["42[35]", "(?:\\d{3}){1,5}"],
  ["427|7008", signs(3)],
  ["430[01]|431[01]|4320", escaped(35)],
  ["430[2-6]|431[2-6]|7257", escaped(70)],
  ["4307|4317", "[A-Z0-9]{2}"],
  ["4309", digits(20)],
  ["432[123]", "[01]"],
  ["432[45]|7003", digits(10)],
  ["433[0-3]", "\\d{6}-?"],
  ["7004", digits(0, 4)],
  ["7005", signs(12)],
  ["7007", "\\d{6}(?:\\d{6})?"],
  ["7009", signs(10)],
  ["7010", signs(2)],
  ["7011", "\\d{6}(?:\\d{4})?"],
  ["703\\d", digits(3) + signs(27)],
  ["7040", `\\d${signs(3, 3)}`],
  ["7041", signs(4)],
  ["723\\d", signs(30, 3)],
  ["7242|801[34]|8020", signs(25)],
  ["7250", LONG_DAY],
  ["7251", `${LONG_DAY}(?:[01]\\d|2[0-3])[0-5]\\d`],
  ["7252", "\\d"],
  ["725[349]", escaped(40)],
  ["7255", escaped(10)],
  ["7256", escaped(90)],
  ["7258", "\\d/\\d"],
  ["8001", digits(14)],
  ["8003", `0\\d{13}${signs(16, 0)}`],
  ["8006|8026", digits(18)],
  ["8007", signs(34)],
  ["8008", `${DAY}(?:[01]\\d|2[0-3])(?:[0-5]\\d(?:[0-5]\\d)?)?`],
  ["8009", signs(50)],
  ["8010", "[A-Z0-9/#-]{5,30}"],
  ["8011", digits(1, 12)],
  ["8019", digits(1, 10)],
  ["8030", "[0-9A-Za-z_-]{1,90}"],
  ["804[01]", digits(15)],
  ["8042", digits(32)],
  ["8043", digits(18, 20)],
  ["8110|8112|8200", signs(70)],
  ["9[1-9]", signs(90)],
]
const READERS = FORMS.map(([identifiers, pattern]) => [new RegExp(`^(?:${identifiers})`), pattern] as const)
const DATED = /^(?:1[123567]|432[456]|700[367]|7011|8008)$/

/** The identifiers that a Digital Link may begin with, and what may follow each in its path, in this order. */
export const QUALIFIERS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    "01": ["22", "10", "21", "235"], "8006": ["22", "10", "21"], "8013": [], "8010": ["8011"], "414": ["254", "7040"],
    "415": ["8020"], "417": ["7040"], "8017": ["8019"], "8018": ["8019"], "255": [], "00": [], "253": [], "401": [],
    "402": [], "8003": [], "8004": ["7040"],
  }),
)

/** Give the identifier that a text begins with, or null. */
export function identifierOf(text: string): Identifier | null {
  for (const [reader, pattern] of READERS) {
    const ai = reader.exec(text)?.[0]
    if (ai) return { ai, pattern, dated: DATED.test(ai) }
  }
  return null
}

/** Give a text of digits as numbers of two digits. */
export function digitsOf(text: string): number[] {
  return (text.match(/\d{1,2}/g) ?? []).map(Number)
}
