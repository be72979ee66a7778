/** Listen to the server's stream: a ticket, the logs from their cursors, then frames as they come; keeps nothing. */

import { type Events, readEvents } from "../groups/following"
import { utf8 } from "../wire/bytes"
import * as strictJson from "../wire/strict_json"
import type { Account } from "./account"
import { PratiqueError, Unreachable } from "./errors"

const MAX_FRAME_BYTES = 8 * 1024 * 1024
const CONNECT_MS = 15_000

/** Makes a socket: the browser's own `WebSocket`, or another of the same shape. */
export type Sockets = new (url: string) => WebSocket

/** The close code by which the server says that the device was revoked. */
const DEVICE_REVOKED = 4403

/** The stream ended; `final` says that coming back would not help. */
export class StreamEnded extends PratiqueError {
  readonly closeCode: number
  readonly final: boolean

  constructor(code: number, reason: string) {
    super(code === DEVICE_REVOKED ? "device_revoked" : "stream_ended", `the server closed the stream (${code}) ${reason}`.trimEnd())
    this.closeCode = code
    // Close codes after which coming back changes nothing; 4401 only wants a new ticket.
    this.final = code >= 4400 && code < 4500 && code !== 4401
  }
}

/** One open stream. */
export class Stream {
  readonly #socket: WebSocket
  readonly #frames: (Uint8Array | StreamEnded)[] = []
  #wake: () => void = () => undefined

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.binaryType = "arraybuffer"
    socket.addEventListener("message", (event: MessageEvent) => this.#take(event.data))
    socket.addEventListener("close", (event) => this.#end(event.code, event.reason))
  }

  /** Open a stream as a device; throws `Unreachable` or a `Problem`. */
  static async open(account: Account, sockets: Sockets): Promise<Stream> {
    await account.ready()
    const url = account.http.url
    // The socket is made while the ticket is on its way.
    const asked = account.call("POST", "/v1/stream-tickets")
    const socket = new sockets(`${url.replace(/^http/, "ws")}/v1/stream`)
    const stream = new Stream(socket)
    const opened = new Promise<void>((opened, failed) => {
      const fail = (why: string): void => failed(new Unreachable(url, `no stream: ${why}`))
      const timer = setTimeout(() => {
        socket.close()
        fail("it took too long")
      }, CONNECT_MS)
      socket.addEventListener("open", () => {
        clearTimeout(timer)
        opened()
      })
      socket.addEventListener("close", (event) => {
        clearTimeout(timer)
        fail(`closed with ${event.code}`)
      })
    })
    try {
      const [answer] = await Promise.all([asked, opened])
      stream.#send({ ticket: answer.get("ticket", "str") })
      return stream
    } catch (failed) {
      socket.close()
      throw failed
    }
  }

  /** Ask for logs, each from after a number. */
  subscribe(places: readonly { readonly log: string; readonly after: number }[]): void {
    if (places.length > 0) this.#send({ subscribe: places })
  }

  /** Say that everything up to a number is kept here. */
  ack(log: string, seq: number): void {
    this.#send({ ack: { log, seq } })
  }

  /** Yield batches of events as they come; a log that is gone comes as its id alone; ends with `StreamEnded`. */
  async *frames(): AsyncGenerator<Events | string> {
    for (;;) {
      const frame = this.#frames.shift()
      if (frame === undefined) {
        await new Promise<void>((wake) => {
          this.#wake = wake
        })
      } else if (frame instanceof StreamEnded) {
        throw frame
      } else if (frame[0] === OPENING_BRACE) {
        const told = strictJson.loads(frame)
        const log = typeof told === "object" && told !== null && !Array.isArray(told) ? told["log"] : ""
        yield typeof log === "string" ? log : ""
      } else yield readEvents(frame)
    }
  }

  close(): void {
    this.#socket.close(1000)
    this.#end(1000, "")
  }

  #take(data: unknown): void {
    const frame = typeof data === "string" ? utf8(data) : new Uint8Array(data as ArrayBuffer)
    if (frame.length > MAX_FRAME_BYTES) {
      this.#socket.close(1009)
      return
    }
    this.#frames.push(frame)
    this.#wake()
  }

  #end(code: number, reason: string): void {
    this.#frames.push(new StreamEnded(code, reason))
    this.#wake()
  }

  #send(frame: object): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return // the close event is on its way
    this.#socket.send(JSON.stringify(frame))
  }
}

const OPENING_BRACE = 0x7b
