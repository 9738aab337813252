import { describe, expect, it } from 'vitest';
import { Outage } from '../../../src/relay/outage.ts';

function setUp() {
  const told: string[] = [];
  return { told, outage: new Outage('Postgres at db:5432', (text) => told.push(text)) };
}

describe('an outage', () => {
  it('is told once with its first cause, and once when it is over', () => {
    const { told, outage } = setUp();
    outage.answered();
    outage.failed(new Error('connection refused'));
    outage.failed(new Error('starting up'));
    outage.answered();
    outage.answered();
    outage.failed(new Error('again'));
    expect(told).toEqual([
      'Postgres at db:5432 has failed: connection refused',
      'Postgres at db:5432 works again',
      'Postgres at db:5432 has failed: again',
    ]);
  });

  it('has all causes of a name with several addresses', () => {
    const { told, outage } = setUp();
    outage.failed(new AggregateError([new Error('no IPv6'), new Error('refused')]));
    expect(told).toEqual(['Postgres at db:5432 has failed: no IPv6, refused']);
  });
});
