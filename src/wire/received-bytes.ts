/** What has come over connections; counted by their transports, since nobody else sees what is refused. */
export interface ReceivedBytes {
  /** All that was read off their sockets: handshakes, frame headers, whatever it was. */
  read: number;
  /** Payloads of whole messages as they were on the wire: compressed where they came so, and also of those that are refused. */
  messages: number;
}

/** Nothing has come yet. */
export function nothingReceived(): ReceivedBytes {
  return { read: 0, messages: 0 };
}
