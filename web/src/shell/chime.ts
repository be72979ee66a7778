/** Two short tones for something urgent; made here, so that no file is fetched. */
const TONES_HZ = [660, 880] as const
const TONE_S = 0.16
let context: AudioContext | null = null

/** Play them, where the browser lets a page sound. */
export function chime(): void {
  if (!("AudioContext" in globalThis)) return
  context ??= new AudioContext()
  const { currentTime } = context
  TONES_HZ.forEach((hertz, place) => {
    if (context === null) return
    const [tone, loudness, at] = [context.createOscillator(), context.createGain(), currentTime + place * TONE_S]
    tone.frequency.value = hertz
    loudness.gain.setValueAtTime(0.12, at)
    loudness.gain.exponentialRampToValueAtTime(0.001, at + TONE_S)
    tone.connect(loudness).connect(context.destination)
    tone.start(at)
    tone.stop(at + TONE_S)
  })
}
