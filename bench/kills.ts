/** What is lost, and what comes twice, where a real Sonde is killed at random moments while it tells. */
import { killAgainAndAgain } from '../test/support/kills.ts';
import { endPrograms } from '../test/support/program.ts';
import { atMost, type Row, told } from './report.ts';

export async function kills(quick: boolean): Promise<readonly Row[]> {
  const times = quick ? 10 : 50;
  try {
    const seen = await killAgainAndAgain({ kills: times, random: Math.random, hosts: 20 * times, longestMs: 2_500 });
    for (const line of [...seen.forgotten, ...seen.lost, ...seen.doubled]) process.stderr.write(`kills: ${line}\n`);
    return [
      told(`kills: incidents while Sonde was killed ${times} times`, seen.incidents, ''),
      atMost('kills: openings and closes that Sonde had answered and forgot', seen.forgotten.length, 0, ''),
      atMost('kills: incidents of which nobody was told', seen.lost.length, 0, ''),
      told('kills: messages to three channels', seen.messages, ''),
      atMost(
        `kills: messages that came twice, of ${seen.underWay} that were being sent`,
        seen.again,
        seen.underWay,
        '',
      ),
      atMost('kills: messages that came more often than they were being sent at a kill', seen.doubled.length, 0, ''),
      atMost('kills: messages that a service which knows their keys would have taken twice', seen.keyedDoubles, 0, ''),
    ];
  } finally {
    endPrograms();
  }
}
