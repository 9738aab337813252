/** An answer to an EVENT that says more than "accepted". */
export interface OkReply {
  /** Hex digits 0–7 and 8–15 of the event id. */
  readonly idHigh: number;
  readonly idLow: number;
  readonly accepted: boolean;
  /** The machine-readable word before `:`, `other` where there is none (NIP-01). */
  readonly prefix: string;
  /** All that the relay says; foreign text. */
  readonly message?: string;
}

/** Receives what a relay sent, already sorted; `connection` is the number of the connection. */
export interface ReplyHandlers {
  /**
   * OK true with an empty message: nearly every frame of a publishing run, hence no object. `frame` is valid only
   * during the call; {@link acceptedIdOf} reads the whole id in it.
   */
  onAccepted(connection: number, idHigh: number, idLow: number, frame: Buffer): void;
  /** `id`: all 64 hex digits of the event id. */
  onOk(connection: number, reply: OkReply, id: string): void;
  onLiveEvent(connection: number, frame: Buffer): void;
  onQueryEvent(connection: number, sequence: number, frame: Buffer): void;
  onLiveEose(connection: number): void;
  onQueryEose(connection: number, sequence: number): void;
  /** `prefix`: as of an OK. */
  onLiveClosed(connection: number, prefix: string): void;
  /** `prefix`: as of an OK. */
  onQueryClosed(connection: number, sequence: number, prefix: string): void;
  onNotice(connection: number, message: string): void;
  /** A frame that is well-formed but answers nothing that was asked. */
  onStray(connection: number): void;
  onMalformed(connection: number): void;
}
