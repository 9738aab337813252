import { Author } from './author.ts';
import { Client } from './client.ts';

/** What a statement may use: a relay, connections to it, people with keys. */
export class Scene {
  readonly url: string;
  readonly #clients: Client[] = [];

  constructor(url: string) {
    this.url = url;
  }

  /** Opens another connection. */
  async connect(): Promise<Client> {
    const client = new Client(this.url);
    this.#clients.push(client);
    return await client.open();
  }

  /** Somebody new. */
  author(): Author {
    return new Author();
  }

  /** Ends all connections. */
  end(): void {
    for (const client of this.#clients) client.terminate();
  }
}

/** Thrown by a statement that says nothing about this relay, for example about a limit that it does not have. */
export class NotApplicable extends Error {}

/** One thing that a conforming relay does, and how to see it. */
export interface Statement {
  /** Stable name: NIP, topic, number. */
  readonly id: string;
  /** The statement, as a sentence about the relay. */
  readonly statement: string;
  /** Whether the NIP requires it or recommends it. */
  readonly level: 'must' | 'should';
  /** The NIPs that a relay has to advertise for this statement to apply; absent for NIP-01. */
  readonly nip?: number | readonly number[];
  /** Throws when the relay does otherwise, or {@link NotApplicable}. */
  run(scene: Scene): Promise<void>;
}

/** Runs one statement against a relay and cleans up. */
export async function runStatement(statement: Statement, url: string): Promise<void> {
  const scene = new Scene(url);
  try {
    await statement.run(scene);
  } finally {
    scene.end();
  }
}
