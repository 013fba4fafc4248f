import { expect, test } from 'vitest';
import { collectors } from '../../collectors/index.ts';
import type { SectionError } from '../../model/collector.ts';
import { SectionMemory } from './section-memory.ts';

test('what a host did not permit is asked again at once where a person says so, and nothing else is', () => {
  const memory = new SectionMemory();
  const some = collectors.filter(({ name }) => name === 'firewall' || name === 'ports');
  const error: SectionError = { reason: 'not-permitted', message: 'no', hint: '' };
  for (const collector of some) {
    const answered = { collector, text: '', fault: null, hadTurn: true };
    memory.ran(answered, collector.name === 'firewall' ? error : null, false, 1_000);
  }
  expect(memory.due(some, 5_000, true)).toEqual([]);
  memory.retryRefused();
  expect(memory.due(some, 5_000, true)).toEqual(['firewall']);
});
