import { expect, test } from 'vitest';
import { escapeMattermost } from './text.ts';

test('Mattermost is sent no backslash that its page would show, and nothing that it takes for more than text', () => {
  expect(escapeMattermost('db-1: Host is down')).toBe('db\\-1: Host is down');
  expect(escapeMattermost('a:smile:b http://x')).toBe('a:\u200bsmile:\u200bb http:\u200b//x');
  expect(escapeMattermost('<!channel> @all &lt;')).toBe('<\u200b\\!channel\\> @\u200ball &\u200blt;');
  // A backslash before a letter is shown as it stands.
  expect(escapeMattermost('C:\\Users')).toBe('C:\u200b\\\\\u200bUsers');
});
