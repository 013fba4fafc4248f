import { expect, test } from 'vitest';
import { csvText } from './csv.ts';

test('texts that a spreadsheet would take for formulas or for several cells stay texts', () => {
  const rows = [
    ['name', 'count'],
    ['=cmd()', 3],
    ['+1', null],
    ['＝1', 0],
    ['a;b', { key: 'value' }],
    ['say "hi"', ' blank'],
    ['two\nlines', ''],
  ];
  expect(csvText(rows)).toBe(
    'name,count\r\n\'=cmd(),3\r\n\'+1,\r\n\'＝1,0\r\n"a;b","{""key"":""value""}"\r\n"say ""hi"""," blank"\r\n"two\nlines",\r\n',
  );
});
