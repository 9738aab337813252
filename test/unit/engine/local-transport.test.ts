import { LocalTransport } from '../../../src/engine/local-transport.ts';
import { SCRIPTED_WORKER } from '../../support/remote.ts';
import { transportContract } from '../../support/transport-contract.ts';

transportContract('LocalTransport', async () => ({
  transport: new LocalTransport({ program: SCRIPTED_WORKER }),
  clockError_us: 1,
  stop: async () => undefined,
}));
