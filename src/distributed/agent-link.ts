import { messageOf, RelayBenchError } from '../base/errors.ts';
import { EXIT, type ExitCode } from '../base/exit-codes.ts';
import type { FromWorker } from '../engine/messages.ts';
import { Silence } from '../engine/silence.ts';
import type { WorkerMail } from '../engine/worker-mail.ts';
import type { AgentReport } from '../result/schema.ts';
import { type AgentFacts, type News, readNews } from './news.ts';
import { Unpacker } from './parcel.ts';

export interface AgentLinkOptions {
  readonly shard: number;
  /** Longer than this without news, and it is lost. */
  readonly silenceMs: number;
  /** Told of it once it has taken the shard. */
  readonly onHere: (name: string) => void;
  /** Told where it is lost: it may only be slow, and must not go on. */
  readonly onLost: (error: RelayBenchError) => void;
  /** From common time to this machine's. */
  readonly translate: (message: FromWorker) => FromWorker;
}

type Stage = 'waiting' | 'here' | 'over' | 'lost';

/** One shard as the coordinator sees it: who carries it out, what comes of its workers, and whether it is lost. */
export class AgentLink {
  readonly shard: number;
  readonly #options: AgentLinkOptions;
  readonly #unpacker: Unpacker;
  readonly #mails = new Map<number, WorkerMail>();
  readonly #late_us = new Map<number, number>();
  readonly #ended: Promise<void>;
  #resolveEnded: () => void = () => undefined;
  #stage: Stage = 'waiting';
  #facts: AgentFacts | null = null;
  #clock: { roundTrip_us: number; drift_us: number | null } | null = null;
  #silence: Silence | null = null;
  #loss: string | null = null;
  #bytes = 0;
  #messages = 0;

  constructor(options: AgentLinkOptions) {
    this.shard = options.shard;
    this.#options = options;
    this.#unpacker = new Unpacker(options.shard);
    this.#ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
  }

  get stage(): Stage {
    return this.#stage;
  }

  /** Resolves once nothing comes of it any more. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  /** A worker of this shard. */
  add(index: number, mail: WorkerMail): void {
    this.#mails.set(index, mail);
  }

  /** An entry of the stream of news, of this agent or of another one. */
  accept(entry: Buffer): void {
    if (this.#stage === 'lost' || this.#stage === 'over') return;
    try {
      const text = this.#unpacker.accept(entry);
      if (text === null) return;
      this.#bytes += entry.length;
      this.#messages++;
      this.#silence?.heard();
      this.#handle(readNews(text));
    } catch (error) {
      this.lose(messageOf(error));
    }
  }

  /** @param error what the run ends with where this happens before the load; default that the agent was lost */
  lose(reason: string, error = this.#lostEarly(reason)): void {
    if (this.#stage === 'lost' || this.#stage === 'over') return;
    const wasStarted = this.#stage === 'here';
    this.#stage = 'lost';
    this.#loss = reason;
    this.#silence?.stop();
    const who = this.#facts === null ? `shard ${this.shard}` : `agent ${this.#facts.name}`;
    this.#options.onLost(error);
    for (const mail of this.#mails.values()) mail.lose({ reason: `${who}: ${reason}`, wasStarted, error });
    this.#resolveEnded();
  }

  /** Stops watching. */
  close(): void {
    this.#silence?.stop();
  }

  /** Null where nobody has taken the shard. */
  report(): AgentReport | null {
    if (this.#facts === null || this.#clock === null) return null;
    return {
      shard: this.shard,
      ...this.#facts,
      workers: [...this.#mails.keys()],
      clockRoundTrip_us: this.#clock.roundTrip_us,
      clockDrift_us: this.#clock.drift_us,
      startedLate_us: this.#late_us.size === 0 ? null : Math.max(...this.#late_us.values()),
      newsBytes: this.#bytes,
      newsMessages: this.#messages,
      lost: this.#loss,
    };
  }

  #handle(news: News): void {
    switch (news.type) {
      case 'here':
        this.#begin(news.agent, news.clockRoundTrip_us);
        return;
      case 'refused':
        this.lose(`refused: ${news.why}`, refusal(news.agent, news.why, news.hint));
        return;
      case 'worker':
        if (news.message.type === 'started') this.#late_us.set(news.worker, news.message.late_us);
        this.#mails.get(news.worker)?.receive(this.#options.translate(news.message));
        return;
      case 'worker-lost':
        this.#mails.get(news.worker)?.lose({
          reason: `agent ${this.#facts?.name ?? ''}: ${news.reason}`,
          wasStarted: true,
          error: this.#lostEarly(news.reason),
        });
        return;
      case 'over':
        if (this.#clock !== null) this.#clock.drift_us = Math.round(news.clockDrift_us);
        this.#finish();
        return;
      case 'beat':
        return;
      default:
        news satisfies never;
    }
  }

  #begin(facts: AgentFacts, roundTrip_us: number): void {
    const { silenceMs, onHere } = this.#options;
    this.#stage = 'here';
    this.#facts = facts;
    this.#clock = { roundTrip_us, drift_us: null };
    this.#silence = new Silence({
      longestMs: silenceMs,
      onSilence: () => this.lose(`nothing was heard of it for ${silenceMs / 1_000} s`),
    });
    onHere(facts.name);
  }

  /** Orderly: a worker that has not told its end by now is lost. */
  #finish(): void {
    this.#stage = 'over';
    this.#silence?.stop();
    const reason = `agent ${this.#facts?.name ?? ''}: it has left its shard`;
    for (const mail of this.#mails.values())
      mail.lose({ reason, wasStarted: true, error: this.#lostEarly(reason) });
    this.#resolveEnded();
  }

  #lostEarly(reason: string): RelayBenchError {
    const name = this.#facts?.name ?? `of shard ${this.shard}`;
    return agentError(`agent ${name} was lost before the load started: ${reason}`, EXIT.invalidRun, {
      code: 'AGENT_LOST',
      hint: 'look at what the agent itself has written; `relay-bench agent` starts it again',
    });
  }
}

function refusal(agent: string, why: string, hint: string | null): RelayBenchError {
  return agentError(`agent ${agent} refuses its shard: ${why}`, EXIT.unreachable, {
    code: 'AGENT_REFUSED',
    ...(hint === null ? {} : { hint }),
  });
}

function agentError(
  message: string,
  exitCode: ExitCode,
  details: { readonly code: string; readonly hint?: string },
): RelayBenchError {
  return new RelayBenchError(message, { ...details, exitCode });
}
