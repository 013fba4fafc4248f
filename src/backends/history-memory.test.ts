import { historyContract } from '../../test/support/history-contract.ts';
import { openMemoryHistory } from './history-memory.ts';

const now = Date.UTC(2026, 10, 29, 12);

historyContract(async () => ({ store: openMemoryHistory(() => now), now }));
