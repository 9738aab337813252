import { describe, expect, it } from 'vitest';
import { AnswerSamples, type SampledAnswer } from '../../../src/workload/query/answer-samples.ts';

function setUp(share: number) {
  const submitted: SampledAnswer[] = [];
  const samples = new AnswerSamples({
    share,
    knowledge: { certainBelow: (nowNs) => nowNs, sentBelow: (nowNs) => nowNs + 1 },
    submit: (answer) => submitted.push(answer),
  });
  const ask = (sequence: number): void => {
    samples.onBuilt(sequence, { kinds: [sequence] });
    samples.onWritten(sequence, 5, 10);
    samples.onEvent(sequence, Buffer.from(`event ${sequence}`));
    samples.onEose(sequence, 3, 20);
  };
  return { samples, submitted, ask };
}

describe('AnswerSamples', () => {
  it('keeps the answers to its share of the queries', () => {
    const { submitted, ask } = setUp(0.25);
    for (let sequence = 1; sequence <= 20; sequence++) ask(sequence);
    expect(submitted.map(({ filter }) => filter)).toEqual(
      [4, 8, 12, 16, 20].map((kind) => ({ kinds: [kind] })),
    );
  });

  it('gives a whole answer with what was known when it was asked for and when it was complete', () => {
    const { submitted, ask } = setUp(1);
    ask(7);
    expect(submitted).toEqual([
      {
        filter: { kinds: [7] },
        connection: 5,
        sequence: 7,
        askedNs: 10,
        frames: [Uint8Array.from(Buffer.from('event 7'))],
        phase: 3,
        certainBelow: 10,
        sentBelow: 21,
      },
    ]);
  });

  it('copies frames, whose memory is used again', () => {
    const { samples, submitted } = setUp(1);
    const frame = Buffer.from('first');
    samples.onBuilt(1, {});
    samples.onEvent(1, frame);
    frame.write('other');
    samples.onEose(1, 0, 0);
    expect(Buffer.from(submitted[0]?.frames[0] ?? []).toString()).toBe('first');
  });

  it('forgets queries that end without an answer, and keeps a bounded number', () => {
    const { samples, submitted } = setUp(1);
    samples.onBuilt(1, {});
    samples.drop(1);
    samples.onEose(1, 0, 0);
    for (let sequence = 2; sequence < 1_000; sequence++) samples.onBuilt(sequence, {});
    for (let sequence = 2; sequence < 1_000; sequence++) samples.onEose(sequence, 0, 0);
    expect(submitted).toHaveLength(256);
  });
});
