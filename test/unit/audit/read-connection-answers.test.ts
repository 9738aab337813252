import { describe, expect, onTestFinished, test } from 'vitest';
import { openReadConnection, type ReadConnection } from '../../../src/audit/read-connection.ts';
import { madeUpEvent } from '../../support/histories.ts';
import { type PlantedFaults, startPlantedRelays } from '../../support/planted-relays.ts';

const EVENTS = [madeUpEvent(1), madeUpEvent(2)];

async function connectedTo(faults: PlantedFaults = {}): Promise<ReadConnection> {
  const relays = await startPlantedRelays(1, EVENTS, faults);
  onTestFinished(() => relays.stop());
  const [url = ''] = relays.urls;
  const connection = await openReadConnection({ url, timeoutMs: 5_000, insecure: false });
  onTestFinished(() => connection.close());
  return connection;
}

describe('a question to a relay', () => {
  test('is not answered by messages about something else', async () => {
    const onConnection: PlantedFaults['onConnection'] = (socket) =>
      socket.on('message', () => {
        socket.send('["NOTICE","hello"]');
        socket.send('["EOSE","of somebody else"]');
        socket.send(`["OK","${'0'.repeat(64)}",false,""]`);
      });
    const connection = await connectedTo({ onConnection });
    expect(await connection.query({ kinds: [1] })).toHaveLength(2);
    expect(await connection.count({ kinds: [1] })).toMatchObject({ count: 2 });
    expect(await connection.publish(madeUpEvent(3))).toEqual({ accepted: true, message: '' });
  });

  test('fails where the relay refuses to count', async () => {
    const connection = await connectedTo({ closes: 'restricted: no counting' });
    await expect(connection.count({})).rejects.toThrow('the relay refused to count: restricted: no counting');
  });

  test('ends with what the relay says where it refuses an event', async () => {
    const connection = await connectedTo({ refuses: 'blocked: not you' });
    expect(await connection.publish(madeUpEvent(3))).toEqual({
      accepted: false,
      message: 'blocked: not you',
    });
  });

  test('fails at once where the connection is closed already', async () => {
    const connection = await connectedTo();
    connection.close();
    await expect(connection.query({})).rejects.toThrow('closed');
  });
});
